"""What calendar programs of other people make of the feed, over real HTTP, and of the invitations."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import recurring_ical_events
from flask import Flask
from icalendar import Calendar
from werkzeug.serving import make_server

from portal.blueprints.events.ical import invitations
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.queries import finding
from portal.blueprints.events.service import evenings, feeds, signups
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core import links
from portal.core.db import db, transaction
from tests.factories.events import MONDAY, evening_wish, make_evening
from tests.factories.people import make_person

KHAL = """[calendars]
[[tunet]]
path = {folder}
type = calendar
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Europe/Oslo
default_timezone = Europe/Oslo
[default]
default_calendar = tunet
[sqlite]
path = {cache}
"""
VDIRSYNCER = """[general]
status_path = "{status}"
[pair tunet]
a = "portal"
b = "mine"
collections = null
[storage portal]
type = "http"
url = "{url}"
[storage mine]
type = "filesystem"
path = "{folder}"
fileext = ".ics"
"""
LINE = "{start-long-full}|{end-long-full}|{title}|{location}|{status}"


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where a program of somebody's keeps its things."""

    folder: Path

    def run(self, *command: str, answer: str | None = None) -> str:
        """Run a program to its end; it must be content."""
        own = {
            **os.environ,
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(
            command, env=own, input=answer, capture_output=True, text=True, timeout=60, cwd=self.folder, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    @property
    def calendar(self) -> Path:
        """Give the folder with a file for each entry."""
        return self.folder / "calendar"

    def write(self, name: str, text: str) -> str:
        """Write a file, and give its path."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def khal(self, *command: str) -> str:
        """Run khal on the calendar."""
        self.calendar.mkdir(exist_ok=True)
        text = KHAL.format(folder=self.calendar, cache=self.folder / "khal.db")
        return self.run("khal", "-c", self.write("khal.conf", text), *command)

    def listed(self) -> list[list[str]]:
        """Give what khal lists for the days of the tests."""
        shown = self.khal("list", "--format", LINE, "--day-format", "", "2026-11-23", "30d")
        return [line.split("|") for line in shown.splitlines() if "|" in line]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give an empty home."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder=folder)


@pytest.fixture
def served(own: Flask) -> Iterator[str]:
    """Serve the portal over HTTP on this machine; give its address."""
    server = make_server("127.0.0.1", 0, own, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def act(own: Flask) -> Callable[[Callable[[], object]], object]:
    """Do something in the portal, committed for real."""

    def do(what: Callable[[], object]) -> object:
        with own.app_context():
            try:
                with transaction():
                    return what()
            finally:
                db.session.remove()

    return do


def needs(program: str) -> pytest.MarkDecorator:
    """Leave a test out where a program is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


@pytest.mark.slow
@needs("khal")
@needs("vdirsyncer")
def test_vdirsyncer_fetches_the_feed_and_follows_a_move_and_a_cancellation(
    home: Home, served: str, act: Callable[[Callable[[], object]], object]
) -> None:
    ids: dict[str, int] = {}

    def begin() -> str:
        otto = make_person("Otto Olsen", roles={Role.COLLEAGUE, Role.ORGANISER})
        anne = make_person("Anne Askeland", locale="nn")
        night = evenings.plan(otto, evening_wish())
        signups.sign_up(anne, night.id)
        other = evenings.plan(otto, evening_wish(datetime(2026, 12, 3, 17, tzinfo=UTC)))
        signups.sign_up(anne, other.id)
        ids.update(otto=otto.id, anne=anne.id, night=night.id, other=other.id)
        return links.path("events_feed.feed", {"secret": feeds.make_secret(anne)})

    def move() -> None:
        night = finding.get_evening(ids["night"])
        wish = evening_wish(night.starts_at + timedelta(hours=2), words=evenings.words_of(night))
        evenings.change(people.get_person(ids["otto"]), night.id, wish)

    address = served + str(act(begin))
    text = VDIRSYNCER.format(status=home.folder / "status", url=address, folder=home.calendar)
    home.calendar.mkdir()
    settings = home.write("vdirsyncer.conf", text)
    home.run("vdirsyncer", "-c", settings, "discover", answer="y\n")

    def fetched() -> list[list[str]]:
        home.run("vdirsyncer", "-c", settings, "sync")
        return home.listed()

    first, second = fetched()
    assert first[:2] == ["2026-11-26 17:00", "2026-11-26 20:00"]
    assert second[:2] == ["2026-12-03 18:00", "2026-12-03 21:00"]
    files = sorted(path.read_bytes() for path in home.calendar.iterdir())
    assert fetched() == [first, second]
    assert sorted(path.read_bytes() for path in home.calendar.iterdir()) == files

    act(move)
    act(lambda: evenings.cancel(people.get_person(ids["otto"]), ids["other"]))
    moved, cancelled = fetched()
    assert moved[:2] == ["2026-11-26 19:00", "2026-11-26 22:00"]
    assert cancelled[:2] == second[:2]
    assert cancelled[4].strip() == "CANCELLED"

    act(lambda: signups.give_up(people.get_person(ids["anne"]), ids["night"]))
    assert fetched() == [cancelled]


@pytest.mark.slow
@needs("khal")
def test_khal_takes_an_invitation_and_its_update_for_one_entry(home: Home, anne: Person) -> None:
    def take(evening: Evening, sequence: int) -> None:
        written = invitations.invitation(evening, anne, sequence=sequence)
        (home.folder / "invite.ics").write_bytes(written)
        assert "Brettspelkveld" in home.khal("printics", str(home.folder / "invite.ics"))
        home.khal("import", "--batch", "-a", "tunet", str(home.folder / "invite.ics"))

    with transaction():
        evening = make_evening(MONDAY + timedelta(days=3), own_text="Ærleg; kom, og spel\\nno.", own_place="Ulriken, 3")
    take(evening, 0)
    (first,) = home.listed()
    assert first[:4] == ["2026-11-26 10:00", "2026-11-26 13:00", "Brettspelkveld", "Ulriken, 3"]
    with transaction():
        evening.move(evening.starts_at + timedelta(hours=1), evening.ends_at + timedelta(hours=1))
    take(evening, 1)
    (only,) = home.listed()
    assert only[:2] == ["2026-11-26 11:00", "2026-11-26 14:00"]


def test_recurring_ical_events_finds_each_message_once_on_its_day(anne: Person) -> None:
    with transaction():
        evening = make_evening(
            datetime(2026, 10, 24, 18, tzinfo=UTC), ends_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        )
    for written in (
        invitations.invitation(evening, anne, sequence=0),
        invitations.cancellation(evening, anne, sequence=1),
    ):
        (found,) = recurring_ical_events.of(Calendar.from_ical(written)).at((2026, 10, 25))
        assert found.start.astimezone(UTC) == evening.starts_at
        assert found.end.astimezone(UTC) == evening.ends_at
        assert not recurring_ical_events.of(Calendar.from_ical(written)).at((2026, 10, 26))
