"""Every page of the story, for those who see little, read slowly, or have no mouse: zero faults, in all themes."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import ASTRID, KARI, ODDNY, OLA, OTHERS, Cast
from tests.journeys.letters import letters
from tests.journeys.portal import wait_until
from tests.journeys.reading import AXE, LIGHT, THEMES, Reading
from tests.journeys.stage import Colleague, Stage
from tests.journeys.visitor import words

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not AXE.exists(), reason="the assets are not built: make assets"),
]

NOWHERE = "/finst-ikkje"
OF_A_COLLEAGUE = [
    "/",
    "/sporsmal",
    "/sporsmal?vis=mine",
    "/sporsmal/nytt",
    "/sporsmal/1",
    "/sporsmal/1/endring",
    "/sporsmal/1/historie",
    "/sporsmal/1/melding",
    "/sporsmal/1/svar/1/farleg",
    "/sporsmal/1/svar/1/hjelpte-ikkje",
    "/sporsmal?q=emne:utskrift svar:>0 -xyzzy rot:kva",
    "/sporsmal/emne",
    "/sporsmal/emne/utskrift",
    "/sporsmal/emna-mine",
    "/sporsmal/filter",
    "/sporsmal/folgjer",
    "/sporsmal/kollega/2",
    "/sporsmal/mine-innlegg",
    "/sporsmal/straumar",
    "/sporsmal/til-sjekk",
    "/sporsmal/vaktskifte",
    "/sporsmal/6",
    "/sporsmal/7",
    "/hjelp/hendingar",
    "/hjelp/hending/ny",
    "/sok?q=skrivar",
    "/sok?q=xyzzy",
    "/kunnskap",
    "/kunnskap/KB10001",
    "/vakt",
    "/varsel/",
    "/varsel/val",
    "/folk",
    "/folk/2",
    "/hjelp",
    "/hjelp/val",
    "/meg",
    "/meg/opplysningar",
    "/meg/opplysningar/sletting",
    "/meg/passord",
    "/personvern",
    NOWHERE,
]
OF_THE_YARD = [
    "/kveldar/",
    "/kveldar/?slag=kino",
    "/kveldar/framlegg",
    "/kveldar/framlegg/nytt",
    "/kveldar/framlegg/1",
    "/kveldar/minne",
    "/kveldar/8",
    "/kveldar/8/bilete",
    "/kveldar/1",
    "/kveldar/7",
    "/kveldar/9",
    "/kveldar/kalender",
    "/kino/",
    "/kino/1",
    "/kino/1/framlegg",
    "/kino/2",
    "/kino/kveld/9/billettar",
    "/kino/kveld/9/billettar/ny",
    "/mat/1",
    "/mat/kosthald",
    "/rom/",
    "/rom/ny",
    "/rom/mine",
    "/pusterom",
    "/pusterom/mine",
    "/pusterom/delt",
    "/pusterom/dagbok",
    "/pusterom/gleder",
    "/pusterom/teamet",
    "/pusterom/puls",
    "/pusterom/puls/slik",
    "/pusterom/prat",
    "/pusterom/prat/fadder",
    "/pusterom/etter-ein-hard-samtale",
    "/pusterom/kaffi",
    "/pusterom/spor-meg",
    "/spel",
    "/spel/1/endring",
    "/spel/innlesing",
    "/spel/nytt",
    "/kveldar/1/spel",
]
OF_ORGANISERS = [
    "/sporsmal/7",
    "/hjelp/hending/2/ord",
    "/hjelp/hending/2/overskrift",
    "/hjelp/hending/2/slutt",
    "/kveldar/",
    "/kveldar/7",
    "/kveldar/7/endring",
    "/kveldar/7/avlysing",
    "/kveldar/7/likevel",
    "/kveldar/7/overlevering",
    "/kveldar/8/attersyn/ord",
    "/kveldar/framlegg/1",
    "/kveldar/framlegg/1/kvile",
    "/kveldar/1/spel/plan",
    "/kveldar/9",
    "/kino/1/endring",
    "/kino/3",
    "/kino/kveld/9/billettar",
    "/kino/ny",
    "/mat/1/endring",
    "/mat/kveld/7/ny",
    "/kveldar/ny",
    "/kveldar/seriar",
    "/kveldar/seriar/ny",
    "/kveldar/seriar/1",
    "/kveldar/seriar/1/plassar",
    "/kveldar/seriar/1/slutt",
    "/kveldar/seriar/1/utan/2027-03-10",
]
OF_ADMINISTRATORS = [
    "/sporsmal/1",
    "/sporsmal/1/duplikat",
    "/sporsmal/1/rydding",
    "/sporsmal/1/sladding",
    "/styring/emne",
    "/styring/emne/1",
    "/styring/emne/nytt",
    "/styring/merknader",
    "/styring/tilvisingar",
    "/styring/tilvisingar/1",
    "/styring/tilvisingar/ny",
    "/styring/arbeid",
    "/styring/folk/",
    "/styring/folk/2",
    "/styring/helse",
    "/styring/hjelp",
    "/styring/kontaktkort",
    "/styring/kontaktkort/nytt",
    "/styring/kunnskap",
    "/styring/kunnskap/KB10001",
    "/styring/kunnskap/ny",
    "/styring/logg",
    "/styring/post/",
    "/styring/rom/",
    "/styring/rom/1",
    "/styring/rom/bookingar",
    "/styring/rom/nytt",
    "/styring/vaktplan",
]
OF_EVERYBODY = ["/logg-inn", "/demo", "/stil", "/stil?side=admin", "/stil?side=plain"]

DRESS = """() => [document.body, document.querySelector('.card'), document.querySelector('.soft')]
  .map((el) => getComputedStyle(el)).map((style) => [style.color, style.backgroundColor, style.borderColor]).join()"""
AN_IDENTITY_NUMBER = "15076500565"
SPOIL = """() => {
  const spoiled = document.createElement('div');
  const style = (element, styles) => Object.assign(element.style, styles);
  for (const words of ['grå på grå', 'breitt', 'klipt']) {
    spoiled.append(Object.assign(document.createElement('p'), {textContent: words.repeat(3)}));
  }
  style(spoiled.children[0], {color: '#888', background: '#777'});
  style(spoiled.children[1], {width: '50rem'});
  style(spoiled.children[2], {width: '90px', height: '20px', overflow: 'hidden', whiteSpace: 'nowrap'});
  spoiled.append(new Image(40, 40));
  const button = Object.assign(document.createElement('button'), {textContent: 'x', className: 'ds-button'});
  style(button, {minHeight: '20px', height: '20px', width: '20px', padding: 0, outline: 'none', boxShadow: 'none'});
  spoiled.append(button);
  document.querySelector('main').prepend(spoiled);
}"""


def cases(*readers: tuple[Cast | None, list[str]]) -> pytest.MarkDecorator:
    """Try each reader's pages, one by one."""
    tries = [(cast, path) for cast, paths in readers for path in paths]
    names = [f"{cast.username if cast else 'nobody'} {path}" for cast, path in tries]
    return pytest.mark.parametrize(("cast", "path"), tries, ids=names)


