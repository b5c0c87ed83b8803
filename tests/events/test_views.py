from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from icalendar import Calendar
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.events.models.evenings import Evening, EveningState, Kind, Series
from portal.blueprints.events.models.signups import ShownAs, SignUp, SignUpState
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.service import evenings, feeds, series
from portal.blueprints.events.views import calendar
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.events import MONDAY, evening_wish, make_evening, make_sign_up, series_wish
from tests.factories.people import make_person
from tests.factories.rooms import make_room

Browse = Callable[[Person], AuditingClient]
FRAGMENT = {"HX-Request": "true"}
NUMBER = "13097248022"
SERIES_FORM = {
    "kind": "board_games",
    "title": "Brettspelkveld",
    "details": "Kom og spel.",
    "frequency": "weekly",
    "weekday": "2",
    "nth": "1",
    "interval": "1",
    "starts_on": "2026-11-23",
    "starts": "17:00",
    "minutes": "180",
    "capacity": "6",
}
EVENING_FORM = {"title": "Kino", "day": "2026-11-27", "starts": "18:30", "minutes": "150", "kind": "cinema"}


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


def mine(person: Person, evening: Evening) -> SignUp | None:
    return db.session.scalar(select(SignUp).where(SignUp.person_id == person.id, SignUp.evening_id == evening.id))


@pytest.fixture
def evening(session: Session) -> Evening:
    with transaction():
        return make_evening(capacity=1)


def test_the_list_shows_what_is_coming(browse: Browse, anne: Person, evening: Evening) -> None:
    soup = browse(anne).soup("/kveldar/")
    assert "Next: Thursday 26 November at 17:00" in words(soup)
    assert "0 of 1 places taken" in words(soup)
    assert "For organisers" not in words(soup)
    assert soup.find("a", href=f"/kveldar/{evening.id}")


def test_the_next_board_games_and_the_next_cinema_stand_large(browse: Browse, anne: Person, session: Session) -> None:
    with transaction():
        make_evening(MONDAY + timedelta(days=1), kind=Kind.OTHER, own_title="Strikk")
        for number in (2, 3):
            make_evening(MONDAY + timedelta(days=number), own_title=f"Spel {number}")
            make_evening(MONDAY + timedelta(days=number), own_title=f"Film {number}", kind=Kind.CINEMA)
    posters = browse(anne).soup("/kveldar/").find_all("section", class_="poster")
    assert [poster.h2.get_text() for poster in posters] == ["Spel 2", "Film 2"]
    assert all(poster.find("svg", class_="poster__drawing") for poster in posters)


def test_the_list_says_kindly_that_nothing_is_planned(browse: Browse, anne: Person) -> None:
    assert "Nothing is planned yet." in words(browse(anne).soup("/kveldar/"))


def test_a_piece_of_the_list_is_the_same_as_in_the_page(browse: Browse, anne: Person, evening: Evening) -> None:
    client = browse(anne)
    page = client.soup("/kveldar/").find(id="evenings")
    piece = BeautifulSoup(client.get("/kveldar/", headers=FRAGMENT).text, "html.parser").find(id="evenings")
    assert page
    assert piece
    assert words(page) == words(piece)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("piece", "id_"), [("kort", "sign-up"), ("plassar", "seats"), ("desse-kjem", "coming"), ("rommet", "room")]
)
def test_every_piece_of_an_evening_is_the_same_as_in_its_page(
    browse: Browse, otto: Person, evening: Evening, piece: str, id_: str
) -> None:
    client = browse(otto)
    page = client.soup(f"/kveldar/{evening.id}").find(id=id_)
    alone = BeautifulSoup(client.get(f"/kveldar/{evening.id}/{piece}", headers=FRAGMENT).text, "html.parser")
    assert page
    assert words(page) == words(alone)  # type: ignore[arg-type]


def test_the_list_and_the_page_keep_to_their_number_of_queries(browse: Browse, otto: Person) -> None:
    with transaction():
        make_room(seats=50)
        made = series.make(otto, series_wish(needs_room=True, capacity=40))
        first = finding.planned_of_series(made.id, after=MONDAY)[0]
        for number in range(45):
            state = SignUpState.IN if number < 40 else SignUpState.WAITING
            make_sign_up(first, make_person(), position=number + 1, state=state, note="Glutenfritt")
    client = browse(otto)
    client.soup("/kveldar/")
    assert len(client.statements) <= 12
    client.soup(f"/kveldar/{first.id}")
    assert len(client.statements) <= 16


