"""Games through the front door: the shelf, an evening's games, and the table plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.models.signups import ShownAs
from portal.blueprints.events.service import signups
from portal.blueprints.games.models import BroughtGame, Game, GameWish, SeatPin, TablePin, TableSeat
from portal.blueprints.games.queries import plans, shelves
from portal.blueprints.games.rules import lists
from portal.blueprints.games.rules.tables import Wish
from portal.blueprints.people.models import Person
from portal.core import clock, jobs
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.events import MONDAY, make_evening, make_sign_up
from tests.factories.games import make_brought, make_game, make_teacher
from tests.factories.people import make_person
from tests.games.test_lists import COLLECTION

Browse = Callable[[Person], AuditingClient]
AZUL = {"name": "Azul", "players_min": "2", "players_max": "4", "can_teach": "y"}


@pytest.fixture(autouse=True)
def monday(at: Callable[..., None]) -> None:
    at(MONDAY)


@pytest.fixture
def evening(anne: Person, bjarne: Person, otto: Person) -> Evening:
    """An evening to which Anne and Bjarne come."""
    with transaction():
        evening = make_evening(organiser_id=otto.id)
        make_sign_up(evening, anne, position=1)
        make_sign_up(evening, bjarne, position=2)
    return evening


def put(browser: AuditingClient, **values: str) -> Game | None:
    answer = browser.post("/spel/nytt", data={**AZUL, **values})
    return db.session.scalar(select(Game)) if answer.status_code == 303 else None


def lay(evening: Evening) -> None:
    jobs.run_due()
    db.session.expire_all()


def seats(evening: Evening) -> dict[int, int]:
    rows = db.session.execute(select(TableSeat.person_id, TableSeat.game_id).where(TableSeat.evening_id == evening.id))
    return {person_id: game_id for person_id, game_id in rows}


class TestShelf:
    def test_a_name_and_how_many_can_play_are_enough(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        game = put(browser)
        assert game
        assert (game.owner_id, game.title, game.players_best) == (anne.id, "azul", None)
        soup = browser.soup("/spel?mine=1")
        assert soup.select_one(".tiles b").text == "Azul"
        assert "2–4 players" in soup.select_one(".tiles").text
        assert shelves.taught_by(anne.id) == {"azul"}

    def test_colleagues_see_it_with_the_name_of_its_owner_and_cannot_change_it(
        self, browse: Browse, anne: Person, didrik: Person
    ) -> None:
        game = put(browse(anne))
        assert game
        browser = browse(didrik)
        shown = browser.soup("/spel").select_one(".tiles").text
        assert "Anne Askeland" in shown
        assert "Change" not in shown
        for path, method in ((f"/spel/{game.id}/endring", "GET"), (f"/spel/{game.id}/endring", "POST")):
            assert browser.open(path, method=method, data=AZUL).status_code == 404
        assert browser.post(f"/spel/{game.id}/fjerning").status_code == 404

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"players_min": "5"}, "At least as many as the fewest"),
            ({"players_best": "6"}, "Choose a number among those who can play"),
            ({"rules_url": "javascript:alert(1)"}, "must begin with https://"),
            ({"name": " \u200b "}, "Give the game its name."),
            ({"notes": "gjeld 15076500565"}, "looks like a national identity number"),
            ({"players_max": "100"}, "Choose a number from 1 to 99."),
        ],
    )
    def test_what_cannot_be_comes_back_with_a_word(
        self, browse: Browse, anne: Person, values: dict[str, str], words: str
    ) -> None:
        answer = browse(anne).post("/spel/nytt", data={**AZUL, **values})
        assert answer.status_code == 422
        assert words in answer.text
        assert db.session.scalar(select(func.count()).select_from(Game)) == 0

    def test_the_same_game_twice_is_refused_at_its_name(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        put(browser)
        answer = browser.post("/spel/nytt", data={**AZUL, "name": " AZUL "})
        assert answer.status_code == 422
        assert "on your shelf already" in answer.text

    def test_it_can_be_changed_and_taken_away(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        game = put(browser)
        assert game
        assert browser.soup(f"/spel/{game.id}/endring").find(id="name")["value"] == "Azul"
        browser.post(f"/spel/{game.id}/endring", data={**AZUL, "players_max": "5", "can_teach": ""})
        assert "2–5 players" in browser.soup("/spel").select_one(".tiles").text
        assert shelves.taught_by(anne.id) == frozenset()
        browser.post(f"/spel/{game.id}/fjerning")
        assert browser.soup("/spel").select_one(".tiles") is None

    def test_only_organisers_put_games_at_work_for_all(self, browse: Browse, anne: Person, otto: Person) -> None:
        assert browse(anne).post("/spel/nytt", data={**AZUL, "is_common": "y"}).status_code == 422
        game = put(browse(otto), is_common="y")
        assert game
        assert game.owner_id is None
        assert browse(anne).get(f"/spel/{game.id}/endring").status_code == 404
        assert browse(otto).get(f"/spel/{game.id}/endring").status_code == 200
        assert "Stands at work" in browse(anne).soup("/spel").select_one(".tiles").text

    def test_looking_by_name_and_by_how_many_we_are(self, browse: Browse, anne: Person) -> None:
        with transaction():
            make_game(anne, "Azul")
            make_game(anne, "Codenames", players_min=4, players_max=8)
        browser = browse(anne)

        def found(query: str) -> list[str]:
            return [each.text for each in browser.soup(f"/spel?{query}").select(".tiles b")]

        assert found("spelarar=6") == ["Codenames"]
        assert found("q=AZ") == ["Azul"]
        assert found("q=%25") == []
        assert found("spelarar=x") == ["Azul", "Codenames"]
        assert "No game fits that." in browser.get("/spel?q=xyzzy").text

    def test_a_long_shelf_has_pages_and_as_many_questions_as_a_short_one(self, browse: Browse, anne: Person) -> None:
        with transaction():
            for number in range(60):
                make_game(anne, f"Game {number:02}")
        browser = browse(anne)
        soup = browser.soup("/spel")
        assert len(browser.statements) <= 7  # two of its own, the rest is the frame
        assert len(soup.select(".tiles > li")) == 48
        following = browser.soup(soup.select_one("a[rel=next]")["href"])
        assert len(following.select(".tiles > li")) == 12


class TestLists:
    def look(self, browser: AuditingClient, content: str, code: int = 200) -> str:
        answer = browser.post("/spel/innlesing", data={"file": (BytesIO(content.encode()), "liste")})
        assert answer.status_code == code
        return answer.text

    def take(self, browser: AuditingClient, page: str) -> int:
        from bs4 import BeautifulSoup

        sealed = BeautifulSoup(page, "html.parser").find("input", {"name": "sealed"})
        return browser.post("/spel/innlesing/gjer", data={"sealed": sealed["value"]}).status_code

    def test_a_look_changes_nothing_and_the_press_does(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        page = self.look(browser, "name;players;minutes\nAzul;2–4;45\nCatan;;\nCodenames;4-8;x\nGo;2;\n")
        assert "Line 3: it does not say how many can play" in page
        assert "Line 4: the minutes must be" in page
        assert "2 games are new." in page
        assert shelves.own_games(anne.id) == []
        assert self.take(browser, page) == 303
        assert [game.name for game in shelves.own_games(anne.id)] == ["Azul", "Go"]

    def test_a_collection_of_boardgamegeek_comes_in(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        page = self.look(browser, COLLECTION)
        assert "Line 8: it does not say" in page
        assert "2 are expansions, wishes or there twice" in page
        self.take(browser, page)
        (game,) = shelves.own_games(anne.id)
        assert (game.name, game.minutes) == ("Catan '95 & co", 120)

    def test_the_same_list_again_changes_nothing_and_keeps_ones_own_words(self, browse: Browse, anne: Person) -> None:
        with transaction():
            make_game(anne, "Azul", minutes=45, notes="the blue one", players_best=3)
        browser = browse(anne)
        assert "All of it is here already." in self.look(browser, "name;players\nazul;2-4\n".replace("azul", "Azul"))
        self.take(browser, self.look(browser, "name;players\nAzul;2-2\nAZUL;1-9\n"))
        (game,) = shelves.own_games(anne.id)
        assert (game.players_max, game.minutes, game.notes, game.players_best) == (2, 45, "the blue one", None)

    def test_what_is_no_list_is_refused_whole(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        assert "DOCTYPE" in self.look(browser, '<!DOCTYPE x [<!ENTITY y "z">]><items>&y;</items>', 422)
        assert "no game is in it" in self.look(browser, "name;players\n", 422).casefold()
        assert "Choose a file." in browser.post("/spel/innlesing", data={}).text

    def test_what_looks_like_a_patient_is_refused_by_its_line(self, browse: Browse, anne: Person) -> None:
        page = self.look(browse(anne), "name;players;note\nAzul;2;ok\nGo;2;15076500565\n")
        assert "Line 3: something in it looks like a national identity number" in page
        assert "15076500565" not in page

    def test_what_another_has_looked_at_cannot_be_taken(self, browse: Browse, anne: Person, didrik: Person) -> None:
        page = self.look(browse(anne), "name;players\nAzul;2\n")
        assert self.take(browse(didrik), page) == 409
        assert browse(anne).post("/spel/innlesing/gjer", data={"sealed": "x"}).status_code == 409

    def test_a_look_lasts_an_hour(self, browse: Browse, anne: Person, at: Callable[..., None]) -> None:
        page = self.look(browse(anne), "name;players\nAzul;2\n")
        at(MONDAY + timedelta(minutes=61))
        assert self.take(browse(anne), page) == 409

    def test_what_is_saved_comes_in_again(self, browse: Browse, anne: Person, didrik: Person) -> None:
        with transaction():
            make_game(anne, "=Azul", notes="æøå; og «sitat»", minutes=30)
            make_game(didrik, "Another's")
        answer = browse(anne).get("/spel/hylla.csv")
        assert answer.mimetype == "text/csv"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert "Another" not in answer.text
        ((_, entry),) = lists.read(lists.decode(answer.data)).entries
        assert (entry.name, entry.notes) == ("=Azul", "æøå; og «sitat»")


class TestEvening:
    def test_the_games_stand_on_the_page_of_the_evening(
        self, browse: Browse, evening: Evening, anne: Person, didrik: Person
    ) -> None:
        with transaction():
            make_brought(evening, anne, "Cascadia", minutes=45)
            make_teacher(didrik, "cascadia")
        card = browse(didrik).soup(f"/kveldar/{evening.id}").find(id="games")
        assert "Cascadia" in card.text
        assert "2–4 players · 45 min" in card.text
        assert "Anne Askeland brings it" in card.text  # Didrik can teach it, but does not come

    def test_other_evenings_have_no_games(self, browse: Browse, anne: Person) -> None:
        with transaction():
            evening = make_evening(kind=Kind.CINEMA)
            make_sign_up(evening, anne)
        browser = browse(anne)
        assert browser.soup(f"/kveldar/{evening.id}").find(id="games") is None
        for path in ("spel", "spel/plan", "spel/kort"):
            assert browser.get(f"/kveldar/{evening.id}/{path}", headers={"HX-Request": "true"}).status_code == 404
        assert browser.post(f"/kveldar/{evening.id}/spel/ynske").status_code == 404

    def test_one_brings_ones_own_game_and_leaves_it_at_home_again(
        self, browse: Browse, evening: Evening, anne: Person
    ) -> None:
        with transaction():
            game = make_game(anne)
        browser = browse(anne)
        page = browser.soup(f"/kveldar/{evening.id}/spel")
        assert page.find("form", {"action": f"/kveldar/{evening.id}/spel/{game.id}/medbrakt"})
        for _ in range(2):  # a double click
            browser.post(f"/kveldar/{evening.id}/spel/{game.id}/medbrakt", data={"on": "1"})
        assert "Leave it at home" in browser.get(f"/kveldar/{evening.id}/spel").text
        assert db.session.scalar(select(func.count()).select_from(BroughtGame)) == 1
        browser.post(f"/kveldar/{evening.id}/spel/{game.id}/medbrakt")
        assert db.session.scalar(select(func.count()).select_from(BroughtGame)) == 0

    def test_a_game_that_is_new_to_the_shelf_is_brought_at_once(
        self, browse: Browse, evening: Evening, anne: Person
    ) -> None:
        browser = browse(anne)
        assert browser.soup(f"/spel/nytt?kveld={evening.id}").find("input", {"name": "evening"})["value"] == str(
            evening.id
        )
        answer = browser.post("/spel/nytt", data={**AZUL, "evening": str(evening.id)})
        assert answer.location == f"/kveldar/{evening.id}/spel"
        assert "Azul" in browser.soup(f"/kveldar/{evening.id}").find(id="games").text
        assert browser.post("/spel/nytt", data={**AZUL, "name": "Go", "evening": "987654"}).location == "/spel?mine=1"

    def test_nobody_brings_what_belongs_to_another(
        self, browse: Browse, evening: Evening, anne: Person, bjarne: Person
    ) -> None:
        with transaction():
            game, common = make_game(anne), make_game(None, "Ludo")
        browser = browse(bjarne)
        assert browser.post(f"/kveldar/{evening.id}/spel/{game.id}/medbrakt", data={"on": "1"}).status_code == 404
        assert browser.post(f"/kveldar/{evening.id}/spel/{common.id}/medbrakt", data={"on": "1"}).status_code == 303
        browse(anne).post(f"/kveldar/{evening.id}/spel/{common.id}/medbrakt")  # nor takes home what another brings
        assert db.session.scalars(select(BroughtGame.person_id)).all() == [bjarne.id]

    def test_only_those_who_have_a_seat_bring_and_wish(
        self, browse: Browse, evening: Evening, anne: Person, didrik: Person
    ) -> None:
        with transaction():
            game = make_game(didrik)
        browser = browse(didrik)
        assert "When you have a seat" in browser.get(f"/kveldar/{evening.id}/spel").text
        assert browser.post(f"/kveldar/{evening.id}/spel/{game.id}/medbrakt", data={"on": "1"}).status_code == 409
        assert browser.post(f"/kveldar/{evening.id}/spel/ynske").status_code == 409

    def test_wishes_are_kept_and_shown_to_others_as_a_count_alone(
        self, browse: Browse, evening: Evening, anne: Person, bjarne: Person
    ) -> None:
        with transaction():
            game = make_brought(evening, bjarne)
            other = make_brought(evening, anne, "Go")
        browser = browse(anne)
        words = {f"wish-{game.id}": "love", f"teach-{game.id}": "1", f"wish-{other.id}": "rather_not"}
        browser.post(f"/kveldar/{evening.id}/spel/ynske", data=words)
        page = browser.soup(f"/kveldar/{evening.id}/spel")
        chosen = {each["name"]: each["value"] for each in page.select("input[type=radio][checked]")}
        assert chosen == {f"wish-{game.id}": "love", f"wish-{other.id}": "rather_not"}
        card = browse(bjarne).soup(f"/kveldar/{evening.id}").find(id="games").text
        assert "Anne Askeland can teach it" in card
        assert "1 would like to play it" in card
        assert "ather not" not in card
        browser.post(f"/kveldar/{evening.id}/spel/ynske", data={f"wish-{game.id}": "", f"wish-{other.id}": "like"})
        assert db.session.scalars(select(GameWish.wish)).all() == [Wish.LIKE]
        assert shelves.taught_by(anne.id) == frozenset()

    def test_a_wish_for_what_is_not_brought_is_refused(self, browse: Browse, evening: Evening, anne: Person) -> None:
        with transaction():
            game = make_game(anne)
        answer = browse(anne).post(f"/kveldar/{evening.id}/spel/ynske", data={f"wish-{game.id}": "love"})
        assert answer.status_code == 422

    def test_whoever_shows_no_name_is_not_named_by_their_game_either(self, browse: Browse, didrik: Person) -> None:
        with transaction():
            evening, shy = make_evening(), make_person("Sky Skuggen")
            make_sign_up(evening, shy, shown_as=ShownAs.HIDDEN)
            make_brought(evening, shy)
            make_teacher(shy, "cascadia")
        browser = browse(didrik)
        for path in ("", "/spel", "/spel/plan"):
            assert "Skuggen" not in browser.get(f"/kveldar/{evening.id}{path}").text
        assert "Somebody who comes can teach it" in browser.get(f"/kveldar/{evening.id}").text

    def test_two_copies_of_a_game_are_one_game_to_wish_for(
        self, browse: Browse, evening: Evening, anne: Person, bjarne: Person
    ) -> None:
        with transaction():
            one = make_brought(evening, anne, "Cascadia")
            two = make_brought(evening, bjarne, "CASCADIA")
        browser = browse(anne)
        page = browser.soup(f"/kveldar/{evening.id}/spel")
        assert len(page.select("fieldset.wish")) == 1
        assert "2 copies" in page.text
        browser.post(f"/kveldar/{evening.id}/spel/ynske", data={f"wish-{one.id}": "love"})
        night = plans.night(evening.id)
        assert {party.person_id: dict(party.wishes) for party in night.parties}[anne.id] == {
            one.id: Wish.LOVE,
            two.id: Wish.LOVE,
        }

    def test_leaving_the_evening_takes_games_and_wishes_along(
        self, browse: Browse, evening: Evening, anne: Person, bjarne: Person, otto: Person
    ) -> None:
        with transaction():
            game = make_brought(evening, anne)
        browse(anne).post(f"/kveldar/{evening.id}/spel/ynske", data={f"wish-{game.id}": "love"})
        pins = {"decides": "1", f"seat-{anne.id}": str(game.id), f"game-{game.id}": "open"}
        browse(otto).post(f"/kveldar/{evening.id}/spel/plan/oppsett", data=pins)
        lay(evening)
        with transaction():
            signups.give_up(anne, evening.id)
        for table in (BroughtGame, GameWish, SeatPin, TablePin, TableSeat):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0, table

    def test_when_it_is_over_nothing_more_is_said(
        self, browse: Browse, evening: Evening, anne: Person, at: Callable[..., None]
    ) -> None:
        with transaction():
            game = make_brought(evening, anne)
        at(evening.ends_at)
        browser = browse(anne)
        assert "What would you like to play?" not in browser.get(f"/kveldar/{evening.id}/spel").text
        answer = browser.post(f"/kveldar/{evening.id}/spel/ynske", data={f"wish-{game.id}": "love"})
        assert answer.status_code == 409

    def test_the_pages_ask_as_many_questions_however_many_come(
        self, browse: Browse, evening: Evening, anne: Person
    ) -> None:
        with transaction():
            for number in range(12):
                person = make_person(f"Gjest {number}")
                make_sign_up(evening, person, position=10 + number)
                make_brought(evening, person, f"Game {number}")
        browser = browse(anne)
        for path, most in (("/spel", 12), ("/spel/plan", 12)):
            browser.get(f"/kveldar/{evening.id}{path}")
            assert len(browser.statements) <= most  # five of them are the frame's


class TestPlan:
    def test_an_organiser_has_the_tables_laid_and_lets_everybody_see_them(
        self, browse: Browse, evening: Evening, anne: Person, bjarne: Person, otto: Person
    ) -> None:
        with transaction():
            make_brought(evening, anne, "Cascadia")
        organiser, colleague = browse(otto), browse(anne)
        assert "Lay the tables" in organiser.get(f"/kveldar/{evening.id}").text
        organiser.post(f"/kveldar/{evening.id}/spel/plan/oppsett")
        assert "being laid" in organiser.get(f"/kveldar/{evening.id}/spel/plan").text
        lay(evening)
        page = organiser.soup(f"/kveldar/{evening.id}/spel/plan")
        assert [each.text for each in page.select(".laid__game")] == ["Cascadia"]
        assert "Anne Askeland" in page.select_one(".laid").text
        assert "not laid yet" in colleague.get(f"/kveldar/{evening.id}/spel/plan").text
        assert "You sit at" not in colleague.get(f"/kveldar/{evening.id}").text
        organiser.post(f"/kveldar/{evening.id}/spel/plan/vising", data={"on": "1"})
        assert "You sit here." in colleague.soup(f"/kveldar/{evening.id}/spel/plan").select_one(".laid--mine").text
        assert "You sit at Cascadia." in colleague.get(f"/kveldar/{evening.id}").text
        organiser.post(f"/kveldar/{evening.id}/spel/plan/vising")
        assert "You sit at" not in colleague.get(f"/kveldar/{evening.id}").text

    def test_the_organisers_word_is_kept_and_can_be_taken_back(
        self, browse: Browse, evening: Evening, anne: Person, bjarne: Person, otto: Person
    ) -> None:
        with transaction():
            one = make_brought(evening, anne, "Cascadia")
            two = make_brought(evening, bjarne, "Go", players_max=2)
        browser = browse(otto)
        pins = {"decides": "1", f"seat-{anne.id}": str(two.id), f"game-{one.id}": "closed"}
        browser.post(f"/kveldar/{evening.id}/spel/plan/oppsett", data=pins)
        lay(evening)
        assert seats(evening) == {anne.id: two.id, bjarne.id: two.id}
        page = browser.soup(f"/kveldar/{evening.id}/spel/plan")
        chosen = [each["value"] for each in page.select(".decide option[selected]")]
        assert chosen == ["closed", str(two.id)]
        browser.post(f"/kveldar/{evening.id}/spel/plan/oppsett", data={"decides": "1", f"game-{two.id}": "closed"})
        lay(evening)
        assert seats(evening) == {anne.id: one.id, bjarne.id: one.id}

    def test_where_not_everybody_can_be_seated_it_says_why_and_what_would_help(
        self, browse: Browse, evening: Evening, anne: Person, didrik: Person, otto: Person
    ) -> None:
        with transaction():
            make_sign_up(evening, didrik, position=3)
            make_brought(evening, anne, "Go", players_max=2)
        browser = browse(otto)
        browser.post(f"/kveldar/{evening.id}/spel/plan/oppsett")
        lay(evening)
        text = browser.get(f"/kveldar/{evening.id}/spel/plan").text
        assert "3 people come, and the games that are brought have room for 2." in text
        assert "One more game that 1 person can play, and everybody has a seat." in text
        assert "1 person has no table in this plan." in text
        assert len(seats(evening)) == 2

    def test_what_changes_afterwards_is_pointed_out(
        self, browse: Browse, evening: Evening, anne: Person, didrik: Person, otto: Person
    ) -> None:
        with transaction():
            make_brought(evening, anne)
        browser = browse(otto)
        browser.post(f"/kveldar/{evening.id}/spel/plan/oppsett")
        lay(evening)
        url = f"/kveldar/{evening.id}/spel/plan"
        assert "Something has changed" not in browser.get(url).text
        with transaction():
            make_sign_up(evening, didrik, position=3)
        assert "Something has changed" in browser.get(url).text

    def test_those_who_show_no_name_are_counted_and_cannot_be_placed(
        self, browse: Browse, evening: Evening, anne: Person, otto: Person
    ) -> None:
        with transaction():
            shy = make_person("Sky Skuggen")
            make_sign_up(evening, shy, position=3, shown_as=ShownAs.SOMEONE)
            game = make_brought(evening, anne)
        browser = browse(otto)
        browser.post(f"/kveldar/{evening.id}/spel/plan/oppsett")
        lay(evening)
        page = browser.soup(f"/kveldar/{evening.id}/spel/plan")
        assert "1 more" in page.select_one(".laid").text
        assert "Skuggen" not in page.text
        pins = {"decides": "1", f"seat-{shy.id}": str(game.id)}
        assert browser.post(f"/kveldar/{evening.id}/spel/plan/oppsett", data=pins).status_code == 422

    def test_colleagues_lay_and_show_nothing(self, browse: Browse, evening: Evening, didrik: Person) -> None:
        browser = browse(didrik)
        for noun in ("plan/oppsett", "plan/vising"):
            assert browser.post(f"/kveldar/{evening.id}/spel/{noun}", data={"on": "1"}).status_code == 403

    def test_a_plan_that_is_not_there_cannot_be_shown(self, browse: Browse, evening: Evening, otto: Person) -> None:
        browser = browse(otto)
        assert browser.post(f"/kveldar/{evening.id}/spel/plan/vising", data={"on": "1"}).status_code == 404
        browser.post(f"/kveldar/{evening.id}/spel/plan/oppsett")
        assert browser.post(f"/kveldar/{evening.id}/spel/plan/vising", data={"on": "1"}).status_code == 409

    def test_with_nobody_there_it_says_so(self, browse: Browse, otto: Person) -> None:
        with transaction():
            evening = make_evening()
        browser = browse(otto)
        browser.post(f"/kveldar/{evening.id}/spel/plan/oppsett")
        lay(evening)
        assert "Nobody has a seat" in browser.get(f"/kveldar/{evening.id}/spel/plan").text

    def test_it_is_not_laid_for_an_evening_that_is_over(
        self, browse: Browse, evening: Evening, otto: Person, at: Callable[..., None]
    ) -> None:
        at(clock.now() + timedelta(days=4))
        assert browse(otto).post(f"/kveldar/{evening.id}/spel/plan/oppsett").status_code == 409