def offers(stage: Stage) -> list[str]:
    """Give the addresses in mails that offer a place."""
    written = [letter.get_body(("plain",)) for letter in letters(stage.portal.mail)]
    return [found for body in written if body for found in re.findall(r"/kveldar/svar/[\w.~-]+", body.get_content())]


@pytest.fixture(scope="class")
def stage(set_up: Callable[..., Stage]) -> Stage:
    """Put the stage up."""
    return set_up(with_exchange=False, week=True)


@pytest.fixture(scope="class")
def stranger(stage: Stage) -> Colleague:
    """Give somebody who has not signed in."""
    return stage.another(OLA)


class Pages:
    """Pages, looked at on a stage where the week has been lived."""

    def look(self, person: Colleague, path: str) -> None:
        """Look at a page in every way."""
        person.complaints.heard.clear()
        person.complaints.expected = {404} if path == NOWHERE else set()
        answer = person.page.goto(path)
        assert answer is not None
        assert answer.status in {200, *person.complaints.expected}
        assert Reading(person.page).look() == []
        assert person.complaints.heard == []


class TestTheBoardAndTheDesksOfAdministrators(Pages):
    """Where one asks and reads, and where the house is looked after."""

    @cases((KARI, OF_A_COLLEAGUE), (ASTRID, OF_ADMINISTRATORS))
    def test_a_page_is_for_everybody(self, stage: Stage, cast: Cast, path: str) -> None:
        self.look(stage.person(cast), path)


