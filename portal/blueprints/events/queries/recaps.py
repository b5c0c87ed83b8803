"""What is left of evenings, as a viewer may see it: words, pictures, and whether one has said thanks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload, undefer

from portal.blueprints.events.models.crew import EveningHelp
from portal.blueprints.events.models.evenings import Evening, EveningState
from portal.blueprints.events.models.recaps import EveningThanks, Recap, RecapPicture
from portal.blueprints.events.models.signups import SignUp, SignUpState
from portal.blueprints.events.queries import finding
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.privacy import File
from portal.core.viewer import Viewer

PAGE_SIZE = 12


@dataclass(frozen=True, kw_only=True)
class Part:
    """What somebody had to do with an evening."""

    was_there: bool
    helped: bool
    organises: bool
    has_thanked: bool

    @property
    def may_write(self) -> bool:
        """Tell whether the words about it are theirs to write."""
        return self.organises or self.helped

    @property
    def may_add_pictures(self) -> bool:
        """Tell whether their pictures belong here."""
        return self.was_there or self.may_write


@dataclass(frozen=True, kw_only=True)
class RecapPage:
    """What is left of one evening, as a viewer sees it."""

    evening: Evening
    recap: Recap | None
    pictures: Sequence[RecapPicture]
    part: Part

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is shown yet."""
        return self.recap is None and not self.pictures

    @property
    def may_thank(self) -> bool:
        """Tell whether there is anybody to thank, and the viewer was there."""
        return self.part.was_there and not self.part.has_thanked


@dataclass(frozen=True, kw_only=True)
class Memory:
    """An evening that is over, with its first picture."""

    evening: Evening
    picture: RecapPicture | None


def get_recap(viewer: Viewer, evening_id: int) -> RecapPage:
    """Give what is left of an evening that has begun; there is nothing to tell of others."""
    evening = finding.get_evening(evening_id)
    if evening.is_cancelled or not evening.has_begun(clock.now()):
        raise NotFound(N_("That evening is not over yet."))
    return recap_of(viewer, evening)


def recap_of(viewer: Viewer, evening: Evening) -> RecapPage:
    """Give what is left of an evening, in three questions."""
    query = select(Recap).options(joinedload(Recap.author)).where(Recap.evening_id == evening.id)
    return RecapPage(
        evening=evening,
        recap=db.session.scalar(query),
        pictures=pictures_of(evening.id),
        part=part_in(viewer, evening.id),
    )


def pictures_of(evening_id: int) -> Sequence[RecapPicture]:
    """Give the pictures of an evening, the oldest first; not what is in them."""
    query = select(RecapPicture).where(RecapPicture.evening_id == evening_id)
    return db.session.scalars(query.order_by(RecapPicture.created_at, RecapPicture.token)).all()


def part_in(viewer: Viewer, evening_id: int) -> Part:
    """Tell what a viewer had to do with an evening."""
    seat = (SignUp.evening_id == evening_id, SignUp.person_id == viewer.id, SignUp.state == SignUpState.IN)
    helps = (EveningHelp.evening_id == evening_id, EveningHelp.person_id == viewer.id)
    thanked = (EveningThanks.evening_id == evening_id, EveningThanks.person_id == viewer.id)
    asked = select(exists().where(*seat), exists().where(*helps), exists().where(*thanked))
    was_there, helped, has_thanked = db.session.execute(asked).one()
    return Part(
        was_there=bool(was_there),
        helped=bool(helped),
        organises=viewer.may("events.organise"),
        has_thanked=bool(has_thanked),
    )


def get_picture(evening_id: int, token: str) -> RecapPicture:
    """Give a picture of an evening."""
    picture = find_picture(evening_id, token)
    if picture is None:
        raise NotFound(N_("We cannot find that picture."))
    return picture


def find_picture(evening_id: int, token: str) -> RecapPicture | None:
    """Find a picture of an evening."""
    query = select(RecapPicture).where(RecapPicture.token == token, RecapPicture.evening_id == evening_id)
    return db.session.scalar(query)


