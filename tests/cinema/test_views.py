from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from bs4 import BeautifulSoup

from portal.blueprints.cinema.models.polls import FilmPoll, PollState
from portal.blueprints.cinema.queries import polls as queries
from portal.blueprints.cinema.service import ballots
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.queries import attendance
from portal.blueprints.people.models import Person
from portal.core import jobs
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.cinema import make_poll, make_showing
from tests.factories.events import make_evening
from tests.factories.people import make_person

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
FRAGMENT = {"HX-Request": "true"}
POLL_FORM = {"title": "Desemberfilmen", "day": "2026-11-26", "at": "12:00", "evening_id": "0"}
FILM_FORM = {
    "film": "Troll på tunet",
    "day": "2026-11-29",
    "starts": "18:30",
    "minutes": "117",
    "place": "Konsertpaleet",
    "price": "149,50",
    "link": "https://www.kino.example/troll",
}


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


@pytest.fixture
def poll(otto: Person) -> FilmPoll:
    with transaction():
        return make_poll(otto)


def test_an_organiser_opens_a_poll_for_a_night_of_the_series(browse: Browse, otto: Person) -> None:
    with transaction():
        night = make_evening(kind=Kind.CINEMA, own_title="Kinokveld")
    client = browse(otto)
    link = client.soup(f"/kveldar/{night.id}").select_one("#film a.ds-button")
    assert link
    form = client.soup(link["href"]).find("form", action="/kino/ny")
    assert form
    chosen = form.select_one("select[name=evening_id] option[selected]")
    assert chosen
    assert chosen["value"] == str(night.id)
    answer = client.post("/kino/ny", data={**POLL_FORM, "evening_id": str(night.id)})
    assert answer.status_code == 303
    page = client.soup(answer.location)
    assert "For Kinokveld, Thursday 26 November" in words(page)
    assert "No film is proposed yet. Want to be the first?" in words(page)
    assert "The film is not chosen yet." in words(client.soup(f"/kveldar/{night.id}"))


@pytest.mark.parametrize(
    "values",
    [
        {"title": ""},
        {"day": ""},
        {"day": "2026-11-20"},
        {"day": "2027-11-20"},
        {"evening_id": "99"},
        {"title": "Ola 13097248022"},
    ],
)
def test_a_poll_that_cannot_be_comes_back_to_be_mended(browse: Browse, otto: Person, values: dict[str, str]) -> None:
    answer = browse(otto).post("/kino/ny", data={**POLL_FORM, **values})
    assert answer.status_code == 422
    assert queries.running() == []


def test_a_colleague_proposes_a_film_and_sees_it_ticked(browse: Browse, anne: Person, poll: FilmPoll) -> None:
    client = browse(anne)
    assert client.soup(f"/kino/{poll.id}").find("a", href=f"/kino/{poll.id}/framlegg")
    answer = client.post(f"/kino/{poll.id}/framlegg", data=FILM_FORM)
    assert answer.location == f"/kino/{poll.id}"
    page = client.soup(answer.location)
    film = page.select_one(".film")
    assert film
    assert "Sunday 29 November, 18:30" in words(film)
    assert "117 minutes" in words(film)
    assert "kr 149.50" in words(film) or "149.50 kr" in words(film)
    link = film.select_one("a[href='https://www.kino.example/troll']")
    assert link
    assert "noopener" in link["rel"]
    assert film.select_one("button[aria-pressed=true]")


@pytest.mark.parametrize(
    "values",
    [
        {"film": ""},
        {"link": "javascript:alert(1)"},
        {"price": "gratis"},
        {"minutes": "abc"},
        {"day": "2026-11-24"},
        {"film": "Pasient 13097248022"},
    ],
)
def test_a_proposal_that_cannot_be_comes_back_with_what_was_written(
    browse: Browse, anne: Person, poll: FilmPoll, values: dict[str, str]
) -> None:
    answer = browse(anne).post(f"/kino/{poll.id}/framlegg", data={**FILM_FORM, **values})
    assert answer.status_code == 422
    assert "Konsertpaleet" in answer.text
    assert queries.get_poll(poll.id).showings == []


