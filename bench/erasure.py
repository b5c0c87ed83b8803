"""Look for somebody who has been erased: python -m bench attack erasure.

A colleague leaves a trace in every column of the database that names people; the rows are made from the tables
themselves, and so a table that comes tomorrow is filled as well. They ask, answer, check in and are glad through the
front door, and letters with their name lie in the folder. Then they are erased, and an attacker looks for every word
of theirs: in every row of every table, the index and its shadow tables, queues, files, the bytes of the database and
its journal, in UTF-8, UTF-16, Base64 and hexadecimal. That the search finds what is there is shown first.

In full it is done both ways (words stay without the name, words go too), on SQLite and PostgreSQL, and with the lights
going out at statement after statement of the erasure.
"""

from __future__ import annotations

import base64
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import event, inspect, text
from sqlalchemy.engine import Engine

from portal import create_app
from portal.blueprints.notifications.channels.folder import Folder
from portal.blueprints.notifications.ports import Letter
from portal.blueprints.people.models import Person
from portal.blueprints.privacy import queries
from portal.blueprints.privacy.service import erasures
from portal.cli.database import bring_up_to_date
from portal.config import Settings
from portal.core import clock, jobs, privacy
from portal.core.db import db, transaction
from portal.core.settings import current_settings
from tests import postgres
from tests.factories.checkins import make_checkin, make_joy
from tests.factories.people import make_person
from tests.factories.privacy import Filler
from tests.factories.questions import make_answer, make_question

NAME, PHONE, ABOUT = "Querida Zxanderud", "55 97 31 46", "Vqzeroling av skrivarar"
# What others lean on stays without the name: it is said on the page, and goes if that is wished.
GOES_IF_WISHED = frozenset({"asked.title", "asked.body", "answered"})
STAYS = GOES_IF_WISHED | {
    *("answer.body", "comment.body", "question.title", "question.body", "revision.body", "revision.title"),
    "recap.text",
}
# What the house invites to, books, shows or calls things: never about whoever wrote it.
OF_THE_HOUSE = re.compile(
    r"(article|booking|evening|film_poll|film_showing|incident|meal|question|series|help_call|contact_card)\."
)
LETTERS = 2
OF_THE_FRAME = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
CODES: tuple[Callable[[str], bytes], ...] = (
    lambda word: word.encode(),
    lambda word: word.encode("utf-16-le"),
    lambda word: base64.b64encode(word.encode())[:-4],
    lambda word: word.encode().hex().encode(),
)


class PowerCut(Exception):
    """The lights went out."""


def settle_in() -> dict[str, str]:
    """Let somebody leave a trace everywhere; give their words, by where they stand."""
    with transaction():
        before = make_person("Bjarne Svartveit")
        person = make_person(NAME, phone=PHONE, about=ABOUT, title="Zqvaktsjef", password_hash="qzqhash")
        filler = Filler(person, before=before, after=make_person(), owner=make_person("Otto Ordnes"))
        filler.fill()
    said = say_by_the_front_door(person, before)
    work()
    about = {"name": NAME, "email": person.email, "username": person.username, "phone": PHONE, "about": ABOUT}
    return {**filler.words, **said, **about, "title": "Zqvaktsjef", "password": "qzqhash"}


def say_by_the_front_door(person: Person, other: Person) -> dict[str, str]:
    """Let them ask, answer, check in and be glad; give the words that are not sealed."""
    with transaction():
        asked = make_question(person, "Kvifor qzwardprinter", body="Den qzsulkar i dag")
        make_answer(other, asked)
        make_answer(person, make_question(other), body="Slå qzstraumen av og på")
    make_checkin(person, reader=other)
    make_joy(person, "Takk for qzkaka")
    return {"asked.title": "qzwardprinter", "asked.body": "qzsulkar", "answered": "qzstraumen", "glad": "qzkaka"}


def put_letters(folder: Path, *, person_address: str) -> None:
    """Put two letters into the folder: one to them, and one to somebody else that names them."""
    for number, address in enumerate((person_address, "bjarne@tunet.example")):
        said = {"subject": f"{NAME} har svart", "text": f"{NAME} har svart deg.\n", "html": f"<p>{NAME}</p>"}
        letter = Letter(message_id=f"<{number}@tunet>", name="Nokon", address=address, locale="nn", **said)
        Folder(path=folder, sender="Tunet <tunet@localhost>").deliver(letter)


def begin(*, takes_words: bool) -> int:
    """Let them ask to be erased; give the number that is left."""
    with transaction():
        person = db.session.query(Person).filter(Person.name == NAME).one()
        erasures.begin(person, typed=NAME, takes_words=takes_words)
        return person.id


def work() -> None:
    """Do everything that is due, and what that leads to."""
    for _ in range(400):
        if jobs.run_due(20) == 0:
            return
    raise AssertionError("there is no end to the work")


