"""Somebody has been everywhere, and is erased. Afterwards nothing of them is found, wherever one looks."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, inspect, text
from sqlalchemy.engine import Engine

from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.privacy import queries
from portal.blueprints.privacy.service import erasures
from portal.core import clock, jobs, live, privacy
from portal.core.db import db, transaction
from portal.core.errors import NotFound
from portal.core.settings import current_settings
from tests.factories.checkins import make_checkin, make_joy
from tests.factories.people import make_person
from tests.factories.privacy import Filler
from tests.factories.questions import make_answer, make_question

NAME, PHONE, ABOUT = "Querida Zxanderud", "55 97 31 46", "Vqzeroling av skrivarar"
# What others lean on, or what was never about the person: named on the page, and here.
STAYS = {
    "answer.body",
    "comment.body",
    "question.title",
    "question.body",
    "recap.text",
    "revision.body",
    "revision.title",
    "asked.title",
    "asked.body",
    "answered",
}
GOES_IF_WISHED = {"asked.title", "asked.body", "answered"}
OF_THE_FRAME = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
OF_THE_HOUSE = re.compile(
    r"(article|booking|evening|film_poll|film_showing|incident|meal|question|series|help_call|contact_card)\."
)


def everything_stored() -> Iterator[tuple[str, str]]:
    """Give every row of every table, those of the index among them, as text."""
    connection = db.session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        names = db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
    else:
        names = inspect(connection).get_table_names()
    for name in names:
        if is_sqlite:
            for row in db.session.execute(text(f'SELECT * FROM "{name}"')):
                yield name, " ".join(_as_text(value) for value in row)
        else:
            yield from ((name, row) for row in db.session.scalars(text(f'SELECT CAST(t AS text) FROM "{name}" t')))


def _as_text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def found(words: dict[str, str]) -> set[str]:
    """Give whose words stand anywhere in the database."""
    left: set[str] = set()
    for name, row in everything_stored():
        hexed = row.lower() if "\\x" in row else ""
        left |= {
            f"{which} in {name}"
            for which, word in words.items()
            if word.lower() in row.lower() or (hexed and word.encode().hex() in hexed)
        }
    return left


def found_in_files(folder: Path, words: dict[str, str]) -> set[str]:
    """Give whose words stand in any file: the database, its journal, letters, keys."""
    left = set()
    for file in filter(Path.is_file, folder.rglob("*")):
        content = file.read_bytes().lower()
        for which, word in words.items():
            if any(word.lower().encode(code) in content for code in ("utf-8", "utf-16-le")):
                left.add(f"{which} in {file.name}")
    return left


@pytest.fixture
def words(own: Flask) -> Iterator[dict[str, str]]:
    """Let somebody leave a trace everywhere; give what they said, by where."""
    with own.app_context():
        with transaction():
            before = make_person("Bjarne Svartveit")
            person = make_person(NAME, phone=PHONE, about=ABOUT, title="Zqvaktsjef", password_hash="qzqhash")
            filler = Filler(person, before=before, after=make_person(), owner=make_person("Otto Ordnes"))
            filler.fill()
        said = say_by_the_front_door(person, before)
        work()
        about = {"name": NAME, "email": person.email, "username": person.username, "phone": PHONE, "about": ABOUT}
        yield {**filler.words, **said, **about, "title": "Zqvaktsjef", "password": "qzqhash"}


def say_by_the_front_door(person: Person, other: Person) -> dict[str, str]:
    """Let them ask, answer, check in, be glad and begin a draft; give the words that are not sealed."""
    with transaction():
        asked = make_question(person, "Kvifor qzwardprinter", body="Den qzsulkar i dag")
        make_answer(other, asked)
        make_answer(person, make_question(other), body="Slå qzstraumen av og på")
    make_checkin(person, reader=other)
    make_joy(person, "Takk for qzkaka")
    return {"asked.title": "qzwardprinter", "asked.body": "qzsulkar", "answered": "qzstraumen", "glad": "qzkaka"}


def victim() -> Person:
    """Give the person."""
    return db.session.query(Person).filter(Person.name == NAME).one()


def begin(*, takes_words: bool = False) -> int:
    """Let them ask to be erased; give the number that is left."""
    with transaction():
        person = victim()
        erasures.begin(person, typed=NAME, takes_words=takes_words)
        return person.id


def work() -> None:
    """Do everything that is due, and what that leads to."""
    for _ in range(200):
        if jobs.run_due(20) == 0:
            return
    raise AssertionError("there is no end to the work")


def test_they_had_left_a_trace_in_every_column_that_names_people(own: Flask, words: dict[str, str]) -> None:
    named = privacy.still_naming(victim().id)
    every = {f"{column.table.name}.{column.name}" for column in privacy.columns_naming_people()}
    assert every - set(named) == {"erasure.person_id"}
    assert len(words) > 80
    assert {which.split(" in ")[0] for which in found(words)} == set(words), "the search finds what is there"


def test_nothing_names_them_and_nothing_of_theirs_is_found(
    own: Flask, words: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    stop = live.subscribe(told.append)
    with caplog.at_level(logging.DEBUG):
        person_id = begin(takes_words=False)
        work()
        with clock.frozen(clock.now() + timedelta(minutes=5)):
            work()
    stop()
    assert privacy.still_naming(person_id) == []
    erasure = queries.find_erasure(person_id)
    assert erasure is not None
    assert erasure.is_done
    gone = {which: word for which, word in words.items() if which not in STAYS and not OF_THE_HOUSE.match(which)}
    assert len(gone) > 50
    db.session.rollback()
    assert found(gone) == set()
    db.session.remove()
    assert found_in_files(current_settings().folder, gone) == set()
    assert [line for line in caplog.text.splitlines() for word in words.values() if word in line] == []
    assert [topic for topic in told if not live.is_name(topic)] == []


def test_what_was_asked_and_answered_goes_too_if_wished_from_the_index_as_well(
    own: Flask, words: dict[str, str]
) -> None:
    mine = {which: word for which, word in words.items() if which in GOES_IF_WISHED}
    assert {name.split(" in ")[1].partition("_")[0] for name in found(mine)} >= {"search", "question", "answer"}
    begin(takes_words=True)
    work()
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        work()
    db.session.rollback()
    assert found(mine) == set()
    db.session.remove()
    assert found_in_files(current_settings().folder, mine) == set()


def test_what_was_asked_stays_without_the_name_where_it_is_not_wished_otherwise(
    own: Flask, words: dict[str, str]
) -> None:
    begin()
    work()
    mine = {which: word for which, word in words.items() if which in GOES_IF_WISHED}
    assert {name.split(" in ")[0] for name in found(mine)} == GOES_IF_WISHED


def test_an_erasure_that_falls_over_anywhere_begins_again_and_ends(own: Flask, words: dict[str, str]) -> None:
    person_id = begin(takes_words=True)
    moment, falls = clock.now(), 0
    for after in range(1, 3000, 13):
        moment += timedelta(hours=1)
        with clock.frozen(moment), falling(after):
            work()
        erasure = queries.find_erasure(person_id)
        assert erasure is not None
        if erasure.is_done:
            break
        falls += 1
        db.session.rollback()
    assert falls > 10
    assert erasure.is_done
    assert privacy.still_naming(person_id) == []


@contextmanager
def falling(after: int) -> Iterator[None]:
    """Let the database break at a statement of the erasure, as a power cut would."""
    heard: list[str] = []

    def fall(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if (
            (heard or "FROM erasure" in statement)
            and not statement.startswith(OF_THE_FRAME)
            and " job" not in statement
        ):
            heard.append(statement)
            if len(heard) == after:
                raise PowerCut

    event.listen(Engine, "before_cursor_execute", fall)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", fall)


class PowerCut(Exception):
    """The lights went out."""


def test_the_number_stays_taken_and_leads_to_nobody(own: Flask, words: dict[str, str]) -> None:
    person_id = begin()
    work()
    left = db.session.get_one(Person, person_id)
    kept = {column.key: getattr(left, column.key) for column in Person.__table__.columns}
    assert {name for name, value in kept.items() if value not in ("", None, False)} == {
        *("id", "username", "email", "roles", "epoch", "locale", "theme", "created_at")
    }
    with pytest.raises(NotFound):
        people.get_person(person_id)
    with transaction():
        assert make_person("Ny Kollega").id != person_id