def test_signing_up_without_scripts_goes_back_to_the_evening(browse: Browse, anne: Person, evening: Evening) -> None:
    client = browse(anne)
    form = client.soup(f"/kveldar/{evening.id}").find("form", action=f"/kveldar/{evening.id}/paamelding")
    assert form
    assert "Yes, I'm coming" in words(form)  # type: ignore[arg-type]
    answer = client.post(f"/kveldar/{evening.id}/paamelding", data={"note": "", "shown_as": "name"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/kveldar/{evening.id}")
    page = words(client.soup(f"/kveldar/{evening.id}"))
    assert "You are on the list." in page
    assert "You are coming" in page
    assert "1 of 1 places taken" in page


def test_signing_up_with_scripts_gives_the_card_and_says_what_was_done(
    browse: Browse, anne: Person, evening: Evening
) -> None:
    answer = browse(anne).post(f"/kveldar/{evening.id}/paamelding", headers=FRAGMENT)
    soup = BeautifulSoup(answer.text, "html.parser")
    assert soup.find(id="sign-up")
    assert "You are on the list." in words(soup.find(id="toast"))  # type: ignore[arg-type]
    assert not soup.find("html")
    assert mine(anne, evening)


def test_a_double_click_is_one_sign_up(browse: Browse, anne: Person, evening: Evening) -> None:
    client = browse(anne)
    for _ in range(2):
        assert client.post(f"/kveldar/{evening.id}/paamelding", headers=FRAGMENT).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(SignUp)) == 1


def test_the_one_who_comes_too_late_waits_and_leaves_in_one_press(
    browse: Browse, anne: Person, bjarne: Person, evening: Evening
) -> None:
    with transaction():
        make_sign_up(evening, anne)
    client = browse(bjarne)
    page = words(client.soup(f"/kveldar/{evening.id}"))
    assert "Put me on the waiting list" in page
    assert "You'll be number 1." in page
    client.post(f"/kveldar/{evening.id}/paamelding")
    assert "You are number 1 on the waiting list." in words(client.soup(f"/kveldar/{evening.id}"))
    browse(anne).post(f"/kveldar/{evening.id}/avmelding")
    page = words(client.soup(f"/kveldar/{evening.id}"))
    assert "A place is yours if you want it" in page
    assert "It is kept for you until" in page
    client.post(f"/kveldar/{evening.id}/tilbod")
    assert "You are coming" in words(client.soup(f"/kveldar/{evening.id}"))
    answer = client.post(f"/kveldar/{evening.id}/avmelding", headers=FRAGMENT)
    assert "Yes, I'm coming" in answer.text.replace("&#39;", "'")
    assert mine(bjarne, evening) is None


def test_from_the_front_page_one_press_is_enough_and_keeps_what_was_said_before(
    browse: Browse, anne: Person, evening: Evening
) -> None:
    client = browse(anne)
    agenda = BeautifulSoup(client.get("/kveldar/neste", headers=FRAGMENT).text, "html.parser")
    assert agenda.find("form", action=f"/kveldar/{evening.id}/paamelding")
    answer = client.post(f"/kveldar/{evening.id}/paamelding", data={"piece": "agenda"}, headers=FRAGMENT)
    soup = BeautifulSoup(answer.text, "html.parser")
    assert "You are coming" in words(soup.find(id="agenda"))  # type: ignore[arg-type]
    with transaction():
        evening_id = evening.id
    client.post(f"/kveldar/{evening_id}/paamelding", data={"note": "Glutenfritt", "shown_as": "hidden"})
    client.post(f"/kveldar/{evening_id}/paamelding", data={"piece": "agenda"}, headers=FRAGMENT)
    kept = mine(anne, evening)
    assert kept
    assert (attendance.note_of(kept), kept.shown_as) == ("Glutenfritt", ShownAs.HIDDEN)


def test_an_identity_number_in_a_note_comes_back_marked_and_is_not_stored(
    browse: Browse, anne: Person, evening: Evening
) -> None:
    for headers in ({}, FRAGMENT):
        answer = browse(anne).post(
            f"/kveldar/{evening.id}/paamelding", data={"note": f"Ring {NUMBER}", "shown_as": "name"}, headers=headers
        )
        assert answer.status_code == 422
        assert f"<mark>{NUMBER}</mark>" in answer.text
        assert mine(anne, evening) is None


def test_masking_the_digits_lets_the_note_through(browse: Browse, anne: Person, evening: Evening) -> None:
    data = {"note": f"Ring {NUMBER}", "shown_as": "name", "guard": "mask"}
    assert browse(anne).post(f"/kveldar/{evening.id}/paamelding", data=data).status_code == 303
    kept = mine(anne, evening)
    assert kept
    assert NUMBER not in attendance.note_of(kept)


def test_notes_are_for_organisers_and_nobody_else(
    browse: Browse, anne: Person, didrik: Person, otto: Person, carla: Person, session: Session
) -> None:
    with transaction():
        evening = make_evening()
        make_sign_up(evening, anne, note="Toler ikkje nøtter")
    assert "nøtter" not in browse(didrik).get(f"/kveldar/{evening.id}").text
    pieces = [f"/kveldar/{evening.id}/{piece}" for piece in ("kort", "desse-kjem")]
    for person in (didrik, carla):
        assert not any("nøtter" in browse(person).get(path, headers=FRAGMENT).text for path in pieces)
    assert "nøtter" in browse(otto).get(f"/kveldar/{evening.id}").text
    assert (
        "nøtter" in browse(anne).get(f"/kveldar/{evening.id}/kort", headers=FRAGMENT).text
    )  # her own, in her own field


def test_who_does_not_show_a_name_is_not_named(browse: Browse, anne: Person, didrik: Person) -> None:
    with transaction():
        evening = make_evening()
        make_sign_up(evening, anne, shown_as=ShownAs.HIDDEN)
        make_sign_up(evening, make_person("Berit Berge"), position=2, shown_as=ShownAs.SOMEONE)
    page = browse(didrik).get(f"/kveldar/{evening.id}").text
    assert "Askeland" not in page
    assert "Berge" not in page
    assert "2 signed up" in page


def test_after_it_has_begun_the_card_is_closed(
    browse: Browse, anne: Person, evening: Evening, at: Callable[[datetime], None]
) -> None:
    at(evening.starts_at + timedelta(minutes=5))
    client = browse(anne)
    assert not client.soup(f"/kveldar/{evening.id}").find("form", action=f"/kveldar/{evening.id}/paamelding")
    assert client.post(f"/kveldar/{evening.id}/paamelding").status_code == 409
    assert client.post(f"/kveldar/{evening.id}/avmelding", headers=FRAGMENT).status_code == 409


def test_an_evening_that_is_not_there_is_not_found(browse: Browse, anne: Person) -> None:
    client = browse(anne)
    for path in ("/kveldar/999", "/kveldar/999/kort", "/kveldar/999/anna"):
        assert client.get(path, headers={"HX-Request": "true"}).status_code == 404
    assert client.post("/kveldar/999/paamelding").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/kveldar/ny",
        "/kveldar/seriar",
        "/kveldar/seriar/ny",
        "/kveldar/seriar/{series}",
        "/kveldar/seriar/{series}/slutt",
        "/kveldar/seriar/{series}/plassar",
        "/kveldar/{evening}/endring",
        "/kveldar/{evening}/avlysing",
    ],
)
def test_didrik_is_refused_where_organisers_work(browse: Browse, didrik: Person, otto: Person, path: str) -> None:
    with transaction():
        made = series.make(otto, series_wish())
        first = finding.planned_of_series(made.id, after=MONDAY)[0]
    path = path.format(series=made.id, evening=first.id)
    assert browse(didrik).get(path).status_code == 403
    if path != "/kveldar/seriar":
        assert browse(didrik).post(path, data={**SERIES_FORM, **EVENING_FORM}).status_code == 403
    assert browse(otto).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/kveldar/", "/kveldar/neste", "/kveldar/1", "/kveldar/kalender", "/kveldar/ny"])
