"""The pages of a call, the strip, and every press: with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.rules.calls import State
from portal.blueprints.urgent.service import calls, ending, helping
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.questions import make_tag
from tests.factories.urgent import make_call, put_to_work

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]

HX = {"HX-Request": "true"}
NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
LINE = "The screens of the ward are black"
NUMBER = "15076500565"


@pytest.fixture
def desk(anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        put_to_work(anne, bjarne, didrik)


def raised(asker: Person, **values: str) -> HelpCall:
    with transaction():
        return make_call(asker, LINE, **values)


def taken(asker: Person, helper: Person) -> HelpCall:
    call = raised(asker)
    with transaction():
        calls.come(helper, call.id)
    return call


def strip_of(browser: AuditingClient) -> BeautifulSoup:
    return BeautifulSoup(browser.get("/hjelp/stripe", headers=HX).text, "html.parser")


def press(browser: AuditingClient, call: HelpCall, name: str, **values: str) -> int:
    return browser.post(f"/hjelp/rop/{call.id}/{name}", data=values).status_code


@pytest.mark.usefixtures("desk")
class TestRaising:
    """One line, and Enter."""

    def test_one_line_raises_a_hand_and_leads_to_its_page(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        answer = browser.post("/hjelp", data={"line": LINE, "key": "a"})
        assert answer.status_code == 303
        page = browser.soup(answer.location)
        assert LINE in page.main.text
        assert "2 colleagues were told." in page.main.text

    def test_the_same_form_sent_twice_is_one_call(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        places = {browser.post("/hjelp", data={"line": LINE, "key": "a"}).location for _ in range(2)}
        assert len(places) == 1
        assert db.session.scalar(select(func.count()).select_from(HelpCall)) == 1

    def test_raised_in_the_field_over_a_page_one_stays_where_one_is(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        answer = browser.post("/hjelp", data={"line": LINE, "quick": "1"}, headers=HX)
        form = BeautifulSoup(answer.text, "html.parser").form
        assert form["id"] == "quick-help-form"
        assert form.find(attrs={"data-raised": True})
        assert form.find("input", {"name": "line"})["value"] == ""
        assert strip_of(browser).find(attrs={"data-own": True})

    @pytest.mark.parametrize(
        ("tag", "slug"),
        [("Utskrift", "utskrift"), ("utskrift", "utskrift"), (" UTSKRIFT ", "utskrift"), ("xyzzy", None)],
    )
    def test_what_it_is_about_is_found_by_its_name_and_an_unknown_word_stops_nobody(
        self, browse: Browse, anne: Person, tag: str, slug: str | None
    ) -> None:
        with transaction():
            make_tag()
        browse(anne).post("/hjelp", data={"line": LINE, "tag": tag})
        call = db.session.scalars(select(HelpCall)).one()
        assert (call.tag.slug if call.tag else None) == slug

    @pytest.mark.parametrize("headers", [{}, HX])
    @pytest.mark.parametrize("line", ["", "   ", "x" * 301, f"The patient {NUMBER} waits"])
    def test_what_is_refused_comes_back_with_its_text(
        self, browse: Browse, anne: Person, headers: dict[str, str], line: str
    ) -> None:
        answer = browse(anne).post("/hjelp", data={"line": line, "tag": "Utskrift"}, headers=headers)
        assert answer.status_code == 422
        form = BeautifulSoup(answer.text, "html.parser").find("form", class_="help")
        assert form.find("input", {"name": "line"})["value"] == line.strip()
        assert form.find("input", {"name": "tag"})["value"] == "Utskrift"
        assert form.find(attrs={"role": "alert"})
        assert db.session.scalar(select(func.count()).select_from(HelpCall)) == 0

    def test_digits_can_be_masked_and_sent(self, browse: Browse, anne: Person) -> None:
        browse(anne).post("/hjelp", data={"line": f"The patient {NUMBER} waits", "guard": "mask"})
        assert NUMBER not in db.session.scalars(select(HelpCall.text)).one()

    def test_nobody_raises_a_hand_by_a_flood(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        answers = [browser.post("/hjelp", data={"line": LINE}).status_code for _ in range(8)]
        assert answers[0] == 303
        assert answers[-1] == 429

    def test_what_somebody_writes_is_text_and_nothing_else(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        with transaction():
            call = make_call(anne, "<script>alert(1)</script><img src=x onerror=y>")
        for browser in (browse(anne), browse(bjarne)):
            for path in ("/", "/hjelp", f"/hjelp/rop/{call.id}", "/sporsmal"):
                page = browser.get(path).text
                assert "<script>alert" not in page
                assert "<img src=x" not in page

    def test_what_calls_can_be_about_is_suggested(self, browse: Browse, anne: Person) -> None:
        with transaction():
            make_tag()
        assert 'value="Utskrift"' in browse(anne).get("/hjelp/emne", headers=HX).text

    def test_the_page_says_who_waits_and_who_is_free(self, browse: Browse, anne: Person, carla: Person) -> None:
        raised(anne)
        page = browse(carla).soup("/hjelp").main.text
        for words in (LINE, "Anne and Bjarne", "1 more are free" if "1 more" in page else "free"):
            assert words.split(" and ")[0] in page

    def test_who_has_a_hand_up_is_led_to_it(self, browse: Browse, anne: Person) -> None:
        call = raised(anne)
        page = browse(anne).soup("/hjelp")
        assert page.find("form", class_="help") is None
        assert page.main.find("a", href=f"/hjelp/rop/{call.id}")


@pytest.mark.usefixtures("desk")
class TestTheStrip:
    """What stands on every page."""

    def test_a_quiet_desk_has_next_to_nothing_on_its_pages(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        assert browser.get("/hjelp/stripe", headers=HX).text.strip() == ""
        assert len(browser.statements) == 2, browser.statements  # who asks, and whether there is anything
        assert "urgent-" not in browser.get("/sporsmal").text.split("</head>")[0]

    def test_it_costs_little_when_something_is_on(
        self, browse: Browse, anne: Person, bjarne: Person, didrik: Person
    ) -> None:
        call = taken(anne, bjarne)
        for person in (anne, bjarne, didrik):
            browser = browse(person)
            browser.get("/hjelp/stripe", headers=HX)
            assert len(browser.statements) <= 4, browser.statements
        with transaction():
            helping.offer(bjarne, call.id, didrik.id)
        browser = browse(didrik)
        assert "take over" in browser.get("/hjelp/stripe", headers=HX).text
        assert len(browser.statements) <= 4, browser.statements

    def test_who_is_rung_sees_who_and_what_and_can_come(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        with transaction():
            make_tag()
        call = raised(anne, tag="utskrift")
        card = browse(bjarne).soup("/sporsmal").find(attrs={"data-rings": True})
        assert card["data-call"] == str(call.id)
        for words in ("Anne Askeland needs help now", LINE, "Utskrift", "I can help", "Not now"):
            assert words in card.text
        assert LINE not in card["data-say"] + card["data-say-now"]

    def test_the_one_who_asks_sees_how_many_were_told_and_no_name(self, browse: Browse, anne: Person) -> None:
        raised(anne)
        own = browse(anne).soup("/sporsmal").find(attrs={"data-own": True})
        assert "2 colleagues were told." in own.text
        assert "Bjarne" not in own.text

    def test_both_see_the_way_to_each_other(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        taken(anne, bjarne)
        for me, other in ((anne, bjarne), (bjarne, anne)):
            card = browse(me).soup("/sporsmal").find("div", class_="hand")
            way = card.find("a", href=lambda href: href and "teams.microsoft.com/l/call" in href)
            assert other.email.split("@")[0] in way["href"]
            assert other.name in card.text

    def test_a_number_is_a_link_that_rings(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        browse(bjarne).post(
            "/hjelp/val", data={"talk_by": "phone", "extension": "41 12", "loudness": "60", "sound": "wood"}
        )
        taken(anne, bjarne)
        assert strip_of(browse(anne)).find("a", href="tel:4112")

    def test_the_page_of_a_call_does_not_say_the_same_twice(self, browse: Browse, anne: Person) -> None:
        call = raised(anne)
        browser = browse(anne)
        assert not browser.soup(f"/hjelp/rop/{call.id}").find(attrs={"data-own": True})
        here = {**HX, "HX-Current-URL": f"http://localhost/hjelp/rop/{call.id}"}
        assert browser.get("/hjelp/stripe", headers=here).text.strip() == ""

    def test_how_it_rings_stands_there_only_when_it_does(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        browser = browse(bjarne)
        browser.post("/hjelp/val", data={"sound": "none", "loudness": "20", "talk_by": "teams", "notifies": "y"})
        assert "data-sound" not in browser.get("/").text
        raised(anne)
        strip = strip_of(browser).find("section")
        assert (strip["data-sound"], strip["data-loudness"]) == ("none", "20")
        assert strip["data-words"] == "Someone needs you now"

    def test_who_says_not_now_sees_no_more_of_it_there(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        call = raised(anne)
        browser = browse(bjarne)
        answer = browser.post(f"/hjelp/rop/{call.id}/ikkje-no", data={"from": "strip"}, headers=HX)
        assert answer.text.strip() == ""
        assert LINE in browser.get("/hjelp").text  # by one's own will, still

    def test_without_scripts_a_press_in_the_strip_leads_back_to_where_one_was(
        self, browse: Browse, anne: Person, bjarne: Person
    ) -> None:
        call = raised(anne)
        away = browse(bjarne).post(
            f"/hjelp/rop/{call.id}/ikkje-no", data={"from": "strip", "back": "/sporsmal?vis=mine"}
        )
        assert away.location == "/sporsmal?vis=mine"
        bad = browse(bjarne).post(f"/hjelp/rop/{call.id}/ikkje-no", data={"from": "strip", "back": "//evil.example"})
        assert bad.location == "/"

    def test_nobody_free_is_said_with_the_duty_phone(
        self, browse: Browse, anne: Person, at: At, duty_phone: str
    ) -> None:
        at(NOON)
        with transaction():
            put_to_work(anne)
        raised(anne)
        at(NOON + timedelta(seconds=200))
        for path in ("/sporsmal", f"/hjelp/rop/{db.session.scalars(select(HelpCall.id)).one()}", "/hjelp"):
            page = browse(anne).soup(path)
            assert page.find("a", href=f"tel:{duty_phone}"), path
        assert "Nobody is free just now" in strip_of(browse(anne)).text


@pytest.fixture
def duty_phone() -> str:
    import dataclasses

    from portal.core import settings as core_settings

    core_settings.use(dataclasses.replace(core_settings.current_settings(), duty_phone="55123456"))
    return "55123456"


@pytest.mark.usefixtures("desk")
class TestThePageOfACall:
    """What each of those who are in it sees and can do."""

    def test_it_says_how_wide_it_rings(self, browse: Browse, anne: Person, at: At) -> None:
        at(NOON)
        with transaction():
            make_tag()
        call = raised(anne, tag="utskrift")
        for seconds, words in (
            (0, "Those who know Utskrift"),
            (31, "Also those who want to learn it"),
            (61, "Everybody who is free"),
            (121, "Everybody at work"),
        ):
            at(NOON + timedelta(seconds=seconds))
            assert browse(anne).soup(f"/hjelp/rop/{call.id}").find(class_="is-now").text == words

    def test_it_is_fetched_again_without_scripts_and_only_where_nobody_writes(
        self, browse: Browse, anne: Person, bjarne: Person
    ) -> None:
        call = raised(anne)
        browser = browse(anne)

        def refresh() -> str | None:
            found = browser.soup(f"/hjelp/rop/{call.id}").head.select_one("noscript meta[http-equiv=refresh]")
            return found["content"] if found else None

        assert refresh() == "5"
        with transaction():
            calls.come(bjarne, call.id)
        assert refresh() == "15"
        with transaction():
            ending.end(anne, call.id)
        assert refresh() is None
        assert browser.soup(f"/hjelp/rop/{call.id}").find("textarea")

    def test_a_whole_call_without_scripts(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        asker, helper = browse(anne), browse(bjarne)
        page = asker.post("/hjelp", data={"line": LINE}).location
        call = db.session.scalars(select(HelpCall)).one()
        assert helper.post(f"{page}/hjelpar").location == page
        assert "Bjarne Svartveit is on the way" in asker.get(page).text
        assert helper.post(f"{page}/prat").location == page
        assert "Bjarne Svartveit helps you" in asker.get(page).text
        assert asker.post(f"{page}/slutt").location == page
        assert helper.post(f"{page}/loysing", data={"solution": "Turn it off and on."}).location == page
        assert "Turn it off and on." in asker.get(page).text
        question = asker.post(f"{page}/sporsmal").location
        assert "Turn it off and on." in asker.get(question).text
        assert db.session.scalars(select(Answer)).one().author_id == bjarne.id
        db.session.refresh(call)
        assert call.question_id == db.session.scalars(select(Question)).one().id

    def test_who_comes_second_is_told_who_came_first_and_how_it_stands(
        self, browse: Browse, anne: Person, bjarne: Person, didrik: Person
    ) -> None:
        call = taken(anne, bjarne)
        late = browse(didrik)
        whole = late.post(f"/hjelp/rop/{call.id}/hjelpar")
        assert whole.status_code == 409
        soup = BeautifulSoup(whole.text, "html.parser")
        assert "Bjarne" in soup.find(attrs={"role": "alert"}).text
        assert "Bjarne Svartveit helps Anne Askeland" in soup.find(id="help-call").text
        piece = late.post(f"/hjelp/rop/{call.id}/hjelpar", data={"from": "page"}, headers=HX)
        assert piece.status_code == 409
        assert BeautifulSoup(piece.text, "html.parser").find(id="help-call")
        strip = late.post(f"/hjelp/rop/{call.id}/hjelpar", data={"from": "strip"}, headers=HX)
        assert strip.status_code == 409
        assert "Bjarne" in BeautifulSoup(strip.text, "html.parser").find(attrs={"role": "alert"}).text
        db.session.refresh(call)
        assert call.taken_by_id == bjarne.id

    def test_who_comes_when_it_is_over_is_told_so(self, browse: Browse, anne: Person, didrik: Person) -> None:
        call = raised(anne)
        with transaction():
            calls.cancel(anne, call.id)
        answer = browse(didrik).post(f"/hjelp/rop/{call.id}/hjelpar")
        assert answer.status_code in {404, 409}
        assert LINE not in answer.text

    def test_when_it_is_over_only_those_who_were_in_it_see_it(
        self, browse: Browse, anne: Person, bjarne: Person, didrik: Person, carla: Person
    ) -> None:
        call = taken(anne, bjarne)
        assert browse(didrik).get(f"/hjelp/rop/{call.id}").status_code == 200
        with transaction():
            ending.end(anne, call.id)
        for person, status in ((anne, 200), (bjarne, 200), (didrik, 404), (carla, 404)):
            assert browse(person).get(f"/hjelp/rop/{call.id}").status_code == status

    @pytest.mark.parametrize(
        "name", ["avbrot", "prat", "ring", "slutt", "loysing", "sporsmal", "sletting", "overlevering"]
    )
    def test_who_is_not_in_it_can_change_nothing(
        self, browse: Browse, anne: Person, bjarne: Person, didrik: Person, name: str
    ) -> None:
        call = taken(anne, bjarne)
        values = {"solution": "Mine", "person": str(didrik.id)}
        assert press(browse(didrik), call, name, **values) in {403, 404, 409}
        assert press(browse(didrik), call, name, **values) != 303

    def test_it_is_handed_over_by_one_press_on_a_colleague(
        self, browse: Browse, anne: Person, bjarne: Person, didrik: Person
    ) -> None:
        call = taken(anne, bjarne)
        helper = browse(bjarne)
        page = helper.soup(f"/hjelp/rop/{call.id}/overlevering")
        assert [button["value"] for button in page.main.find_all("button")] == [str(didrik.id)]
        assert press(helper, call, "overlevering", person=str(didrik.id)) == 303
        assert "Didrik Utne is asked to take over" in helper.get(f"/hjelp/rop/{call.id}").text
        assert press(browse(didrik), call, "overtaking") == 303
        db.session.refresh(call)
        assert call.taken_by_id == didrik.id

    @pytest.mark.parametrize("person", ["", "x", "0", "999999", "²"])
    def test_nobody_cannot_be_asked_to_take_over(
        self, browse: Browse, anne: Person, bjarne: Person, person: str
    ) -> None:
        call = taken(anne, bjarne)
        assert press(browse(bjarne), call, "overlevering", person=person) in {404, 422}

    def test_a_no_leaves_it_with_the_giver(self, browse: Browse, anne: Person, bjarne: Person, didrik: Person) -> None:
        call = taken(anne, bjarne)
        press(browse(bjarne), call, "overlevering", person=str(didrik.id))
        assert press(browse(didrik), call, "nei") == 303
        assert "is asked to take over" not in browse(bjarne).get(f"/hjelp/rop/{call.id}").text

    def test_a_second_one_helps_and_leaves(self, browse: Browse, anne: Person, bjarne: Person, didrik: Person) -> None:
        call = taken(anne, bjarne)
        second = browse(didrik)
        assert press(second, call, "med") == 303
        assert "Didrik Utne helps too" in browse(anne).get(f"/hjelp/rop/{call.id}").text
        assert "You are helping Anne Askeland" in strip_of(second).text
        assert press(second, call, "ut") == 303
        assert strip_of(second).text.strip() == ""

    def test_the_asker_lets_it_ring_again(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        call = taken(anne, bjarne)
        assert press(browse(anne), call, "ring") == 303
        db.session.refresh(call)
        assert (call.state, call.rounds) == (State.RINGING, 2)

    def test_what_solved_it_is_guarded_and_kept_when_refused(
        self, browse: Browse, anne: Person, bjarne: Person
    ) -> None:
        call = taken(anne, bjarne)
        with transaction():
            ending.end(anne, call.id)
        for words in (f"Patient {NUMBER} in room 2", "", "x" * 5001):
            answer = browse(bjarne).post(f"/hjelp/rop/{call.id}/loysing", data={"solution": words})
            assert answer.status_code == 422
            field = BeautifulSoup(answer.text, "html.parser").find("textarea")
            assert field.text.strip() == words
        db.session.refresh(call)
        assert call.solution == ""

    def test_everything_can_be_deleted_at_once(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        call = taken(anne, bjarne)
        with transaction():
            ending.end(anne, call.id)
        assert press(browse(anne), call, "sletting") == 303
        assert browse(anne).get(f"/hjelp/rop/{call.id}").status_code == 404

    def test_sorted_in_the_strip_leads_to_what_is_left(self, browse: Browse, anne: Person, bjarne: Person) -> None:
        call = taken(anne, bjarne)
        answer = browse(anne).post(f"/hjelp/rop/{call.id}/slutt", data={"from": "strip"}, headers=HX)
        said = BeautifulSoup(answer.text, "html.parser")
        assert "It is sorted." in said.text
        assert said.find("a", href=f"/hjelp/rop/{call.id}")

    def test_the_title_of_the_browser_says_nothing_of_who_or_what(self, browse: Browse, anne: Person) -> None:
        call = raised(anne)
        title = browse(anne).soup(f"/hjelp/rop/{call.id}").title.text
        assert LINE not in title
        assert "Anne" not in title


class TestChoosing:
    """How it rings for one."""

    def test_what_is_chosen_is_kept(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        values = {"sound": "water", "loudness": "35", "notifies": "y", "talk_by": "phone", "extension": "41 12"}
        assert browser.post("/hjelp/val", data=values).status_code == 303
        page = browser.soup("/hjelp/val")
        assert page.find("input", {"name": "sound", "value": "water"}).has_attr("checked")
        assert page.find("input", {"name": "loudness"})["value"] == "35"
        assert page.find("input", {"name": "notifies"}).has_attr("checked")
        assert page.find("input", {"name": "extension"})["value"] == "41 12"

    @pytest.mark.parametrize(
        "values",
        [{"sound": "siren"}, {"loudness": "300"}, {"loudness": ""}, {"talk_by": "pigeon"}, {"extension": "call me"}],
    )
    def test_what_we_do_not_know_is_refused(self, browse: Browse, anne: Person, values: dict[str, str]) -> None:
        right = {"sound": "wood", "loudness": "60", "talk_by": "teams"}
        assert browse(anne).post("/hjelp/val", data={**right, **values}).status_code == 422
