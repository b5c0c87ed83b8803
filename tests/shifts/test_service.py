"""What people say of themselves, who has a page open, and what is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.shifts import queries
from portal.blueprints.shifts.facts import CameOnline, StandingChanged
from portal.blueprints.shifts.models import Presence, Shift, Standing
from portal.blueprints.shifts.rules import Availability, Kind, Span
from portal.blueprints.shifts.service import drafts, importing, presence, standing, upkeep
from portal.core import clock, facts, live
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed
from tests.factories.people import make_person
from tests.factories.shifts import NOW, make_at_work, make_present, make_rota, make_shift, make_standing
from tests.racing import race

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def told(session: Session) -> Iterator[list[Any]]:
    seen: list[Any] = []
    for kind in (StandingChanged, CameOnline):
        facts.on(kind)(seen.append)
    yield seen
    for kind in (StandingChanged, CameOnline):
        facts._listeners[kind].remove(seen.append)


@pytest.fixture
def topics() -> Iterator[list[str]]:
    seen: list[str] = []
    end = live.subscribe(seen.append)
    yield seen
    end()


def test_a_call_ends_by_itself_after_two_hours(anne: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        make_shift(anne)
        standing.say(anne, Availability.ON_CALL)
    found = queries.work_of(anne.id)
    assert found
    assert found.availability is Availability.ON_CALL
    at(NOW + 2 * HOUR)
    found = queries.work_of(anne.id)
    assert found
    assert found.availability is Availability.AVAILABLE


def test_away_ends_with_the_shift_or_when_one_says(anne: Person) -> None:
    with transaction():
        make_shift(anne)
        standing.say(anne, Availability.AWAY)
    assert queries.standing_of(anne).said.until == NOW + 6 * HOUR
    with transaction():
        standing.say(anne, Availability.AWAY, until=NOW + HOUR)
    assert queries.standing_of(anne).said.until == NOW + HOUR
    with transaction():
        standing.say(anne, Availability.AVAILABLE)
    assert queries.standing_of(anne).said.until is None


@pytest.mark.parametrize("until", [NOW, NOW - HOUR, NOW + 25 * HOUR])
def test_no_word_reaches_back_or_past_a_day(anne: Person, until: datetime) -> None:
    with pytest.raises(Invalid), transaction():
        standing.work_until(anne, until)
    with pytest.raises(Invalid), transaction():
        standing.say(anne, Availability.AWAY, until=until)
    assert db.session.get(Standing, anne.id) is None


def test_taking_it_easy_lasts_until_the_morning(anne: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        make_shift(anne, NOW, NOW + 30 * HOUR)
        standing.take_it_easy(anne)
    assert queries.standing_of(anne).takes_it_easy
    at(clock.at_wall(clock.today() + timedelta(days=1), datetime.min.time().replace(hour=8)))
    assert not queries.standing_of(anne).takes_it_easy
    at(NOW)
    with transaction():
        standing.no_longer_easy(anne)
    assert not queries.standing_of(anne).takes_it_easy


def test_not_at_work_after_all_lasts_for_this_shift_and_not_for_the_next(
    anne: Person, at: Callable[[datetime], None]
) -> None:
    with transaction():
        make_shift(anne)
        make_shift(anne, NOW + 21 * HOUR, NOW + 29 * HOUR)  # six in the morning: before «today» ends
        standing.not_at_work(anne)
    assert queries.work_of(anne.id) is None
    at(NOW + 22 * HOUR)
    assert queries.work_of(anne.id)


def test_one_may_say_it_before_the_shift_begins(anne: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        make_shift(anne, NOW + 3 * HOUR, NOW + 11 * HOUR)
        standing.not_at_work(anne)
    at(NOW + 4 * HOUR)
    assert queries.work_of(anne.id) is None


def test_at_work_until_and_then_as_the_rota_says(anne: Person) -> None:
    with transaction():
        standing.work_until(anne, NOW + 2 * HOUR)
    assert queries.standing_of(anne).until == NOW + 2 * HOUR
    assert queries.standing_of(anne).is_by_own_word
    with transaction():
        standing.as_the_rota_says(anne)
    assert not queries.standing_of(anne).is_at_work


def test_every_word_is_told_to_ones_own_pages_and_to_who_looks_for_somebody_free(
    anne: Person, told: list[Any], topics: list[str]
) -> None:
    with transaction():
        standing.take_it_easy(anne)
    assert told == [StandingChanged(person_id=anne.id)]
    if db.engine.dialect.name == "sqlite":
        assert sorted(topics) == [f"person-{anne.id}", "shifts"]


def test_two_first_words_at_once_are_one_row(own: Flask) -> None:
    with own.app_context(), transaction():
        person = make_person("Anne Askeland")
        person_id = person.id

    def say() -> None:
        standing.take_it_easy(db.session.get_one(Person, person_id))

    refused = race(own, [say] * 24)
    with own.app_context():
        assert not refused
        assert len(db.session.scalars(select(Standing)).all()) == 1


def test_presence_is_the_whole_set_of_a_process(anne: Person, bjarne: Person, told: list[Any]) -> None:
    with transaction():
        presence.note("one", {anne.id, bjarne.id})
    assert queries.present() == {anne.id, bjarne.id}
    assert told == [CameOnline(person_id=anne.id), CameOnline(person_id=bjarne.id)]
    with transaction():
        presence.note("one", {bjarne.id})
        presence.note("two", {bjarne.id})
    assert queries.present() == {bjarne.id}
    assert len(told) == 2
    with transaction():
        presence.note("one", set())
    assert queries.present() == {bjarne.id}


def test_whoever_comes_back_after_a_while_has_come_online(
    anne: Person, told: list[Any], at: Callable[[datetime], None]
) -> None:
    with transaction():
        presence.note("one", [anne.id])
    at(NOW + timedelta(seconds=80))
    with transaction():
        presence.note("one", [anne.id])
    assert len(told) == 2
    assert len(db.session.scalars(select(Presence)).all()) == 1


def test_strangers_in_a_process_are_no_row(anne: Person) -> None:
    with transaction():
        presence.note("one", [anne.id, 999_999])
    assert queries.present() == {anne.id}


def test_many_processes_note_at_once(own: Flask) -> None:
    with own.app_context(), transaction():
        ids = [make_person(f"Kollega {number}").id for number in range(6)]

    def note(name: str) -> Callable[[], None]:
        return lambda: presence.note(name, ids)

    refused = race(own, [note(f"process-{number % 3}") for number in range(24)])
    with own.app_context():
        assert not refused
        assert len(db.session.scalars(select(Presence)).all()) == 18


def test_what_is_over_is_forgotten(anne: Person, bjarne: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        rota = make_rota()
        make_shift(anne, NOW - 15 * 24 * HOUR, NOW - 15 * 24 * HOUR + HOUR, rota=rota)
        kept = make_shift(anne, NOW - 13 * 24 * HOUR, NOW - 13 * 24 * HOUR + HOUR, rota=rota)
        make_present(anne)
        make_standing(anne, easy_until=NOW + HOUR)
        make_standing(bjarne, works_until=NOW + 3 * HOUR)
    at(NOW + timedelta(minutes=61))
    with transaction():
        upkeep.forget()
    assert db.session.scalars(select(Presence)).all() == []
    assert [row.person_id for row in db.session.scalars(select(Standing))] == [bjarne.id]
    assert [row.id for row in db.session.scalars(select(Shift))] == [kept.id]


def test_export_gives_everything_and_erasing_leaves_nothing(anne: Person, bjarne: Person) -> None:
    with transaction():
        for person in (anne, bjarne):
            make_at_work(person)
            make_standing(person, easy_until=NOW + HOUR)
    taken = upkeep.export(anne.id)
    assert len(taken["shifts"]) == 1
    assert taken["standing"]["easy_until"] == NOW + HOUR
    assert len(taken["seen_at"]) == 1
    with transaction():
        upkeep.erase(anne.id)
    assert upkeep.export(anne.id) == {"shifts": [], "standing": None, "seen_at": []}
    assert len(upkeep.export(bjarne.id)["shifts"]) == 1


def wanted(person: Person, name: str = "Haust") -> importing.Wanted:
    span = Span(starts_at=NOW, ends_at=NOW + 24 * HOUR)
    lines = frozenset({(person.id, Kind.WORK, NOW, NOW + HOUR)})
    return importing.Wanted(name=name, frame=span, lines=lines)


def test_what_one_has_looked_at_comes_back_as_it_was(carla: Person) -> None:
    assert drafts.unseal(carla, drafts.seal(carla, wanted(carla))) == wanted(carla)


def test_a_sealed_rota_is_for_one_person_and_one_hour(
    carla: Person, otto: Person, at: Callable[[datetime], None]
) -> None:
    sealed = drafts.seal(carla, wanted(carla))
    for viewer, written in ((otto, sealed), (carla, sealed[:-8]), (carla, ""), (carla, "tull"), (carla, "é")):
        with pytest.raises(Conflict):
            drafts.unseal(viewer, written)
    at(NOW + 2 * HOUR)
    with pytest.raises(Conflict):
        drafts.unseal(carla, sealed)


def test_only_those_who_look_after_the_rota_bring_one_in_or_take_one_away(
    carla: Person, otto: Person, didrik: Person
) -> None:
    for allowed in (carla, otto):
        with transaction():
            rota_id = importing.carry_out(allowed, wanted(didrik, f"Plan {allowed.id}"))
        assert rota_id
        with pytest.raises(NotAllowed), transaction():
            importing.remove(didrik, rota_id)
        with transaction():
            importing.remove(allowed, rota_id)
    with pytest.raises(NotAllowed), transaction():
        importing.carry_out(didrik, wanted(didrik))
    assert db.session.scalars(select(Shift)).all() == []


def test_the_same_rota_brought_in_by_many_at_once_is_there_once(own: Flask) -> None:
    with own.app_context(), transaction():
        person = make_person("Anne Askeland")
        rota = wanted(person)
    refused = race(own, [lambda: importing.carry_out(None, rota)] * 16)
    with own.app_context():
        assert not refused
        assert len(db.session.scalars(select(Shift)).all()) == 1
