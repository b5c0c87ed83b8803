"""Reading what a post said before."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset

AT_ONCE = 10  # each is compared with the one before it


def of(post: Post) -> ColumnElement[bool]:
    """Give the condition for the wordings of one post."""
    match post:
        case Question():
            return (Revision.question_id == post.id) & Revision.answer_id.is_(None) & Revision.comment_id.is_(None)
        case Answer():
            return Revision.answer_id == post.id
        case Comment():
            return Revision.comment_id == post.id


def wordings(post: Post, *, cursor: str | None) -> Page[Revision]:
    """Give a page of the wordings of a post, the newest first, with one more to compare the last one with."""
    query = select(Revision).where(of(post)).options(joinedload(Revision.written_by))
    return keyset(query, Revision.number, Revision.id, cursor=cursor, size=AT_ONCE)


def find_before(post: Post, wording: Revision) -> Revision | None:
    """Find the wording before one."""
    earlier = select(Revision).where(of(post), Revision.number < wording.number)
    return db.session.scalar(earlier.order_by(Revision.number.desc(), Revision.id.desc()).limit(1))


def get_wording(post: Post, number: int) -> Revision:
    """Give one wording of a post."""
    wording = db.session.scalar(select(Revision).where(of(post), Revision.number == number).limit(1))
    if wording is None:
        raise NotFound(N_("We cannot find that wording."))
    return wording


def count(post: Post) -> int:
    """Count the wordings of a post."""
    return db.session.scalar(select(func.count()).select_from(Revision).where(of(post))) or 0
