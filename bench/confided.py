"""Look for what was said in confidence: python -m bench attack diary shared.

A thousand seeded sentences are written through the front door by forty people: into their diaries, or to one colleague
each. Some are changed, some deleted, some read. Then an attacker takes everything that lies anywhere: the database, its
write-ahead log and shared memory, a backup, the logs at their most talkative, and what browsers hold of the session.
For the diary they have every key of the server too, and open whatever those have sealed; for what is shared with a
colleague they have not. Reading one word of a sentence counts as reading it.

That the search finds what is there is shown each time: the sentences whose owner opens them, what was shared once the
attacker has the keys, and small joys, which lie in clear.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from bench import seeds
from portal import create_app
from portal.blueprints.people.models import Person
from portal.cli.database import bring_up_to_date
from portal.config import Settings
from portal.core import clock, throttle
from portal.core.db import db, transaction
from portal.core.settings import current_settings
from portal.web.forms import form_key
from tests import postgres
from tests.client import AuditingClient
from tests.factories.people import make_person

FULL = (1000, 40)  # sentences, and people who write them
SMALL = (24, 2)
BEGAN = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
PASSPHRASE, NEXT_PASSPHRASE = "ei lampe under trappa", "tre tjeld på eit svaberg"
BETWEEN = timedelta(minutes=3)  # as many an hour as one person may say
DIARY = "/pusterom/dagbok"
KEYS = ("sealing.key", "secret.key")


class Recovered(Exception):
    """Something was read that nobody was to read."""


class Blind(Exception):
    """The search did not see what it must see: that it found nothing else proves nothing."""


@dataclass
class Scene:
    """A portal of its own, what is said in it, and what an attacker has taken of it."""

    app: Flask
    folder: Path
    sentences: Sequence[str]
    people: int
    pieces: dict[str, bytes] = field(default_factory=dict)

    def shares(self) -> list[Sequence[str]]:
        """Divide the sentences among those who write them."""
        each = len(self.sentences) // self.people
        return [self.sentences[at : at + each] for at in range(0, each * self.people, each)]

    def take(self, when: str, *, with_keys: bool) -> None:
        """Let the attacker take every file, and a backup."""
        if db.engine.dialect.name == "sqlite":
            copy = self.folder / f"backup-{when}.sqlite"
            with sqlite3.connect(self.folder / "tunet.sqlite") as running, sqlite3.connect(copy) as backup:
                running.backup(backup)
        else:
            db.session.execute(text("CHECKPOINT"))
            self._take_folder(when, Path(str(db.session.scalar(text("SHOW data_directory")))), with_keys=True)
        self._take_folder(when, self.folder, with_keys=with_keys)

    def _take_folder(self, when: str, folder: Path, *, with_keys: bool) -> None:
        for path in folder.rglob("*"):
            if path.is_file() and (with_keys or path.name not in KEYS):
                self.pieces[f"{when}:{path}"] = path.read_bytes()

    def read(self, finder: seeds.Finder, *, keys: Sequence[tuple[str, bytes]] = ()) -> set[int]:
        """Give the numbers of the sentences that the attacker reads."""
        return seeds.read_by_an_attacker(self.pieces, finder, keys)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is attacked: how it is written, and what the attacker has."""

    name: str
    seed: int
    with_keys: bool
    has: str
    write: Callable[[Scene, Sequence[str]], int]


@contextmanager
def scene(*, full: bool, database: str = "", seed: int = 1) -> Iterator[Scene]:
    """Put up an empty portal that logs everything there is to log."""
    count, people = FULL if full else SMALL
    with tempfile.TemporaryDirectory(prefix="tunet-attack-") as name, ExitStack() as stack:
        folder = Path(name)
        stack.enter_context(_talkative(folder / "everything.log"))
        # Outside tests a passphrase is stretched as far as it will be; in small the point is elsewhere.
        app = create_app(Settings(folder=folder, database=database, testing=not full, base_url="http://localhost"))
        app.test_client_class = AuditingClient
        throttle.forget_here()  # whoever has the same number in the portal before this one
        bring_up_to_date(app)
        stack.enter_context(app.app_context())
        try:
            yield Scene(app=app, folder=folder, sentences=seeds.sentences(count, seed=seed), people=people)
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _talkative(path: Path) -> Iterator[None]:
    root = logging.getLogger()
    handler = logging.FileHandler(path)
    before = [(logger, logger.level) for logger in (root, logging.getLogger("sqlalchemy.engine"))]
    root.addHandler(handler)
    for logger, _ in before:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for logger, level in before:
            logger.setLevel(level)
        root.removeHandler(handler)
        handler.close()


def attack_diaries(full: bool) -> list[str]:
    """Attack diaries with everything but their owners' browsers and memories: nothing is to be read."""
    return [line for name, url in _databases(full) for line in _attack(name, url, DIARIES, full=full)]


def attack_shared(full: bool) -> list[str]:
    """Attack what is shared with one colleague, without the server's keys: nothing is to be read."""
    return [line for name, url in _databases(full) for line in _attack(name, url, SHARED, full=full)]


@contextmanager
def _beside_it() -> Iterator[str]:
    yield ""  # SQLite, in the folder of the portal


def _databases(full: bool) -> list[tuple[str, Callable[[], AbstractContextManager[str]]]]:
    every = [("SQLite", _beside_it), ("PostgreSQL", postgres.running)]
    return every if full else every[:1]


