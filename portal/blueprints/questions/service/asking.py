"""Asking, and changing what one asked."""

from __future__ import annotations

from collections.abc import Sequence

from portal.blueprints.questions.facts import Asked
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import tags as known_tags
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.service import hearing, marks, mentioning, posting, rewording, skills
from portal.core import live
from portal.core.errors import Invalid
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def ask(
    viewer: Viewer,
    *,
    title: str,
    body: str = "",
    tags: Sequence[str] = (),
    key: str | None = None,
    accepts: bool = False,
    is_anonymous: bool = False,
    addressee_id: int | None = None,
    asked_tag: str = "",
    is_easy: bool = False,
) -> Question:
    """Ask a question. The title is enough; the same form sent twice is one question."""
    sent_before = posting.find_sent(Question, viewer, key)
    if sent_before:
        return sent_before
    title, body = _checked(title, body, accepts=accepts)
    posting.bound(viewer)
    question = Question(title=title, body=body, tags=known_tags.tags_by_slug(tags), key=key)
    posting.sign(viewer, question, question, is_anonymous=is_anonymous)
    posting.touch(question, question)
    skills.address(question, addressee_id=addressee_id, asked_tag=asked_tag, is_easy=is_easy)
    added = posting.add_once(question, viewer)
    if added is not question:
        return added
    posting.keep_pictures(viewer, question, question.id, body)
    if not is_anonymous:
        marks.follow(viewer, question)
    record(Asked(question_id=question.id, author_id=question.author_id, by_id=viewer.id))
    mentioning.tell(viewer, question, question)
    live.publish("questions")
    return question


def edit_question(
    viewer: Viewer,
    question_id: int,
    *,
    title: str,
    body: str,
    tags: Sequence[str],
    version: int,
    accepts: bool = False,
) -> Question:
    """Change the words or the tags of a question, unless somebody else has changed it meanwhile."""
    question = threads.get_question(viewer, question_id, for_update=True)
    posting.must_be_allowed_to_edit(viewer, question, question)
    title, body = _checked(title, body, accepts=accepts)
    with rewording.rewording(viewer, question, version=version):
        question.title, question.body, question.tags = title, body, known_tags.tags_by_slug(tags)
        hearing.hear(viewer, question, question)
    return question


def _checked(title: str, body: str, *, accepts: bool) -> tuple[str, str]:
    title = posting.checked(title, field="title", accepts=accepts)
    body = posting.checked(body, field="body", accepts=accepts)
    if not title:
        raise Invalid(N_("Write what you wonder about."), field="title")
    return title, body