def memories(*, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Memory]:
    """Give the evenings with words or pictures, the newest first."""
    told = exists().where(Recap.evening_id == Evening.id)
    shown = exists().where(RecapPicture.evening_id == Evening.id)
    query = finding.evenings().where(
        Evening.state == EveningState.PLANNED, Evening.starts_at <= clock.now(), or_(told, shown)
    )
    page = keyset(query, Evening.starts_at, Evening.id, cursor=cursor, size=size)
    first = _first_pictures([evening.id for evening in page.items]) if page.items else {}
    found = [Memory(evening=evening, picture=first.get(evening.id)) for evening in page.items]
    return Page(items=found, next_cursor=page.next_cursor)


def latest_memory() -> Memory | None:
    """Give the newest evening there is a picture of, for the overview: by its picture, in one statement."""
    query = select(RecapPicture, Evening).join(Evening, Evening.id == RecapPicture.evening_id)
    begun = (Evening.state == EveningState.PLANNED, Evening.starts_at <= clock.now())
    query = query.options(joinedload(Evening.series)).where(*begun)
    newest = query.order_by(Evening.starts_at.desc(), Evening.id.desc(), RecapPicture.created_at, RecapPicture.token)
    row = db.session.execute(newest.limit(1)).first()
    return Memory(evening=row[1], picture=row[0]) if row else None


def old_pictures(before: datetime) -> Sequence[RecapPicture]:
    """Give the pictures that have been there for long."""
    return db.session.scalars(select(RecapPicture).where(RecapPicture.created_at < before)).all()


def export_recaps(person_id: int) -> list[dict[str, Any]]:
    """Give what a person has written about evenings, for the export of their data."""
    query = select(Recap, Evening).join(Evening).options(joinedload(Evening.series)).where(Recap.author_id == person_id)
    return [
        {"evening": evening.title, "written": recap.text, "written_at": recap.created_at}
        for recap, evening in db.session.execute(query.order_by(Recap.evening_id))
    ]


def export_pictures(person_id: int) -> list[dict[str, Any]]:
    """Give which pictures of evenings a person has shared, for the export of their data."""
    query = select(RecapPicture, Evening).join(Evening).options(joinedload(Evening.series))
    rows = db.session.execute(query.where(RecapPicture.owner_id == person_id).order_by(RecapPicture.created_at))
    return [
        {
            "evening": evening.title,
            "in_the_picture": picture.alt,
            "address": f"/kveldar/{evening.id}/bilete/{picture.token}",
            "everybody_agreed": picture.agreed_at,
        }
        for picture, evening in rows
    ]


def export_files(person_id: int) -> Iterator[File]:
    """Give the pictures of evenings that a person has shared, one at a time."""
    mine = select(RecapPicture.token).where(RecapPicture.owner_id == person_id).order_by(RecapPicture.created_at)
    for token in db.session.scalars(mine).all():
        picture = db.session.get_one(RecapPicture, token, options=[undefer(RecapPicture.content)])
        yield File(name=f"{token}.{picture.mime.partition('/')[2]}", content=picture.content)
        db.session.expunge(picture)


def export_thanks(person_id: int) -> list[dict[str, Any]]:
    """Give for which evenings a person has said thanks, for the export of their data."""
    query = select(EveningThanks, Evening).join(Evening).options(joinedload(Evening.series))
    rows = db.session.execute(query.where(EveningThanks.person_id == person_id).order_by(EveningThanks.evening_id))
    return [{"thanked_for": evening.title, "thanked_at": thanks.created_at} for thanks, evening in rows]


def count_pictures(evening_id: int) -> int:
    """Count the pictures of an evening."""
    counted = select(func.count()).select_from(RecapPicture).where(RecapPicture.evening_id == evening_id)
    return db.session.scalar(counted) or 0


def _first_pictures(evening_ids: Sequence[int]) -> Mapping[int, RecapPicture]:
    query = select(RecapPicture).where(RecapPicture.evening_id.in_(evening_ids))
    found: dict[int, RecapPicture] = {}
    for picture in db.session.scalars(query.order_by(RecapPicture.created_at, RecapPicture.token)):
        found.setdefault(picture.evening_id, picture)
    return found
