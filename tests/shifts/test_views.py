"""The pages: what one says, who sees what of it, and bringing a rota in."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.shifts import queries
from portal.blueprints.shifts.models import Rota, Shift
from portal.blueprints.shifts.rules import Availability, Kind
from portal.core import clock
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.factories.shifts import NOW, make_at_work, make_present, make_rota, make_shift, make_standing

HOUR = timedelta(hours=1)
Browse = Callable[[Person], AuditingClient]


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def one(page: Tag, place: str) -> Tag:
    found = page.select_one(place)
    assert found is not None, place
    return found


def words(client: AuditingClient, url: str, place: str = "main") -> str:
    return " ".join(one(client.soup(url), place).get_text(" ").split())


def test_ones_shifts_of_two_weeks_and_ones_leave_are_listed(anne: Person, browse: Browse) -> None:
    with transaction():
        rota = make_rota()
        make_shift(anne, NOW + 20 * HOUR, NOW + 28 * HOUR, rota=rota)
        make_shift(anne, NOW + 15 * 24 * HOUR, NOW + 15 * 24 * HOUR + HOUR, rota=rota)
        make_shift(anne, NOW + 48 * HOUR, NOW + 72 * HOUR, rota=rota, kind=Kind.LEAVE)
    shown = words(browse(anne), "/vakt")
    assert "Friday 27 November 06:00–14:00" in shown
    assert "On leave" in shown
    assert "11 December" not in shown


def test_without_a_rota_the_page_says_so_plainly(anne: Person, browse: Browse) -> None:
    client = browse(anne)
    assert "No rota says anything of today." in words(client, "/vakt")
    with transaction():
        make_rota()
    assert "No rota says anything of today." not in words(client, "/vakt")


def test_a_word_is_one_press_and_ends_by_itself(anne: Person, browse: Browse) -> None:
    with transaction():
        make_shift(anne)
    client = browse(anne)
    for word, shown in (
        ("on_call", "You are on a call, at most until"),
        ("away", "You are away until"),
        ("available", "You are at work, and available"),
        ("easy", "You take it easy until"),
        ("not_easy", "You are at work, and available"),
        ("off", "You are not at work now"),
        ("rota", "You are at work, and available"),
    ):
        assert client.post("/vakt/status", data={"word": word}).status_code == 303
        assert shown in words(client, "/vakt", "#my-standing")


def test_at_work_until_a_time_on_the_wall(anne: Person, browse: Browse) -> None:
    client = browse(anne)
    client.post("/vakt/status", data={"word": "work", "until": "15:30"})
    assert clock.wall(queries.standing_of(anne).until or NOW).hour == 15
    client.post("/vakt/status", data={"word": "work", "until": "06:15"})
    until = clock.wall(queries.standing_of(anne).until or NOW)
    assert (until.day, until.hour) == (27, 6)


@pytest.mark.parametrize("sent", [{"word": "sjuk"}, {}, {"word": "away", "until": "kvart over"}])
def test_what_is_no_word_is_refused(anne: Person, browse: Browse, sent: dict[str, str]) -> None:
    assert browse(anne).post("/vakt/status", data=sent).status_code == 422


def test_the_way_back_stays_in_the_house(anne: Person, browse: Browse) -> None:
    client = browse(anne)
    assert client.post("/vakt/status", data={"word": "work", "back": "/folk"}).location == "/folk"
    assert client.post("/vakt/status", data={"word": "work", "back": "https://evil.example/"}).location == "/"


def test_every_page_has_ones_standing_two_presses_away(anne: Person, browse: Browse) -> None:
    with transaction():
        make_shift(anne)
        make_standing(anne, availability=Availability.ON_CALL, until=NOW + HOUR)
    page = browse(anne).soup("/folk")
    assert one(page, "#standing-mark svg")["aria-label"] == "You are on a call"
    pressed = one(page, "#standing-control [aria-pressed=true]")
    assert pressed.get_text() == "On a call"


def test_ones_own_standing_costs_a_page_one_statement(anne: Person, browse: Browse) -> None:
    with transaction():
        make_at_work(anne)
    client = browse(anne)
    client.get("/meg")
    assert len([each for each in client.statements if "standing" in each]) == 1


def test_who_is_at_work_is_shown_and_who_is_not_is_nowhere(anne: Person, bjarne: Person, browse: Browse) -> None:
    with transaction():
        make_at_work(anne)
        make_shift(bjarne, kind=Kind.LEAVE)
    shown = words(browse(anne), "/vakt", "#at-work")
    assert "Anne Askeland" in shown
    assert "Bjarne" not in shown


def test_others_see_free_on_a_call_away_or_nothing(
    anne: Person, bjarne: Person, carla: Person, didrik: Person, otto: Person, browse: Browse
) -> None:
    with transaction():
        for person in (bjarne, carla, didrik, otto):
            make_at_work(person)
        make_standing(carla, availability=Availability.ON_CALL, until=NOW + HOUR)
        make_standing(didrik, availability=Availability.AWAY, until=NOW + HOUR)
        make_standing(otto, easy_until=NOW + HOUR)
    client = browse(anne)
    lines = {one(line, "b").get_text(): line for line in client.soup("/folk").select("ul.people li")}
    said = {name.split()[0]: [each.get_text() for each in line.select(".standing")] for name, line in lines.items()}
    assert said == {
        "Anne": [],
        "Bjarne": ["Free now"],
        "Carla": ["On a call"],
        "Didrik": ["Away from the desk"],
        "Otto": [],
    }
    for person in (bjarne, carla, didrik, otto):
        page = [each.get_text() for each in client.soup(f"/folk/{person.id}").select(".card .standing")]
        assert page == said[person.first_name]


def test_taking_it_easy_looks_as_having_no_page_open(
    anne: Person, bjarne: Person, otto: Person, browse: Browse
) -> None:
    with transaction():
        make_at_work(bjarne, is_present=False)
        make_at_work(otto)
        make_standing(otto, easy_until=NOW + HOUR)
    lines = browse(anne).soup("/vakt").select("#at-work li")
    assert [len(line.select(".standing")) for line in lines] == [0, 0]


def test_nobody_elses_leave_or_reason_is_on_any_page(anne: Person, bjarne: Person, browse: Browse) -> None:
    with transaction():
        make_shift(bjarne, kind=Kind.LEAVE)
        make_standing(bjarne, off_until=NOW + HOUR)
    client = browse(anne)
    for url in ("/vakt", "/folk", f"/folk/{bjarne.id}"):
        shown = words(client, url).casefold()
        assert "leave" not in shown
        assert "not at work" not in shown.replace("you are not at work now", "")


def test_the_page_asks_the_database_little_however_many_are_at_work(anne: Person, browse: Browse) -> None:
    def count() -> int:
        client.get("/vakt")
        return len(client.statements)

    client = browse(anne)
    with transaction():
        make_at_work(make_person("Ein Kollega"))
    few = count()
    with transaction():
        for number in range(8):
            make_at_work(make_person(f"Kollega {number}"))
    assert count() == few
    client.get("/folk")
    assert len([each for each in client.statements if "shift" in each or "presence" in each]) <= 3


def test_the_pieces_lead_to_the_page_when_opened_alone(anne: Person, browse: Browse) -> None:
    client = browse(anne)
    for url in ("/vakt/no", "/vakt/mi", "/vakt/merke"):
        assert client.get(url).location == "/vakt"
        assert client.get(url, headers={"HX-Request": "true"}).status_code == 200


def send(client: AuditingClient, content: str, name: str = "Haust") -> tuple[int, str]:
    answer = client.post(
        "/styring/vaktplan",
        data={"name": name, "file": (io.BytesIO(content.encode()), "vaktplan.csv")},
        content_type="multipart/form-data",
    )
    return answer.status_code, answer.get_data(as_text=True)


def sealed_in(page: str) -> str:
    return str(one(BeautifulSoup(page, "html.parser"), "main input[name=sealed]")["value"])


def table(*persons: Person) -> str:
    return "person;dato;frå;til\n" + "".join(f"{each.username};2026-11-26;07:00;15:00\n" for each in persons)


def test_a_rota_is_looked_at_and_then_brought_in(anne: Person, otto: Person, browse: Browse) -> None:
    client = browse(otto)
    code, page = send(client, table(anne) + "<b>ukjend</b>;2026-11-26;07:00;15:00\n")
    assert code == 200
    assert "1 shift or leave is new." in page
    assert "&lt;b&gt;ukjend" in page
    assert db.session.scalars(select(Rota)).all() == []
    assert client.post("/styring/vaktplan/innlesing", data={"sealed": sealed_in(page)}).status_code == 303
    assert [row.person_id for row in db.session.scalars(select(Shift))] == [anne.id]
    _, again = send(client, table(anne))
    assert "All of it is here already." in again
    (rota,) = queries.rotas()
    assert "Haust" in words(client, "/styring/vaktplan")
    assert client.post(f"/styring/vaktplan/{rota.id}/fjerning").status_code == 303
    assert db.session.scalars(select(Shift)).all() == []


def test_a_rota_with_a_fault_is_refused_by_line(anne: Person, carla: Person, browse: Browse) -> None:
    code, page = send(browse(carla), table(anne) + f"{anne.username};i dag;07:00;15:00\n")
    assert code == 422
    assert "Line 3: the day must be written as 2026-11-26 or 26.11.2026" in page
    assert 'name="sealed"' not in page


def test_an_upload_without_file_or_name_comes_back(carla: Person, browse: Browse) -> None:
    client = browse(carla)
    assert client.post("/styring/vaktplan", data={"name": "Haust"}).status_code == 422
    assert send(client, table(carla), name="")[0] == 422
    assert send(client, table(carla), name="portal_rota_url")[0] == 422
    assert client.post("/styring/vaktplan/innlesing", data={"sealed": "tull"}).status_code == 409


def test_others_are_refused(didrik: Person, otto: Person, browse: Browse) -> None:
    _, page = send(browse(otto), table(otto))
    client = browse(didrik)
    assert client.get("/styring/vaktplan").status_code == 403
    assert client.post("/styring/vaktplan/innlesing", data={"sealed": sealed_in(page)}).status_code == 403
    assert client.post("/styring/vaktplan/1/fjerning").status_code == 403


def test_present_people_are_not_listed_unless_they_are_at_work(anne: Person, bjarne: Person, browse: Browse) -> None:
    with transaction():
        make_present(bjarne)
    client = browse(anne)
    assert "Bjarne" not in words(client, "/vakt")
    assert not client.soup(f"/folk/{bjarne.id}").select(".card .standing")