class TestTheYardAndTheDoor(Pages):
    """Where one meets, where one breathes out, and where one comes in."""

    @cases((KARI, OF_THE_YARD), (ODDNY, OF_ORGANISERS), (None, OF_EVERYBODY))
    def test_a_page_is_for_everybody(self, stage: Stage, stranger: Colleague, cast: Cast | None, path: str) -> None:
        self.look(stage.person(cast) if cast else stranger, path)

    def test_what_opens_on_a_page_is_for_everybody_too(self, stage: Stage) -> None:
        kari = stage.person(KARI)
        kari.complaints.heard.clear()
        kari.complaints.expected = {422}  # what is refused comes back to be mended

        kari.opens("/")
        kari.presses(words("Profile and settings"))
        expect(kari.page.locator("#account")).to_be_visible()
        assert Reading(kari.page).at_a_glance() == []

        kari.opens("/sporsmal/nytt")
        kari.hand.write(kari.page.locator("input[name=title]"), f"Kven har {AN_IDENTITY_NUMBER}?")
        kari.presses(words("Ask the team"), within=kari.page.locator("main"))
        expect(kari.page.locator("main").get_by_role("alert")).to_be_visible()
        assert Reading(kari.page).at_a_glance() == []

        kari.opens("/meg/passord")
        kari.hand.write(kari.page.get_by_label(words("Password of today")), "feil")
        kari.hand.write(kari.page.get_by_label(words("New password")), "kort")
        kari.hand.enter()
        expect(kari.page.locator(".ds-error-summary")).to_be_visible()
        assert Reading(kari.page).at_a_glance() == []

        kari.opens("/pusterom/mine")
        kari.presses(words("Delete"), within=kari.page.locator("main"))
        expect(kari.page.get_by_role("dialog")).to_be_visible()
        assert Reading(kari.page).at_a_glance() == []
        assert kari.complaints.heard == []

    def test_a_call_is_for_everybody_in_each_of_its_states(self, stage: Stage) -> None:
        kari, ola = stage.kari, stage.ola
        for person in (kari, ola):
            person.complaints.heard.clear()

        def looks(*persons: Colleague) -> None:
            for person in persons:
                assert Reading(person.page).at_a_glance() == []

        ola.opens("/sporsmal")
        for person in stage.people.values():
            if person not in (kari, ola):
                person.page.goto("about:blank")  # whoever looks at a page would be rung, too
        there = "SELECT username FROM presence JOIN person ON person.id = person_id WHERE username <> 'kari'"
        wait_until(lambda: stage.portal.rows(there) == [("ola",)], "the desk to know that Ola alone is here")
        kari.opens("/folk")
        kari.page.keyboard.press("Alt+h")
        expect(kari.page.get_by_role("dialog")).to_be_visible()
        looks(kari)
        kari.page.keyboard.type("Skjermane på avdelinga er svarte")
        kari.page.keyboard.press("Enter")
        expect(ola.page.locator("#help-strip [data-rings]")).to_be_visible()
        looks(kari, ola)
        call = kari.page.locator("#help-strip [data-own] a").first.get_attribute("href") or ""
        kari.opens(call)
        looks(kari)
        ola.presses(words("Not now"), within=ola.page.locator("#help-strip"))
        expect(kari.page.locator("#help-call")).to_contain_text(words("Nobody is free just now"))
        looks(kari)
        ola.opens(call)
        looks(ola)
        ola.presses(words("I can help"))
        expect(kari.heading()).to_have_text(words("%(name)s is on the way", name=OLA.name))
        looks(kari, ola)
        ola.opens(f"{call}/overlevering")
        looks(ola)
        ola.opens("/sporsmal")
        looks(ola)
        kari.presses(words("It's sorted"))
        expect(kari.heading()).to_have_text(words("It is sorted."))
        looks(kari)
        assert kari.complaints.heard == ola.complaints.heard == []

    def test_the_ways_in_from_a_mail_and_from_a_friend_are_for_everybody(
        self, stage: Stage, stranger: Colleague
    ) -> None:
        kari, leaver = stage.kari, stage.person(OTHERS[0])
        ((night,),) = stage.portal.rows("SELECT id FROM evening WHERE own_title = 'Vinsmaking'")
        leaver.opens(f"/kveldar/{night}")
        leaver.presses(words("I can't come after all"))
        wait_until(lambda: bool(offers(stage)), "the mail that offers the place")
        self.look(stranger, offers(stage)[0])

        kari.opens("/kveldar/1")
        kari.hand.press(kari.page.locator("summary", has_text=words("Come together with somebody")))
        kari.presses(words("Make a group"))
        link = kari.page.get_by_label(words("Send this link to those who are to come along"))
        expect(link).to_be_visible()
        assert Reading(kari.page).at_a_glance() == []
        self.look(leaver, urlsplit(link.input_value()).path)

    def test_the_one_who_looks_sees_what_is_wrong(self, stage: Stage) -> None:
        kari = stage.person(KARI)
        kari.opens("/sporsmal/nytt")
        kari.page.evaluate(SPOIL)
        found = "\n".join(Reading(kari.page).look())
        for fault in ("color-contrast", "image-alt", "too small to hit", "at 320", "200 %", "spaced out", "focus not"):
            assert fault in found, f"{fault} is not found:\n{found}"
        for theme in ("dark", "high contrast, light", "high contrast, dark"):
            assert f"{theme}: color-contrast" in found

    def test_the_four_themes_are_four(self, stage: Stage) -> None:
        page = stage.person(KARI).page
        page.goto("/")
        seen = set()
        for media in (LIGHT, *THEMES.values()):
            page.emulate_media(**media)
            seen.add(page.evaluate(DRESS))
        page.emulate_media(**LIGHT)
        assert len(seen) == 4
