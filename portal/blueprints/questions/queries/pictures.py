"""Reading pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, literal, select, union_all

from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import authors, sight, threads
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

Below = TypeVar("Below", Answer, Comment)


def get_picture(viewer: Viewer, token: str) -> Picture:
    """Give a picture: one's own, or one in a question that the viewer may see."""
    picture = db.session.get(Picture, token)
    if picture is None:
        raise NotFound(N_("We cannot find that picture."))
    if picture.owner_id != viewer.id:
        if picture.question_id is None:
            raise NotFound(N_("We cannot find that picture."))
        threads.get_question(viewer, picture.question_id)
        if _is_out_of_sight(viewer, picture):
            raise NotFound(N_("We cannot find that picture."))
    return picture


def _is_out_of_sight(viewer: Viewer, picture: Picture) -> bool:
    """Tell whether every post that shows a picture is out of the viewer's sight; most threads hold no such post."""
    hidden = [
        select(literal(1)).where(kind.question_id == picture.question_id, kind.is_hidden) for kind in (Answer, Comment)
    ]
    if db.session.execute(union_all(*hidden).limit(1)).first() is None:
        return False
    shown_by = list(_showing(picture))
    return bool(shown_by) and not any(sight.may_see(viewer, post) for post in shown_by)


def is_shown_by_own_post(viewer: Viewer, picture: Picture) -> bool:
    """Tell whether a post of the viewer shows the picture: one without a name has no owner written down."""
    return any(authors.is_author(viewer, post) for post in _showing(picture))


def _showing(picture: Picture) -> Iterator[Post]:
    reference = f"/bilete/{picture.token}"
    own = Question.body.contains(reference, autoescape=True)
    yield from db.session.scalars(select(Question).where(Question.id == picture.question_id, own))
    yield from db.session.scalars(_below(Answer, picture.question_id, reference))
    yield from db.session.scalars(_below(Comment, picture.question_id, reference))


def _below(kind: type[Below], question_id: int | None, reference: str) -> Select[Below]:
    return select(kind).where(kind.question_id == question_id, kind.body.contains(reference, autoescape=True))


def loose_pictures(before: datetime) -> Sequence[Picture]:
    """Give the pictures that were uploaded and never posted. For the nightly sweep."""
    return db.session.scalars(select(Picture).where(Picture.question_id.is_(None), Picture.created_at < before)).all()
