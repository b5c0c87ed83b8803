"""Words for rules and choices, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from babel import dates
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from portal.blueprints.events.forms import KINDS
from portal.blueprints.events.models.evenings import Evening, Kind, Series
from portal.blueprints.events.models.proposals import Proposal
from portal.blueprints.events.rules.recurrence import LAST, Frequency
from portal.blueprints.events.rules.seats import MOST_GUESTS
from portal.blueprints.rooms.models import BookingStep, Room, StepKind
from portal.core import clock
from portal.core.i18n import N_, customs
from portal.web.i18n import _, locale, ngettext

DRAWINGS = {Kind.BOARD_GAMES: "dice", Kind.CINEMA: "film", Kind.OTHER: ""}
COLORS = {Kind.BOARD_GAMES: "sun", Kind.CINEMA: "heather", Kind.OTHER: "accent"}
MONTHLY = {
    1: N_("The first %(weekday)s of the month"),
    2: N_("The second %(weekday)s of the month"),
    3: N_("The third %(weekday)s of the month"),
    4: N_("The fourth %(weekday)s of the month"),
    LAST: N_("The last %(weekday)s of the month"),
}
RARELY = {
    1: N_("The first %(weekday)s of every %(n)s months"),
    2: N_("The second %(weekday)s of every %(n)s months"),
    3: N_("The third %(weekday)s of every %(n)s months"),
    4: N_("The fourth %(weekday)s of every %(n)s months"),
    LAST: N_("The last %(weekday)s of every %(n)s months"),
}
STEPS = {
    StepKind.HELD: N_("The room is held while somebody chooses"),
    StepKind.WISHED: N_("A room is wished for"),
    StepKind.TRIED: N_("The calendar is called"),
    StepKind.SENT: N_("The calendar has the meeting"),
    StepKind.CONFIRMED: N_("The room says yes"),
    StepKind.CONFIRMED_BY_CALENDAR: N_("The room is silent, but its own calendar shows the meeting"),
    StepKind.DECLINED: N_("The room says no"),
    StepKind.TAKEN: N_("The room was taken in the meantime"),
    StepKind.REFUSED: N_("The calendar refuses the meeting"),
    StepKind.DOUBTED: N_("The answer was lost: we look before we try again"),
    StepKind.UNREACHABLE: N_("The calendar does not answer"),
    StepKind.DOUBLED: N_("A doubled meeting was found and removed"),
    StepKind.UNANSWERED: N_("The room has not answered for a day"),
    StepKind.MOVED_OUTSIDE: N_("Somebody moved the meeting in the calendar"),
    StepKind.MOVED_BACK: N_("Somebody moved it back in the calendar"),
    StepKind.FOLLOWED: N_("An organiser chose the time that stands in the calendar"),
    StepKind.VANISHED: N_("Somebody removed the meeting in the calendar"),
    StepKind.GIVEN_UP: N_("The room is no longer needed"),
    StepKind.RELEASED: N_("The room is given back"),
}

WAYS = {
    "earlier": N_("A little earlier"),
    "later": N_("A little later"),
    "elsewhere": N_("Another room"),
    "smaller": N_("A smaller room"),
    "shorter": N_("A shorter evening"),
}
CHANGES = {
    "moved": N_("Somebody moved the meeting in the calendar"),
    "shortened": N_("Somebody shortened the meeting in the calendar"),
    "lengthened": N_("Somebody lengthened the meeting in the calendar"),
}


def short_day(day: date) -> str:
    """Name a day shortly, for where fourteen of them stand side by side."""
    return str(dates.format_date(day, "EEE d.M.", locale=customs(locale())))


def way(name: str) -> str:
    """Say in which way an alternative differs."""
    return _(WAYS[name])


def change(name: str) -> str:
    """Say what somebody did to the meeting of a room."""
    return _(CHANGES[name])


def step(line: BookingStep) -> str:
    """Put a line of a booking's ledger into words."""
    return _(STEPS[StepKind(line.kind)])


def weekday(number: int) -> str:
    """Name a weekday."""
    return str(dates.get_day_names("wide", locale=customs(locale()))[number])


def rhythm(series: Series | None) -> str:
    """Say how often a series comes."""
    if series is None:
        return _("Just this once")
    day = weekday(series.weekday)
    if series.frequency == Frequency.MONTHLY:
        words = MONTHLY if series.interval == 1 else RARELY
        return _(words[series.nth or 1], weekday=day, n=series.interval)
    if series.interval == 1:
        return _("Every %(weekday)s", weekday=day)
    return _("Every %(n)s weeks, on %(weekday)s", n=series.interval, weekday=day)


def drawing(evening: Evening) -> str:
    """Name the drawing of an evening's poster."""
    return DRAWINGS[Kind(evening.kind)]


def color(evening: Evening | Proposal) -> str:
    """Name the colour of an evening's poster."""
    return COLORS[Kind(evening.kind)]


def kind(evening: Evening | Proposal) -> str:
    """Say what people come for."""
    return kind_name(Kind(evening.kind))


def kind_name(chosen: Kind) -> str:
    """Name a kind of evening."""
    return _(KINDS[chosen])


def month(day: date) -> str:
    """Write «Desember», with the year when it is not this one."""
    pattern = "LLLL" if day.year == clock.today().year else "LLLL y"
    return str(dates.format_date(day, pattern, locale=customs(locale()))).capitalize()


def offer_rooms(field: SelectField, rooms: Iterable[Room]) -> None:
    """Let one of the rooms be chosen, or none of them."""
    named = [SelectChoice(room.id, ", ".join(filter(None, (room.name, room.site)))) for room in rooms]
    field.choices = [SelectChoice(0, _("The smallest that fits")), *named]


def offer(field: RadioField | SelectField, labels: Mapping[Any, str]) -> None:
    """Put the labels of a choice into the reader's language."""
    field.choices = [SelectChoice(value, _(label)) for value, label in labels.items()]


def offer_guests(field: SelectField) -> None:
    """Put the numbers of guests into words."""
    counts = range(1, MOST_GUESTS + 1)
    field.choices = [
        SelectChoice(0, _("No, just me")),
        *(SelectChoice(n, ngettext("%(n)s guest", "%(n)s guests", n)) for n in counts),
    ]
