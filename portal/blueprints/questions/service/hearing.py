"""What it means that somebody has written in a thread."""

from __future__ import annotations

from portal.blueprints.questions.models.posts import Post, Question
from portal.blueprints.questions.queries import authors
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.service import claims
from portal.core import clock
from portal.core.viewer import Viewer


def hear(viewer: Viewer, question: Question, post: Post) -> None:
    """Take it into account: the asker has told more, whoever looks at it is not silent.

    A post without a name lets no claim last: the minute of the claim would tell whose it is.
    """
    if authors.is_author(viewer, question):
        question.tell_more(rules.coarse(clock.now()) if post.is_anonymous else clock.now())
    if not post.is_anonymous:
        claims.keep(viewer, question)
