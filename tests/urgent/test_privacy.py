"""What somebody wrote in their need is nowhere but in the call, and after a day nowhere at all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.urgent.models.calls import HelpCall, Helping, Rung
from portal.blueprints.urgent.models.choices import RingChoice
from portal.blueprints.urgent.models.counts import DayCount
from portal.blueprints.urgent.rules.calls import State, TalkBy
from portal.blueprints.urgent.service import calls, choices, ending, helping
from portal.core import jobs, live, privacy
from portal.core.db import Base, db, transaction
from tests.factories.people import make_person
from tests.factories.urgent import Wheel, make_call, put_to_work, rung

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
WORDS = "kvitveisskjermen"  # stands in no other text of the house
CURE = "blaaklokkekabelen"


@pytest.fixture
def wheel(session: Session, at: Callable[[datetime], None]) -> Wheel:
    return Wheel(at, NOW)


def where(*words: str) -> set[str]:
    """Give every column of every table in which one of these words stands."""
    inspector, found = inspect(db.session.connection()), set()
    quote = db.session.connection().dialect.identifier_preparer.quote
    for table in inspector.get_table_names():
        for column in inspector.get_columns(table):
            name = f"{quote(table)}.{quote(column['name'])}"
            for word in words:
                has = text(f"SELECT count(*) FROM {quote(table)} WHERE CAST({name} AS TEXT) LIKE :word")
                if db.session.scalar(has, {"word": f"%{word}%"}):
                    found.add(f"{table}.{column['name']}")
    return found


def live_through(own: Flask, wheel: Wheel) -> int:
    """Let a call go through all that can become of one, and end."""
    with own.app_context():
        with transaction():
            anne, bjarne, carla, didrik = (make_person(name) for name in ("Anne", "Bjarne", "Carla", "Didrik"))
            put_to_work(anne, bjarne, carla, didrik)
            call = make_call(anne, f"Hjelp, {WORDS} er svart " * 8)
            jobs.ensure_schedules()
        number = call.id
        wheel.turn(130)
        for act in (
            lambda: calls.not_now(didrik, number),
            lambda: calls.come(bjarne, number),
            lambda: calls.ring_again(anne, number),
            lambda: calls.come(bjarne, number),
            lambda: helping.join(didrik, number),
            lambda: helping.offer(bjarne, number, carla.id),
            lambda: helping.take_over(carla, number),
            lambda: ending.end(carla, number, solution=f"Byt {CURE}. " * 180),
            lambda: ending.write_solution(anne, number, f"Byt heile {CURE}. " * 150),
        ):
            with transaction():
                act()
            wheel.turn(1)
        return number


def forget(own: Flask, wheel: Wheel) -> None:
    with own.app_context():
        wheel.skip(23.9 * 3600)
        with transaction():
            jobs.enqueue("urgent.forget")
            jobs.enqueue("urgent.forget", at=wheel.moment, key="schedule:urgent.forget")
        wheel.turn(0)
        db.session.remove()


def test_the_words_stand_in_the_call_alone_and_nowhere_when_the_day_is_over(
    own: Flask, at: Callable[[datetime], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    heard: list[str] = []
    end = live.subscribe(heard.append)
    with own.app_context():
        wheel = Wheel(at, NOW)
    live_through(own, wheel)
    with own.app_context():
        assert where(WORDS, CURE) == {"help_call.text", "help_call.solution"}
        db.session.remove()
    forget(own, wheel)
    end()
    with own.app_context():
        assert where(WORDS, CURE) == set()
        assert db.session.scalar(select(func.count()).select_from(HelpCall)) == 0
        assert not {*db.session.scalars(select(Rung.person_id)), *db.session.scalars(select(Helping.person_id))}
        db.session.remove()
    told = " ".join([caplog.text, *heard, *(str(record.__dict__) for record in caplog.records)])
    assert WORDS not in told
    assert CURE not in told
    for file in tmp_path.iterdir():
        if file.is_file():
            content = file.read_bytes()
            assert WORDS.encode() not in content, file.name
            assert CURE.encode() not in content, file.name


def test_the_file_of_the_database_is_what_the_last_test_searched(own: Flask, tmp_path: Path) -> None:
    with own.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL keeps its files elsewhere, and cleans them up by itself")
        with transaction():
            make_call(make_person(), f"Hjelp, {WORDS} er svart")
        db.session.remove()
    assert any(WORDS.encode() in file.read_bytes() for file in tmp_path.glob("own.sqlite*"))


def test_one_sees_ones_own_while_it_is_there(wheel: Wheel, anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        put_to_work(anne, bjarne, didrik)
        call = make_call(anne, WORDS)
    assert exported(didrik.id)["rings_now"] == [{"call": call.id, "at": NOW.isoformat()}]
    with transaction():
        calls.come(bjarne, call.id)
        helping.join(didrik, call.id)
        ending.end(bjarne, call.id, solution=CURE)
        choices.choose(bjarne, sound="wood", loudness=5, notifies=True, talk_by=TalkBy.PHONE, extension="4711")
    assert raised(anne.id)[0]["text"] == WORDS
    assert (exported(bjarne.id)["came"], exported(bjarne.id)["solutions"]) == (
        [{"call": call.id, "at": NOW.isoformat()}],
        [CURE],
    )
    assert exported(didrik.id)["joined"] == [{"call": call.id, "at": NOW.isoformat()}]
    assert WORDS not in str(exported(bjarne.id))
    assert export("How your screen rings, and how you like to be spoken with", bjarne.id)["extension"] == "4711"


def export(what: str, person_id: int) -> dict[str, object]:
    found = next(each for each in privacy.holdings() if each.slice == "urgent" and each.what == what)
    assert found.export
    result: dict[str, object] = found.export(person_id)
    return result


def exported(person_id: int) -> dict[str, object]:
    return export("Calls that you help in, and that your screen rings", person_id)


def raised(person_id: int) -> list[dict[str, object]]:
    return export("Your calls for help", person_id)  # type: ignore[return-value]


def erase(person_id: int) -> None:
    with transaction():
        for each in privacy.holdings():
            if each.slice == "urgent" and each.erase:
                each.erase(person_id)


def test_who_is_erased_leaves_no_call_and_no_word(wheel: Wheel, anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        put_to_work(anne, bjarne, didrik)
        over = make_call(anne, WORDS)
        calls.come(bjarne, over.id)
        ending.end(bjarne, over.id)
        make_call(anne, WORDS)
        choices.choose(anne, sound="wood", loudness=5, notifies=True, talk_by=TalkBy.PHONE, extension="4711")
    erase(anne.id)
    assert where(WORDS) == set()
    assert db.session.scalars(select(HelpCall)).all() == []
    assert db.session.scalars(select(RingChoice)).all() == []


def test_the_call_of_another_rings_again_when_the_helper_is_erased(
    wheel: Wheel, anne: Person, bjarne: Person, didrik: Person
) -> None:
    with transaction():
        put_to_work(anne, bjarne, didrik)
        first = make_call(anne)
        calls.come(bjarne, first.id)
        ending.end(bjarne, first.id, solution=CURE)
        second = make_call(anne)
        calls.come(bjarne, second.id)
    erase(bjarne.id)
    assert where(CURE) == set()
    assert (first.taken_by_id, first.solution_by_id) == (None, None)
    assert second.state == State.RINGING
    assert rung(second.id) == {didrik.id}


def test_what_remains_knows_no_person(wheel: Wheel) -> None:
    assert {column.name for column in DayCount.__table__.columns} == {"day", "what", "count"}


def test_every_table_of_urgent_help_that_names_a_person_can_be_erased(wheel: Wheel, anne: Person) -> None:
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if table.name in {"help_call", "rung", "helping", "ring_choice"}
        and any(key.column.table.name == "person" for key in column.foreign_keys)
    }
    assert named == {
        "help_call.asker_id",
        "help_call.taken_by_id",
        "help_call.offered_to_id",
        "help_call.solution_by_id",
        "rung.person_id",
        "helping.person_id",
        "ring_choice.person_id",
    }


def test_what_is_told_of_a_call_in_vain_says_nothing_of_it(wheel: Wheel, anne: Person) -> None:
    with transaction():
        keeper = make_person(roles={Role.ADMINISTRATOR})
        make_call(anne, WORDS)
    wheel.turn(1201)
    assert where(WORDS) == {"help_call.text"}
    with transaction():
        people.deactivate(keeper, anne)
    assert where(WORDS) == {"help_call.text"}
