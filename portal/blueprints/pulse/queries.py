"""What may be seen of the pulse: rounds, published levels, published notes and annotations. Never a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal.blueprints.pulse.models import Annotation, Member, Note, Published, Round
from portal.core import clock, sealing
from portal.core.db import db
from portal.core.settings import current_settings

A_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, kw_only=True)
class OpenRound:
    """The round that takes answers now."""

    id: int
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, kw_only=True)
class Week:
    """A closed week and the levels (1 to 5) that were published, by cell; empty: too few answers."""

    opened_on: date
    levels: dict[int, int]


@dataclass(frozen=True, kw_only=True)
class PublishedNote:
    """A frustration as everybody may read it."""

    id: str
    words: str


def current_round() -> OpenRound | None:
    """Give the round that takes answers now."""
    moment = clock.now()
    unpublished = select(Round).where(Round.published_on.is_(None), Round.closes_at > moment, Round.opens_at <= moment)
    found = db.session.scalar(unpublished.order_by(Round.id.desc()).limit(1))
    return OpenRound(id=found.id, opens_at=found.opens_at, closes_at=found.closes_at) if found else None


def uncounted_rounds() -> Sequence[OpenRound]:
    """Give the rounds that are not counted yet, also those that take no answers any more."""
    found = db.session.scalars(select(Round).where(Round.published_on.is_(None)).order_by(Round.id))
    return [OpenRound(id=each.id, opens_at=each.opens_at, closes_at=each.closes_at) for each in found]


def week_of_now() -> tuple[datetime, datetime]:
    """Give when the round of this week opened, and when it closes, by the settings and the clock on the wall."""
    opens, closes = current_settings().pulse_opens, current_settings().pulse_closes
    day = clock.today() - timedelta(days=(clock.today().weekday() - opens.weekday) % 7)
    if clock.at_wall(day, opens.at) > clock.now():
        day -= A_WEEK
    last = day + timedelta(days=(closes.weekday - opens.weekday) % 7)
    return clock.at_wall(day, opens.at), clock.at_wall(last, closes.at)


def next_opening() -> datetime:
    """Give when the next round opens."""
    day = clock.wall(week_of_now()[0]).date() + A_WEEK
    return clock.at_wall(day, current_settings().pulse_opens.at)


def has_round_in(opens_at: datetime) -> bool:
    """Tell whether the week that begins then has its round, or another one is still open."""
    begun = select(Round.id).where(Round.opens_at >= opens_at, Round.opens_at < opens_at + A_WEEK)
    return current_round() is not None or db.session.scalar(begun.limit(1)) is not None


def closes_at(round_id: int) -> datetime | None:
    """Tell until when a round takes answers; None where there is none."""
    return db.session.scalar(select(Round.closes_at).where(Round.id == round_id))


def known_marks() -> set[str]:
    """Give the marks on the rosters of late: whoever was asked before keeps the mark."""
    return set(db.session.scalars(select(Member.mark).distinct()))


def publications(weeks: int) -> Sequence[Week]:
    """Give the newest closed weeks, the oldest of them first."""
    over = (
        Round.opens_at <= clock.now()
    )  # a clock that once ran ahead has left nothing that is drawn in the years to come
    closed = select(Round).where(Round.published_on.is_not(None), over).order_by(Round.opens_at.desc()).limit(weeks)
    rounds = list(reversed(db.session.scalars(closed).all()))
    levels: dict[int, dict[int, int]] = {each.id: {} for each in rounds}
    for row in db.session.scalars(select(Published).where(Published.round_id.in_(levels))):
        levels[row.round_id][row.cell] = row.level
    return [Week(opened_on=clock.wall(each.opens_at).date(), levels=levels[each.id]) for each in rounds]


def cells() -> Sequence[int]:
    """Give the cells that anything was ever published for: 0 is the desk, others are ids of teams."""
    return db.session.scalars(select(Published.cell).distinct().order_by(Published.cell)).all()


def published_notes(*, with_hidden: bool = False) -> Sequence[PublishedNote]:
    """Give the frustrations that were published, in an order that tells nothing."""
    shown = select(Note).order_by(Note.published_on.desc(), Note.id)
    if not with_hidden:
        shown = shown.where(~Note.is_hidden)
    return [
        PublishedNote(id=each.id, words=sealing.open_sealed(each.sealed, context=each.context))
        for each in db.session.scalars(shown)
    ]


def chart_annotations(*, since: date | None = None) -> Sequence[Annotation]:
    """Give what happened at the desk, the oldest first."""
    query = select(Annotation).order_by(Annotation.day, Annotation.id)
    if since:
        query = query.where(Annotation.day >= since)
    return db.session.scalars(query).all()
