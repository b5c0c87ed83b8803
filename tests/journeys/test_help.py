"""Somebody is stuck with a caller on the line: one line, Enter, and a colleague comes. Two browsers, side by side."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.desk import KARI, OLA, PER
from tests.journeys.hands import WithoutScripts
from tests.journeys.portal import wait_until
from tests.journeys.reading import PHONE
from tests.journeys.stage import Colleague, Stage
from tests.journeys.visitor import words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HELP, THERE = "Alt+h", "Alt+j"
LINE = "Skjermane på avdelinga er svarte"
FEW = 3  # acts: the key, the line, Enter
A_SECOND = 1000  # ms
RINGS = re.compile("^● ")
LAPSES_AFTER = 95  # seconds
# What sounds, written down by the page itself: nobody hears a headless browser.
LISTEN = """() => {
  window.sounding = 0;
  const {start, stop} = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (...given) { window.sounding += 1; start.apply(this, given); };
  AudioBufferSourceNode.prototype.stop = function (...given) { window.sounding -= 1; stop.apply(this, given); };
}"""

# Some houses let no page sound before somebody has touched it. What the tests ask of a page counts as a touch to
# Chromium: so it is the page that waits for a real one here.
WANTS_A_TOUCH = """() => {
  const {resume} = AudioContext.prototype;
  const state = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, 'state').get;
  let touched = false;
  addEventListener('pointerdown', (event) => { touched = event.isTrusted; }, true);
  Object.defineProperty(AudioContext.prototype, 'state', {get() { return touched ? state.call(this) : 'suspended'; }});
  AudioContext.prototype.resume = function () { return touched ? resume.call(this) : new Promise(() => {}); };
}"""


@pytest.fixture(scope="class")
def stage(set_up: Callable[..., Stage]) -> Stage:
    """Put a stage up; rooms play no part here."""
    return set_up(with_exchange=False)


@pytest.fixture(scope="class")
def bare(set_up: Callable[..., Stage]) -> Stage:
    """Put a stage up for browsers without JavaScript."""
    return set_up(WithoutScripts, with_exchange=False)


@pytest.fixture(autouse=True)
def ends(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no hand in the air behind: one person has one."""
    yield
    name = "bare" if "bare" in request.fixturenames else "stage"
    stage: Stage = request.getfixturevalue(name)
    for (call_id,) in stage.portal.rows("SELECT id FROM help_call WHERE state <> 'over'"):
        person = stage.kari
        person.opens(f"/hjelp/rop/{call_id}")
        person.presses(words("It's sorted"), within=person.page.locator("main"))
        wait_until(lambda: not open_calls(stage), "the call to be over")
    for person in stage.people.values():
        assert person.complaints.heard == []


def open_calls(stage: Stage) -> list[tuple[object, ...]]:
    return stage.portal.rows("SELECT id FROM help_call WHERE state <> 'over'")


def strip(person: Colleague) -> Locator:
    return person.page.locator("#help-strip")


def ringing(person: Colleague) -> Locator:
    return strip(person).locator("[data-rings]")


def waits_at(person: Colleague, path: str) -> None:
    """Have a page open, and be known to be there."""
    if not getattr(person, "is_listened_to", False):
        person.page.add_init_script(f"({LISTEN})()")
        person.is_listened_to = True  # type: ignore[attr-defined]
    person.opens(path)
    person.page.mouse.click(2, 2)  # browsers let a page sound once somebody has pressed on it
    wait_until(lambda: person.stage.portal.streams(person.cast) == 1, "the stream to be open")
    name = person.cast.username
    here = f"SELECT 1 FROM presence JOIN person ON person.id = person_id WHERE username = '{name}'"
    wait_until(lambda: person.stage.portal.rows(here), "the desk to know who is here")


def raises(person: Colleague, path: str = "/folk", line: str = LINE) -> None:
    """Call for help over a page, and stay there."""
    person.opens(path)
    person.hand.acts = 0
    person.page.keyboard.press(HELP)
    field = person.page.get_by_role("textbox", name=words("One sentence is enough: what are you stuck on?"))
    expect(field).to_be_focused()
    person.page.keyboard.type(line)
    person.page.keyboard.press("Enter")
    expect(strip(person).locator("[data-own]")).to_be_visible()
    expect(person.page.get_by_role("dialog")).to_have_count(0)


def comes(person: Colleague) -> None:
    person.presses(words("I can help"), within=strip(person))
    expect(strip(person)).to_contain_text(words("You are helping %(name)s", name=KARI.name))


def sounding(person: Colleague) -> int:
    return int(person.page.evaluate("window.sounding"))