def test_nobody_sees_anything_without_signing_in(client: AuditingClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert "/logg-inn" in answer.headers["Location"]


def test_an_organiser_chooses_anew_how_many_can_come_to_a_series(browse: Browse, otto: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish(capacity=8))
    client, path = browse(otto), f"/kveldar/seriar/{made.id}/plassar"
    assert client.soup(path).find("input", {"name": "capacity"})["value"] == "8"  # type: ignore[index]
    answer = client.post(path, data={"capacity": "6", "minimum": "7", "decide_hours": "24"})
    assert (answer.status_code, "not larger than how many can come" in answer.text) == (422, True)
    answer = client.post(path, data={"capacity": "6", "minimum": "4", "decide_hours": "24"})
    assert answer.headers["Location"] == f"/kveldar/seriar/{made.id}"
    nights = finding.planned_of_series(made.id, after=MONDAY)
    assert {(night.capacity, night.minimum) for night in nights} == {(6, 4)}


def test_an_organiser_looks_at_the_dates_and_then_makes_the_series(browse: Browse, otto: Person) -> None:
    client = browse(otto)
    assert client.get("/kveldar/seriar/ny").status_code == 200
    for headers in ({}, FRAGMENT):
        answer = client.post("/kveldar/seriar/ny", data={**SERIES_FORM, "title": "", "act": "preview"}, headers=headers)
        assert answer.status_code == 200
        dates = BeautifulSoup(answer.text, "html.parser").find(id="dates")
        assert dates
        assert [item.get_text() for item in dates.find_all("time")][:2] == [  # type: ignore[union-attr]
            "Wednesday 25 November, 17:00–20:00",
            "Wednesday 2 December, 17:00–20:00",
        ]
    assert db.session.scalar(select(func.count()).select_from(Series)) == 0
    answer = client.post("/kveldar/seriar/ny", data=SERIES_FORM)
    made = db.session.scalars(select(Series)).one()
    assert answer.headers["Location"] == f"/kveldar/seriar/{made.id}"
    page = words(client.soup(f"/kveldar/seriar/{made.id}"))
    assert "Every Wednesday, 17:00" in page
    assert "Wednesday 30 December" in page
    assert "Brettspelkveld" in words(client.soup("/kveldar/seriar"))


def test_a_monthly_series_says_which_day_of_the_month(browse: Browse, otto: Person) -> None:
    client = browse(otto)
    client.post("/kveldar/seriar/ny", data={**SERIES_FORM, "frequency": "monthly", "weekday": "3", "nth": "-1"})
    made = db.session.scalars(select(Series)).one()
    assert "The last Thursday of the month" in words(client.soup(f"/kveldar/seriar/{made.id}"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": f"For {NUMBER}"},
        {"starts_on": "i morgon"},
        {"starts": "17:03"},
        {"minutes": "2"},
        {"capacity": "mange"},
        {"interval": "99"},
        {"weekday": "8"},
        {"until": "2026-11-01"},
    ],
)
def test_a_series_that_cannot_be_comes_back_with_what_was_written(
    browse: Browse, otto: Person, wrong: dict[str, str]
) -> None:
    answer = browse(otto).post("/kveldar/seriar/ny", data={**SERIES_FORM, **wrong})
    assert answer.status_code == 422
    assert "Kom og spel." in answer.text
    assert db.session.scalar(select(func.count()).select_from(Series)) == 0


def test_a_series_is_reworded_and_ended_with_one_more_question(browse: Browse, otto: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish())
    client = browse(otto)
    client.post(f"/kveldar/seriar/{made.id}", data={"title": "Spelkveld", "details": "", "place": ""})
    assert "Spelkveld" in words(client.soup("/kveldar/"))
    assert "6 evenings are planned." in words(client.soup(f"/kveldar/seriar/{made.id}/slutt"))
    client.post(f"/kveldar/seriar/{made.id}/slutt", data={"last_on": "2026-12-02"})
    planned = select(func.count()).select_from(Evening).where(Evening.state == EveningState.PLANNED)
    assert db.session.scalar(planned) == 2
    assert "Ends on Wednesday 2 December." in words(client.soup(f"/kveldar/seriar/{made.id}"))


def test_an_organiser_makes_moves_and_calls_off_a_single_evening(browse: Browse, otto: Person) -> None:
    client = browse(otto)
    client.post("/kveldar/ny", data=EVENING_FORM)
    made = db.session.scalars(select(Evening)).one()
    assert "Just this once" in words(client.soup(f"/kveldar/{made.id}"))
    moved = {**EVENING_FORM, "day": "2026-11-28", "starts": "19:00", "capacity": "8"}
    answer = client.post(f"/kveldar/{made.id}/endring", data=moved)
    assert answer.status_code == 303
    page = words(client.soup(f"/kveldar/{made.id}"))
    assert "Saturday 28 November" in page
    assert "19:00–21:30" in page
    assert "Call this evening off?" in words(client.soup(f"/kveldar/{made.id}/avlysing"))
    assert made.state == EveningState.PLANNED
    client.post(f"/kveldar/{made.id}/avlysing")
    page = words(client.soup(f"/kveldar/{made.id}"))
    assert "This evening is called off." in page
    assert "Cancelled" in words(client.soup("/kveldar/"))


def test_an_evening_in_the_past_comes_back_with_what_was_written(browse: Browse, otto: Person) -> None:
    answer = browse(otto).post("/kveldar/ny", data={**EVENING_FORM, "day": "2026-11-20"})
    assert answer.status_code == 422
    assert "Choose a time that is still to come." in answer.text
    assert db.session.scalar(select(func.count()).select_from(Evening)) == 0


def test_the_room_and_its_ledger_are_for_organisers(browse: Browse, otto: Person, didrik: Person) -> None:
    with transaction():
        make_room("Ulriken", seats=12)
        made = evenings.plan(otto, evening_wish(needs_room=True))
    page = words(browse(didrik).soup(f"/kveldar/{made.id}"))
    assert "A room is on its way" in page
    assert "Only organisers see this" not in page
    page = words(browse(otto).soup(f"/kveldar/{made.id}"))
    assert "Room wished for" in page
    assert "A room is wished for" in page


def test_the_piece_with_the_room_gives_others_no_ledger(browse: Browse, otto: Person, didrik: Person) -> None:
    with transaction():
        make_room("Ulriken", seats=12)
        made = evenings.plan(otto, evening_wish(needs_room=True))
    assert browse(didrik).get(f"/kveldar/{made.id}/rommet", headers={"HX-Request": "true"}).status_code == 403


def test_a_piece_opened_on_its_own_leads_to_its_evening(browse: Browse, anne: Person, evening: Evening) -> None:
    answer = browse(anne).get(f"/kveldar/{evening.id}/kort")
    assert (answer.status_code, answer.location) == (303, f"/kveldar/{evening.id}")


def test_ones_own_calendar_address_is_shown_once_works_and_can_be_closed(
    browse: Browse, client: AuditingClient, anne: Person, evening: Evening
) -> None:
    with transaction():
        make_sign_up(evening, anne)
    browser = browse(anne)
    assert "You have no address yet." in words(browser.soup("/kveldar/kalender"))
    shown = BeautifulSoup(browser.post("/kveldar/kalender/ny").text, "html.parser").find("input", id="address")
    assert shown
    path = str(shown["value"]).removeprefix("http://localhost")  # type: ignore[index]
    assert path not in browser.get("/kveldar/kalender").text
    answer = client.get(path)
    assert answer.mimetype == "text/calendar"
    assert [str(event["UID"]) for event in Calendar.from_ical(answer.text).events] == [evening.uid]
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    browser.post("/kveldar/kalender/fjerning")
    assert client.get(path).status_code == 404


def test_a_new_address_ends_the_old_one_and_nobody_guesses(client: AuditingClient, anne: Person, carla: Person) -> None:
    with transaction():
        old, new = feeds.make_secret(anne), feeds.make_secret(anne)
    assert client.get(f"/kalender/{old}.ics").status_code == 404
    assert client.get(f"/kalender/{new}.ics").status_code == 200
    assert client.get(f"/kalender/{'x' * 43}.ics").status_code == 404
    assert client.get("/kalender/kort.ics").status_code == 404
    with transaction():
        people.deactivate(carla, anne)
    assert client.get(f"/kalender/{new}.ics").status_code == 404


def test_the_feed_names_nobody_else(client: AuditingClient, anne: Person, bjarne: Person, evening: Evening) -> None:
    with transaction():
        make_sign_up(evening, anne, note="Glutenfritt")
        make_sign_up(evening, bjarne, position=2)
        secret = feeds.make_secret(anne)
    written = client.get(f"/kalender/{secret}.ics").text
    assert "Svartveit" not in written
    assert "Glutenfritt" not in written


def test_the_page_is_whole_in_the_readers_language(browse: Browse, session: Session) -> None:
    with transaction():
        evening = make_evening(datetime.combine(date(2026, 11, 26), MONDAY.timetz()))
        person = make_person("Kari Ås", locale="nn")
    soup = browse(person).soup(f"/kveldar/{evening.id}")
    assert soup.html
    assert soup.html["lang"] == "nn"
    assert "Torsdag 26. november" in words(soup)


def test_an_address_fetched_without_end_and_guessing_are_asked_to_wait(
    client: AuditingClient, anne: Person, bjarne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "FETCHES_PER_HOUR", 2)
    monkeypatch.setattr(calendar, "MISSES_PER_HOUR", 2)
    with transaction():
        secret, other = feeds.make_secret(anne), feeds.make_secret(bjarne)
    assert [client.get(f"/kalender/{secret}.ics").status_code for _ in range(3)] == [200, 200, 429]
    assert [client.get(f"/kalender/{'x' * 43}.ics").status_code for _ in range(3)] == [404, 404, 429]
    assert client.get(f"/kalender/{other}.ics").status_code == 200
