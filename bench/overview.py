"""The overview with 2 000 nights and 50 rooms, beside the floor: python -m bench overview [--nights N] [--seconds S] …

Half of the nights are over and half are ahead, in the four series and the single evenings of a busy yard, with their
sign-ups; each of the rooms is busy on some of the days that its page shows. A bare Flask page with three queries reads
the same database under the same server in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, select

from bench.board import Connection, Wish, load
from bench.running import process, sign_in
from portal import create_app
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.models.signups import ShownAs, SignUp, SignUpState
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.rooms.models import BusySpan, EmbeddedMeeting, Room
from portal.blueprints.rooms.ports import Answer
from portal.cli.database import bring_up_to_date
from portal.config import Settings
from portal.core import clock
from portal.core.db import db, transaction
from tests.ports import free_port

CONCURRENCY = 8
PEOPLE = 60
TITLES = ("Brettspelkveld", "Kinokveld", "Strikkekafé", "Quiz i kjøkenkroken", "Tur til Løvstakken")
KINDS = (Kind.BOARD_GAMES, Kind.CINEMA, Kind.OTHER, Kind.OTHER, Kind.OTHER)
PAGES = {
    "overview": "/kveldar/",
    "one kind": "/kveldar/?slag=kino",
    "rooms": "/rom/",
}


def fill(folder: Path, *, nights: int, rooms: int) -> None:
    """Make a yard with so many nights and rooms."""
    app = create_app(Settings(folder=folder, demo=True))
    bring_up_to_date(app)
    with app.app_context():
        with transaction():
            db.session.execute(insert(Person), list(_people()))
            db.session.execute(insert(Room), list(_rooms(rooms)))
            db.session.execute(insert(Evening), list(_nights(nights)))
        with transaction():
            db.session.execute(insert(SignUp), list(_sign_ups()))
            db.session.execute(insert(BusySpan), list(_busy()))
            # The worker looks into the calendar while we measure, and has to find there what the pages show.
            db.session.execute(insert(EmbeddedMeeting), list(_meetings()))
        db.session.remove()
        db.engine.dispose()


def _people() -> Iterator[dict[str, Any]]:
    for number in range(PEOPLE):
        name = f"kollega{number}"
        yield {
            "name": f"Kollega Nummer {number}",
            "username": name,
            "email": f"{name}@tunet.example",
            "roles": frozenset({Role.COLLEAGUE}),
            "locale": "nn",
        }


def _rooms(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {
            "name": f"Møterom {number + 1}",
            "address": f"rom-{number}@tunet.example",
            "site": f"Bygg {number % 4 + 1}",
            "floor": str(number % 6),
            "seats": 4 + number % 17,
            "busy_seen_at": clock.now(),
        }


def _nights(count: int) -> Iterator[dict[str, Any]]:
    first = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=12 * (count // 2))
    for number in range(count):
        starts_at = first + timedelta(hours=12 * number)
        yield {
            "kind": KINDS[number % len(KINDS)],
            "own_title": TITLES[number % len(TITLES)],
            "own_text": "Kom som du er.",
            "own_place": "Kantina",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=3),
            "capacity": 12,
        }


def _sign_ups() -> Iterator[dict[str, Any]]:
    dice = Random(1)
    people = list(db.session.scalars(select(Person.id).order_by(Person.id)))
    for evening_id in db.session.scalars(select(Evening.id).order_by(Evening.id)).all():
        for position, person_id in enumerate(dice.sample(people, dice.randint(0, 14)), start=1):
            state = SignUpState.IN if position <= 12 else SignUpState.WAITING
            shown_as = ShownAs.NAME
            place = {"evening_id": evening_id, "person_id": person_id, "position": position}
            yield {**place, "state": state, "shown_as": shown_as}


def _busy() -> Iterator[dict[str, Any]]:
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for room_id in db.session.scalars(select(Room.id).order_by(Room.id)).all():
        for day in range(14):
            starts_at = midnight + timedelta(days=day, hours=7 + (room_id + day) % 8)
            yield {"room_id": room_id, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}


def _meetings() -> Iterator[dict[str, Any]]:
    spans = select(Room.address, BusySpan.id, BusySpan.starts_at, BusySpan.ends_at).join(
        BusySpan, BusySpan.room_id == Room.id
    )
    for address, number, starts_at, ends_at in db.session.execute(spans).all():
        yield {
            "key": f"span-{number}",
            "uid": f"span-{number}",
            "room_address": address,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "answer": Answer.ACCEPTED,
            "made_at": clock.now(),
        }


def measure(folder: Path, *, seconds: float, rounds: int) -> dict[str, list[list[float]]]:
    """Ask for each page and for the floor in turns; give what each request took, round by round."""
    port, floor_port = free_port(), free_port()
    serving = ["-m", "bench.board_server", str(port), str(folder), ""]
    database = str(folder / "tunet.sqlite")
    with (
        process(serving, port, "/helse"),
        process(["-m", "bench.floor", str(floor_port)], floor_port, "/", FLOOR_DATABASE=database),
    ):
        cookie = sign_in(port, "Kollega Nummer 1")
        asked = {"floor": (floor_port, "/")} | {name: (port, path) for name, path in PAGES.items()}
        times: dict[str, list[list[float]]] = {name: [] for name in asked}
        for number in range(rounds + 1):  # the first one warms
            for name, (at, path) in asked.items():
                line = [Connection(port=at, cookie=cookie)] * CONCURRENCY
                took = load(line, lambda _dice, path=path: Wish(path=path), seconds if number else 0.5)
                if number:
                    times[name].append(took)
    return times


def main() -> None:
    """Make the yard, measure, and print the medians of the rounds."""
    options = argparse.ArgumentParser(prog="bench overview")
    options.add_argument("--nights", type=int, default=2000)
    options.add_argument("--rooms", type=int, default=50)
    options.add_argument("--seconds", type=float, default=5)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="tunet-overview-") as name:
        folder = Path(name)
        fill(folder, nights=chosen.nights, rooms=chosen.rooms)
        times = measure(folder, seconds=chosen.seconds, rounds=chosen.rounds)
    print(f"{chosen.nights} nights, {chosen.rooms} rooms, {CONCURRENCY} connections")
    floor = _median(times["floor"], 0.95)
    print(f"{'page':12} {'per second':>10} {'p50 ms':>8} {'p95 ms':>8} {'p95 of the floor':>17}")
    for name, rounds in times.items():
        speed = statistics.median(len(took) / chosen.seconds for took in rounds)
        p50, p95 = _median(rounds, 0.5), _median(rounds, 0.95)
        print(f"{name:12} {speed:10.0f} {p50:8.1f} {p95:8.1f} {p95 / floor:16.2f}x")


def _median(rounds: list[list[float]], share: float) -> float:
    return statistics.median(took[int(len(took) * share)] for took in rounds)
