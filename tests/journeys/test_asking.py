"""Asking with somebody on the line: from any page, what is alike in sight, and nothing shown that should not be."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Error, Locator, Page, Route, expect

from tests.journeys.desk import OLA, OTHERS
from tests.journeys.hands import WithoutScripts
from tests.journeys.portal import wait_until
from tests.journeys.reading import AXE, Reading
from tests.journeys.stage import Colleague, Stage
from tests.journeys.visitor import counted, words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ASK = "Alt+n"
FEW = 3  # acts
SECRET, ALSO = (200, 30, 40), (30, 60, 210)  # colours that nothing else in the picture has
INK = (37, 48, 46)
IDENTITY_NUMBER = "15076500565"
OF_PERSON = "person_id = (SELECT id FROM person WHERE username = '{}')"


@pytest.fixture(scope="class")
def stage(set_up: Callable[..., Stage]) -> Stage:
    """Put the stage up, where a week has been lived; rooms play no part here."""
    return set_up(with_exchange=False, week=True)


@pytest.fixture(scope="class")
def bare(set_up: Callable[..., Stage]) -> Stage:
    """Put a stage up for browsers without JavaScript."""
    return set_up(WithoutScripts, with_exchange=False, week=True)


def dialog(person: Colleague) -> Locator:
    return person.page.get_by_role("dialog", name=words("What do you wonder about?"))


def field(person: Colleague) -> Locator:
    return dialog(person).get_by_role("textbox", name=words("What do you wonder about?"))


def opened(person: Colleague, path: str = "/kunnskap") -> Locator:
    person.opens(path)
    person.page.keyboard.press(ASK)
    expect(field(person)).to_be_focused()
    return field(person)


def titles(stage: Stage) -> list[str]:
    return [str(title) for (title,) in stage.portal.rows("SELECT title FROM question")]


def drafts_of(stage: Stage, username: str) -> int:
    return len(stage.portal.rows(f"SELECT id FROM draft WHERE {OF_PERSON.format(username)}"))


def version(stage: Stage, username: str) -> int:
    """Give the version of the one draft that somebody has; nought when there is none."""
    rows = stage.portal.rows(f"SELECT version FROM draft WHERE {OF_PERSON.format(username)}")
    return int(str(rows[0][0])) if rows else 0


class TestTheFieldOverAnyPage:
    """A key, a title, Enter."""

    def test_three_acts_and_one_is_back_where_one_was(self, stage: Stage, record_property: Callable[..., None]) -> None:
        kari = stage.kari
        kari.opens("/folk")
        title = "Kven har nøkkelen til skapet i tredje etasje?"
        acts = [
            lambda: kari.page.keyboard.press(ASK),
            lambda: kari.page.keyboard.type(title, delay=60),  # 200 words a minute
            lambda: kari.page.keyboard.press("Enter"),
        ]
        began = time.monotonic()
        for act in acts:
            act()
        expect(kari.page.locator("#toast")).to_contain_text(words("Your question is out. Your colleagues see it now."))
        seconds = time.monotonic() - began
        print(f"\nasked from any page: {len(acts)} acts, {seconds:.1f} s, {len(title)} letters among them")
        record_property("acts", len(acts))
        record_property("seconds", round(seconds, 1))
        assert len(acts) <= FEW
        assert titles(stage).count(title) == 1
        assert kari.page.url.endswith("/folk")
        expect(dialog(kari)).to_be_hidden()
        kari.follows(words("Open it"), within=kari.page.locator("#toast"))
        expect(kari.heading()).to_have_text(title)

    def test_enter_twice_asks_once(self, stage: Stage) -> None:
        kari = stage.kari
        opened(kari)
        kari.page.keyboard.type("Er kantina open på laurdag?")
        kari.page.keyboard.press("Enter")
        kari.page.keyboard.press("Enter")
        expect(kari.page.locator("#toast")).to_contain_text(words("Open it"))
        opened(kari)
        kari.page.keyboard.type("Og på søndag?")
        kari.page.keyboard.press("Enter")
        expect(dialog(kari)).to_be_hidden()
        assert titles(stage).count("Er kantina open på laurdag?") == 1
        assert titles(stage).count("Og på søndag?") == 1, "the next one is a question of its own"

    def test_esc_gives_the_focus_back_and_the_words_are_kept(self, stage: Stage) -> None:
        ola = stage.ola
        ola.opens("/kunnskap")
        search = ola.page.get_by_role("searchbox").first
        search.focus()
        ola.page.keyboard.press(ASK)
        ola.page.keyboard.type("Korleis byter ein toner")
        ola.page.keyboard.press("Escape")
        expect(dialog(ola)).to_be_hidden()
        expect(search).to_be_focused()
        wait_until(lambda: drafts_of(stage, "ola") == 1, "the draft to be kept")
        expect(opened(ola, "/pusterom")).to_have_value("Korleis byter ein toner")
        expect(dialog(ola).get_by_role("status").first).not_to_be_empty()
        dialog(ola).get_by_role("button", name=words("Throw the draft away")).click()
        expect(field(ola)).to_have_value("")
        wait_until(lambda: drafts_of(stage, "ola") == 0, "the draft to be gone")
        ola.page.keyboard.press("Escape")

    def test_patient_data_is_marked_and_the_words_are_kept(self, stage: Stage) -> None:
        kari = stage.kari
        kari.complaints.expected = {422}
        opened(kari)
        kari.page.keyboard.type(f"Kven er {IDENTITY_NUMBER}?")
        kari.page.keyboard.press("Enter")
        expect(dialog(kari).locator("mark")).to_have_text(IDENTITY_NUMBER)
        expect(field(kari)).to_have_value(f"Kven er {IDENTITY_NUMBER}?")
        assert not any(IDENTITY_NUMBER in title for title in titles(stage))
        assert IDENTITY_NUMBER.encode() not in stage.portal.everything_stored()
        kari.presses(words("Mask the digits and send"), within=dialog(kari))
        expect(dialog(kari)).to_be_hidden()
        assert "Kven er ███████████?" in titles(stage)
        kari.complaints.expected = set()

    def test_more_details_are_written_on_the_page_for_it(self, stage: Stage) -> None:
        arne = stage.person(OTHERS[0])
        opened(arne)
        arne.page.keyboard.type("Skannaren i andre piper")
        arne.follows(words("More details"), within=dialog(arne))
        expect(arne.page.locator("main input[name=title]")).to_have_value("Skannaren i andre piper")
        assert "Skannaren" not in arne.page.url
        assert not dialog(arne).count()

    def test_other_keys_stay_what_they_are(self, stage: Stage) -> None:
        kari = stage.kari
        kari.opens("/kunnskap")
        for key in ("n", "Control+n", "Alt+Shift+n", "Control+Alt+n", "AltGraph+n"):
            kari.page.keyboard.press(key)
            expect(dialog(kari)).to_be_hidden()

    def test_the_sign_at_the_top_opens_it_too(self, stage: Stage) -> None:
        kari = stage.kari
        kari.opens("/kunnskap")
        kari.follows(words("Ask a question"), within=kari.page.get_by_role("banner"))
        expect(field(kari)).to_be_focused()
        kari.page.keyboard.press("Escape")

    def test_without_scripts_the_sign_leads_to_the_page(self, bare: Stage) -> None:
        kari = bare.kari
        kari.opens("/kunnskap")
        kari.follows(words("Ask a question"), within=kari.page.get_by_role("banner"))
        kari.hand.write(kari.page.locator("main input[name=title]"), "Finst det ein skrivar til?")
        kari.hand.enter()
        expect(kari.heading()).to_have_text("Finst det ein skrivar til?")

    @pytest.mark.skipif(not AXE.exists(), reason="the assets are not built: make assets")
    def test_it_is_for_everybody(self, stage: Stage) -> None:
        kari = stage.kari
        opened(kari)
        kari.page.keyboard.type("skrivar")
        expect(dialog(kari).locator("summary").first).to_be_visible()
        dialog(kari).locator("summary").first.click()
        expect(dialog(kari).locator(".peek__inside a").first).to_be_visible()
        assert Reading(kari.page).at_a_glance() == []
        assert stage.complaints() == []


class TestWhatIsAlike:
    """Looked at while one writes, without losing a letter."""

    def test_it_opens_in_place_and_closes_again(self, stage: Stage) -> None:
        kari = stage.kari
        written = opened(kari)
        kari.page.keyboard.type("Skrivar svarar ikkje")
        found = dialog(kari).locator("details.peek").first
        expect(found).to_be_visible()
        expect(written).to_be_focused()
        counts = dialog(kari).locator("#quick-similar > p.sr")
        expect(counts).to_have_text(
            counted("%(n)s looks like it", "%(n)s look like it", found.page.locator(".peek").count())
        )
        kari.page.keyboard.press("Tab")
        for _ in range(8):
            if found.locator("summary").evaluate("(summary) => summary === document.activeElement"):
                break
            kari.page.keyboard.press("Tab")
        kari.page.keyboard.press("Enter")
        expect(found.get_by_role("link", name=words("Open it in a new tab"))).to_be_visible()
        expect(written).to_have_value("Skrivar svarar ikkje")
        written.focus()
        kari.page.keyboard.press("End")
        kari.page.keyboard.type(" i dag")
        expect(found).to_have_attribute("open", "")
        expect(found.get_by_role("link", name=words("Open it in a new tab"))).to_be_visible()
        found.locator("summary").click()
        expect(found.locator(".peek__inside")).to_be_hidden()
        expect(written).to_have_value("Skrivar svarar ikkje i dag")

    def test_a_slow_answer_to_what_was_typed_before_is_dropped(self, stage: Stage) -> None:
        kari = stage.kari
        held: list[Route] = []

        def slowly(route: Route) -> None:
            if "title=skrivar" in route.request.url and not held:
                held.append(route)
            else:
                route.continue_()

        kari.page.route("**/sporsmal/liknande*", slowly)
        opened(kari)
        kari.page.keyboard.type("skrivar")
        wait_until(lambda: (kari.page.wait_for_timeout(50), held)[1], "the first request")
        field(kari).fill("pålogging heng")
        article = dialog(kari).locator("summary").filter(has_text="Pålogging heng")
        expect(article.first).to_be_visible()
        with suppress(Error):  # the browser may have given it up, which is what is wanted
            held[0].fulfill(body="<p>Noko gammalt</p>", content_type="text/html")
        kari.page.wait_for_timeout(300)
        expect(dialog(kari)).not_to_contain_text("Noko gammalt")
        kari.page.unroute("**/sporsmal/liknande*")

    def test_two_letters_ask_nothing(self, stage: Stage) -> None:
        kari = stage.kari
        opened(kari)
        kari.page.keyboard.type("sk")
        kari.page.wait_for_timeout(500)
        expect(dialog(kari).locator(".peek")).to_have_count(0)


def rows_of(page: Page, text: str) -> None:
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


class TestTheEditor:
    """A tool bar, names, tables."""

    def editor(self, person: Colleague) -> Locator:
        person.opens("/folk")
        if person.page.evaluate("sessionStorage.getItem('left')"):  # the test before was left in the middle of a word
            wait_until(lambda: drafts_of(person.stage, person.cast.username), "what was left to be kept")
        person.opens("/sporsmal/nytt")
        away = person.page.get_by_role("button", name=words("Throw the draft away"))
        if away.is_visible():  # of the test before
            away.click()
            wait_until(lambda: not drafts_of(person.stage, person.cast.username), "the draft to be gone")
        area = person.page.locator("#body")
        expect(area).to_have_value("")
        area.focus()
        return area

    def test_the_tool_bar_is_one_stop_and_the_arrows_walk_in_it(self, stage: Stage) -> None:
        kari = stage.kari
        area = self.editor(kari)
        kari.page.keyboard.type("viktig")
        kari.page.keyboard.press("Control+a")
        kari.page.keyboard.press("Shift+Tab")
        bold = kari.page.get_by_role("button", name=words("Bold"))
        expect(bold).to_be_focused()
        kari.page.keyboard.press("ArrowRight")
        expect(kari.page.get_by_role("button", name=words("Code"), exact=True)).to_be_focused()
        kari.page.keyboard.press("ArrowLeft")
        kari.page.keyboard.press("Enter")
        expect(area).to_have_value("**viktig**")
        expect(area).to_be_focused()
        kari.page.keyboard.press("Control+z")
        expect(area).to_have_value("viktig")
        kari.page.keyboard.press("Tab")
        expect(area).not_to_be_focused()

    def test_rows_from_a_spreadsheet_become_a_table_and_one_undo_takes_it_back(self, stage: Stage) -> None:
        kari = stage.kari
        area = self.editor(kari)
        rows_of(kari.page, 'Namn\tRom\r\n"Ola\nNordvik"\t4|5\r\n')
        expect(area).to_have_value("| Namn | Rom |\n| --- | --- |\n| Ola Nordvik | 4\\|5 |\n")
        kari.page.keyboard.press("Control+z")
        expect(area).to_have_value("")
        rows_of(kari.page, "berre\tei line")
        expect(area).to_have_value("berre\tei line")

    def test_names_are_offered_and_taken_by_enter(self, stage: Stage) -> None:
        kari = stage.kari
        area = self.editor(kari)
        kari.page.keyboard.type("Spør @ola")
        names = kari.page.get_by_role("listbox", name=words("Who or what do you mean?"))
        option = names.get_by_role("option", name=OLA.name)
        expect(option).to_have_attribute("aria-selected", "true")
        expect(area).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
        if AXE.exists():
            assert Reading(kari.page).at_a_glance() == []
        kari.page.keyboard.press("Enter")
        expect(area).to_have_value("Spør @ola ")
        kari.page.keyboard.type("og @be")
        expect(names.get_by_role("option").first).to_be_visible()
        kari.page.keyboard.press("Escape")
        expect(names).to_be_hidden()
        kari.page.keyboard.press("Tab")
        expect(area).not_to_be_focused()

    def test_the_preview_is_what_it_will_be(self, stage: Stage) -> None:
        kari = stage.kari
        self.editor(kari)
        kari.page.keyboard.type("Det er **viktig**.")
        kari.presses(words("Preview"))
        expect(kari.page.locator("#body-preview strong")).to_have_text("viktig")
        assert stage.complaints() == []


def picture_with_secrets(path: Path) -> Path:
    """Make a picture with two secrets in colours of their own, and a text in its metadata."""
    picture = Image.new("RGB", (600, 400), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((100, 80, 259, 119), fill=SECRET)
    pen.rectangle((380, 300, 479, 339), fill=ALSO)
    exif = Image.Exif()
    exif[0x010E] = "Kari Nordmann 150765"
    picture.save(path, exif=exif)
    return path


def stored(stage: Stage, token: str) -> tuple[bytes, Image.Image]:
    ((content,),) = stage.portal.rows(f"SELECT content FROM picture WHERE token = '{token}'")
    data = bytes(content)  # type: ignore[call-overload]
    return data, Image.open(io.BytesIO(data)).convert("RGB")


def nearest(picture: Image.Image, colour: tuple[int, int, int]) -> int:
    """Tell how near any pixel comes to a colour."""
    seen = picture.getcolors(picture.width * picture.height) or []
    return min(max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) for _, pixel in seen)  # type: ignore[arg-type]


class TestPictures:
    """What is covered is gone, before the picture leaves the machine."""

    def token(self, person: Colleague) -> str:
        expect(person.page.locator("#body")).to_have_value(re.compile(r"/bilete/[\w-]{22}\)"))
        return person.page.locator("#body").input_value().rpartition("/bilete/")[2][:22]

    def test_what_is_covered_by_mouse_and_by_keyboard_is_gone_from_what_is_stored(
        self, stage: Stage, tmp_path: Path
    ) -> None:
        kari = stage.kari
        sent: list[bytes] = []
        kari.page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
        kari.opens("/sporsmal/nytt")
        picture = picture_with_secrets(tmp_path / "loynd.png")
        kari.page.locator("#body").focus()
        kari.page.locator("input[type=file]").set_input_files(picture)
        tool = kari.page.get_by_role("dialog", name=words("Is there patient data in the picture?"))
        expect(tool).to_be_visible()
        expect(tool.get_by_role("button", name=words("No, send it"))).to_be_visible()
        self.cover_by_mouse(kari, tool)
        self.cover_by_keyboard(kari, tool)
        if AXE.exists():
            assert Reading(kari.page).at_a_glance() == []
        tool.get_by_role("button", name=words("Send it with this covered")).click()
        expect(kari.page.locator("markdown-field [role=status]")).to_have_text(words("The picture is in place."))
        content, kept = stored(stage, self.token(kari))
        assert {kept.getpixel((x, y)) for x in range(100, 260) for y in range(80, 120)} == {INK}
        assert {kept.getpixel((x, y)) for x in range(380, 480) for y in range(300, 340)} == {INK}
        assert nearest(kept, SECRET) > 60
        assert nearest(kept, ALSO) > 60
        assert kept.getpixel((20, 20)) == (255, 255, 255), "the rest is as it was"
        assert b"Nordmann" not in content
        assert not any(picture.read_bytes()[-400:] in body or b"Nordmann" in body for body in sent)
        assert stage.complaints() == []

    def cover_by_mouse(self, kari: Colleague, tool: Locator) -> None:
        box = tool.locator("canvas").bounding_box()
        assert box
        scale = box["width"] / 600
        kari.page.mouse.move(box["x"] + 90 * scale, box["y"] + 70 * scale)
        kari.page.mouse.down()
        kari.page.mouse.move(box["x"] + 200 * scale, box["y"] + 100 * scale)
        kari.page.mouse.move(box["x"] + 270 * scale, box["y"] + 130 * scale)
        kari.page.mouse.up()
        expect(tool.locator(".cover__part")).to_have_count(1)

    def cover_by_keyboard(self, kari: Colleague, tool: Locator) -> None:
        """Add one, carry it to the corner, stretch it over the secret; one step too far is taken back."""
        keys = kari.page.keyboard
        self.tab_to(tool.get_by_role("button", name=words("Cover something")))
        keys.press("Enter")
        expect(tool.locator(".cover__part").nth(1)).to_be_focused()
        wrong = [*["ArrowUp"] * 2, "Control+ArrowLeft"]
        carried = [*["ArrowDown"] * 40, *["ArrowRight"] * 40, *["ArrowLeft"] * 12, *["ArrowUp"] * 10]
        stretched = [*["Shift+ArrowRight"] * 20, *["Shift+ArrowDown"] * 20]
        for key in (*wrong, *["Control+z"] * len(wrong), *carried, *stretched):
            keys.press(key)
        expect(tool.get_by_role("status")).not_to_be_empty()

    def tab_to(self, target: Locator) -> None:
        for _ in range(12):
            target.page.keyboard.press("Tab")
            if target.evaluate("(wanted) => wanted === document.activeElement"):
                return
        expect(target).to_be_focused()

    def test_what_was_sent_can_be_covered_later(self, stage: Stage, tmp_path: Path) -> None:
        frida = stage.person(OTHERS[4])
        frida.opens("/sporsmal/nytt")
        frida.page.locator("input[type=file]").set_input_files(picture_with_secrets(tmp_path / "synleg.png"))
        tool = frida.page.get_by_role("dialog", name=words("Is there patient data in the picture?"))
        tool.get_by_role("button", name=words("No, send it")).click()
        expect(frida.page.locator("markdown-field [role=status]")).to_have_text(words("The picture is in place."))
        token = self.token(frida)
        assert nearest(stored(stage, token)[1], SECRET) == 0
        frida.page.locator(".editor__pictures").get_by_role("button").click()
        self.cover_by_mouse(frida, tool)
        tool.get_by_role("button", name=words("Send it with this covered")).click()
        status = frida.page.locator("markdown-field [role=status]")
        expect(status).to_have_text(words("The picture is covered. What was there before is deleted."))
        assert nearest(stored(stage, token)[1], SECRET) > 60
        assert len(stage.portal.rows(f"SELECT token FROM picture WHERE token = '{token}'")) == 1

    def test_who_thinks_better_of_it_sends_nothing(self, stage: Stage, tmp_path: Path) -> None:
        per = stage.per
        before = len(stage.portal.rows("SELECT token FROM picture"))
        per.opens("/sporsmal/nytt")
        per.page.locator("input[type=file]").set_input_files(picture_with_secrets(tmp_path / "nei.png"))
        tool = per.page.get_by_role("dialog", name=words("Is there patient data in the picture?"))
        expect(tool).to_be_visible()
        per.page.keyboard.press("Escape")
        expect(tool).to_be_hidden()
        expect(per.page.locator("#body")).to_have_value("")
        assert len(stage.portal.rows("SELECT token FROM picture")) == before

    def test_without_scripts_the_question_is_asked_in_words(self, bare: Stage) -> None:
        kari = bare.kari
        kari.opens("/sporsmal/nytt")
        asked = words(
            "Is there patient data in the picture? Then cover it before you choose the file, or leave it out."
        )
        expect(kari.page.get_by_text(asked)).to_be_visible()


class TestDrafts:
    """What is not sent is not lost, and told to nobody."""

    def test_what_is_begun_here_is_found_there_and_gone_when_it_is_posted(self, stage: Stage) -> None:
        here, there = stage.person(OTHERS[1]), stage.another(OTHERS[1])
        there.signs_in()
        here.opens("/sporsmal/nytt")
        here.page.locator("#title").fill("Kvar ligg malen for avvik?")
        expect(here.page.locator("[data-told]")).not_to_be_empty()
        here.page.locator("#body").fill("Eg har leita i *alt*.")
        wait_until(lambda: version(stage, "berit") > 1, "the whole of it to be kept")
        there.opens("/sporsmal/nytt")
        expect(there.page.locator("#title")).to_have_value("Kvar ligg malen for avvik?")
        expect(there.page.locator("#body")).to_have_value("Eg har leita i *alt*.")
        there.page.locator("#body").press("End")
        there.page.keyboard.type(" No fann eg han.")
        there.page.keyboard.press("Control+Enter")
        expect(there.heading()).to_have_text("Kvar ligg malen for avvik?")
        assert version(stage, "berit") == 0

    def test_two_machines_never_write_over_each_other(self, stage: Stage) -> None:
        here, there = stage.person(OTHERS[2]), stage.another(OTHERS[2])
        there.signs_in()
        here.complaints.expected = {409}
        for person in (here, there):
            person.opens("/sporsmal/nytt")
        there.page.locator("#title").fill("Skrive heime")
        expect(there.page.locator("[data-told]")).not_to_be_empty()
        here.page.locator("#title").fill("Skrive på jobb")
        offer = here.page.locator("[data-offer]")
        expect(offer.locator(".draft__theirs")).to_have_text("Skrive heime")
        expect(here.page.locator("#title")).to_have_value("Skrive på jobb")
        offer.get_by_role("button", name=words("Use the newer one")).click()
        expect(here.page.locator("#title")).to_have_value("Skrive heime")

    def test_what_was_kept_late_is_offered_once_to_who_has_begun_again(self, stage: Stage) -> None:
        here, there = stage.person(OTHERS[0]), stage.another(OTHERS[0])
        there.signs_in()
        for person in (here, there):
            person.opens("/sporsmal/nytt")
        here.page.evaluate("sessionStorage.setItem('left', document.querySelector('draft-keeper').dataset.place)")
        asked: list[Route] = []
        here.page.route("**/utkast?*", lambda route: asked.append(route))
        with here.page.expect_request("**/utkast?*"):
            here.page.reload()
        there.page.locator("#title").fill("Kven har nykelen?")
        expect(there.page.locator("[data-told]")).not_to_be_empty()
        here.page.locator("#title").press_sequentially("Kven har")
        asked[0].continue_()
        offer = here.page.locator("[data-offer]")
        expect(offer.locator(".draft__theirs")).to_have_text("Kven har nykelen?")
        here.page.locator("#body").focus()  # leaving a field keeps what stands in it, but not before the choice
        expect(here.page.locator("#title")).to_have_value("Kven har")
        offer.get_by_role("button", name=words("Bring the draft back")).click()
        expect(here.page.locator("#title")).to_have_value("Kven har nykelen?")
        assert here.complaints.heard == []

    def test_patient_data_is_not_kept_and_the_field_says_so(self, stage: Stage) -> None:
        einar = stage.person(OTHERS[3])
        einar.complaints.expected = {422}
        einar.opens("/sporsmal/nytt")
        einar.page.locator("#body").fill(f"Gjeld {IDENTITY_NUMBER}")
        told = einar.page.locator("[data-told]")
        expect(told).to_have_text(words("This looks like a national identity number. Remove it before sending."))
        assert IDENTITY_NUMBER.encode() not in stage.portal.everything_stored()

    def test_without_scripts_a_button_keeps_it(self, bare: Stage) -> None:
        ola = bare.ola
        ola.opens("/sporsmal/nytt")
        ola.hand.write(ola.page.locator("#title"), "Halve tanken")
        ola.presses(words("Keep as a draft"))
        expect(ola.page.locator("#title")).to_have_value("Halve tanken")
        ola.page.locator("#title").press("Enter")
        expect(ola.heading()).to_have_text("Halve tanken")
        assert bare.portal.rows("SELECT id FROM draft") == []