def test_what_looks_like_a_number_can_be_kept_when_the_author_says_so(
    browse: Browse, anne: Person, poll: FilmPoll
) -> None:
    form = {**FILM_FORM, "film": "Film 13097248022", "guard": "keep"}
    assert browse(anne).post(f"/kino/{poll.id}/framlegg", data=form).status_code == 303


def test_ticking_works_without_scripts_and_in_place(browse: Browse, anne: Person, poll: FilmPoll) -> None:
    with transaction():
        showing = make_showing(poll)
    client = browse(anne)
    address = f"/kino/{poll.id}/framlegg/{showing.id}/kryss"
    assert client.post(address, data={"on": "1"}).location == f"/kino/{poll.id}"
    assert list(queries.who_ticked(showing.id)) == [anne.id]
    piece = BeautifulSoup(client.post(address, data={"on": "0"}, headers=FRAGMENT).text, "html.parser")
    button = piece.select_one("#ballot .film button")
    assert button
    assert button["aria-pressed"] == "false"
    assert list(queries.who_ticked(showing.id)) == []


def test_the_piece_is_the_same_as_in_the_page(browse: Browse, otto: Person, poll: FilmPoll) -> None:
    with transaction():
        make_showing(poll)
    client = browse(otto)
    page = client.soup(f"/kino/{poll.id}").find(id="ballot")
    piece = BeautifulSoup(client.get(f"/kino/{poll.id}/framlegga", headers=FRAGMENT).text, "html.parser")
    assert page
    assert words(page) == words(piece)  # type: ignore[arg-type]


def test_a_colleague_is_not_offered_what_is_not_theirs(
    browse: Browse, anne: Person, bjarne: Person, poll: FilmPoll
) -> None:
    with transaction():
        theirs = make_showing(poll, proposed_by_id=bjarne.id)
    client = browse(anne)
    page = client.soup(f"/kino/{poll.id}")
    assert "Only organisers see this" not in words(page)
    assert not page.select("form[action$=fjerning]")
    assert bjarne.name not in page.find("main").get_text()  # type: ignore[union-attr]
    address = f"/kino/{poll.id}/framlegg/{theirs.id}/fjerning"
    assert client.post(address).status_code == 403
    assert browse(bjarne).post(address).status_code == 303
    for act in ("slutt", f"val/{theirs.id}", "avlysing", "endring"):
        assert client.post(f"/kino/{poll.id}/{act}", data=POLL_FORM).status_code == 403
    assert queries.get_poll(poll.id).state == PollState.OPEN


def test_the_film_is_chosen_and_one_comes_in_one_press(at: At, browse: Browse, anne: Person, poll: FilmPoll) -> None:
    with transaction():
        make_showing(poll, ticked_by=[anne], link="https://www.kino.example/troll")
    at(poll.closes_at)
    jobs.run_due(50)
    client = browse(anne)
    evening_id = queries.get_poll(poll.id).evening_id
    assert evening_id
    assert "Troll på tunet», which you ticked, is chosen" in words(client.soup("/varsel/"))
    form = client.soup(f"/kino/{poll.id}").find("form", action=f"/kveldar/{evening_id}/paamelding")
    assert form
    assert client.post(form["action"]).status_code == 303
    assert attendance.is_in(anne.id, evening_id)
    assert "You are coming" in words(client.soup(f"/kino/{poll.id}"))
    film = client.soup(f"/kveldar/{evening_id}").find(id="film")
    assert film
    assert "Read about the film on kino.example" in words(film)


