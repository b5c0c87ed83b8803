"""Finding evenings, those who come, and one's own calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.events.models import (
    Evening,
    EveningState,
    FeedSecret,
    Kind,
    Series,
    ShownAs,
    SignUp,
    SignUpState,
)
from portal.blueprints.events.rules import seats
from portal.blueprints.people.models import Person
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms.models import Booking, BookingStep
from portal.core import clock, sealing
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

PAGE_SIZE = 20
FEED_LOOKS_BACK = timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """One evening as a viewer sees it in a list or on the sign-up card."""

    evening: Evening
    taken: int
    waiting: int
    mine: SignUp | None = None
    my_number: int | None = None  # in line; worked out on the evening's own page
    my_note: str = ""

    @property
    def is_full(self) -> bool:
        """Tell whether somebody who signs up now has to wait."""
        capacity = self.evening.capacity
        return bool(self.waiting) or (capacity is not None and self.taken >= capacity)

    @property
    def is_today(self) -> bool:
        """Tell whether it is today, by the wall clock."""
        return clock.wall(self.evening.starts_at).date() == clock.today()

    @property
    def is_open(self) -> bool:
        """Tell whether one can sign up or leave."""
        return not self.evening.is_cancelled and not self.evening.has_begun(clock.now())

    @property
    def badge(self) -> str:
        """Name the state for the badge."""
        if self.evening.is_cancelled:
            return "cancelled"
        if self.evening.ends_at <= clock.now():
            return "over"
        if self.mine:
            return "joined" if self.mine.is_in else "waiting"
        return "full" if self.is_full else "welcome"


@dataclass(frozen=True, kw_only=True)
class Note:
    """What somebody wanted the organisers to know; without a name for those who do not show theirs."""

    name: str | None
    text: str


@dataclass(frozen=True, kw_only=True)
class EveningPage:
    """Everything the page of an evening shows to a viewer."""

    outlook: Outlook
    faces: Sequence[Person]
    someones: int  # those who come and show no name; the hidden ones are in the count of seats only
    booking: Booking | None
    ledger: Sequence[BookingStep] = ()
    notes: Sequence[Note] = ()

    @property
    def evening(self) -> Evening:
        """Give the evening."""
        return self.outlook.evening


def _evenings() -> Select[Evening]:
    return select(Evening).options(joinedload(Evening.series), joinedload(Evening.organiser))


def get_evening(evening_id: int) -> Evening:
    """Give an evening with its series."""
    evening = db.session.scalar(_evenings().where(Evening.id == evening_id))
    if evening is None:
        raise NotFound(N_("That evening is not here."))
    return evening


def find_by_purpose(purpose: str) -> Evening | None:
    """Find the evening for which a room is booked under a word such as «evening:12»."""
    slice_, _, number = purpose.partition(":")
    if slice_ != "evening" or not number.isdigit():
        return None
    return db.session.scalar(_evenings().where(Evening.id == int(number)))


def lock_evening(evening_id: int) -> Evening:
    """Give an evening as it is now, and keep others from changing it or its sign-ups until the transaction ends.

    On SQLite the whole database is held already: what writes begins with BEGIN IMMEDIATE.
    """
    fresh = select(Evening).where(Evening.id == evening_id).with_for_update(of=Evening)
    evening = db.session.scalar(fresh.execution_options(populate_existing=True))
    if evening is None:
        raise NotFound(N_("That evening is not here."))
    return evening


def sign_ups(evening_id: int) -> Sequence[SignUp]:
    """Give everybody's sign-up as it is now, in order."""
    fresh = select(SignUp).where(SignUp.evening_id == evening_id).order_by(SignUp.position)
    return db.session.scalars(fresh.execution_options(populate_existing=True)).all()


def with_people(evening_id: int) -> Sequence[SignUp]:
    """Give everybody's sign-up with the person, in order."""
    query = select(SignUp).options(joinedload(SignUp.person)).where(SignUp.evening_id == evening_id)
    fresh = query.order_by(SignUp.position).execution_options(populate_existing=True)
    return db.session.scalars(fresh).all()


def upcoming(viewer: Viewer, *, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Outlook]:
    """Give a page of what is coming, the next evening first."""
    query = _evenings().where(Evening.ends_at > clock.now())
    page = keyset(query, Evening.starts_at, Evening.id, cursor=cursor, size=size, newest_first=False)
    return Page(items=_outlooks(viewer, page.items), next_cursor=page.next_cursor)


