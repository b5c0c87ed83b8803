"""The stage of a journey: a portal, its rooms, a browser, and the people with their hands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from tests.exchange_server.client import Remote
from tests.journeys.board import OnTheBoard
from tests.journeys.desk import ASTRID, KARI, ODDNY, OLA, PER, Cast
from tests.journeys.hands import Mouse
from tests.journeys.portal import Portal
from tests.journeys.space import InTheBreathingSpace
from tests.journeys.yard import InTheYard


class Colleague(OnTheBoard, InTheYard, InTheBreathingSpace):
    """Somebody at the desk, who does all of it."""


@dataclass(kw_only=True)
class Stage:
    """Where a journey takes place."""

    portal: Portal
    browser: Browser
    hand: type[Mouse]
    people: dict[str, Colleague] = field(default_factory=dict)

    def person(self, cast: Cast, *, at: str = "/") -> Colleague:
        """Give somebody, signed in on the way to a page."""
        if cast.username not in self.people:
            self.people[cast.username] = Colleague(self, cast)
            self.people[cast.username].signs_in(at=at)
        return self.people[cast.username]

    def another(self, cast: Cast) -> Colleague:
        """Give the same person in front of another browser, not signed in yet."""
        number = sum(name.startswith(cast.username) for name in self.people)
        return self.people.setdefault(f"{cast.username}-{number + 1}", Colleague(self, cast))

    @property
    def kari(self) -> Colleague:
        """Kari asks."""
        return self.person(KARI)

    @property
    def ola(self) -> Colleague:
        """Ola answers."""
        return self.person(OLA)

    @property
    def oddny(self) -> Colleague:
        """Oddny organises."""
        return self.person(ODDNY)

    @property
    def astrid(self) -> Colleague:
        """Astrid administers."""
        return self.person(ASTRID)

    @property
    def per(self) -> Colleague:
        """Per supports his peers."""
        return self.person(PER)

    @property
    def rooms(self) -> Remote:
        """Give the Exchange server's remote control."""
        assert self.portal.rooms
        return self.portal.rooms

    def meetings(self) -> list[dict[str, Any]]:
        """Give what stands in the Exchange calendar of the portal, its moments in UTC."""
        return [
            {**meeting, "starts_at": datetime.fromisoformat(meeting["starts_at"]).astimezone(UTC).isoformat()}
            for meeting in self.rooms.meetings()
        ]

    def complaints(self) -> list[str]:
        """Give all that any browser has complained about."""
        return [line for person in self.people.values() for line in person.complaints.heard]

    def pictures(self, folder: Path, name: str) -> list[Path]:
        """Take a picture of what everybody sees now."""
        folder.mkdir(parents=True, exist_ok=True)
        taken = []
        for username, person in self.people.items():
            path = folder / f"{name}-{username}.png"
            person.page.screenshot(path=path, full_page=True)
            taken.append(path)
        return taken

    def clear(self) -> None:
        """Send everybody home."""
        for person in self.people.values():
            person.leaves()
        self.people.clear()


@contextmanager
def standing(portal: Portal, browser: Browser, hand: type[Mouse]) -> Iterator[Stage]:
    """Put a stage up and take it down."""
    stage = Stage(portal=portal, browser=browser, hand=hand)
    with ExitStack() as stack:
        stack.callback(portal.stop)
        stack.callback(stage.clear)
        portal.start()
        yield stage


def screenshot(path: Path) -> Path:
    """Make a picture such as one takes of an error message."""
    picture = Image.new("RGB", (480, 200), "#f4f1ea")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, 460, 180), fill="white", outline="#8a1f11", width=3)
    pen.text((40, 60), "Utskrift feila: 0x0000011b", fill="#8a1f11")
    pen.text((40, 100), "Kontakt Kundesenteret.", fill="black")
    picture.save(path)
    return path
