"""Somebody in front of a screen: signs in, opens pages, looks at notices, and searches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from portal.core import i18n
from tests.journeys import desk
from tests.journeys.browser import Complaints, new_context
from tests.journeys.desk import Cast
from tests.journeys.hands import Mouse

if TYPE_CHECKING:
    from tests.journeys.stage import Stage

LOCALE = "nn"


def words(message: str, **params: Any) -> str:
    """Give what stands on the screen, in Nynorsk."""
    return i18n.text(message, LOCALE, **params)


def counted(singular: str, plural: str, n: int) -> str:
    """Give a counted text, in Nynorsk."""
    return i18n.plural(singular, plural, n, LOCALE)


class Visitor:
    """A person with a browser of their own."""

    def __init__(self, stage: Stage, cast: Cast) -> None:
        self.stage, self.cast = stage, cast
        self.complaints = Complaints()
        self.context = new_context(stage.browser, stage.portal.url, scripts=stage.hand.scripts)
        self.page: Page = self.context.new_page()
        self.complaints.listen(self.page)
        self.hand: Mouse = stage.hand(self.page)

    @property
    def email(self) -> str:
        """Give the address that the person's mails go to."""
        return f"{self.cast.username}@tunet.example"

    @property
    def first_name(self) -> str:
        """Give the name one calls the person by."""
        return self.cast.name.split()[0]

    def signs_in(self, *, at: str = "/") -> None:
        """Come in by user name and password, and get to where one was going."""
        self.page.goto(at)
        self.hand.write(self.page.get_by_label(words("User name or e-mail")), self.cast.username)
        self.hand.write(self.page.get_by_label(words("Password")), desk.PASSWORD)
        self.hand.enter()
        expect(self.page.get_by_role("navigation", name=words("Main menu"))).to_be_visible()
        assert urlsplit(self.page.url).path == at
        assert self.page.locator("html").get_attribute("lang") == LOCALE

    def opens(self, path: str) -> None:
        """Go to an address."""
        self.page.goto(path)

    def is_refused(self, path: str, status: int) -> None:
        """Go to an address, and be told that it is not to be had."""
        self.complaints.expected.add(status)
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, f"{answer.status} for {path}"
        self.complaints.expected.discard(status)

    def goes_to(self, place: str) -> None:
        """Follow the main menu."""
        menu = self.page.get_by_role("navigation", name=words("Main menu"))
        entry = menu.get_by_role("link", name=words(place))
        self.hand.press(entry)
        expect(entry).to_have_attribute("aria-current", "page")

    def presses(self, name: str, *, within: Locator | None = None) -> None:
        """Press a button."""
        self.hand.press((within or self.page).get_by_role("button", name=name))

    def follows(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Follow a link."""
        self.hand.press((within or self.page).get_by_role("link", name=name).first)

    def heading(self) -> Locator:
        """Give the heading of the page."""
        return self.page.get_by_role("heading", level=1)

    def sees(self, text: str, *, within: str = "main") -> None:
        """See a text, now or in a moment."""
        self.hand.look_again()
        expect(self.page.locator(within)).to_contain_text(text)

    def text(self) -> str:
        """Give all that stands on the page, shown or not."""
        return self.page.content()

    def has_news(self, count: int) -> None:
        """See at the bell how much is new."""
        self.hand.look_again()
        bell = self.page.locator("#bell")
        expect(bell).to_contain_text(counted("%(n)s new", "%(n)s new", count) if count else words("Notices"))
        if not count:
            expect(bell.locator(".bell__count")).to_have_count(0)

    def is_told(self, sentence: str) -> None:
        """Open the notices by the bell, find a sentence and follow it."""
        self.hand.press(self.page.locator("#bell"))
        expect(self.heading()).to_have_text(words("Notices"))
        self.follows(sentence, within=self.page.locator("#inbox"))

    def has_read_it(self) -> None:
        """Have nothing new left: opening a notice has marked it read or, where no scripts run, one button does."""
        if not self.hand.scripts:
            self.hand.press(self.page.locator("#bell"))
            self.presses(words("Mark all as read"))
            expect(self.page.get_by_role("button", name=words("Mark all as read"))).to_have_count(0)
        self.has_news(0)

    def searches(self, text: str) -> Locator:
        """Search, and give what was found."""
        self.follows(words("Search"), within=self.page.get_by_role("banner"))
        field = self.page.get_by_role("searchbox", name=words("What are you looking for?"))
        self.hand.write(field, text)
        self.hand.enter()
        expect(field).to_have_value(text)
        results = self.page.locator("#results")
        expect(results).to_be_visible()
        return results

    def admin_pages(self) -> Iterator[str]:
        """Open every page of the administrators' menu, one after the other."""
        self.opens("/styring")
        menu = self.page.get_by_role("navigation", name=words("Administration"))
        for path in [link.get_attribute("href") or "" for link in menu.get_by_role("link").all()]:
            self.opens(path)
            expect(self.heading()).to_be_visible()
            yield path

    def leaves(self) -> None:
        """Close the browser."""
        self.context.close()