def posters(outlooks: Sequence[Outlook]) -> list[Outlook]:
    """Choose what stands large above the list: the next of each kind that has a drawing, else the next of all."""
    chosen: dict[str, Outlook] = {}
    for each in outlooks:
        if each.evening.kind != Kind.OTHER and not each.evening.is_cancelled:
            chosen.setdefault(each.evening.kind, each)
    return list(chosen.values()) or list(outlooks[:1])


def next_evenings(viewer: Viewer, limit: int = 4) -> list[Outlook]:
    """Give the next evenings that will be, for the front page."""
    query = _evenings().where(Evening.ends_at > clock.now(), Evening.state == EveningState.PLANNED)
    return _outlooks(viewer, db.session.scalars(query.order_by(Evening.starts_at, Evening.id).limit(limit)).all())


def outlook(viewer: Viewer, evening_id: int) -> Outlook:
    """Give one evening with the viewer's own part in it."""
    return _outlook(viewer, get_evening(evening_id), sign_ups(evening_id))


def evening_page(viewer: Viewer, evening_id: int) -> EveningPage:
    """Give everything the page of an evening shows; what is for organisers, to them only."""
    evening, coming = get_evening(evening_id), with_people(evening_id)
    booking = rooms.bookings_of([evening.purpose]).get(evening.purpose) if evening.needs_room else None
    seated = [sign_up for sign_up in coming if sign_up.is_in]
    organises = viewer.may("events.organise")
    return EveningPage(
        outlook=_outlook(viewer, evening, coming),
        faces=[sign_up.person for sign_up in seated if sign_up.shown_as == ShownAs.NAME],
        someones=sum(sign_up.shown_as == ShownAs.SOMEONE for sign_up in seated),
        booking=booking,
        ledger=booking.steps if booking and organises else (),
        notes=[_note(sign_up) for sign_up in coming if sign_up.sealed_note] if organises else (),
    )


def note_of(sign_up: SignUp) -> str:
    """Open what somebody wrote to the organisers."""
    if sign_up.sealed_note is None:
        return ""
    return sealing.open_sealed(sign_up.sealed_note, context=sign_up.note_context)


def _note(sign_up: SignUp) -> Note:
    name = sign_up.person.name if sign_up.shown_as == ShownAs.NAME else None
    return Note(name=name, text=note_of(sign_up))


def _outlook(viewer: Viewer, evening: Evening, coming: Sequence[SignUp]) -> Outlook:
    mine = next((sign_up for sign_up in coming if sign_up.person_id == viewer.id), None)
    places = [sign_up.as_place for sign_up in coming]
    taken = seats.taken(places)
    return Outlook(
        evening=evening,
        taken=taken,
        waiting=len(places) - taken,
        mine=mine,
        my_number=seats.number_in_line(places, mine.id) if mine else None,
        my_note=note_of(mine) if mine else "",
    )


def _outlooks(viewer: Viewer, evenings: Sequence[Evening]) -> list[Outlook]:
    ids = [evening.id for evening in evenings]
    counts, mine = _counts(ids), _mine(viewer, ids)
    return [
        Outlook(
            evening=evening,
            taken=counts.get((evening.id, SignUpState.IN), 0),
            waiting=counts.get((evening.id, SignUpState.WAITING), 0),
            mine=mine.get(evening.id),
        )
        for evening in evenings
    ]


def _counts(evening_ids: Sequence[int]) -> Mapping[tuple[int, str], int]:
    counted = select(SignUp.evening_id, SignUp.state, func.count()).where(SignUp.evening_id.in_(evening_ids))
    rows = db.session.execute(counted.group_by(SignUp.evening_id, SignUp.state))
    return {(evening_id, state): count for evening_id, state, count in rows}


def _mine(viewer: Viewer, evening_ids: Sequence[int]) -> Mapping[int, SignUp]:
    query = select(SignUp).where(SignUp.person_id == viewer.id, SignUp.evening_id.in_(evening_ids))
    return {sign_up.evening_id: sign_up for sign_up in db.session.scalars(query)}


def get_series(series_id: int) -> Series:
    """Give a series."""
    series = db.session.scalar(select(Series).options(joinedload(Series.organiser)).where(Series.id == series_id))
    if series is None:
        raise NotFound(N_("That series is not here."))
    return series


