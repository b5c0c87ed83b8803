from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy.orm import Session

from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.models.signups import ShownAs
from portal.blueprints.meals import queries
from portal.blueprints.meals.models import Meal
from portal.blueprints.meals.rules import Diet, Needs
from portal.blueprints.meals.service import dining
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.events import make_evening, make_sign_up
from tests.factories.meals import make_meal
from tests.factories.people import make_person
from tests.security.routes import routes

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
FRAGMENT = {"HX-Request": "true"}
SECRET = "kanariselleri"
FORM = {
    "what": "Pizza",
    "place": "Pergola",
    "day": "2026-11-26",
    "at": "20:30",
    "deadline_day": "2026-11-25",
    "deadline": "12:00",
    "capacity": "12",
}


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


@pytest.fixture
def evening(session: Session, anne: Person, bjarne: Person) -> Evening:
    with transaction():
        evening = make_evening(kind=Kind.OTHER, own_title="Strikkekveld")
        make_sign_up(evening, anne, position=1)
        make_sign_up(evening, bjarne, position=2, shown_as=ShownAs.HIDDEN)
        return evening


@pytest.fixture
def meal(otto: Person, evening: Evening) -> Meal:
    with transaction():
        return make_meal(otto, evening)


def test_an_organiser_offers_changes_and_calls_off_food(browse: Browse, otto: Person, evening: Evening) -> None:
    client = browse(otto)
    link = client.soup(f"/kveldar/{evening.id}").find("a", href=f"/mat/kveld/{evening.id}/ny")
    assert link
    assert client.soup(link["href"]).find("form", action=link["href"])  # type: ignore[index]
    assert client.post(f"/mat/kveld/{evening.id}/ny", data=FORM).location == f"/kveldar/{evening.id}"
    page = client.soup(f"/kveldar/{evening.id}")
    assert "Thursday 26 November, 20:30" in words(page.find(id="meal"))  # type: ignore[arg-type]
    assert "0 of 12 plates taken" in words(page)
    meal = queries.find_of_evening(evening.id)
    assert meal
    form = client.soup(f"/mat/{meal.id}/endring").find("form", action=f"/mat/{meal.id}/endring")
    assert form
    assert client.post(f"/mat/{meal.id}/endring", data={**FORM, "what": "Tapas"}).status_code == 303
    assert "Tapas" in words(client.soup(f"/kveldar/{evening.id}"))
    assert client.post(f"/mat/{meal.id}/avlysing").status_code == 303
    assert not client.soup(f"/kveldar/{evening.id}").find(id="meal")


@pytest.mark.parametrize(
    "values", [{"what": ""}, {"day": "2026-12-26"}, {"deadline": "x"}, {"capacity": "0"}, {"what": "Hjå 13097248022"}]
)
def test_food_that_cannot_be_comes_back_to_be_mended(
    browse: Browse, otto: Person, evening: Evening, values: dict[str, str]
) -> None:
    answer = browse(otto).post(f"/mat/kveld/{evening.id}/ny", data={**FORM, **values})
    assert answer.status_code == 422
    assert "Pergola" in answer.text
    assert queries.find_of_evening(evening.id) is None


def test_one_eats_in_one_press_and_not_after_all_in_another(browse: Browse, anne: Person, meal: Meal) -> None:
    client = browse(anne)
    page = f"/kveldar/{meal.evening_id}"
    assert client.soup(page).find("form", action=f"/mat/{meal.id}/paamelding")
    assert client.post(f"/mat/{meal.id}/paamelding").location == page
    assert "You eat" in words(client.soup(page))
    piece = client.post(f"/mat/{meal.id}/avmelding", headers=FRAGMENT)
    assert "I will eat too" in piece.text
    assert queries.plates(meal.id) == 0


def test_the_piece_is_the_same_as_in_the_page(browse: Browse, anne: Person, meal: Meal) -> None:
    client = browse(anne)
    page = client.soup(f"/kveldar/{meal.evening_id}").find(id="meal")
    piece = BeautifulSoup(client.get(f"/mat/{meal.id}/kort", headers=FRAGMENT).text, "html.parser")
    assert page
    assert words(page) == words(piece)  # type: ignore[arg-type]


