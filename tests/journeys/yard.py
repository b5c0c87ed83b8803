"""What people do with evenings: make them, come, wait in line, leave, and keep a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import Locator, expect

from portal.core import i18n
from tests.journeys.portal import wait_until
from tests.journeys.visitor import LOCALE, Visitor, words

YES = "Yes, I'm coming"
NO = "I can't come after all"


@dataclass(frozen=True, kw_only=True)
class Evening:
    """One evening, as a page shows it."""

    path: str
    title: str
    starts_at: datetime

    @property
    def id(self) -> int:
        """Give the number in its address."""
        return int(self.path.rsplit("/", 1)[-1])

    @property
    def short_day(self) -> str:
        """Give its day as the buttons name it."""
        return i18n.format_short_day(self.starts_at, LOCALE)


class InTheYard(Visitor):
    """A visitor who meets others after work."""

    def makes_series(self, title: str, *, weekday: str, at: time, seats: int) -> list[Evening]:
        """Make a weekly series with a room, look at the dates first, and give its evenings."""
        self.goes_to("Together")
        self.follows(words("A new series"))
        self.hand.write(self.page.get_by_label(words("Title")), title)
        self.hand.select(self.page.get_by_label(words("Weekday")), weekday)
        self.hand.set_time(self.page.get_by_label(words("Begins at")), at)
        self.hand.write(self.page.get_by_label(words("Seats in the room")), str(seats))
        self.hand.tick(self.page.get_by_role("checkbox", name=words("Book a meeting room")))
        self.presses(words("See the dates first"))
        expect(self.page.locator("#dates time")).to_have_count(6)
        self.presses(words("Make the series"))
        expect(self.heading()).to_have_text(title)
        return self.evenings(title)

    def makes_evening(self, title: str, *, day: date, at: time, capacity: int | None, seats: int) -> Evening:
        """Make a single evening with a room."""
        self.goes_to("Together")
        self.follows(words("A single evening"))
        self.hand.write(self.page.get_by_label(words("Title")), title)
        self.hand.set_day(self.page.get_by_label(words("Day"), exact=True), day)
        self.hand.set_time(self.page.get_by_label(words("Begins at")), at)
        if capacity:
            self.hand.write(self.page.get_by_label(words("How many can come?")), str(capacity))
        self.hand.write(self.page.get_by_label(words("Seats in the room")), str(seats))
        self.hand.tick(self.page.get_by_role("checkbox", name=words("Book a meeting room")))
        self.presses(words("Put it on the list"))
        expect(self.heading()).to_have_text(title)
        (made,) = self.evenings(title)
        return made

    def evenings(self, title: str) -> list[Evening]:
        """Read on the list when the evenings of a title are."""
        self.opens("/kveldar/")
        rows = self.page.locator("#evenings li").filter(has=self.page.get_by_role("link", name=title))
        return [self._read(row, title) for row in rows.all()]

    def _read(self, row: Locator, title: str) -> Evening:
        path = row.get_by_role("link", name=title).get_attribute("href")
        when = row.locator("time").first
        starts_at = datetime.fromisoformat(when.get_attribute("datetime") or "")
        assert f"{starts_at:%-H.%M}" in when.inner_text()
        return Evening(path=path or "", title=title, starts_at=starts_at)

    def comes_from_front(self, evening: Evening) -> None:
        """Sign up with one tap on the front page."""
        self.opens("/")
        self.hand.acts = 0
        agenda = self.page.locator("#agenda")
        self.presses(f"{words(YES)} {evening.title}, {evening.short_day}", within=agenda)
        place = agenda.locator("li").filter(has=self.page.locator(f"a[href='{evening.path}']"))
        expect((place if self.hand.scripts else self.card()).get_by_text(words("You are coming"))).to_be_visible()
        assert self.hand.acts == 1, f"signing up took {self.hand.acts} taps"

    def comes(self, evening: Evening) -> None:
        """Sign up on the evening's own page."""
        self._signs_up(evening, YES, "You are coming")

    def waits_in_line(self, evening: Evening) -> None:
        """Go on the wait list."""
        self._signs_up(evening, "Put me on the waiting list", "You are on the waiting list")

    def _signs_up(self, evening: Evening, button: str, badge: str) -> None:
        if urlsplit(self.page.url).path != evening.path:
            self.opens(evening.path)
        card = self.card()
        self.presses(words(button), within=card)
        expect(card.get_by_text(words(badge), exact=True)).to_be_visible()

    def card(self) -> Locator:
        """Give the card where one signs up."""
        return self.page.locator("#sign-up")

    def leaves_evening(self, evening: Evening) -> None:
        """Sign off with one tap."""
        self.opens(evening.path)
        self.presses(words(NO), within=self.card())
        expect(self.card().get_by_role("button", name=words(NO))).to_have_count(0)

    def is_shown(self, badge: str) -> None:
        """See on the card how one stands, without doing anything where scripts run."""
        self.hand.look_again()
        expect(self.card().get_by_text(words(badge), exact=True)).to_be_visible()

    def takes_what_is_offered(self) -> None:
        """Say yes, with one tap, to the seat that is kept."""
        self.presses(words(YES), within=self.card())
        expect(self.card().get_by_text(words("You are coming"), exact=True)).to_be_visible()

    def sees_room(self, evening: Evening, badge: str, name: str) -> None:
        """See, as an organiser, how far the room has come; the page follows along where scripts run."""
        if urlsplit(self.page.url).path != evening.path:
            self.opens(evening.path)
        room = self.page.locator("#room")
        wait_until(lambda: self._room_says(room, words(badge), name), f"«{badge}» and {name} on {evening.path}")

    def _room_says(self, room: Locator, badge: str, name: str) -> bool:
        if not self.hand.scripts:
            self.page.reload()
        shown = room.inner_text()
        return badge in shown and name in shown

    def makes_calendar_address(self) -> str:
        """Make the address of a feed of one's own."""
        self.goes_to("Together")
        self.follows(words("Your evenings in Outlook"))
        self.presses(words("Make my address"))
        return self.page.get_by_label(words("Copy it now: it is shown this once.")).input_value()


def fetch(url: str) -> str:
    """Fetch a calendar as a calendar program does: without signing in."""
    with urlopen(url, timeout=20) as answer:
        assert answer.headers.get_content_type() == "text/calendar"
        return str(answer.read().decode())