def lock_series(series_id: int) -> Series:
    """Give a series as it is now, and keep others from making its evenings until the transaction ends."""
    fresh = select(Series).where(Series.id == series_id).with_for_update(of=Series)
    series = db.session.scalar(fresh.execution_options(populate_existing=True))
    if series is None:
        raise NotFound(N_("That series is not here."))
    return series


def series_now(today: date) -> Sequence[Series]:
    """Give the series that have not ended."""
    query = select(Series).where(or_(Series.until.is_(None), Series.until >= today))
    return db.session.scalars(query.order_by(Series.title, Series.id)).all()


def made_days(series_id: int) -> set[date]:
    """Give the days of a series that have their evening, also one that was moved or cancelled."""
    days = db.session.scalars(select(Evening.original_on).where(Evening.series_id == series_id))
    return {day for day in days if day is not None}


def planned_of_series(series_id: int, *, after: datetime, from_day: date | None = None) -> Sequence[Evening]:
    """Give the evenings of a series that are still to come, from a day of its rule on."""
    query = _evenings().where(
        Evening.series_id == series_id, Evening.state == EveningState.PLANNED, Evening.starts_at > after
    )
    if from_day:
        query = query.where(Evening.original_on >= from_day)
    return db.session.scalars(query.order_by(Evening.starts_at)).all()


def planned_between(starts_after: datetime, starts_before: datetime) -> Sequence[Evening]:
    """Give the evenings that will be and begin within an interval."""
    query = _evenings().where(
        Evening.state == EveningState.PLANNED, Evening.starts_at >= starts_after, Evening.starts_at < starts_before
    )
    return db.session.scalars(query.order_by(Evening.starts_at)).all()


def future_sign_ups(person_id: int, moment: datetime) -> Sequence[int]:
    """Give the ids of the evenings to come that a person has signed up for."""
    query = select(SignUp.evening_id).join(Evening).where(SignUp.person_id == person_id, Evening.starts_at > moment)
    return db.session.scalars(query.order_by(SignUp.evening_id)).all()


def notes_before(moment: datetime) -> Sequence[SignUp]:
    """Give the sign-ups with a note to evenings that ended before a moment."""
    query = select(SignUp).join(Evening).where(Evening.ends_at < moment, SignUp.sealed_note.is_not(None))
    return db.session.scalars(query).all()


def find_feed(person_id: int) -> FeedSecret | None:
    """Find a person's feed."""
    return db.session.get(FeedSecret, person_id)


def get_subscriber(secret: str) -> Person:
    """Give the active person whose feed has this secret."""
    query = select(FeedSecret).options(joinedload(FeedSecret.person))
    feed = db.session.scalar(query.where(FeedSecret.digest == FeedSecret.digest_of(secret)))
    if feed is None or not feed.person.is_active:
        raise NotFound(N_("That calendar is not here."))
    return feed.person


def feed(person_id: int) -> Sequence[SignUp]:
    """Give a person's evenings for their calendar, also the cancelled ones, so that these vanish there too."""
    query = (
        select(SignUp)
        .join(Evening)
        .options(selectinload(SignUp.evening).joinedload(Evening.series))
        .where(SignUp.person_id == person_id, Evening.ends_at > clock.now() - FEED_LOOKS_BACK)
    )
    return db.session.scalars(query.order_by(Evening.starts_at, Evening.id)).all()


def export_sign_ups(person_id: int) -> list[dict[str, Any]]:
    """Give a person's sign-ups, for the export of their data."""
    query = select(SignUp).options(selectinload(SignUp.evening).joinedload(Evening.series))
    return [_exported(sign_up) for sign_up in _by_id(query.where(SignUp.person_id == person_id))]


def _by_id(query: Select[SignUp]) -> Iterable[SignUp]:
    return db.session.scalars(query.order_by(SignUp.id))


def _exported(sign_up: SignUp) -> dict[str, Any]:
    return {
        "evening": sign_up.evening.title,
        "starts_at": sign_up.evening.starts_at,
        "state": sign_up.state,
        "shown_as": sign_up.shown_as,
        "note": note_of(sign_up),
        "signed_up_at": sign_up.created_at,
    }


def export_feed(person_id: int) -> list[dict[str, Any]]:
    """Tell whether a person has a feed, for the export of their data; the secret itself is not kept."""
    found = find_feed(person_id)
    return [{"made_at": found.made_at}] if found else []
