"""What every post goes through on its way in: checked, bounded, signed, kept once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.blueprints.questions.models.nameless import NamelessHand
from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import authors
from portal.blueprints.questions.rules import posts as rules
from portal.core import audit, clock, live, patient_data, sealing, throttle
from portal.core.db import db
from portal.core.errors import Conflict, NotAllowed
from portal.core.i18n import N_
from portal.core.viewer import Viewer

Kind = TypeVar("Kind", Question, Answer, Comment)

POSTS_PER_HOUR = 120  # two a minute for an hour: far more than a busy shift, far less than a script
SENT_TWICE = N_("That did not work this time. Your text is kept – try again.")
CHANGED_MEANWHILE = N_(
    "Somebody has changed this since you opened it. Your text is kept: look at theirs, then send again."
)
LOCKED = N_("This thread is closed. Nothing more can be written in it.")


class ChangedMeanwhile(Conflict):
    """Somebody else was quicker: both wordings are shown, and the second may be sent again on top of the first."""


def checked(text: str, *, field: str, accepts: bool) -> str:
    """Refuse patient data; give the text as it is kept."""
    return patient_data.clean(text, field=field, viewer_accepts=accepts)


def bound(viewer: Viewer) -> None:
    """Refuse a flood of posts."""
    throttle.hit("questions.post", str(viewer.id), limit=POSTS_PER_HOUR, per=timedelta(hours=1))


def must_be_open(viewer: Viewer, question: Question) -> None:
    """Refuse to write in a thread that is closed."""
    if question.is_locked and not viewer.may("questions.moderate"):
        raise Conflict(LOCKED)


def must_be_allowed_to_edit(viewer: Viewer, post: Post, question: Question) -> None:
    """Refuse those who may not change a text."""
    allowed = rules.may_edit(
        is_author=authors.is_author(viewer, post),
        is_moderator=viewer.may("questions.moderate"),
        is_locked=question.is_locked,
    )
    if not allowed:
        raise NotAllowed(N_("Only the one who wrote this can change it."))


def must_be_unchanged(post: Post, version: int) -> None:
    """Refuse a change by somebody who has not read the newest wording; count the new one."""
    if post.version != version:
        raise ChangedMeanwhile(CHANGED_MEANWHILE)
    post.version += 1


def sign(viewer: Viewer, post: Post, question: Question, *, is_anonymous: bool) -> None:
    """Write down whose a post is; without a name it keeps a mask only, and the hour instead of the minute."""
    moment = clock.now()
    if is_anonymous:
        question.salt = question.salt or _salt(viewer, post.key)
        post.salt, post.mask = question.salt, authors.masks(viewer.id, question.salt)[0]
        post.key = post.key and _hidden_key(viewer, post.key)
        moment = rules.coarse(moment)
    else:
        post.author_id = viewer.id
    post.created_at = moment


def number_hand(post: Answer | Comment) -> None:
    """Remember the order in which hands without a name came to a thread; the question is locked meanwhile."""
    if post.mask is None:
        return
    here = NamelessHand.question_id == post.question_id
    if db.session.scalar(select(NamelessHand.id).where(here, NamelessHand.mask == post.mask)) is None:
        db.session.add(NamelessHand(question_id=post.question_id, mask=post.mask))


def _hidden_key(viewer: Viewer, key: str) -> str:
    """Give what is kept of the form of a post without a name: a draft of the same form tells nothing of it."""
    return sealing.marks(f"{viewer.id}\0{key}", context="key")[0][:40]


def _salt(viewer: Viewer, key: str | None) -> str:
    """Make the salt of a thread: the same form sent twice in one moment makes the same one, and so one post."""
    if key is None:
        return secrets.token_hex(16)
    return sealing.marks(f"{viewer.id}\0{key}", context="salt")[0][:32]


def find_sent(kind: type[Kind], viewer: Viewer, key: str | None) -> Kind | None:
    """Find what the same form has made before."""
    if not key:
        return None
    named = select(kind).where(kind.author_id == viewer.id, kind.key == key)
    return db.session.scalar(named) or _find_nameless(kind, viewer, _hidden_key(viewer, key))


def _find_nameless(kind: type[Kind], viewer: Viewer, key: str | None) -> Kind | None:
    sent = db.session.scalars(select(kind).where(kind.key == key, kind.mask.is_not(None)))
    return next((post for post in sent if authors.is_author(viewer, post)), None)


def add_once(post: Kind, viewer: Viewer) -> Kind:
    """Add a post, or give the one that the same form made in the same moment."""
    try:
        with db.session.begin_nested():
            db.session.add(post)
    except IntegrityError as error:
        other = _find_same(post, viewer)
        if other is None:
            raise Conflict(SENT_TWICE) from error
        return other
    return post


def _find_same(post: Kind, viewer: Viewer) -> Kind | None:
    kind = type(post)
    named = select(kind).where(kind.author_id == viewer.id, kind.key == post.key)
    return db.session.scalar(named) or _find_nameless(kind, viewer, post.key)


def keep_pictures(viewer: Viewer, post: Post, question_id: int, text: str) -> None:
    """Let those who see the question see the pictures that its texts show; only one's own can be attached."""
    tokens = rules.picture_tokens(text)
    if not tokens:
        return
    mine = update(Picture).where(
        Picture.token.in_(tokens), Picture.owner_id == viewer.id, Picture.question_id.is_(None)
    )
    # A picture of a post without a name has no owner either, and tells no minute.
    owner = {"owner_id": None, "created_at": rules.coarse(clock.now())} if post.is_anonymous else {}
    db.session.execute(mine.values(question_id=question_id, **owner), execution_options={"synchronize_session": False})


def touch(question: Question, *posts: Post) -> None:
    """Remember that something was written now, to the hour where there is no name."""
    moment = clock.now()
    question.active_at = rules.coarse(moment) if any(post.is_anonymous for post in posts) else moment


def note_if_anothers(viewer: Viewer, post: Post) -> None:
    """Write it in the audit log when those who keep order change a text that is not their own."""
    if not authors.is_author(viewer, post):
        audit.note(viewer.id, f"questions.edit_{post.__tablename__}", id=post.id)


def publish(question: Question) -> None:
    """Let the open pages fetch the question and the lists again."""
    live.publish("questions")
    live.publish(f"question-{question.id}")
