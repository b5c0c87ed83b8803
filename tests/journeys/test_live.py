"""What happens by itself: news without reloading, across restarts, over one connection however many tabs are open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.desk import KARI, OLA, OTHERS
from tests.journeys.portal import wait_until
from tests.journeys.stage import Stage
from tests.journeys.visitor import words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABS = 8


@pytest.fixture(scope="class")
def stage(set_up: Callable[..., Stage]) -> Stage:
    """Put a stage up; rooms play no part here."""
    return set_up(with_exchange=False)


class TestNews:
    """What comes by itself."""

    def test_what_one_is_writing_stays_while_the_page_follows_along(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        path = kari.asks("Er det nokon som har sett nøkkelen til lageret?")
        field = kari.page.locator("#answer-form textarea")
        kari.hand.write(field, "Eg fann han sj")
        ola.opens(path)
        ola.answers("Han ligg i resepsjonen.")
        expect(kari.answer_of(OLA.name)).to_be_visible()
        expect(field).to_be_focused()
        expect(field).to_have_value("Eg fann han sj")

    def test_what_happens_before_the_stream_is_open_is_not_missed(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        path = kari.asks("Kor er skøyteleidninga til pauserommet?")
        held: list[Route] = []
        kari.page.route("**/live?*", lambda route: held.append(route))
        with kari.page.expect_request("**/live?*"):
            kari.opens(path)
        ola.opens(path)
        ola.answers("Bak kaffimaskina.")
        held[0].continue_()
        kari.page.unroute("**/live?*")
        expect(kari.answer_of(OLA.name)).to_be_visible()

    def test_a_tab_that_was_loading_asks_the_one_that_listens(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        path = kari.asks("Kven har adapteren til prosjektoren?")
        wait_until(lambda: stage.portal.streams(KARI) == 1, "the first tab to listen")
        other = kari.context.new_page()
        held: list[Route] = []
        other.route("**/*.js", lambda route: held.append(route))
        other.goto(kari.page.url, wait_until="commit")
        expect(other.locator("#answer-form")).to_be_visible()
        ola.opens(path)
        ola.answers("Eg har han.")
        expect(kari.answer_of(OLA.name)).to_be_visible()
        for route in held:
            route.continue_()
        other.unroute("**/*.js")
        expect(other.get_by_text("Eg har han.")).to_be_visible()
        other.close()

    def test_lists_are_fresh_again_after_a_restart_and_nothing_is_missed(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        kari.opens("/")
        ola.opens("/sporsmal")
        wait_until(lambda: stage.portal.streams(KARI) == stage.portal.streams(OLA) == 1, "both to listen")

        stage.portal.stop()
        stage.portal.start()
        arne = stage.person(
            OTHERS[0]
        )  # is there before the other two have found their way back, or not: it must not matter
        title = "Korleis skriv eg ut på begge sider?"
        arne.asks(title)
        kari.sees_new_question(title)
        expect(ola.page.locator("#question-list").get_by_role("link", name=title)).to_be_visible()
        wait_until(lambda: stage.portal.streams(KARI) == stage.portal.streams(OLA) == 1, "both to listen again")

    def test_eight_tabs_of_one_browser_hold_one_connection(self, stage: Stage) -> None:
        berit, kari = stage.person(OTHERS[1]), stage.kari
        tabs = [berit.page, *(berit.context.new_page() for _ in range(TABS - 1))]
        for tab in tabs:
            tab.goto("/")
            expect(tab.locator("#new-questions")).to_be_visible()
        assert stage.portal.streams(OTHERS[1]) == 1
        first, second = "Kven har nummeret til driftsvakta?", "Kven har nøkkel til serverrommet?"
        kari.asks(first)
        for tab in tabs:
            expect(tab.locator("#new-questions").get_by_role("link", name=first)).to_be_visible()

        tabs.pop(0).close()  # it was the one that listened
        wait_until(lambda: stage.portal.streams(OTHERS[1]) == 1, "another tab to take over")
        kari.asks(second)
        for tab in tabs:
            expect(tab.locator("#new-questions").get_by_role("link", name=second)).to_be_visible()

    def test_signing_out_everywhere_ends_the_streams_of_every_browser(self, stage: Stage) -> None:
        here, there = stage.person(OTHERS[2]), stage.another(OTHERS[2])
        there.signs_in()
        wait_until(lambda: stage.portal.streams(OTHERS[2]) == 2, "both browsers to listen")
        here.opens("/meg")
        here.presses(words("Sign out everywhere"))
        expect(here.heading()).to_have_text(words("Welcome to the yard"))
        wait_until(lambda: stage.portal.streams(OTHERS[2]) == 0, "both streams to end")
        there.opens("/")
        expect(there.heading()).to_have_text(words("Welcome to the yard"))
        assert stage.portal.streams(KARI) == 1, "nobody else is signed out"
