"""What organisers ask for, and the checks that every such wish goes through."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.blueprints.events.models.evenings import PLACE, TEXT, TITLE, Kind
from portal.blueprints.events.rules import recurrence, turnout
from portal.blueprints.events.rules.recurrence import Fault, Frequency, Rule
from portal.core import patient_data
from portal.core.errors import Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MOST_SEATS = 500
STEP = 5  # minutes: rooms are booked in whole steps
SHORTEST = timedelta(minutes=15)

FAULTS = {
    Fault.WEEKDAY: ("weekday", N_("Choose a weekday.")),
    Fault.NTH: ("nth", N_("Choose which one of the month.")),
    Fault.INTERVAL: ("interval", N_("Choose a number from 1 to 12.")),
    Fault.END: ("until", N_("The last day cannot be before the first.")),
    Fault.COUNT: ("count", N_("Choose how many evenings, from 1 to 500.")),
}


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is written about an evening. `accepts`: the author says that no number in it is an identity number."""

    title: str
    details: str = ""
    place: str = ""
    accepts: bool = False


@dataclass(frozen=True, kw_only=True)
class EveningWish:
    """One evening as an organiser wants it."""

    words: Words
    starts_at: datetime
    ends_at: datetime
    kind: Kind = Kind.OTHER
    capacity: int | None = None
    needs_room: bool = False
    seats: int | None = None
    minimum: int | None = None  # fewer than this, and it is called off by itself
    decide_hours: int = turnout.USUAL_HOURS


@dataclass(frozen=True, kw_only=True)
class SeriesWish:
    """A series as an organiser wants it."""

    words: Words
    frequency: Frequency
    weekday: int
    starts_on: date
    starts: time
    minutes: int
    kind: Kind = Kind.OTHER
    nth: int | None = None
    interval: int = 1
    until: date | None = None
    count: int | None = None
    capacity: int | None = None
    needs_room: bool = False
    seats: int | None = None
    room_id: int | None = None
    minimum: int | None = None
    decide_hours: int = turnout.USUAL_HOURS

    def rule(self) -> Rule:
        """Give the rule, or refuse what is not one."""
        try:
            return Rule(
                frequency=self.frequency,
                weekday=self.weekday,
                nth=self.nth,
                interval=self.interval,
                starts_on=self.starts_on,
                until=self.until,
                count=self.count,
            )
        except recurrence.NotARule as error:
            field, message = FAULTS[error.fault]
            raise Invalid(message, field=field) from error


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many can come to each night of a series, and how few are too few."""

    capacity: int | None = None
    minimum: int | None = None
    decide_hours: int = turnout.USUAL_HOURS


def check_organiser(viewer: Viewer) -> None:
    """Refuse those who do not organise."""
    if not viewer.may("events.organise"):
        raise NotAllowed(N_("This is not open to you."))


def checked(words: Words) -> Words:
    """Give the words with what looks like a patient masked, or refuse them."""
    if not words.title.strip():
        raise Invalid(N_("Give it a title."), field="title")
    return dataclasses.replace(
        words,
        title=checked_text(" ".join(words.title.split()), TITLE, field="title", accepts=words.accepts),
        details=checked_text(words.details, TEXT, field="details", accepts=words.accepts),
        place=checked_text(words.place, PLACE, field="place", accepts=words.accepts),
    )


def checked_text(text: str, longest: int, *, field: str, accepts: bool) -> str:
    """Give a text that fits and can be stored, with what looks like a patient masked, or refuse it."""
    text = text.replace("\x00", "")  # which PostgreSQL cannot keep
    if len(text) > longest:
        raise Invalid(N_("That is too long."), field=field)
    return patient_data.clean(text, field=field, viewer_accepts=accepts)


def check_seats(*, capacity: int | None, seats: int | None) -> None:
    """Refuse numbers that are no number of seats."""
    for field, number in {"capacity": capacity, "seats": seats}.items():
        if number is not None and not 1 <= number <= MOST_SEATS:
            raise Invalid(N_("Choose a number from 1 to 500, or leave it empty."), field=field)


def check_minimum(minimum: int | None, decide_hours: int, *, capacity: int | None) -> None:
    """Refuse a minimum that cannot be reached, or a time for settling it that makes no sense."""
    if minimum is None:
        return
    if not 1 <= minimum <= (capacity or MOST_SEATS):
        raise Invalid(
            N_("Choose a number that is not larger than how many can come, or leave it empty."), field="minimum"
        )
    if not 1 <= decide_hours <= turnout.MOST_HOURS:
        raise Invalid(N_("Choose from 1 to 336 hours before it begins."), field="decide_hours")


def check_length(length: timedelta) -> None:
    """Refuse an evening that is too short, too long, or not in whole steps."""
    if not SHORTEST <= length <= recurrence.LONGEST or length % timedelta(minutes=STEP):
        raise Invalid(N_("It lasts from 15 minutes to 12 hours, in steps of five minutes."), field="minutes")


def check_start(starts: time) -> None:
    """Refuse a beginning that no room can be booked from."""
    if starts.minute % STEP or starts.second or starts.microsecond:
        raise Invalid(N_("It begins on whole five minutes."), field="starts")