def _attack(name: str, url: Callable[[], AbstractContextManager[str]], kind: Kind, *, full: bool) -> list[str]:
    with url() as database, scene(full=full, database=database, seed=kind.seed) as attacked:
        joy = seeds.sentences(1, seed=0)
        _post_joy(attacked, joy[0])
        readable = 0
        for number, share in enumerate(attacked.shares()):
            readable += kind.write(attacked, share)
            if number == attacked.people // 2:
                attacked.take("half-way", with_keys=kind.with_keys)
        attacked.take("at the end", with_keys=kind.with_keys)
        keys = current_settings().sealing_keys
        finder = seeds.Finder([*attacked.sentences, *joy])
        found = attacked.read(finder, keys=keys if kind.with_keys else ())
        control = attacked.read(finder, keys=keys) if not kind.with_keys else {*range(readable + 1)}
    _must_have_looked(found, readable, control, count=len(attacked.sentences))
    read = found - {len(attacked.sentences)}
    mebibytes = sum(map(len, attacked.pieces.values())) / 2**20
    line = (
        f"{kind.name}, {name}: {len(read)} of {len(attacked.sentences)} sentences read, in {mebibytes:.0f} MiB of "
        f"{len(attacked.pieces)} files {kind.has}. Those who may read them: {readable}."
    )
    if not kind.with_keys:
        line += f" With the keys, to show that the search sees: {len(control) - 1}."
    if read:
        raise Recovered(line)
    return [line]


def _must_have_looked(found: set[int], readable: int, control: set[int], *, count: int) -> None:
    """Refuse a result that proves nothing: nothing was written, or the search is blind."""
    if count not in found:
        raise Blind("the search does not find a joy that lies in clear")
    if readable < count * 0.8:
        raise Blind(f"only {readable} of {count} sentences can be read by those they are for")
    if len(control) < readable:
        raise Blind(f"with the keys only {len(control)} of {readable} sentences are found")


def _browser(attacked: Scene, name: str) -> tuple[Person, AuditingClient]:
    with transaction():
        person = make_person(name)
    return person, attacked.app.test_client().sign_in(person)  # type: ignore[attr-defined]


def _post_joy(attacked: Scene, words: str) -> None:
    _, client = _browser(attacked, "Gjerd Glad")
    _expect(client.post("/pusterom/gleder", data={"words": words}), 303)


def _keep_a_diary(attacked: Scene, share: Sequence[str]) -> int:
    """Make a diary with the first sentence, write the others, change one, delete one; tell how many the owner reads."""
    with clock.frozen(BEGAN):
        _, client = _browser(attacked, "Dagny Bok")
        new = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
        _say(client, share[0], audience="me", expected=200)  # nothing is kept yet: first the diary
        _expect(client.post(f"{DIARY}/oppretting", data={**new, "face": "tired", "words": share[0]}), 200)
    for number, sentence in enumerate(share[1:-1], start=1):
        with clock.frozen(BEGAN + number * BETWEEN):
            _say(client, sentence, audience="me")
    with clock.frozen(BEGAN + len(share) * BETWEEN):
        changed = {"old": PASSPHRASE, "passphrase": NEXT_PASSPHRASE, "again": NEXT_PASSPHRASE}
        _expect(client.post(f"{DIARY}/passfrase", data=changed), 303)
        entries = re.findall(rf'href="({DIARY}/[^/"]{{22}})"', client.get(DIARY).text)
        _expect(client.post(entries[0], data={"face": "good", "words": share[-1]}), 303)
        _expect(client.post(f"{entries[1]}/sletting"), 303)
        along = client.get(f"{DIARY}/tekst").text
        _expect(client.post(f"{DIARY}/lukking"), 303)
    return sum(sentence in along for sentence in share)


def _confide(attacked: Scene, share: Sequence[str]) -> int:
    """Share each sentence with a colleague, who reads them; take one back, delete one; tell how many can be read."""
    with clock.frozen(BEGAN):
        _, client = _browser(attacked, "Frida Fortel")
        reader, other = _browser(attacked, "Lars Lytt")
    for number, sentence in enumerate(share):
        with clock.frozen(BEGAN + number * BETWEEN):
            _say(client, sentence, audience="one", reader=str(reader.id))
    with clock.frozen(BEGAN + len(share) * BETWEEN):
        own = re.findall(r"/pusterom/innsjekk/[\w-]{22}", client.get("/pusterom/mine").text)
        _expect(client.post(f"{own[0]}/lesar", data={"audience": "me"}), 303)
        _expect(client.post(f"{own[-1]}/sletting"), 303)
        return sum(sentence in read for read in [_all_shared(other)] for sentence in share)


def _all_shared(client: AuditingClient) -> str:
    path, pages = "/pusterom/delt", ""
    while path:
        page = client.get(path).text
        pages += page
        further = re.search(r'href="(/pusterom/delt\?etter=[^"]+)"', page)
        path = further[1] if further else ""
    return pages


def _say(client: AuditingClient, words: str, *, audience: str, expected: int = 303, **more: str) -> None:
    data = {"face": "heavy", "words": words, "audience": audience, "key": form_key(), **more}
    _expect(client.post("/pusterom/innsjekk", data=data), expected)


def _expect(answer: TestResponse, status: int) -> None:
    if answer.status_code != status:
        raise RuntimeError(f"{answer.status_code} instead of {status} from {answer.request.path}")


DIARIES = Kind(
    name="diary",
    seed=1,
    with_keys=True,
    has="with every key of the server, and without the owners' browsers",
    write=_keep_a_diary,
)
SHARED = Kind(name="shared", seed=2, with_keys=False, has="without the keys", write=_confide)


def main() -> None:
    """Run both at full size."""
    for attack in (attack_diaries, attack_shared):
        print("\n".join(attack(True)), flush=True)


if __name__ == "__main__":
    main()
