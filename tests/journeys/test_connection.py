"""What becomes of the live connection when the server dies, the network goes, or something stands in the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.databases import Databases
from tests.journeys.conftest import STAGES
from tests.journeys.desk import OTHERS
from tests.journeys.hands import Mouse
from tests.journeys.proxy import PortalBehind, Way, between
from tests.journeys.stage import Colleague, Stage, standing
from tests.journeys.visitor import words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 1000  # ms
AGAIN = 60 * SECONDS  # attempts become rarer; this is more than the longest pause


@pytest.fixture(scope="module")
def stage(
    request: pytest.FixtureRequest, browser: Browser, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Put a stage up whose visitors come through a proxy."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("connection")
        portal = PortalBehind(
            folder,
            lambda port: stack.enter_context(between(port)),
            database=stack.enter_context(databases.migrated(folder / "var" / "tunet.sqlite")),
            exchange=None,
        )
        stage = stack.enter_context(standing(portal, browser, Mouse))
        request.config.stash.setdefault(STAGES, []).append(stage)
        yield stage
        request.config.stash.setdefault(STAGES, []).clear()


@pytest.fixture
def portal(stage: Stage) -> Iterator[PortalBehind]:
    """Give the portal; nothing stands in the way after the test."""
    assert isinstance(stage.portal, PortalBehind)
    yield stage.portal
    stage.portal.proxy.way = Way.THROUGH


@pytest.fixture
def kari(stage: Stage, portal: PortalBehind) -> Iterator[Colleague]:
    """Give Kari in front of a browser with a clock that can be moved, listening."""
    kari = stage.another(OTHERS[2])
    kari.page.clock.install()
    kari.signs_in()
    is_in(kari.page, "stream")
    portal.proxy.asked.clear()
    yield kari
    stage.people.pop(next(name for name, person in stage.people.items() if person is kari))
    kari.leaves()


@pytest.fixture
def asked(kari: Colleague) -> list[str]:
    """Give what Kari's browser asks of /live from now on."""
    asked: list[str] = []
    kari.page.on("request", lambda request: asked.append(request.url.partition("/live")[2]))
    return asked


def is_in(page: Page, state: str, *, timeout: float = AGAIN) -> None:
    expect(page.locator("html")).to_have_attribute("data-live-state", state, timeout=timeout)


def sees(page: Page, title: str) -> None:
    expect(page.locator("#new-questions").get_by_role("link", name=title)).to_be_visible(timeout=AGAIN)


def away(page: Page) -> Locator:
    return page.locator("#toast").get_by_text(words("Connection lost. We keep trying."))


def test_a_server_that_was_killed_is_found_again_and_nothing_is_missed(
    stage: Stage, portal: PortalBehind, kari: Colleague
) -> None:
    arne = stage.person(OTHERS[0])
    tab = kari.context.new_page()
    tab.goto("/")
    portal.kill()
    kari.complaints.expected |= {502}
    is_in(kari.page, "away")
    is_in(tab, "away")
    portal.start()
    title = "Kven har nøkkelen til postrommet?"
    arne.asks(title)
    for page in (kari.page, tab):
        sees(page, title)
        is_in(page, "stream")
        expect(away(page)).to_have_count(0)


@pytest.mark.parametrize("way", [Way.HEAD_ONLY, Way.WHOLE])
def test_behind_what_holds_the_stream_back_polling_takes_over_and_ends_when_it_is_mended(
    stage: Stage, portal: PortalBehind, kari: Colleague, way: Way
) -> None:
    arne = stage.person(OTHERS[0])
    portal.proxy.way = way
    portal.proxy.cut()
    is_in(kari.page, "polling", timeout=15 * SECONDS)
    tab = kari.context.new_page()
    tab.goto("/")
    is_in(tab, "polling", timeout=15 * SECONDS)
    title = f"Kor er møterommet «{way}»?"
    arne.asks(title)
    sees(kari.page, title)
    sees(tab, title)
    portal.proxy.way = Way.THROUGH
    is_in(kari.page, "stream")
    is_in(tab, "stream")
    expect(away(kari.page)).to_have_count(0)


