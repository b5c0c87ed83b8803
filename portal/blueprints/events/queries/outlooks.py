"""Evenings as a viewer sees them, in a list and on a page of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from portal.blueprints.events.models.evenings import Evening, EveningState, Kind
from portal.blueprints.events.models.signups import ShownAs, SignUp, SignUpState
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.rules import recurrence, seats, turnout
from portal.blueprints.people.models import Person
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms.models import Booking, BookingStep
from portal.core import clock
from portal.core.db import db
from portal.core.paging import Page, keyset_rows
from portal.core.viewer import Viewer

PAGE_SIZE = 20


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """One evening as a viewer sees it in a list or on the sign-up card."""

    evening: Evening
    taken: int  # seats with somebody on them, guests too, and those that are kept for somebody who was asked
    waiting: int
    offered: int = 0  # so many of the taken ones nobody has said yes to yet
    mine: SignUp | None = None
    my_number: int | None = None  # in line; worked out on the evening's own page
    next_number: int | None = None  # of somebody who would stand in line now; there too
    waited_for: int | None = None  # so many seats the first in line needs, where fewer are free; there too
    group: Sequence[SignUp] = ()  # those whom I come together with; there too
    my_note: str = ""

    @property
    def is_full(self) -> bool:
        """Tell whether somebody who signs up now has to wait."""
        capacity = self.evening.capacity
        return bool(self.waiting) or (capacity is not None and self.taken >= capacity)

    @property
    def coming(self) -> int:
        """Count those who have said yes and have a seat, guests too."""
        return self.taken - self.offered

    @property
    def free(self) -> int | None:
        """Count the seats that are free; without a number of seats there is no number."""
        capacity = self.evening.capacity
        return None if capacity is None else max(0, capacity - self.taken)

    @property
    def offer(self) -> SignUp | None:
        """Give my sign-up where a seat is kept for me now."""
        return self.mine if self.mine and self.is_open and self.mine.is_offered(clock.now()) else None

    @property
    def is_enough(self) -> bool:
        """Tell whether so many have signed up already that it would be."""
        return self.evening.minimum is not None and self.coming >= self.evening.minimum

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
            return "offered" if self.offer else "joined" if self.mine.is_in else "waiting"
        return "full" if self.is_full else "welcome"


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many sign-ups, and how many seats with their guests."""

    people: int = 0
    seats: int = 0


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
    guests: int  # those whom somebody brings
    booking: Booking | None
    ledger: Sequence[BookingStep] = ()
    notes: Sequence[Note] = ()

    @property
    def evening(self) -> Evening:
        """Give the evening."""
        return self.outlook.evening


def upcoming(
    viewer: Viewer,
    *,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    kind: Kind | None = None,
    between: tuple[datetime, datetime] | None = None,
) -> Page[Outlook]:
    """Give a page of what is coming, the next evening first; perhaps of one kind, or of an interval."""
    moment = clock.now()
    # By when it begins, which has an index: what is over by years is not looked at.
    ahead = (Evening.ends_at > moment, Evening.starts_at > moment - recurrence.LONGEST)
    query = _with_mine(viewer).where(*ahead, ~Evening.is_quiet)
    if kind:
        query = query.where(Evening.kind == kind)
    if between:
        query = query.where(Evening.starts_at >= between[0], Evening.starts_at < between[1])
    page = keyset_rows(query, Evening.starts_at, Evening.id, cursor=cursor, size=size, newest_first=False)
    return Page(items=_outlooks(page.items), next_cursor=page.next_cursor)


def posters(outlooks: Sequence[Outlook]) -> list[Outlook]:
    """Choose what stands large above the list: the next of each kind that has a drawing, else the next of all."""
    chosen: dict[str, Outlook] = {}
    for each in outlooks:
        if each.evening.kind != Kind.OTHER and not each.evening.is_cancelled:
            chosen.setdefault(each.evening.kind, each)
    return list(chosen.values()) or list(outlooks[:1])


