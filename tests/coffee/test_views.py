"""The page of coffee with a colleague."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.blueprints.coffee import queries
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.coffee import HALF_PAST_SIX, make_members, make_pairs, make_week, monday_morning
from tests.factories.people import make_person

PAGE = "/pusterom/kaffi"
Browse = Callable[[Person], AuditingClient]


@pytest.fixture(autouse=True)
def monday(at: Callable[..., None]) -> Callable[[int], None]:
    def move(week: int) -> None:
        at(clock.at_wall(monday_morning(week), HALF_PAST_SIX))

    move(0)
    return move


@pytest.fixture
def pair(anne: Person, bjarne: Person) -> None:
    with transaction():
        make_week([anne, bjarne], monday_morning())
        make_members(anne, bjarne)
    make_pairs()


def test_nobody_gets_in_without_signing_in(client: AuditingClient) -> None:
    assert client.get(PAGE).status_code == 303 or client.get(PAGE).status_code == 302


def test_nobody_takes_part_before_they_say_so(browse: Browse, anne: Person) -> None:
    page = browse(anne).soup(PAGE)
    assert "Would you like to take part?" in page.text
    assert queries.find_member(anne.id) is None


def test_taking_part_takes_one_press(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    answer = browser.post(f"{PAGE}/paamelding", data={"rhythm": "weekly", "weekday": ""})
    assert answer.status_code == 303
    page = browser.soup(PAGE)
    assert "You take part. On Monday morning you hear whom you meet." in page.text
    assert "Every week, any day" in page.text


def test_choosing_anew_shows_what_was_chosen(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    browser.post(f"{PAGE}/paamelding", data={"rhythm": "weekly", "weekday": ""})
    browser.post(f"{PAGE}/paamelding", data={"rhythm": "monthly", "weekday": "3"})
    assert "Once a month, gladly on Thursday" in browser.soup(PAGE).text


@pytest.mark.parametrize("sent", [{}, {"rhythm": "daily"}, {"rhythm": "weekly", "weekday": "9"}])
def test_what_cannot_be_is_refused_with_the_form(browse: Browse, anne: Person, sent: dict[str, str]) -> None:
    assert browse(anne).post(f"{PAGE}/paamelding", data=sent).status_code == 422


@pytest.mark.parametrize("press", ["ikkje-no", "framhald", "pause"])
def test_who_does_not_take_part_has_nothing_to_press(browse: Browse, didrik: Person, press: str) -> None:
    assert browse(didrik).post(f"{PAGE}/{press}", data={"weeks": "2"}).status_code == 404


def test_the_page_says_whom_one_meets_when_and_how_to_find_each_other(
    browse: Browse, pair: None, anne: Person, bjarne: Person
) -> None:
    page = browse(anne).soup(PAGE)
    assert "Bjarne Svartveit" in page.text
    assert "A suggestion: Monday 23 November 09:00. You are both at work then." in page.text
    assert page.find("a", href=lambda href: href and href.startswith("https://teams.microsoft.com"))
    assert "Anne Askeland" in browse(bjarne).soup(PAGE).find(id="this-week").text


def test_nobody_else_sees_who_meets_or_who_takes_part(
    browse: Browse, pair: None, didrik: Person, carla: Person
) -> None:
    for stranger in (didrik, carla):
        page = browse(stranger).soup(PAGE).find("main")
        assert "Anne" not in page.text
        assert "Bjarne" not in page.text


def test_not_this_time_is_one_press_and_kind(browse: Browse, pair: None, anne: Person, bjarne: Person) -> None:
    browser = browse(anne)
    assert browser.post(f"{PAGE}/ikkje-no").status_code == 303
    page = browser.soup(PAGE)
    assert "All right. Nobody asks why." in page.text
    assert "Nothing this week." in page.text
    assert "Nobody was free when you are at work this week." in browse(bjarne).soup(PAGE).text


def test_a_break_and_coming_back(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    browser.post(f"{PAGE}/paamelding", data={"rhythm": "weekly", "weekday": ""})
    assert browser.post(f"{PAGE}/pause", data={"weeks": "2"}).status_code == 303
    assert "You have a break until Monday 7 December." in browser.soup(PAGE).text
    browser.post(f"{PAGE}/framhald")
    assert "New pairs are made on Monday morning." in browser.soup(PAGE).text
    browser.post(f"{PAGE}/pause", data={"weeks": ""})
    assert "You have a break until you come back." in browser.soup(PAGE).text
    assert browser.post(f"{PAGE}/pause", data={"weeks": "3000"}).status_code == 422


def test_a_break_with_company_for_this_week_is_seen_and_ended(browse: Browse, pair: None, anne: Person) -> None:
    browser = browse(anne)
    browser.post(f"{PAGE}/pause", data={"weeks": "4"})
    page = browser.soup(PAGE)
    assert "Bjarne Svartveit" in page.text, "what is agreed for this week stands"
    assert "You have a break until" in page.text
    assert len(page.select(f'form[action="{PAGE}/framhald"]')) == 1
    browser.post(f"{PAGE}/framhald")
    assert "You have a break" not in browser.soup(PAGE).find("main").text


def test_who_begins_within_a_week_is_told_what_is_true(
    browse: Browse, pair: None, anne: Person, didrik: Person, otto: Person
) -> None:
    browser = browse(didrik)
    browser.post(f"{PAGE}/paamelding", data={"rhythm": "weekly", "weekday": ""})
    page = browser.soup(PAGE)
    assert "You take part. On Monday morning you hear whom you meet." in page.text
    assert "If a colleague becomes free this week, you hear of it before that." in page.text
    assert "Nobody was free" not in page.text
    with transaction():
        make_week([didrik, otto], monday_morning(), from_=9)
    browser = browse(otto)
    browser.post(f"{PAGE}/paamelding", data={"rhythm": "weekly", "weekday": ""})
    page = browser.soup(PAGE)
    assert "You take part, and somebody is free this week already." in page.text
    assert "Didrik" in page.find(id="this-week").text


def test_leaving_is_one_press(browse: Browse, pair: None, anne: Person) -> None:
    browser = browse(anne)
    browser.post(f"{PAGE}/avmelding")
    page = browser.soup(PAGE)
    assert "whom you have met is forgotten" in page.text
    assert "Would you like to take part?" in page.text


def test_the_breathing_space_leads_there(browse: Browse, pair: None, anne: Person, didrik: Person) -> None:
    assert "This week with Bjarne" in browse(anne).soup("/pusterom").text
    assert "A cup or a walk with a colleague, if you like" in browse(didrik).soup("/pusterom").text


def test_the_page_asks_little_however_many_take_part(
    browse: Browse, anne: Person, bjarne: Person, monday: Callable[[int], None]
) -> None:
    with transaction():
        make_members(anne, bjarne)
    make_pairs()
    browser = browse(anne)
    browser.get(PAGE)
    few = len(browser.statements)
    with transaction():
        make_members(*(make_person(f"Person {number}") for number in range(8)))
    monday(1)
    make_pairs()
    browser = browse(anne)
    browser.get(PAGE)
    assert len(browser.statements) <= few + 1
    assert few <= 12


def test_a_group_of_last_week_is_shown_to_nobody(
    browse: Browse, pair: None, anne: Person, at: Callable[..., None]
) -> None:
    at(clock.at_wall(monday_morning(1), HALF_PAST_SIX) - timedelta(minutes=5))
    assert "Bjarne" not in browse(anne).soup(PAGE).find("main").text