def test_the_ring_strip_is_told_every_few_seconds_where_no_stream_comes_through(
    portal: PortalBehind, kari: Colleague
) -> None:
    kari.page.evaluate(
        "() => { window.polls = 0; document.addEventListener('live:poll', () => { window.polls += 1; }); }"
    )
    portal.proxy.way = Way.WHOLE
    portal.proxy.cut()
    is_in(kari.page, "polling", timeout=15 * SECONDS)
    before = kari.page.evaluate("() => window.polls")
    assert before == 1  # at once, and then by the clock
    kari.page.clock.run_for(12 * SECONDS)
    assert kari.page.evaluate("() => window.polls") - before in {2, 3, 4}


def test_a_stream_that_is_cut_off_goes_on_where_it_ended(
    stage: Stage, portal: PortalBehind, kari: Colleague, asked: list[str]
) -> None:
    arne = stage.person(OTHERS[0])
    arne.opens("/sporsmal/nytt")
    portal.proxy.cut()
    title = "Kor lenge er kantina open?"
    arne.asks(title)
    sees(kari.page, title)
    assert next(query for query in asked if query).startswith("?last=")
    is_in(kari.page, "stream")


def test_a_stream_that_comes_and_goes_is_not_asked_for_without_end(
    portal: PortalBehind, kari: Colleague, asked: list[str]
) -> None:
    began = time.monotonic()
    while time.monotonic() - began < 12:
        portal.proxy.cut()
        kari.page.wait_for_timeout(200)
    assert 2 <= len([query for query in asked if query]) <= 8
    is_in(kari.page, "stream")


def test_a_stream_that_died_without_a_word_is_noticed_by_its_silence(
    stage: Stage, portal: PortalBehind, kari: Colleague, asked: list[str]
) -> None:
    arne = stage.person(OTHERS[0])
    portal.proxy.let_die()
    title = "Kva heiter skrivaren i tredje?"
    arne.asks(title)
    kari.page.wait_for_timeout(500)
    expect(kari.page.locator("#new-questions").get_by_role("link", name=title)).to_have_count(0)
    kari.page.clock.fast_forward(45 * SECONDS)  # as a machine does that wakes from sleep
    sees(kari.page, title)
    assert next(query for query in asked if query).startswith("?last=")


def test_a_lost_network_is_said_when_it_lasts_and_everything_is_fresh_when_it_is_back(
    stage: Stage, portal: PortalBehind, kari: Colleague
) -> None:
    arne = stage.person(OTHERS[0])
    kari.context.set_offline(True)
    is_in(kari.page, "away")
    expect(away(kari.page)).to_have_count(0)
    kari.page.clock.run_for(11 * SECONDS)
    expect(away(kari.page)).to_be_visible()
    title = "Kven har vakt i helga?"
    arne.asks(title)
    kari.context.set_offline(False)
    sees(kari.page, title)
    expect(away(kari.page)).to_have_count(0)
    is_in(kari.page, "stream")
    kari.complaints.heard.clear()  # the browser says of each request that it had no network


def test_who_is_signed_out_is_led_to_the_door_and_asks_no_more(
    portal: PortalBehind, kari: Colleague, asked: list[str]
) -> None:
    kari.complaints.expected |= {401}
    kari.context.clear_cookies()
    portal.proxy.cut()
    expect(kari.heading()).to_have_text(words("Welcome to the yard"), timeout=AGAIN)
    before = [query for query in asked if query]
    kari.page.wait_for_timeout(3000)
    assert [query for query in asked if query] == before
    assert 1 <= len(before) <= 3


def test_who_has_too_many_streams_polls_and_seldom_asks_for_another(
    portal: PortalBehind, kari: Colleague, asked: list[str]
) -> None:
    kari.complaints.expected |= {429}
    kari.page.route("**/live?*", lambda route: route.fulfill(status=429))
    portal.proxy.cut()
    is_in(kari.page, "polling")
    kari.page.wait_for_timeout(6000)
    assert 2 <= len([query for query in asked if query]) <= 4
    kari.page.unroute("**/live?*")
