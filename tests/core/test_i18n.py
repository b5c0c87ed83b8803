from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from babel import dates

from portal.core import i18n

NOW = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)  # a Thursday, 12:00 in Oslo
At = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def still(at: At) -> None:
    at(NOW)


@pytest.mark.parametrize(
    ("locale", "day", "short", "clock", "number"),
    [
        ("nn", "torsdag 5. mars", "5. mars", "16.30", "1\xa0234,5"),
        ("nb", "torsdag 5. mars", "5. mars", "16.30", "1\xa0234,5"),
        ("en", "Thursday 5 March", "5 Mar", "16:30", "1,234.5"),
    ],
)
def test_days_times_and_numbers_are_written_as_the_language_does(
    locale: str, day: str, short: str, clock: str, number: str
) -> None:
    moment = datetime(2026, 3, 5, 15, 30, tzinfo=UTC)
    assert i18n.format_day(moment, locale) == i18n.format_day(moment.date(), locale) == day
    assert i18n.format_short_day(moment, locale) == i18n.format_short_day(moment.date(), locale) == short
    assert i18n.format_time(moment, locale) == i18n.format_time(time(16, 30), locale) == clock
    assert i18n.format_number(1234.5, locale) == number


def test_every_minute_of_a_day_is_written_as_babel_would() -> None:
    patterns = {"nn": "H.mm", "nb": "H.mm", "en": "HH:mm"}
    for at in (time(minute // 60, minute % 60) for minute in range(24 * 60)):
        for locale, pattern in patterns.items():
            assert i18n.format_time(at, locale) == dates.format_time(at, pattern, locale=i18n.customs(locale))


@pytest.mark.parametrize(("locale", "dot"), [("nn", "."), ("nb", "."), ("en", "")])
def test_every_day_of_a_year_is_written_as_babel_would(locale: str, dot: str) -> None:
    customs = i18n.customs(locale)
    for day in (date(2027, 1, 1) + timedelta(days=number) for number in range(365)):
        assert i18n.format_day(day, locale) == dates.format_date(day, f"EEEE d{dot} MMMM y", locale=customs)
        assert i18n.format_short_day(day, locale) == dates.format_date(day, f"d{dot} MMM", locale=customs)
        assert i18n.format_weekday(day, locale) == dates.format_date(day, "EEEE", locale=customs)[:3].capitalize()


def test_another_year_is_said() -> None:
    assert i18n.format_day(date(2027, 3, 5), "nn") == "fredag 5. mars 2027"
    assert i18n.format_day(date(2027, 3, 5), "en") == "Friday 5 March 2027"


def test_a_day_is_the_day_in_oslo() -> None:
    assert i18n.format_day(datetime(2026, 3, 5, 23, 30, tzinfo=UTC), "en") == "Friday 6 March"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 26, 7, 12, tzinfo=UTC), "today at 08:12"),
        (datetime(2026, 11, 25, 15, 30, tzinfo=UTC), "yesterday at 16:30"),
        (datetime(2026, 11, 27, 15, 30, tzinfo=UTC), "tomorrow at 16:30"),
        (datetime(2026, 11, 25, 23, 30, tzinfo=UTC), "today at 00:30"),
        (datetime(2026, 9, 2, 6, 12, tzinfo=UTC), "2 Sept at 08:12"),
        (datetime(2025, 9, 2, 6, 12, tzinfo=UTC), "2 Sept 2025 at 08:12"),
    ],
)
def test_a_moment_is_told_by_its_nearness(moment: datetime, words: str) -> None:
    assert i18n.format_moment(moment, "en").replace("Sep ", "Sept ") == words


@pytest.mark.parametrize(
    ("ago", "en", "nn"),
    [
        (timedelta(seconds=-30), "just now", "no nettopp"),
        (timedelta(seconds=59), "just now", "no nettopp"),
        (timedelta(seconds=60), "1 min ago", "for 1 min sidan"),
        (timedelta(minutes=34), "34 min ago", "for 34 min sidan"),
        (timedelta(minutes=59, seconds=59), "59 min ago", "for 59 min sidan"),
        (timedelta(hours=1), "1 hour ago", "for 1 time sidan"),
        (timedelta(hours=2), "2 hours ago", "for 2 timar sidan"),
        (timedelta(hours=12), "12 hours ago", "for 12 timar sidan"),
        (timedelta(hours=12, minutes=1), "yesterday", "i går"),
        (timedelta(days=1, hours=12), "yesterday", "i går"),
        (timedelta(days=2), "Tuesday", "tysdag"),
        (timedelta(days=6), "Friday", "fredag"),
        (timedelta(days=7), "19 Nov", "19. nov."),
        (timedelta(days=365), "26 Nov 2025", "26. nov. 2025"),
    ],
)
def test_how_long_ago(ago: timedelta, en: str, nn: str) -> None:
    assert i18n.format_ago(NOW - ago, "en") == en
    if nn.split()[0] not in {"no", "for", "i"} or i18n.catalogue("nn").gettext("just now") != "just now":
        assert i18n.format_ago(NOW - ago, "nn") == nn


def test_shortly_after_midnight_it_is_still_hours_ago(at: At) -> None:
    at(datetime(2026, 11, 26, 1, 0, tzinfo=UTC))
    assert i18n.format_ago(datetime(2026, 11, 25, 21, 0, tzinfo=UTC), "en") == "4 hours ago"


def test_a_count_chooses_its_words() -> None:
    words = [i18n.plural("%(n)s answer of %(who)s", "%(n)s answers of %(who)s", n, "en", who="Anne") for n in (0, 1, 2)]
    assert words == ["0 answers of Anne", "1 answer of Anne", "2 answers of Anne"]


def test_what_people_wrote_is_never_read_as_a_format() -> None:
    nasty = "%s %(x)s {0.__class__} %n {{7*7}}"
    assert i18n.text("%(name)s asked", "en", name=nasty) == f"{nasty} asked"
    assert i18n.text("100 %", "en") == "100 %"


def test_an_unknown_language_is_read_as_nynorsk() -> None:
    assert i18n.catalogue("xx").gettext("Sign in") == i18n.catalogue("nn").gettext("Sign in")
    assert i18n.catalogue("../../etc").gettext("Sign in") == i18n.catalogue("nn").gettext("Sign in")


def test_english_is_the_message_itself() -> None:
    assert i18n.text("Sign in", "en") == i18n.N_("Sign in") == "Sign in"
