"""How sessions end in a browser, and what somebody sees who has pressed too often."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Request, expect

from portal.web.bounds import PRESSES_PER_MINUTE
from tests.journeys.desk import OLA, OTHERS
from tests.journeys.portal import wait_until
from tests.journeys.stage import Stage
from tests.journeys.visitor import words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRESS_OFTEN = """async (times) => {
  const token = document.querySelector('[name=csrf_token]').value;
  const body = () => new URLSearchParams({ csrf_token: token, theme: 'auto' });
  for (let number = 0; number < times; number += 1) {
    const answer = await fetch('/utsjaanad', { method: 'POST', body: body(), redirect: 'manual' });
    if (answer.status === 429) return;
  }
}"""


@pytest.fixture(scope="class")
def stage(set_up: Callable[..., Stage]) -> Stage:
    """Put a stage up; rooms play no part here."""
    return set_up(with_exchange=False)


class TestSessions:
    """Signing out, and what keeps a session alive."""

    def test_signing_out_ends_the_streams_of_that_browser_and_of_no_other(self, stage: Stage) -> None:
        here, there = stage.person(OTHERS[2]), stage.another(OTHERS[2])
        there.signs_in()
        wait_until(lambda: stage.portal.streams(OTHERS[2]) == 2, "both browsers to listen")
        form = here.page.locator('form[action="/logg-ut"]').first
        form.evaluate("form => form.requestSubmit()")
        expect(here.heading()).to_have_text(words("Welcome to the yard"))
        wait_until(lambda: stage.portal.streams(OTHERS[2]) == 1, "one stream to end")
        there.opens("/meg")
        expect(there.page.get_by_role("navigation", name=words("Main menu"))).to_be_visible()

    def test_what_the_page_fetches_by_itself_says_so_and_what_one_presses_does_not(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        path = kari.asks("Kor ligg den lange skøyteleidninga?")
        asked: list[Request] = []
        kari.page.on("request", lambda request: asked.append(request))
        ola.opens(path)
        ola.answers("I skapet ved printeren.")
        expect(kari.answer_of(OLA.name)).to_be_visible()
        pieces = [each for each in asked if each.headers.get("hx-request")]
        assert pieces
        assert {each.headers.get("x-by-itself") for each in pieces} == {"1"}
        kari.opens("/")
        with kari.page.expect_request("**/sporsmal/liknande?*") as looked:
            kari.hand.write(kari.page.locator("main input[name=title]").first, "skøyteleidning")
        assert "x-by-itself" not in looked.value.headers

    def test_a_press_too_many_is_told_in_the_corner_and_the_text_stays(self, stage: Stage) -> None:
        kari, berit = stage.kari, stage.person(OTHERS[1])
        path = kari.asks("Kven har hengelåsen til sykkelskuret?")
        berit.opens(path)
        field = berit.page.locator("#answer-form textarea")
        berit.hand.write(field, "Han heng på kroken bak døra.")
        berit.complaints.expected.add(429)
        berit.page.evaluate(PRESS_OFTEN, PRESSES_PER_MINUTE * 3)  # a minute may end meanwhile
        berit.page.locator("#answer-form form, form#answer-form").first.evaluate("form => form.requestSubmit()")
        expect(berit.page.locator("body")).to_contain_text(words("That was a lot at once"))
        kept = berit.page.locator("#answer-form textarea, main input[name=body]").first
        expect(kept).to_have_value("Han heng på kroken bak døra.")
