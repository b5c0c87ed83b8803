"""What a person leaves on the board besides words: presses, pictures, and being asked; given and erased."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import undefer

from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.marks import Following, Thanks, Wondering
from portal.blueprints.questions.models.nameless import NamelessHand, NamelessNews
from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.models.transfers import TransferItem
from portal.blueprints.questions.queries import authors
from portal.core.db import db
from portal.core.privacy import File

UNTRACKED = {"synchronize_session": False}
MARK_BYTES = 32


def export(person_id: int) -> dict[str, Any]:
    """Give which posts a person has thanked for, wonders about and follows, and what they were asked."""
    thanked = select(Question.title).join(Answer, Answer.question_id == Question.id).join(Thanks)
    wonders = select(Question.title).join(Wondering)
    follows = select(Question.title).join(Following)
    asked = select(Question.title).where(Question.addressee_id == person_id)
    return {
        "thanked_for_answers_to": _titles(thanked.where(Thanks.person_id == person_id)),
        "wonders_too": _titles(wonders.where(Wondering.person_id == person_id)),
        "follows": _titles(follows.where(Following.person_id == person_id)),
        "was_asked": _titles(asked),
        "edited": _edited(person_id),
    }


def _titles(query: Select[str]) -> list[str]:
    return list(db.session.scalars(query.order_by(Question.id)))


def _edited(person_id: int) -> list[dict[str, Any]]:
    wordings = select(Revision).where(Revision.written_by_id == person_id).order_by(Revision.id)
    return [
        {"title": each.title, "body": each.body, "written_at": each.written_at} for each in db.session.scalars(wordings)
    ]


def pictures(person_id: int) -> Iterator[File]:
    """Give the pictures that a person has uploaded under their name, one at a time."""
    tokens = db.session.scalars(select(Picture.token).where(Picture.owner_id == person_id).order_by(Picture.created_at))
    for token in tokens.all():
        picture = db.session.get_one(Picture, token, options=[undefer(Picture.content)])
        yield File(name=f"{token}.{picture.mime.partition('/')[2]}", content=picture.content)
        db.session.expunge(picture)


def erase(person_id: int) -> None:
    """Forget what a person has pressed and uploaded, what they were asked, and by what mark they were known."""
    for kind in (Thanks, Wondering, Following, TransferItem):
        db.session.execute(delete(kind).where(kind.person_id == person_id), execution_options=UNTRACKED)
    db.session.execute(
        update(Question).where(Question.addressee_id == person_id).values(addressee_id=None),
        execution_options=UNTRACKED,
    )
    db.session.execute(
        update(Revision).where(Revision.written_by_id == person_id).values(written_by_id=None),
        execution_options=UNTRACKED,
    )
    _let_go_of_pictures(person_id)
    _forget_marks(person_id)


def _let_go_of_pictures(person_id: int) -> None:
    # One that a post shows belongs to the thread, as its words do; one that was never posted goes.
    mine = Picture.owner_id == person_id
    db.session.execute(delete(Picture).where(mine, Picture.question_id.is_(None)), execution_options=UNTRACKED)
    db.session.execute(update(Picture).where(mine).values(owner_id=None), execution_options=UNTRACKED)


def _forget_marks(person_id: int) -> None:
    # The hand stays in its place, or the numbers of all who came after would change; its mark leads to nobody.
    hands = select(NamelessHand, Question.salt).join(Question).where(Question.salt.is_not(None))
    for hand, salt in db.session.execute(hands).all():
        if hand.mask in authors.masks(person_id, salt or ""):
            hand.mask = secrets.token_hex(MARK_BYTES)
    for news in db.session.scalars(select(NamelessNews)).all():
        if news.mask in authors.masks(person_id, news.salt):
            db.session.delete(news)
