"""Bringing back an earlier wording. That is a new wording too: nothing is overwritten."""

from __future__ import annotations

from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import wordings
from portal.blueprints.questions.service import answering, asking, commenting
from portal.core.viewer import Viewer


def restore(viewer: Viewer, post: Post, number: int, *, version: int) -> None:
    """Let a post say again what it said in one of its wordings, unless somebody has changed it meanwhile."""
    wording: Revision = wordings.get_wording(post, number)
    match post:
        case Question():
            title, body, tags = wording.title, wording.body, wording.tags
            asking.edit_question(viewer, post.id, title=title, body=body, tags=tags, version=version)
        case Answer():
            answering.edit_answer(viewer, post.question_id, post.id, body=wording.body, version=version)
        case Comment():
            commenting.edit_comment(viewer, post.question_id, post.id, body=wording.body, version=version)