def work_to_the_end() -> None:
    """Do what is due now, and what is due a little later."""
    work()
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        work()


def must_be_gone(words: dict[str, str], *, takes_words: bool) -> dict[str, str]:
    """Give the words that nothing may hold any more."""
    stays = STAYS - GOES_IF_WISHED if takes_words else STAYS
    return {which: word for which, word in words.items() if which not in stays and not OF_THE_HOUSE.match(which)}


def found(words: dict[str, str]) -> set[str]:
    """Give whose words stand anywhere in the database."""
    left = set()
    for name, row in _rows():
        content = row.lower().encode()
        left |= {f"{which} in {name}" for which, word in words.items() if _says(content, word)}
    db.session.rollback()
    return left


def _says(content: bytes, word: str) -> bool:
    return any(code(word.lower()).lower() in content for code in CODES)


def _rows() -> Iterator[tuple[str, str]]:
    # Those of the index among them: on SQLite they are tables in the shadow of it.
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        for name in db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all():
            for row in db.session.execute(text(f'SELECT * FROM "{name}"')):
                yield name, " ".join(map(_as_text, row))
    else:
        for name in inspect(connection).get_table_names():
            yield from ((name, row) for row in db.session.scalars(text(f'SELECT CAST(t AS text) FROM "{name}" t')))


def _as_text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def found_in_files(folder: Path, words: dict[str, str]) -> set[str]:
    """Give whose words stand in any file: the database, its journal, letters, keys."""
    left = set()
    for file in filter(Path.is_file, folder.rglob("*")):
        content = file.read_bytes().lower()
        left |= {f"{which} in {file.name}" for which, word in words.items() if _says(content, word)}
    return left


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


def fall_over_and_over(person_id: int, *, every: int) -> int:
    """Let the lights go out ever later in the erasure until it ends; give how often they did."""
    moment = clock.now()
    for falls, after in enumerate(range(1, 10_000, every)):
        moment += timedelta(hours=1)
        with clock.frozen(moment), falling(after):
            work()
        db.session.rollback()
        erasure = queries.find_erasure(person_id)
        if erasure and erasure.is_done:
            return falls
        db.session.rollback()
    raise AssertionError("the erasure never ends")


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to be erased."""

    engine: str
    takes_words: bool
    every: int = 0  # the lights go out at each so manieth statement; 0: they stay on


SMALL = (Way(engine="sqlite", takes_words=True),)
FULL = (
    *(Way(engine=engine, takes_words=wish) for engine in ("sqlite", "postgres") for wish in (False, True)),
    *(Way(engine=engine, takes_words=True, every=7) for engine in ("sqlite", "postgres")),
)


def attack(full: bool) -> list[str]:
    """Erase somebody in every way, and look for them."""
    lines = []
    with ExitStack() as stack:
        server = stack.enter_context(postgres.running()) if full else ""
        for number, way in enumerate(FULL if full else SMALL):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = (
                f"sqlite:///{folder / 'tunet.sqlite'}" if way.engine == "sqlite" else _named(server, f"erasure{number}")
            )
            lines.append(_erase(way, folder, url))
    return lines


def _named(server: str, name: str) -> str:
    from sqlalchemy import create_engine, make_url

    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _erase(way: Way, folder: Path, url: str) -> str:
    app: Flask = create_app(Settings(folder=folder, database=url, testing=True, base_url="http://localhost"))
    bring_up_to_date(app)
    with app.app_context():
        words = settle_in()
        put_letters(folder / "mail", person_address=words["email"])
        assert len({each for each in found_in_files(folder / "mail", words) if each.startswith("name")}) >= LETTERS
        seen = found(words)
        assert {each.split(" in ")[0] for each in seen} == set(words), "the search does not find what is there"
        columns = len(privacy.still_naming(db.session.query(Person.id).filter(Person.name == NAME).scalar()))
        person_id = begin(takes_words=way.takes_words)
        falls = fall_over_and_over(person_id, every=way.every) if way.every else 0
        work_to_the_end()
        left = _left(words, person_id, takes_words=way.takes_words)
        db.session.remove()
        db.engine.dispose()
    if left:
        raise AssertionError(f"{way}: found {sorted(left)}")
    gone, wish = len(must_be_gone(words, takes_words=way.takes_words)), "go too" if way.takes_words else "stay nameless"
    return (
        f"{way.engine}, words {wish}: {columns} columns named them, {gone} words were looked for (all found before), "
        f"{falls} power cuts; afterwards columns 0, words 0"
    )


def _left(words: dict[str, str], person_id: int, *, takes_words: bool) -> set[str]:
    gone = must_be_gone(words, takes_words=takes_words)
    left = found(gone) | set(privacy.still_naming(person_id))
    db.session.rollback()
    return left | found_in_files(current_settings().folder, gone)
