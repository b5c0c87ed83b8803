"""Raising a hand, and the strip on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.service import helping
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.questions import make_tag
from tests.factories.urgent import make_call, put_to_work
from tests.urgent.hands import HX, LINE, NUMBER, raised, strip_of, taken

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


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
        assert LINE in page
        assert "Bjarne and Didrik are free." in page

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
