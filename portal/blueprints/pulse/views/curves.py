"""Published weeks as a curve: words for levels, one sentence that says the same, and rows for a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.blueprints.pulse.models import Annotation
from portal.blueprints.pulse.queries import Week
from portal.core.i18n import N_
from portal.web import week_chart
from portal.web.i18n import _

LEVELS = (N_("Heavy"), N_("Somewhat heavy"), N_("In between"), N_("Fairly good"), N_("Good"))
NOTHING = N_("Too few answers to show. Nobody can see individual answers.")
A_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What happened in a week, with the number that stands in the drawing; none while that week is not counted."""

    id: int
    number: int | None
    day: date
    words: str


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One curve as the page shows it."""

    id: str
    name: str
    title: str
    summary: str
    drawings: tuple[week_chart.Drawing, week_chart.Drawing] | None
    rows: list[list[str]]


def marks_of(shown: Sequence[Week], annotations: Sequence[Annotation]) -> list[Mark]:
    """Number the weeks in which something happened; what is older than the chart is left out."""
    mondays = list(_mondays(shown))
    kept = [each for each in annotations if not mondays or _monday(each.day) >= mondays[0]]
    marked = sorted({_monday(each.day) for each in kept} & set(mondays))
    numbers = {monday: number for number, monday in enumerate(marked, start=1)}
    return [Mark(id=each.id, number=numbers.get(_monday(each.day)), day=each.day, words=each.words) for each in kept]


def curve_of(cell: int, name: str, shown: Sequence[Week], marks: Sequence[Mark]) -> Curve:
    """Draw one cell over the weeks; a week without a round is a gap, as one with too few answers."""
    levels = {_monday(week.opened_on): week.levels.get(cell) for week in shown}
    weeks = [(monday, levels.get(monday)) for monday in _mondays(shown)]
    numbers = {_monday(mark.day): mark.number for mark in marks}
    drawn = [
        week_chart.Week(name=_number(monday), level=level - 1 if level else None, mark=numbers.get(monday))
        for monday, level in weeks
    ]
    return Curve(
        id=f"pulse-{cell}",
        name=name,
        title=_("How the weeks have been: %(name)s", name=name) if name else _("How the weeks have been"),
        summary=_summary([(_number(monday), level) for monday, level in weeks]),
        drawings=week_chart.both(drawn, [_(word) for word in LEVELS]) if drawn else None,
        rows=[[_("Week %(week)s", week=_number(monday)), _word(level)] for monday, level in reversed(weeks)],
    )


def team_curves(shown: Sequence[Week], names: Mapping[int, str]) -> list[Curve]:
    """Draw the teams that anything was published for in these weeks."""
    cells = {cell for week in shown for cell in week.levels}
    named = sorted((names[cell], cell) for cell in cells if cell in names)
    return [curve_of(cell, name, shown, ()) for name, cell in named]


def _summary(weeks: Sequence[tuple[str, int | None]]) -> str:
    known = [(week, level) for week, level in weeks if level]
    if not known:
        return _(NOTHING) if weeks else _("Nothing to show yet. The first round is counted when it closes.")
    week, level = known[-1]
    newest = weeks[-1][0]
    if week != newest:
        missing = N_("Week %(newest)s had too few answers to show. Week %(week)s was %(level)s.")
        return _(missing, newest=newest, week=week, level=_word(level).lower())
    if len(known) == 1:
        return _("Week %(week)s was %(level)s.", week=week, level=_word(level).lower())
    before, earlier = known[-2]
    return _(_compared(level, earlier), week=week, level=_word(level).lower(), before=before)


def _compared(level: int, earlier: int) -> str:
    if level > earlier:
        return N_("Week %(week)s was %(level)s, lighter than week %(before)s.")
    if level < earlier:
        return N_("Week %(week)s was %(level)s, heavier than week %(before)s.")
    return N_("Week %(week)s was %(level)s, as was week %(before)s.")


def _word(level: int | None) -> str:
    return _(LEVELS[level - 1]) if level else _("Too few answers to show")


def _mondays(shown: Sequence[Week]) -> Iterator[date]:
    if shown:
        monday, last = _monday(shown[0].opened_on), _monday(shown[-1].opened_on)
        while monday <= last:
            yield monday
            monday += A_WEEK


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _number(monday: date) -> str:
    return str(monday.isocalendar().week)