class TestACall:
    """From the key to a question that is kept."""

    def test_it_rings_and_falls_silent_everywhere_when_somebody_comes(
        self, stage: Stage, record_property: Callable[..., None]
    ) -> None:
        kari, ola, per = stage.kari, stage.ola, stage.per
        waits_at(ola, "/folk")
        waits_at(per, "/sporsmal")
        raises(kari)
        for helper in (ola, per):
            expect(ringing(helper)).to_contain_text(LINE, timeout=A_SECOND)
            wait_until(lambda helper=helper: sounding(helper) == 1, "it to sound")  # type: ignore[misc]
            expect(helper.page).to_have_title(RINGS)
            assert LINE not in helper.page.title()
            expect(helper.page.locator("#help-say")).to_contain_text("Kari Skjerdal")

        ola.presses(words("I can help"), within=strip(ola))
        began = time.monotonic()
        expect(ringing(per)).to_have_count(0, timeout=A_SECOND)
        record_property("silent after ms", round((time.monotonic() - began) * 1000))
        assert sounding(per) == sounding(ola) == 0
        expect(per.page).not_to_have_title(RINGS)
        own = strip(kari).locator("[data-own]")
        expect(own).to_contain_text(words("%(name)s is on the way", name=OLA.name), timeout=A_SECOND)
        assert "ola%40" in (own.get_by_role("link", name=words("Call on Teams")).get_attribute("href") or "")

        ola.presses(words("We are talking"), within=strip(ola))
        expect(own).to_contain_text(words("%(name)s helps you", name=OLA.name))
        kari.presses(words("It's sorted"), within=strip(kari))
        expect(strip(ola).locator(".hand")).to_have_count(0)
        kari.follows(words("Write what solved it, or keep it as a question"), within=kari.page.locator("#toast"))
        kari.hand.write(kari.page.get_by_label(words("What solved it?")), "Straumen var av.")
        kari.presses(words("Save"), within=kari.page.locator("#help-solution"))
        expect(kari.page.get_by_label(words("What solved it?"))).to_have_value("Straumen var av.")
        kari.presses(words("Keep it as a question"))
        expect(kari.heading()).to_have_text(LINE)
        kari.sees("Straumen var av.")

    def test_what_one_writes_meanwhile_keeps_its_letters_and_the_focus(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        waits_at(ola, "/sporsmal/nytt")
        field = ola.page.locator("input[name=title]").first
        ola.hand.write(field, "Kvifor blinkar")
        before = field.bounding_box()
        raises(kari)
        expect(ringing(ola)).to_be_visible()
        ola.page.keyboard.type(" han?")
        expect(field).to_be_focused()
        expect(field).to_have_value("Kvifor blinkar han?")
        assert field.bounding_box() == before, "nothing moves when it rings"
        kari.presses(words("Cancel the call"), within=strip(kari))
        expect(ringing(ola)).to_have_count(0, timeout=A_SECOND)
        assert sounding(ola) == 0
        expect(field).to_be_focused()

    def test_not_now_is_still_here_and_rings_on_there(self, stage: Stage) -> None:
        kari, ola, per = stage.kari, stage.ola, stage.per
        waits_at(ola, "/folk")
        waits_at(per, "/folk")
        raises(kari)
        expect(ringing(per)).to_be_visible()
        ola.presses(words("Not now"), within=strip(ola))
        expect(ringing(ola)).to_have_count(0)
        assert sounding(ola) == 0
        expect(ringing(per)).to_be_visible()
        assert sounding(per) == 1

    def test_what_was_silenced_is_silent_on_the_next_page_too(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        waits_at(ola, "/folk")
        raises(kari)
        ola.presses(words("Be quiet"), within=strip(ola))
        assert sounding(ola) == 0
        ola.opens("/sporsmal")
        expect(ringing(ola)).to_be_visible()
        ola.page.mouse.click(2, 2)
        ola.page.wait_for_timeout(1500)
        assert sounding(ola) == 0

    def test_it_is_handed_over_and_taken(self, stage: Stage) -> None:
        kari, ola, per = stage.kari, stage.ola, stage.per
        waits_at(ola, "/folk")
        waits_at(per, "/folk")
        raises(kari)
        comes(ola)
        ola.follows(words("Hand it over"), within=strip(ola))
        ola.presses(PER.name)
        ola.sees(words("%(name)s is asked to take over", name=PER.name))
        expect(ringing(per)).to_contain_text(OLA.name)
        per.presses(words("I can take over"), within=strip(per))
        expect(strip(kari)).to_contain_text(words("%(name)s is on the way", name=PER.name))
        ola.sees(words("%(name)s helps %(asker)s", name=PER.name, asker=KARI.name))

    def test_who_is_not_heard_from_is_rung_for_again_also_across_a_restart(self, stage: Stage) -> None:
        kari, ola, per = stage.kari, stage.ola, stage.per
        waits_at(ola, "/folk")
        waits_at(per, "/folk")
        raises(kari)
        comes(ola)
        stage.portal.stop()
        ahead = stage.portal.running.words.index("--ahead") + 1
        stage.portal.running.words[ahead] = str(float(stage.portal.running.words[ahead]) + LAPSES_AFTER)
        stage.portal.start()
        expect(ringing(per)).to_be_visible()
        expect(strip(kari).locator("[data-own]")).to_contain_text(words("Cancel the call"))
        expect(strip(ola).locator(".hand")).to_have_count(0)
        for person in (kari, ola, per):
            person.complaints.heard.clear()  # of a server that was away


class TestAlone:
    """Nobody else has come to work yet."""

    def test_nobody_free_is_said_at_once(self, stage: Stage) -> None:
        raises(stage.kari)
        expect(strip(stage.kari)).to_contain_text(words("Nobody is free just now. It goes on ringing."))
        expect(strip(stage.kari).get_by_role("link", name="55123456")).to_be_visible()


class TestByKeyboard:
    """Two keys to come, and no mouse anywhere."""

    def test_one_comes_with_two_keys(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        waits_at(ola, "/sporsmal")
        raises(kari)
        expect(ringing(ola)).to_be_visible()
        ola.page.keyboard.press(THERE)
        expect(ringing(ola).get_by_role("button", name=words("I can help"))).to_be_focused()
        ola.page.keyboard.press("Enter")
        expect(strip(ola)).to_contain_text(words("You are helping %(name)s", name=KARI.name))
        assert ola.page.evaluate("document.activeElement.closest('#help-strip') !== null"), "the focus stays there"

    def test_the_key_leads_back_to_ones_own_hand_and_escape_closes_the_field(self, stage: Stage) -> None:
        kari = stage.kari
        kari.opens("/folk")
        kari.page.keyboard.press(HELP)
        expect(kari.page.get_by_role("dialog")).to_be_visible()
        kari.page.keyboard.press("Escape")
        expect(kari.page.get_by_role("dialog")).to_have_count(0)
        raises(kari)
        kari.page.keyboard.press(HELP)
        expect(strip(kari).get_by_role("link", name=LINE)).to_be_focused()
        expect(kari.page.get_by_role("dialog")).to_have_count(0)

    def test_on_the_front_page_the_field_is_there_already(self, stage: Stage) -> None:
        kari = stage.kari
        kari.opens("/")
        kari.page.keyboard.press(HELP)
        expect(kari.page.locator("main input[name=line]")).to_be_focused()
        kari.page.keyboard.type(LINE)
        kari.page.keyboard.press("Enter")
        expect(kari.heading()).to_have_text(words("Your call is out"))


class TestWhereNoPageMaySoundUnasked:
    """Some browsers want a touch before they let a page be heard."""

    def test_a_button_says_so_and_turns_it_on(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        ola.page.add_init_script(f"({WANTS_A_TOUCH})()")
        ola.opens("/folk")
        wait_until(lambda: stage.portal.streams(ola.cast) == 1, "the stream to be open")
        raises(kari)
        quiet = ringing(ola).get_by_role("button", name=words("Be quiet"))
        sound = strip(ola).get_by_role("button", name=words("Turn on sound"))
        expect(sound).to_be_visible()
        expect(quiet).to_be_hidden()
        sound.click()
        expect(sound).to_be_hidden()
        expect(quiet).to_be_visible()


class TestSeveralTabs:
    """One browser is one ear."""

    def test_one_tab_sounds_and_a_press_in_another_silences_it(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        waits_at(ola, "/folk")
        other = ola.context.new_page()
        other.add_init_script(f"({LISTEN})()")
        other.goto("/sporsmal")
        other.mouse.click(2, 2)
        raises(kari)
        expect(other.locator("#help-strip [data-rings]")).to_be_visible()
        wait_until(lambda: sounding(ola) + int(other.evaluate("window.sounding")) == 1, "one of them to sound")
        other.get_by_role("button", name=words("Not now")).click()
        wait_until(lambda: sounding(ola) + int(other.evaluate("window.sounding")) == 0, "silence")
        other.close()


class TestOnAPhone:
    """The thumb reaches it, and it covers nothing that one writes."""

    def test_it_stands_above_the_bar_and_fits(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        waits_at(ola, "/sporsmal")
        ola.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        raises(kari)
        card = ringing(ola)
        expect(card).to_be_visible()
        box, bar = card.bounding_box(), ola.page.locator(".rooms-nav").bounding_box()
        assert box
        assert bar
        assert box["y"] + box["height"] <= bar["y"]
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        urgent = ola.page.locator(".nav__urgent").bounding_box()
        assert urgent
        assert abs(urgent["x"] + urgent["width"] / 2 - PHONE["width"] / 2) < 5, "in the middle, where the thumb is"
        ola.page.set_viewport_size({"width": 1280, "height": 900})


class TestWithoutScripts:
    """The page fetches itself again."""

    def test_the_whole_of_it(self, bare: Stage) -> None:
        kari, ola = bare.kari, bare.ola
        kari.opens("/folk")
        kari.follows(words("Help now"))
        kari.hand.write(kari.page.locator("main input[name=line]"), LINE)
        kari.hand.enter()
        expect(kari.heading()).to_have_text(words("Your call is out"))
        ola.opens("/hjelp")
        ola.presses(words("I can help"), within=ola.page.locator("#help-waiting"))
        expect(ola.heading()).to_have_text(words("You are helping %(name)s", name=KARI.name))
        expect(kari.heading()).to_have_text(words("%(name)s is on the way", name=OLA.name))  # by itself
        ola.presses(words("We are talking"))
        ola.presses(words("It's sorted"))
        expect(kari.heading()).to_have_text(words("It is sorted."))
        kari.presses(words("Keep it as a question"))
        expect(kari.heading()).to_have_text(LINE)
