"""The page of a call, and every press: with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.rules.calls import State
from portal.blueprints.urgent.service import calls, ending
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.questions import make_tag
from tests.urgent.hands import HX, LINE, NUMBER, press, raised, strip_of, taken

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


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
        assert "Bjarne" in BeautifulSoup(strip.text, "html.parser").find(id="toast").text
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
