"""Taking words out of a thread: out of the posts, of every earlier wording, of the index, of what people were told.

Nothing of them is in the audit log. Drafts are sealed, and nobody but their owner can look into them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, or_, select

from portal.blueprints.questions.facts import Changed, Redacted
from portal.blueprints.questions.models.flags import Flag
from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.marks import Verdict
from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import authors, wordings
from portal.blueprints.questions.rules import order as rules
from portal.blueprints.questions.rules import posts as post_rules
from portal.blueprints.questions.rules.marks import REASON_LONGEST
from portal.blueprints.questions.service import posting, transfers
from portal.core import audit
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def may_redact(viewer: Viewer, post: Post) -> bool:
    """Tell whether the viewer may take words out of a post."""
    return rules.may_redact(is_author=authors.is_author(viewer, post), is_moderator=viewer.may("questions.moderate"))


def redact(
    viewer: Viewer,
    post: Post,
    *,
    piece: str = "",
    is_all: bool = False,
    whole_thread: bool = False,
    with_pictures: bool = False,
) -> None:
    """Take a piece of text, or all of it, or only the pictures, out of a post and out of all that it was before.

    Those who keep order may take a piece out of the whole thread: others may have quoted it.
    """
    if not may_redact(viewer, post):
        raise NotAllowed(N_("Only the one who wrote this can change it."))
    (question,) = transfers.lock(post.id if isinstance(post, Question) else post.question_id)
    db.session.refresh(post)
    posts = _posts_of(question) if piece and whole_thread and viewer.may("questions.moderate") else [post]
    changed = [_clear(each, None if is_all else piece) for each in posts] if is_all or piece else []
    if piece and not any(changed):
        raise Invalid(N_("These words are not in it, and never were."), field="piece")
    if with_pictures:
        _delete_pictures(question, post)
    _clear_remarks(question, posts, None if is_all else piece)
    _note(viewer, question, post)
    db.session.flush()
    record(Redacted(question_id=question.id))
    record(Changed(question_id=question.id))
    posting.publish(question)


def _clear(post: Post, piece: str | None) -> bool:
    """Clear a post and its earlier wordings of a piece, or of everything; tell whether there was anything to clear."""
    changed = [_clear_one(each, piece) for each in (post, *_earlier(post))]
    if any(changed):
        post.version += 1  # who is changing the old words at this moment is shown what has become of them
    return any(changed)


def _earlier(post: Post) -> Sequence[Revision]:
    return db.session.scalars(select(Revision).where(wordings.of(post))).all()


def _clear_one(wording: Post | Revision, piece: str | None) -> bool:
    before = (getattr(wording, "title", ""), wording.body)
    title, body = (_cleared(text, piece) for text in before)
    if isinstance(wording, Question | Revision):
        wording.title = rules.fits(title, post_rules.TITLE_LONGEST)
    wording.body = body
    return before != (title, body)


def _cleared(text: str, piece: str | None) -> str:
    if piece is None:
        return rules.REMOVED if text else ""
    return rules.without(piece, text)


def _posts_of(question: Question) -> list[Post]:
    answers = db.session.scalars(select(Answer).where(Answer.question_id == question.id)).all()
    comments = db.session.scalars(select(Comment).where(Comment.question_id == question.id)).all()
    return [question, *answers, *comments]


def _clear_remarks(question: Question, posts: Iterable[Post], piece: str | None) -> None:
    """Clear what others have said of the posts: reasons of marks, and the lines of flags."""
    answers = [post.id for post in posts if isinstance(post, Answer)]
    for verdict in db.session.scalars(select(Verdict).where(Verdict.answer_id.in_(answers), Verdict.reason != "")):
        verdict.reason = rules.fits(_cleared(verdict.reason, piece or ""), REASON_LONGEST)
    comments = [post.id for post in posts if isinstance(post, Comment)]
    about = or_(Flag.question_id == question.id, Flag.answer_id.in_(answers), Flag.comment_id.in_(comments))
    for flag in db.session.scalars(select(Flag).where(about, Flag.note != "")):
        flag.note = rules.fits(_cleared(flag.note, piece), rules.NOTE_LONGEST)


def _delete_pictures(question: Question, post: Post) -> None:
    """Delete the pictures of a post for good, and every reference to them in the thread and its history."""
    tokens = post_rules.picture_tokens("\n".join(wording.body for wording in (post, *_earlier(post))))
    gone = [token for token in tokens if db.session.get(Picture, token) is not None]
    for each in _posts_of(question):
        for wording in (each, *_earlier(each)):
            wording.body = rules.without_pictures(wording.body, gone)
    db.session.execute(delete(Picture).where(Picture.token.in_(gone), Picture.question_id == question.id))


def _note(viewer: Viewer, question: Question, post: Post) -> None:
    if not authors.is_author(viewer, post):
        ids: dict[str, Any] = {} if isinstance(post, Question) else {f"{post.__tablename__}_id": post.id}
        audit.note(viewer.id, "questions.redact", question_id=question.id, **ids)