def test_one_says_what_one_does_not_eat_and_finds_it_again(browse: Browse, anne: Person, meal: Meal) -> None:
    client = browse(anne)
    data = {"guests": "1", "diets": ["vegan", "no_nuts"], "other": "Selleri"}
    assert client.post(f"/mat/{meal.id}/svar", data=data).status_code == 303
    assert queries.my_needs(anne) == Needs(diets=frozenset({Diet.VEGAN, Diet.NO_NUTS}), other="Selleri")
    assert queries.plates(meal.id) == 2
    form = client.soup(f"/mat/{meal.id}").find("form", action=f"/mat/{meal.id}/svar")
    assert form
    assert {box["value"] for box in form.select("input[name=diets][checked]")} == {"vegan", "no_nuts"}
    assert form.select_one("input[name=other]")["value"] == "Selleri"  # type: ignore[index]
    assert not form.select("input[name=is_kept][checked]")  # default: gone the day after


@pytest.mark.parametrize("values", [{"guests": "4"}, {"diets": "breatharian"}, {"other": "Hjå 13097248022"}])
def test_what_cannot_be_stored_stores_nothing(browse: Browse, anne: Person, meal: Meal, values: dict[str, str]) -> None:
    """The client fails on a refusal that has written."""
    answer = browse(anne).post(f"/mat/{meal.id}/svar", data={"guests": "0", **values})
    assert answer.status_code == 422
    assert queries.plates(meal.id) == 0
    assert queries.my_needs(anne).is_empty


def test_an_allergy_one_remembers_late_is_still_told(at: At, browse: Browse, anne: Person, meal: Meal) -> None:
    with transaction():
        dining.eat(anne, meal.id)
    at(meal.deadline)
    assert browse(anne).post(f"/mat/{meal.id}/svar", data={"diets": "no_fish"}).status_code == 303
    assert queries.my_needs(anne).diets == {Diet.NO_FISH}


def test_who_does_not_come_is_told_what_to_do_first(browse: Browse, didrik: Person, meal: Meal) -> None:
    client = browse(didrik)
    assert "Sign up for the evening first" in words(client.soup(f"/mat/{meal.id}"))
    assert "Sign up for the evening first" in words(client.soup(f"/kveldar/{meal.evening_id}"))
    for path in (f"/mat/{meal.id}/svar", f"/mat/{meal.id}/paamelding"):
        assert client.post(path, data={"diets": "vegan"}).status_code == 403
    assert queries.my_needs(didrik).is_empty


def test_ones_own_page_shows_changes_and_forgets(browse: Browse, anne: Person) -> None:
    client = browse(anne)
    assert not client.soup("/mat/kosthald").find("form", action="/mat/kosthald/sletting")
    assert client.post("/mat/kosthald", data={"diets": "halal", "is_kept": "y"}).status_code == 303
    assert queries.my_needs(anne).diets == {Diet.HALAL}
    page = client.soup("/mat/kosthald")
    assert page.select("input[name=is_kept][checked]")
    assert client.post("/mat/kosthald/sletting").status_code == 303
    assert queries.my_needs(anne).is_empty