def next_evenings(viewer: Viewer, limit: int = 4) -> list[Outlook]:
    """Give the next evenings that will be, for the front page."""
    query = _with_mine(viewer).where(Evening.ends_at > clock.now(), Evening.state == EveningState.PLANNED)
    return _outlooks(db.session.execute(query.order_by(Evening.starts_at, Evening.id).limit(limit)).all())


def outlook(viewer: Viewer, evening_id: int) -> Outlook:
    """Give one evening with the viewer's own part in it."""
    return _outlook(viewer, finding.get_evening(evening_id), attendance.sign_ups(evening_id))


def evening_page(viewer: Viewer, evening_id: int) -> EveningPage:
    """Give everything the page of an evening shows; what is for organisers, to them only."""
    evening, coming = finding.get_evening(evening_id), attendance.with_people(evening_id)
    booking = rooms.bookings_of([evening.purpose]).get(evening.purpose) if evening.needs_room else None
    seated = [sign_up for sign_up in coming if sign_up.is_in]
    organises = viewer.may("events.organise")
    return EveningPage(
        outlook=_outlook(viewer, evening, coming),
        faces=[sign_up.person for sign_up in seated if sign_up.shown_as == ShownAs.NAME],
        someones=sum(sign_up.shown_as == ShownAs.SOMEONE for sign_up in seated),
        guests=sum(sign_up.guests for sign_up in seated),
        booking=booking,
        ledger=booking.steps if booking and organises else (),
        notes=[_note(sign_up) for sign_up in coming if sign_up.sealed_note] if organises else (),
    )


def _note(sign_up: SignUp) -> Note:
    name = sign_up.person.name if sign_up.shown_as == ShownAs.NAME else None
    return Note(name=name, text=attendance.note_of(sign_up))


def _outlook(viewer: Viewer, evening: Evening, coming: Sequence[SignUp]) -> Outlook:
    mine = next((sign_up for sign_up in coming if sign_up.person_id == viewer.id), None)
    places, capacity = [sign_up.as_place for sign_up in coming], evening.capacity
    waited_for = seats.seats_wait_for(places, capacity)
    return Outlook(
        evening=evening,
        taken=seats.taken(places),
        waiting=sum(place.holds == 0 for place in places),
        offered=seats.taken(places) - turnout.coming(places),
        mine=mine,
        my_number=seats.number_in_line(places, mine.id, capacity) if mine else None,
        next_number=len(seats.line(places, capacity)) + 1,
        waited_for=waited_for.size if waited_for else None,
        group=[one for one in coming if mine and mine.group_id and one.group_id == mine.group_id],
        my_note=attendance.note_of(mine) if mine else "",
    )


def _with_mine(viewer: Viewer) -> Select[Any]:
    # Each evening with the viewer's own sign-up, of which there is one or none; the order of the page stands beside.
    mine = and_(SignUp.evening_id == Evening.id, SignUp.person_id == viewer.id)
    return finding.evenings().add_columns(SignUp, Evening.starts_at, Evening.id).outerjoin(SignUp, mine)


def _outlooks(found: Sequence[Row[Any]]) -> list[Outlook]:
    counts = _counts([row.id for row in found])
    return [
        Outlook(
            evening=row.Evening,
            taken=counts[row.id, SignUpState.IN].seats + counts[row.id, SignUpState.OFFERED].seats,
            waiting=counts[row.id, SignUpState.WAITING].people,
            offered=counts[row.id, SignUpState.OFFERED].seats,
            mine=row.SignUp,
        )
        for row in found
    ]


def _counts(evening_ids: Sequence[int]) -> Mapping[tuple[int, str], Count]:
    counted = select(SignUp.evening_id, SignUp.state, func.count(), func.sum(1 + SignUp.guests))
    rows = db.session.execute(
        counted.where(SignUp.evening_id.in_(evening_ids)).group_by(SignUp.evening_id, SignUp.state)
    )
    found: dict[tuple[int, str], Count] = {
        (evening_id, state): Count(people=people, seats=size) for evening_id, state, people, size in rows
    }
    return defaultdict(Count, found)
