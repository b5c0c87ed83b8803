"""Make the pictures of a call for help: two browsers of the demo desk, side by side, from the key to the question."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.running import Running, sign_in
from portal import create_app
from portal.blueprints.people import queries as people
from portal.blueprints.shifts.models import Standing
from portal.config import Settings
from portal.core import clock
from portal.core.db import db, transaction

ASKER, HELPER = "Kari Skjerdal", "Ola Nordvik"
LINE = "Legevakta får ikkje opp journalen etter oppdateringa, og dei ventar på tråden"
SOLUTION = "Buffaren var full: tøm han frå **Innstillingar**, og logg på på nytt."
SIZE = {"width": 860, "height": 540}
GAP, EDGE = 24, "#d9cfbf"
COLOURS = 200  # enough for paper, ink and a few tints, and a third of the bytes


def take_all(browser: Browser, running: Running, folder: Path) -> None:
    """Take the strip, and one page for a desk and for a phone."""
    _put_to_work(running)
    kari = _open(browser, running, ASKER, **SIZE)
    ola = _open(browser, running, HELPER, **SIZE)
    kari.goto("/sporsmal")
    ola.goto("/kunnskap")
    frames: list[Image.Image] = []
    _walk(kari, ola, lambda: frames.append(_beside(kari, ola)))
    below = Image.new("RGB", (frames[0].width, sum(f.height + GAP for f in frames) - GAP), EDGE)
    for number, frame in enumerate(frames):
        below.paste(frame, (0, number * (frame.height + GAP)))
    below.quantize(COLOURS).save(folder / "help-strip.png", optimize=True)
    _take_pages(browser, running, folder)
    for page in (kari, ola):
        page.context.close()


def _walk(kari: Page, ola: Page, take: Callable[[], None]) -> None:
    """Raise, ring, come, talk, keep it as a question."""
    strip = "#help-strip"
    kari.keyboard.press("Alt+h")
    kari.keyboard.type(LINE)
    take()
    kari.keyboard.press("Enter")
    expect(ola.locator(f"{strip} [data-rings]")).to_be_visible()
    expect(kari.locator(f"{strip} [data-own]")).to_be_visible()
    take()
    call = kari.locator(f"{strip} [data-own] a").first.get_attribute("href") or ""
    ola.keyboard.press("Alt+j")
    ola.keyboard.press("Enter")
    expect(kari.locator(f"{strip} a[href*=teams]")).to_be_visible()
    expect(ola.locator(f"{strip} a[href*=teams]")).to_be_visible()
    take()
    kari.goto(call)
    ola.locator(f"{strip} form[action$=prat] button").click()
    expect(ola.locator(f"{strip} form[action$=prat]")).to_have_count(0)
    expect(kari.locator("#help-call form[action$=prat]")).to_have_count(0)
    take()
    ola.goto(call)
    ola.locator("#help-call form[action$=slutt] button").click()
    ola.locator("#help-solution textarea").fill(SOLUTION)
    ola.locator("#help-solution button[type=submit]").last.click()
    expect(ola.locator("#help-solution textarea")).to_have_value(SOLUTION)
    kari.reload()
    kari.locator("#help-call form[action$=sporsmal] button").click()
    expect(kari.locator("#thread")).to_be_visible()
    take()


def _take_pages(browser: Browser, running: Running, folder: Path) -> None:
    page = _open(browser, running, HELPER, width=1000, height=900)
    phone = _open(browser, running, HELPER, width=390, height=844, device_scale_factor=2, color_scheme="dark")
    asker = _open(browser, running, ASKER, **SIZE)
    phone.goto("/sporsmal")
    asker.goto("/sporsmal")
    asker.keyboard.press("Alt+h")
    asker.keyboard.type(LINE)
    asker.keyboard.press("Enter")
    page.goto("/hjelp")
    _settled(page).screenshot(path=folder / "help.png")
    expect(phone.locator("#help-strip [data-rings]")).to_be_visible()
    _settled(phone).screenshot(path=folder / "help-phone.png")
    for each in (page, phone, asker):
        each.context.close()


def _open(browser: Browser, running: Running, name: str, *, width: int, height: int, **options: object) -> Page:
    base = f"http://127.0.0.1:{running.port}"
    context: BrowserContext = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        **options,  # type: ignore[arg-type]
    )
    key, _, value = sign_in(running.port, name).partition("=")
    context.add_cookies([{"name": key, "value": value, "url": base}])
    return context.new_page()


def _settled(page: Page) -> Page:
    page.wait_for_timeout(700)
    return page


def _beside(left: Page, right: Page) -> Image.Image:
    shots = [Image.open(io.BytesIO(_settled(page).screenshot())).convert("RGB") for page in (left, right)]
    frame = Image.new("RGB", (sum(shot.width for shot in shots) + GAP, shots[0].height), EDGE)
    frame.paste(shots[0], (0, 0))
    frame.paste(shots[1], (shots[0].width + GAP, 0))
    return frame


def _put_to_work(running: Running) -> None:
    """Let everybody be at work, whatever the hour at which the pictures are taken."""
    url = f"sqlite:///{running.folder / 'tunet.sqlite'}"
    app = create_app(Settings(folder=running.folder, database=url, base_url=f"http://127.0.0.1:{running.port}"))
    with app.app_context(), transaction():
        for person in people.colleagues():
            standing = db.session.get(Standing, person.id) or Standing(person_id=person.id)
            standing.works_until, standing.easy_until = clock.now() + timedelta(hours=6), None
            db.session.add(standing)