def test_the_kitchen_gets_totals_after_the_deadline_and_no_names(
    at: At, browse: Browse, anne: Person, bjarne: Person, otto: Person, meal: Meal
) -> None:
    with transaction():
        for person in (anne, bjarne):
            dining.eat(person, meal.id)
            dining.tell_needs(person, Needs(diets=frozenset({Diet.NO_GLUTEN}), other=SECRET))
    page = f"/kveldar/{meal.evening_id}"
    before = browse(otto).soup(page).find(id="kitchen")
    assert before
    assert "Order for 2." in words(before)
    assert "Without gluten" not in words(before)
    at(meal.deadline)
    kitchen = browse(otto).soup(page).find(id="kitchen")
    assert kitchen
    assert "2 Without gluten" in words(kitchen)
    assert words(kitchen).count(SECRET) == 2
    assert anne.name not in words(kitchen)
    assert bjarne.name not in words(kitchen)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_others_do_not_eat_is_on_no_page_of_anybody_it_is_not_for(
    app: Flask,
    at: At,
    browse: Browse,
    anne: Person,
    bjarne: Person,
    carla: Person,
    didrik: Person,
    otto: Person,
    meal: Meal,
    moment: str,
) -> None:
    """Before the deadline not to the organiser either; after it to the organiser of this meal alone."""
    with transaction():
        dining.eat(anne, meal.id)
        dining.tell_needs(anne, Needs(diets=frozenset({Diet.NO_SHELLFISH}), other=SECRET), is_kept=True)
        other = make_person("Oda Ordnes", roles=list(Role))
    if moment == "after":
        at(meal.deadline)
    readers = [bjarne, carla, didrik, other] + ([otto] if moment == "before" else [])
    ids = {"evening_id": meal.evening_id, "meal_id": meal.id, "person_id": anne.id}
    for reader in readers:
        browser = browse(reader)
        for route in routes(app, ids):
            if route.method == "GET" and "vakt" not in route.path:
                for headers in ({}, FRAGMENT):
                    answer = browser.get(route.path, headers=headers, audit=False, buffered=True)
                    assert SECRET not in answer.get_data(as_text=True), f"{reader.name}: {route}"
    assert SECRET in browse(anne).get("/mat/kosthald").text


def test_a_growing_headcount_is_all_that_changes_before_the_deadline(
    browse: Browse, anne: Person, bjarne: Person, otto: Person, meal: Meal
) -> None:
    """Whoever watches the page while one after another says yes learns nothing of what they eat."""
    client = browse(otto)

    def kitchen() -> str:
        found = client.soup(f"/kveldar/{meal.evening_id}").find(id="kitchen")
        assert found
        return words(found)

    with transaction():
        dining.eat(anne, meal.id)
    without = kitchen()
    with transaction():
        dining.tell_needs(anne, Needs(diets=frozenset({Diet.VEGAN}), other=SECRET))
    assert kitchen() == without


def test_another_organiser_may_take_over(browse: Browse, otto: Person, meal: Meal) -> None:
    with transaction():
        other = make_person("Oda Ordnes", roles={Role.ORGANISER})
    client = browse(other)
    kitchen = client.soup(f"/kveldar/{meal.evening_id}").find(id="kitchen")
    assert kitchen
    assert f"{otto.name} organises the food" in words(kitchen)
    assert client.post(f"/mat/{meal.id}/overtaking").status_code == 303
    assert queries.get_meal(meal.id).organiser_id == other.id


def test_colleagues_are_refused_where_organisers_work(browse: Browse, didrik: Person, meal: Meal) -> None:
    client = browse(didrik)
    assert not client.soup(f"/kveldar/{meal.evening_id}").find(id="kitchen")
    for path in (f"/mat/kveld/{meal.evening_id}/ny", f"/mat/{meal.id}/endring"):
        assert client.get(path).status_code == 403
    for path in (
        f"/mat/kveld/{meal.evening_id}/ny",
        *(f"/mat/{meal.id}/{act}" for act in ("endring", "overtaking", "avlysing")),
    ):
        assert client.post(path, data=FORM).status_code == 403
    assert queries.get_meal(meal.id)


def test_the_part_of_the_page_costs_few_questions(browse: Browse, anne: Person, otto: Person, meal: Meal) -> None:
    with transaction():
        for _ in range(20):
            person = make_person()
            make_sign_up(meal.evening, person, position=person.id + 10)
            dining.eat(person, meal.id)
    for reader, most in ((anne, 2), (otto, 3)):
        client = browse(reader)
        client.soup(f"/kveldar/{meal.evening_id}")
        ours = [statement for statement in client.statements if " meal" in statement or "diner" in statement]
        assert len(ours) <= most, ours


def test_ones_own_page_leads_to_what_one_does_not_eat(browse: Browse, anne: Person) -> None:
    page = browse(anne).soup("/meg")
    assert page.select_one('a[href="/mat/kosthald"]')
