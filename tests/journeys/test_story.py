"""The story of a week at the desk: with the mouse, by keyboard alone, and with JavaScript off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, time, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from portal.core.clock import OSLO
from tests.journeys import desk, letters
from tests.journeys.hands import Keyboard, Mouse, WithoutScripts
from tests.journeys.portal import wait_until
from tests.journeys.stage import Colleague, Stage, screenshot
from tests.journeys.visitor import words
from tests.journeys.yard import Evening, fetch

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE = "Skrivaren på akuttmottaket svarar ikkje etter oppdatering"
ANSWER = """Start køtenesta på nytt, sjå [artikkelen]({address}):

```
net stop spooler
net start spooler
```
"""
SECRET = "tung dag, og eg grein litt i bilen"
JOY = "Ein lege ringde tilbake berre for å seie takk"
SUMMER_TIME = date(2027, 3, 28)


def six_wednesdays_at_five_whatever_the_sun_does(nights: list[Evening]) -> None:
    """The page shows 17.00 in Oslo every time, which is another moment once summer time has begun."""
    assert [night.starts_at.astimezone(OSLO).date() for night in nights] == [
        date(2027, 3, 3) + timedelta(weeks=week) for week in range(6)
    ]
    assert {night.starts_at.astimezone(OSLO).time() for night in nights} == {time(17)}
    hours = [(night.starts_at.date() < SUMMER_TIME, night.starts_at.astimezone(UTC).hour) for night in nights]
    assert hours == [(True, 16)] * 4 + [(False, 15)] * 2


def every_night_gets_the_room_that_is_willing(stage: Stage, nights: list[Evening]) -> None:
    """The smallest room that fits says no, so the next one is asked, and says yes."""
    for night in nights:
        stage.oddny.sees_room(night, "Room confirmed", desk.VILLIG.name)
    expect(stage.oddny.page.locator("#room")).to_contain_text(words("The room says yes"))
    wait_until(lambda: len(stage.meetings()) == len(nights), "what the unwilling room refused to be taken away")
    assert {meeting["starts_at"] for meeting in stage.meetings()} == {
        night.starts_at.astimezone(UTC).isoformat() for night in nights
    }


def each_has_one_invitation(stage: Stage, night: Evening, people: list[Colleague]) -> None:
    """One mail each, for one calendar entry that has the same name wherever it is."""
    for person in people:
        wait_until(lambda person=person: invitations(stage, night, person), f"the invitation for {person.cast.name}")
    wait_until(stage.portal.is_at_rest, "all mails to be sent")
    uids = set()
    for person in people:
        (entry,) = invitations(stage, night, person)
        assert entry.method == "REQUEST"
        assert entry.attendees == (f"mailto:{person.email}",)
        assert f"DTSTART;TZID=Europe/Oslo:{night.starts_at:%Y%m%dT%H%M%S}" in entry.raw
        uids.add(entry.uid)
    assert len(uids) == 1, "everybody has the same evening"


def invitations(stage: Stage, night: Evening, person: Colleague) -> list[letters.Entry]:
    """Give what somebody was sent about one night, in the order of its numbers."""
    sent = letters.entries(stage.portal.mail, to=person.email)
    mine = [entry for entry in sent if entry.starts_at == night.starts_at and entry.summary == night.title]
    return sorted(mine, key=lambda entry: entry.sequence)


def the_feed_shows_wall_clock_time(person: Colleague, nights: list[Evening]) -> None:
    """The personal feed has the evenings one goes to, at 17.00 in Oslo on either side of summer time."""
    written = fetch(person.makes_calendar_address())
    events = {event["DTSTART"].dt: event for event in Calendar.from_ical(written).walk("VEVENT")}
    assert set(events) == {night.starts_at for night in nights}
    for night in nights:
        assert f"DTSTART;TZID=Europe/Oslo:{night.starts_at:%Y%m%dT}170000" in letters.unfolded(written)
    assert {event["DTSTART"].dt.astimezone(UTC).hour for event in events.values()} == {15, 16}


def a_night_for_six(stage: Stage) -> None:
    """The seventh waits, and is asked when one leaves; the late room is shown as it is, and so is the silent one."""
    night = stage.oddny.makes_evening("Vinsmaking", day=date(2027, 3, 12), at=time(18), capacity=6, seats=14)
    quiet = stage.oddny.makes_evening("Filmkveld", day=date(2027, 3, 19), at=time(18), capacity=None, seats=20)
    stage.oddny.sees_room(night, "Room asked for", desk.SEIN.name)
    stage.kari.comes(night)
    each_has_one_invitation(stage, night, [stage.kari])
    stage.rooms.advance(7200)  # the late room comes round to answering; the portal looks ever more seldom
    stage.ola.comes(night)
    for cast in desk.OTHERS[:4]:
        stage.person(cast, at=night.path).comes(night)
    seventh = stage.person(desk.OTHERS[4], at=night.path)
    seventh.waits_in_line(night)
    assert invitations(stage, night, seventh) == []

    wait_until(lambda: invitations(stage, night, stage.ola), "the invitation for Ola")
    stage.ola.leaves_evening(night)
    seventh.is_shown("A place is yours if you want it")
    seventh.has_news(1)
    assert invitations(stage, night, seventh) == [], "nobody is put in without being asked"
    seventh.takes_what_is_offered()
    wait_until(lambda: invitations(stage, night, seventh), "the invitation for the one who has said yes")
    wait_until(lambda: is_withdrawn(stage, night, stage.ola), "the withdrawal for the one who left")

    stage.oddny.sees_room(night, "Room confirmed", desk.SEIN.name)
    the_room_is_put_into_the_invitation(stage, night, stage.kari)
    stage.oddny.sees_room(quiet, "Room asked for", desk.TAUS.name)


def is_withdrawn(stage: Stage, night: Evening, person: Colleague) -> bool:
    """The last that somebody was sent takes back the entry that they had."""
    *asked, last = invitations(stage, night, person)
    return last.method == "CANCEL" and {entry.uid for entry in asked} == {last.uid}


def the_room_is_put_into_the_invitation(stage: Stage, night: Evening, person: Colleague) -> None:
    """The same entry comes again with a higher number, and once only."""
    wait_until(lambda: len(invitations(stage, night, person)) == 2, "the room to be put into the invitation")
    wait_until(stage.portal.is_at_rest, "all mails to be sent")
    first, second = invitations(stage, night, person)
    assert (second.method, second.uid) == ("REQUEST", first.uid)
    assert second.sequence > first.sequence
    assert desk.SEIN.name in second.raw
    assert second.attendees == first.attendees


@pytest.fixture(scope="class")
def stage(request: pytest.FixtureRequest, set_up: Callable[..., Stage]) -> Stage:
    """Put the stage up for one pair of hands."""
    return set_up(request.cls.hand)


class Walk:
    """The story, for one pair of hands. Its three parts share a portal and need nothing of each other."""

    hand: ClassVar[type[Mouse]]

    def test_a_question_is_asked_answered_thanked_and_found(self, stage: Stage, tmp_path: Path) -> None:
        kari, ola = stage.kari, stage.ola
        path = kari.asks(TITLE)
        ola.sees_new_question(TITLE)
        kari.adds_picture_and_tag(screenshot(tmp_path / "feil.png"), "Utskrift")

        ola.opens_new_question(TITLE)
        ola.sees_picture()
        ola.answers(ANSWER.format(address=f"{stage.portal.url}/kunnskap/{desk.ARTICLE}"))
        expect(ola.page.locator("#thread pre")).to_contain_text("net stop spooler")

        kari.has_news(1)
        kari.is_told(words("%(who)s answered «%(title)s»", who=ola.cast.name, title=TITLE))
        expect(kari.page).to_have_url(re.compile(re.escape(path)))
        kari.thanks(ola.cast.name)
        kari.marks_solved_by(ola.cast.name)
        ola.has_news(2)

        kari.follows("artikkelen", within=kari.answer_of(ola.cast.name))
        expect(kari.heading()).to_have_text(desk.ARTICLES[0][0])
        kari.has_read_it()
        found = ola.searches("printeren svarer ikke")
        expect(found.get_by_role("link", name=TITLE)).to_be_visible()
        assert stage.complaints() == []

    def test_evenings_have_seats_invitations_and_rooms(self, stage: Stage) -> None:
        oddny, kari, ola = stage.oddny, stage.kari, stage.ola
        nights = oddny.makes_series("Brettspelkveld", weekday="Onsdag", at=time(17), seats=8)
        six_wednesdays_at_five_whatever_the_sun_does(nights)
        every_night_gets_the_room_that_is_willing(stage, nights)

        kari.comes_from_front(nights[0])
        ola.comes_from_front(nights[0])
        before, after = nights[3], nights[4]
        kari.comes(before)
        kari.comes(after)
        ola.comes(after)
        each_has_one_invitation(stage, nights[0], [kari, ola])
        each_has_one_invitation(stage, after, [kari, ola])
        the_feed_shows_wall_clock_time(kari, [nights[0], before, after])

        a_night_for_six(stage)
        assert stage.complaints() == []

    def test_what_is_said_in_confidence_stays_there(self, stage: Stage) -> None:
        ola, kari, astrid, per = stage.ola, stage.kari, stage.astrid, stage.per
        path = ola.checks_in("Heavy", SECRET, with_name=per.cast.name)
        for person in (kari, astrid):
            person.is_refused(path, 404)
            person.opens("/pusterom/delt")
            assert "tung dag" not in person.text()
            assert "tung dag" not in person.searches("tung dag grein bilen").inner_text()
        for page in astrid.admin_pages():
            assert "tung dag" not in astrid.text(), page

        kari.opens("/")
        astrid.opens("/")
        ola.shares_joy(JOY)
        for person in (kari, astrid):
            person.sees_joy(JOY)
        per.reads_shared(SECRET)

        stored = stage.portal.everything_stored()
        assert JOY.encode() in stored, "the search through the raw database does not find what is there"
        for part in ("tung dag", "grein litt"):
            for written in (part.encode(), part.encode("utf-16-le"), part.encode().hex().encode()):
                assert written not in stored
        assert stage.complaints() == []


class TestWithTheMouse(Walk):
    """Pointing and clicking."""

    hand = Mouse


class TestByKeyboardAlone(Walk):
    """Tab, Enter, Space and the arrows."""

    hand = Keyboard


class TestWithoutScripts(Walk):
    """JavaScript is off."""

    hand = WithoutScripts
