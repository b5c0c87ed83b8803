"""Breathing space: one tap into the diary, a word to one, a line to the team, and what nobody else ever sees.

Walked with the mouse, by keyboard alone, and with JavaScript off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest
from playwright.sync_api import expect

from tests.journeys.hands import Keyboard, Mouse, WithoutScripts
from tests.journeys.stage import Stage
from tests.journeys.visitor import words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSPHRASE = "blå sykkel i stille regn"
ALONE = "eg vart sitjande i bilen ei stund"
TO_ONE = "kan vi ta ein kopp etter vakta"
TO_ALL = "lang kø, men eg er her framleis"


@pytest.fixture(scope="class")
def stage(request: pytest.FixtureRequest, set_up: Callable[..., Stage]) -> Stage:
    """Put the portal up for one pair of hands, without rooms: nobody meets anywhere here."""
    return set_up(request.cls.hand, with_exchange=False)


class Breathing:
    """The walk; each class below walks it with hands of its own."""

    hand: ClassVar[type[Mouse]]

    def test_one_tap_makes_the_diary_the_first_time_and_is_one_tap_from_then_on(self, stage: Stage) -> None:
        ola = stage.ola
        ola.taps("Tired")
        ola.makes_diary(PASSPHRASE)
        ola.taps("Good")
        expect(ola.page.locator("#toast")).to_contain_text(words("Saved. Only you see it."))
        assert ola.page.url.rstrip("/") == stage.portal.url.rstrip("/")
        ola.says("Heavy", ALONE, "Only me")
        ola.opens_diary(PASSPHRASE)
        expect(ola.page.locator("main")).to_contain_text(ALONE)

    def test_one_colleague_reads_it_and_it_can_be_taken_back(self, stage: Stage) -> None:
        ola, kari, per = stage.ola, stage.kari, stage.per
        path = ola.checks_in("Tired", TO_ONE, with_name=kari.cast.name)
        kari.reads_shared(TO_ONE)
        per.is_refused(path, 404)
        ola.opens(path)
        main = ola.page.locator("main")
        ola.hand.choose(main.get_by_role("radio", name=words("Only me")))
        ola.presses(words("Save"), within=main.locator("form[action$='/lesar']"))
        expect(ola.page.locator("#toast")).to_contain_text(words("Saved. Only you see it."))
        kari.is_refused(path, 404)
        kari.opens("/pusterom/delt")
        assert TO_ONE not in kari.text()

    def test_the_team_answers_with_a_sign(self, stage: Stage) -> None:
        ola, kari, per = stage.ola, stage.kari, stage.per
        for person in (kari, per):
            person.opens("/pusterom/teamet")
        ola.says("Okay", TO_ALL, "The team, with name")
        for person in (kari, per):
            person.sees(TO_ALL, within="#team-wall")
        kari.sends_sign("A heart")
        ola.opens("/pusterom/teamet")
        ola.sees(words("%(name)s sends you a heart.", name=kari.cast.name), within="#team-wall")
        per.opens("/pusterom/teamet")
        assert kari.cast.name not in per.page.locator("#team-wall").inner_text()

    def test_nothing_of_it_lies_anywhere_in_clear(self, stage: Stage) -> None:
        stored = stage.portal.everything_stored()
        assert b"Ola Nordvik" in stored, "the search does not find what is there"
        for text in (ALONE, TO_ONE, TO_ALL, PASSPHRASE):
            for written in (text.encode(), text.encode("utf-16-le"), text.encode().hex().encode()):
                assert written not in stored
        assert stage.complaints() == []


class TestWithTheMouse(Breathing):
    """As most do."""

    hand = Mouse

    def test_who_presses_twice_still_sees_the_recovery_code(self, stage: Stage) -> None:
        per = stage.per
        per.opens("/pusterom/dagbok")
        main = per.page.locator("main")
        for label in ("New passphrase", "The same passphrase once more"):
            per.hand.write(main.get_by_label(words(label)), PASSPHRASE)
        main.get_by_role("button", name=words("Make the diary")).dblclick()
        expect(main.locator(".recovery-code")).to_be_visible()
        assert stage.complaints() == []


class TestByKeyboard(Breathing):
    """Without a mouse."""

    hand = Keyboard


class TestWithoutScripts(Breathing):
    """With JavaScript off."""

    hand = WithoutScripts
