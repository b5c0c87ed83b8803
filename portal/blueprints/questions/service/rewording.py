"""Changing the words of a post: the same for questions, answers and comments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from portal.blueprints.questions.facts import Changed
from portal.blueprints.questions.models.posts import Post, Question
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.service import history, mentioning, posting
from portal.core import clock
from portal.core.db import db
from portal.core.facts import record
from portal.core.viewer import Viewer


@contextmanager
def rewording(viewer: Viewer, post: Post, *, version: int) -> Iterator[None]:
    """Let the words of a post change inside, unless somebody has changed them since that version was read.

    Both wordings are kept; who is newly mentioned is told; the index and the open pages follow.
    """
    question = post if isinstance(post, Question) else post.question
    posting.must_be_unchanged(post, version)
    posting.note_if_anothers(viewer, post)
    history.keep(post)
    before = mentioning.words(post)
    yield
    post.changed_at = rules.coarse(clock.now()) if post.is_anonymous else clock.now()
    history.keep(post, by=viewer)
    posting.keep_pictures(viewer, post, question.id, post.body)
    db.session.flush()
    mentioning.tell(viewer, question, post, before=before)
    record(Changed(question_id=question.id))
    posting.publish(question)
