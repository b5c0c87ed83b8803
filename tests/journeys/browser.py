"""Debian's Chromium, one fresh context per person, and what a page complains about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-US",  # how the browser's own date fields are written, whatever the machine speaks
)
PATIENCE = 20_000  # ms
ABORTED = "net::ERR_ABORTED"  # a page that is left takes its open stream with it
# A page that came slowly is shown without fading over from the one before; Chromium tells it as if it were an error.
NOT_FADED = "Transition was aborted because of invalid state"
# Whether a page may sound before somebody has touched it is found out by trying: some houses let it. Chromium tells of
# each try that it refuses; the page then offers a button instead. What a test asks of the page counts as a touch, so
# that it is told only when the ring is quicker than the test.
MAY_NOT_SOUND = "The AudioContext was not allowed to start"
QUIETLY_MET = ("Failed to load resource", MAY_NOT_SOUND)  # a refused answer is counted where it is answered


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Complaints:
    """What the browser has complained about, of every page of a context."""

    expected: set[int] = field(default_factory=set)  # statuses that the test has asked for on purpose
    heard: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Hear the console, errors, failed requests and refused answers of a page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._fell_over(page, str(error)))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _fell_over(self, page: Page, error: str) -> None:
        if NOT_FADED not in error:
            self.heard.append(f"{page.url}: {error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(words in message.text for words in QUIETLY_MET):
            self.heard.append(f"{message.location.get('url', '')}: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != ABORTED:
            self.heard.append(f"{request.url}: {request.failure}")

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400 and answer.status not in self.expected:
            self.heard.append(f"{answer.url}: {answer.status}")


def new_context(browser: Browser, base: str, *, scripts: bool = True, **options: Any) -> BrowserContext:
    """Give a browser of somebody's own: no cookies, patient, in Norwegian time."""
    context = browser.new_context(
        base_url=base,
        java_script_enabled=scripts,
        timezone_id="Europe/Oslo",
        reduced_motion="reduce",  # what fades in would be measured half-way
        **{"viewport": {"width": 1280, "height": 900}, **options},
    )
    context.set_default_timeout(PATIENCE)
    context.set_default_navigation_timeout(PATIENCE)
    if scripts:
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
    return context
