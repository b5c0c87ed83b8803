from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.blueprints.events.models.evenings import Kind
from portal.blueprints.events.queries import overview
from portal.blueprints.events.queries.overview import Looking
from portal.blueprints.people.models import Person
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.events import MONDAY, make_evening, make_proposal, make_sign_up
from tests.factories.people import make_person

Browse = Callable[[Person], AuditingClient]
FRAGMENT = {"HX-Request": "true"}


def words(soup: Any) -> str:
    return " ".join(soup.get_text(" ").split())


def titles(soup: BeautifulSoup) -> list[str]:
    return [heading.get_text(strip=True) for heading in soup.select("#evenings h4")]


@pytest.fixture
def winter(anne: Person) -> None:
    """Games in November and December, a film in December and in February, and something else in January."""
    with transaction():
        make_evening(MONDAY + timedelta(days=3), own_title="Spel i november")
        make_evening(MONDAY + timedelta(days=14), own_title="Spel i desember")
        make_evening(MONDAY + timedelta(days=15), own_title="Film i desember", kind=Kind.CINEMA)
        make_evening(MONDAY + timedelta(days=50), own_title="Skitur i januar", kind=Kind.OTHER)
        make_evening(MONDAY + timedelta(days=80), own_title="Film i februar", kind=Kind.CINEMA)
        make_evening(MONDAY - timedelta(days=3), own_title="Over")


@pytest.mark.usefixtures("winter")
def test_evenings_stand_month_by_month(browse: Browse, anne: Person) -> None:
    soup = browse(anne).soup("/kveldar/")
    assert [heading.get_text() for heading in soup.select("#evenings h3")] == [
        "November",
        "December",
        "January 2027",
        "February 2027",
    ]
    assert titles(soup)[0] == "Spel i november"
    assert "Over" not in titles(soup)


@pytest.mark.usefixtures("winter")
def test_a_month_is_looked_at_alone_and_only_months_with_something_are_offered(browse: Browse, anne: Person) -> None:
    client = browse(anne)
    pills = [link["href"] for link in client.soup("/kveldar/").select('nav[aria-label="Which month?"] a')]
    months = [f"/kveldar/?manad={month}" for month in ("2026-11", "2026-12", "2027-01", "2027-02")]
    assert pills == ["/kveldar/", *months]
    soup = client.soup("/kveldar/?manad=2026-12")
    assert titles(soup) == ["Spel i desember", "Film i desember"]
    assert not soup.select(".poster")
    (current,) = soup.select('nav[aria-label="Which month?"] a[aria-current]')
    assert current["href"] == "/kveldar/?manad=2026-12"


@pytest.mark.usefixtures("winter")
def test_a_kind_is_looked_at_alone_and_kept_with_the_month(browse: Browse, anne: Person) -> None:
    client = browse(anne)
    soup = client.soup("/kveldar/?slag=kino")
    assert titles(soup) == ["Film i desember", "Film i februar"]
    pills = [link["href"] for link in soup.select('nav[aria-label="Which month?"] a')]
    assert pills == [
        "/kveldar/?slag=kino",
        "/kveldar/?slag=kino&manad=2026-12",
        "/kveldar/?slag=kino&manad=2027-02",
    ]
    assert titles(client.soup("/kveldar/?slag=kino&manad=2027-02")) == ["Film i februar"]
    empty = client.soup("/kveldar/?slag=kino&manad=2027-01")
    assert "Nothing is planned yet." in words(empty)
    assert empty.find("a", string="All that is on")


@pytest.mark.usefixtures("winter")
@pytest.mark.parametrize(
    "odd", ["manad=2026-13", "manad=9999-12", "manad=²026-11", "slag=x", "etter=x", "manad=2026-1"]
)
def test_odd_addresses_give_the_first_look(browse: Browse, anne: Person, odd: str) -> None:
    assert len(titles(browse(anne).soup(f"/kveldar/?{odd}"))) == 5


def test_the_list_goes_on_within_what_one_looks_at(browse: Browse, anne: Person) -> None:
    with transaction():
        for number in range(45):
            kind = Kind.CINEMA if number % 2 else Kind.OTHER
            make_evening(MONDAY + timedelta(days=number + 1), own_title=f"Kveld {number}", kind=kind)
    client = browse(anne)
    first = client.soup("/kveldar/?slag=kino")
    assert len(titles(first)) == 20
    onward = first.select_one('a[rel="next"]')
    assert onward
    second = client.soup(str(onward["href"]))
    assert titles(second) == ["Kveld 41", "Kveld 43"]
    assert second.find("a", string="Back to the first")


def test_a_piece_of_a_filtered_list_is_the_same_as_in_its_page(browse: Browse, anne: Person, winter: None) -> None:
    client, path = browse(anne), "/kveldar/?slag=kino&manad=2026-12"
    page = client.soup(path).find(id="evenings")
    piece = BeautifulSoup(client.get(path, headers=FRAGMENT).text, "html.parser").find(id="evenings")
    assert page is not None
    assert words(page) == words(piece)
    assert page["hx-get"] == path  # type: ignore[index]


def test_the_next_evening_takes_one_press(browse: Browse, anne: Person) -> None:
    with transaction():
        evening = make_evening()
    client = browse(anne)
    poster = client.soup("/kveldar/").select_one(".poster")
    assert poster
    form = poster.find("form")
    assert form
    assert form["action"] == f"/kveldar/{evening.id}/paamelding"  # type: ignore[index]
    assert client.post(f"/kveldar/{evening.id}/paamelding").status_code == 303
    soup = client.soup("/kveldar/")
    assert not soup.select(".poster form")
    assert "You are coming" in words(soup.select_one(".poster"))


def test_what_colleagues_would_like_stands_beside_it(browse: Browse, anne: Person, didrik: Person) -> None:
    client = browse(didrik)
    assert client.soup("/kveldar/").find("a", href="/kveldar/framlegg/nytt")
    with transaction():
        proposal = make_proposal(anne)
    assert client.soup("/kveldar/").find("a", href=f"/kveldar/framlegg/{proposal.id}")


@pytest.mark.parametrize("count", [2, 300])
def test_the_overview_asks_the_same_however_many_evenings(browse: Browse, otto: Person, count: int) -> None:
    with transaction():
        for number in range(count):
            kind = list(Kind)[number % 3]
            evening = make_evening(MONDAY + timedelta(days=number - count // 2, hours=1), kind=kind)
            if number % 10 == 0:
                make_sign_up(evening, make_person())
        make_proposal(otto)
    client = browse(otto)
    for path in ("/kveldar/", "/kveldar/?slag=kino", "/kveldar/?manad=2026-12"):
        client.soup(path)
        assert len(client.statements) <= OVERVIEW_ASKS, path


OVERVIEW_ASKS = 12  # with what other slices put beside the list


def test_the_months_are_asked_for_in_one_statement(anne: Person, winter: None) -> None:
    assert overview.months() == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert overview.months(Kind.OTHER) == [date(2027, 1, 1)]
    found = overview.overview(anne, Looking(kind=Kind.BOARD_GAMES))
    assert [month for month, _ in found.by_month] == [date(2026, 11, 1), date(2026, 12, 1)]
    assert found.posters == ()