def test_an_organiser_chooses_among_those_that_stand_equal(
    at: At, browse: Browse, anne: Person, bjarne: Person, otto: Person, poll: FilmPoll
) -> None:
    with transaction():
        first = make_showing(poll, "Første", ticked_by=[anne])
        second = make_showing(poll, "Andre", ticked_by=[bjarne], days=6)
        third = make_showing(poll, "Tredje", days=7)
    at(poll.closes_at)
    jobs.run_due(50)
    page = browse(otto).soup(f"/kino/{poll.id}")
    assert {form["action"] for form in page.select(".film form")} == {
        f"/kino/{poll.id}/val/{showing.id}" for showing in (first, second)
    }
    assert not browse(anne).soup(f"/kino/{poll.id}").select(".film form")
    assert browse(otto).post(f"/kino/{poll.id}/val/{third.id}").status_code == 404
    assert browse(otto).post(f"/kino/{poll.id}/val/{second.id}").status_code == 303
    assert "Andre on" in words(browse(anne).soup(f"/kino/{poll.id}"))


def test_an_organiser_ends_moves_and_drops_a_poll(browse: Browse, anne: Person, otto: Person, poll: FilmPoll) -> None:
    client = browse(otto)
    moved = client.post(f"/kino/{poll.id}/endring", data={"title": "Julefilmen", "day": "2026-11-27", "at": "10:00"})
    assert moved.status_code == 303
    assert "Open until 27 Nov at 10:00" in words(client.soup(f"/kino/{poll.id}"))
    assert client.post(f"/kino/{poll.id}/slutt").status_code == 303
    assert "No film suited anybody this time." in words(client.soup(f"/kino/{poll.id}"))
    assert client.post(f"/kino/{poll.id}/avlysing").status_code == 303
    assert client.get(f"/kino/{poll.id}").status_code == 404


def test_the_polls_stand_on_the_list_of_evenings_and_on_their_own_page(
    browse: Browse, anne: Person, poll: FilmPoll
) -> None:
    client = browse(anne)
    for address in ("/kveldar/", "/kino/"):
        page = client.soup(address)
        assert page.find("a", href=f"/kino/{poll.id}")
        assert "0 films proposed" in words(page)
    assert "Open a film poll" not in words(client.soup("/kino/"))


def test_where_there_is_no_poll_the_pages_say_so_or_nothing(browse: Browse, anne: Person) -> None:
    assert "No film poll is open just now." in words(browse(anne).soup("/kino/"))
    assert "Which film shall it be?" not in words(browse(anne).soup("/kveldar/"))


def test_another_kind_of_evening_has_no_film(browse: Browse, otto: Person) -> None:
    with transaction():
        evening = make_evening()
    client = browse(otto)
    assert not client.soup(f"/kveldar/{evening.id}").find(id="film")
    assert not [statement for statement in client.statements if "film_" in statement]


def test_the_pages_keep_to_their_number_of_queries(browse: Browse, otto: Person, poll: FilmPoll) -> None:
    with transaction():
        night = make_evening(kind=Kind.CINEMA)
        for number in range(30):
            make_showing(poll, f"Film {number}", ticked_by=[make_person()])
        attached = make_poll(otto, title="For kvelden", evening_id=night.id)
        make_showing(attached)
    client = browse(otto)
    client.soup(f"/kino/{poll.id}")
    assert len(client.statements) <= 8
    client.soup("/kino/")
    assert len(client.statements) <= 8
    client.soup(f"/kveldar/{night.id}")
    ours = [statement for statement in client.statements if "film_" in statement]
    assert len(ours) <= 4


def test_a_poll_that_is_closed_takes_no_proposal(at: At, browse: Browse, anne: Person, poll: FilmPoll) -> None:
    at(poll.closes_at)
    client = browse(anne)
    assert client.get(f"/kino/{poll.id}/framlegg").location == f"/kino/{poll.id}"
    assert client.post(f"/kino/{poll.id}/framlegg", data=FILM_FORM).status_code == 422


def test_a_number_of_another_poll_opens_nothing(browse: Browse, anne: Person, otto: Person, poll: FilmPoll) -> None:
    with transaction():
        other = make_poll(otto, title="Ein annan")
        showing = make_showing(other)
    client = browse(anne)
    assert client.post(f"/kino/{poll.id}/framlegg/{showing.id}/kryss", data={"on": "1"}).status_code == 404
    assert list(queries.who_ticked(showing.id)) == []
    assert db.session.get(Evening, 987) is None
    with transaction():
        ballots.tick(anne, other.id, showing.id, comes=True)
