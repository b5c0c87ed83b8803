"""Words in a given language, without a request. Message ids are English; nn and nb are catalogues."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any, Literal

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal.core import clock

LOCALES = ("nn", "nb", "en")
DEFAULT = "nn"
FOLDER = Path(__file__).parent.parent / "translations"
Width = Literal["wide", "abbreviated"]


def N_(message: str) -> str:  # noqa: N802
    """Mark a message id for the catalogues; the words are found later, in the reader's language."""
    return message


@cache
def catalogue(locale: str) -> NullTranslations:
    """Give the catalogue of a language, read once. Unknown languages get the default."""
    if locale == "en":
        return NullTranslations()
    path = FOLDER / (locale if locale in LOCALES else DEFAULT) / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def customs(locale: str) -> Locale:
    """Give how a language writes days and numbers. Babel would look it up anew for each, at twice the price."""
    return Locale.parse(locale)


def text(message: str, locale: str, **params: Any) -> str:
    """Put a message id into words."""
    words = catalogue(locale).gettext(message)
    return words % params if params else words


def plural(singular: str, plural_: str, n: int, locale: str, **params: Any) -> str:
    """Put a counted message into words; the count itself is %(n)s."""
    return catalogue(locale).ngettext(singular, plural_, n) % {"n": n, **params}


def format_number(value: float, locale: str) -> str:
    """Write a number as the language does."""
    return numbers.format_decimal(value, locale=customs(locale))


def format_day(value: date | datetime, locale: str) -> str:
    """Write «torsdag 26. november», with the year when it is not this one."""
    day = clock.wall(value).date() if isinstance(value, datetime) else value
    return f"{_weekdays(locale)[day.weekday()]} {_dated(day, locale, width='wide')}"


def format_date(value: date | datetime, locale: str) -> str:
    """Write «26. november 2026», as where it is read in years to come."""
    day = clock.wall(value).date() if isinstance(value, datetime) else value
    return dates.format_date(day, {"en": "d MMMM y"}.get(locale, "d. MMMM y"), locale=locale)


def format_short_day(value: date | datetime, locale: str) -> str:
    """Write «26. nov.»."""
    day = clock.wall(value).date() if isinstance(value, datetime) else value
    return _numbered(day, locale, width="abbreviated")


def format_weekday(value: date | datetime, locale: str) -> str:
    """Write «Tys», for a narrow column; Babel's own short names in Nynorsk have two letters."""
    day = clock.wall(value).date() if isinstance(value, datetime) else value
    return _weekdays(locale)[day.weekday()][:3].capitalize()


def format_time(value: datetime | time, locale: str) -> str:
    """Write «16.30»."""
    at = clock.wall(value) if isinstance(value, datetime) else value
    return f"{at.hour:02}:{at.minute:02}" if locale == "en" else f"{at.hour}.{at.minute:02}"


def format_moment(value: datetime, locale: str) -> str:
    """Write «i dag kl. 8.12», «i går kl. 16.30» or «26. nov. kl. 8.12»."""
    days = (clock.today() - clock.wall(value).date()).days
    known = {0: N_("today at %(time)s"), 1: N_("yesterday at %(time)s"), -1: N_("tomorrow at %(time)s")}
    at = format_time(value, locale)
    if days in known:
        return text(known[days], locale, time=at)
    day = clock.wall(value).date()
    shown = _dated(day, locale, width="abbreviated")
    return text(N_("%(day)s at %(time)s"), locale, day=shown, time=at)


def format_ago(value: datetime, locale: str) -> str:
    """Write «no nettopp», «for 34 min sidan», «for 2 timar sidan», «i går», «tysdag», «12. mars 2025»."""
    seconds = (clock.now() - value).total_seconds()
    days = (clock.today() - clock.wall(value).date()).days
    if seconds < 60:
        return text(N_("just now"), locale)
    if seconds < 3600:
        return plural("%(n)s min ago", "%(n)s min ago", int(seconds // 60), locale)
    if days == 0 or seconds < 6 * 3600:
        return plural("%(n)s hour ago", "%(n)s hours ago", int(seconds // 3600), locale)
    if days == 1:
        return text(N_("yesterday"), locale)
    return _older(value, days, locale)


def _older(value: datetime, days: int, locale: str) -> str:
    day = clock.wall(value).date()
    if days < 7:
        return _weekdays(locale)[day.weekday()]
    return _dated(day, locale, width="abbreviated")


def _dated(day: date, locale: str, *, width: Width) -> str:
    words = _numbered(day, locale, width=width)
    return words if day.year == clock.today().year else f"{words} {day.year}"


def _numbered(day: date, locale: str, *, width: Width) -> str:
    return f"{day.day}{'' if locale == 'en' else '.'} {_months(locale, width)[day.month - 1]}"


# Babel's patterns take twenty microseconds for a day, and the list of what is coming writes sixty of them.
@cache
def _weekdays(locale: str) -> tuple[str, ...]:
    return tuple(dates.get_day_names("wide", locale=customs(locale))[number] for number in range(7))


@cache
def _months(locale: str, width: Width) -> tuple[str, ...]:
    names = dates.get_month_names(width, locale=customs(locale))
    return tuple(names[number] for number in range(1, 13))
