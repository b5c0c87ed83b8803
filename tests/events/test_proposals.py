from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.models.proposals import Proposal, ProposalState, WouldCome
from portal.blueprints.events.queries import proposals as queries
from portal.blueprints.events.service import proposals
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed
from tests.client import AuditingClient
from tests.factories.events import make_proposal
from tests.factories.people import make_person

Browse = Callable[[Person], AuditingClient]
FRAGMENT = {"HX-Request": "true"}
NUMBER = "13097248022"
FORM = {
    "key": "ein-nokkel",
    "kind": "other",
    "title": "Kubb i parken",
    "why": "Det er så fint ute.",
    "timing": "Ein torsdag i mai",
    "is_named": "y",
}
EVENING = {"title": "Kubb i parken", "day": "2026-11-27", "starts": "18:30", "minutes": "150", "kind": "other"}


def words(soup: Any) -> str:
    return " ".join(soup.get_text(" ").split())


def the_only() -> Proposal:
    return db.session.scalars(select(Proposal)).one()


def notices(person: Person) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.person_id == person.id).order_by(Notice.id)))


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def proposal(anne: Person) -> Proposal:
    with transaction():
        return make_proposal(anne)


def test_any_colleague_proposes_and_others_see_it(browse: Browse, anne: Person, didrik: Person) -> None:
    client = browse(anne)
    assert client.soup("/kveldar/framlegg/nytt").find("form", action="/kveldar/framlegg/nytt")
    answer = client.post("/kveldar/framlegg/nytt", data=FORM)
    assert (answer.status_code, answer.location) == (303, f"/kveldar/framlegg/{the_only().id}")
    page = words(browse(didrik).soup("/kveldar/framlegg"))
    for shown in ("Kubb i parken", "Det er så fint ute.", "Ein torsdag i mai", anne.name):
        assert shown in page


def test_the_same_form_sent_twice_is_one_proposal(browse: Browse, anne: Person) -> None:
    client = browse(anne)
    for _ in range(2):
        assert client.post("/kveldar/framlegg/nytt", data=FORM).status_code == 303
    assert count(Proposal) == 1


def test_organisers_are_told_of_a_proposal_and_not_whose_it_is(
    browse: Browse, anne: Person, otto: Person, didrik: Person
) -> None:
    browse(anne).post("/kveldar/framlegg/nytt", data=FORM)
    (told,) = notices(otto)
    assert (told.kind, told.actor_id, told.params) == ("events.proposed", None, {"title": "Kubb i parken"})
    assert notices(anne) == notices(didrik) == []


@pytest.mark.parametrize("reader", ["otto", "didrik", "carla"])
def test_who_proposes_without_a_name_is_named_to_nobody(
    browse: Browse, anne: Person, reader: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(reader)
    browse(anne).post("/kveldar/framlegg/nytt", data={**FORM, "is_named": ""})
    assert the_only().is_named is False
    client = browse(person)
    paths = ["/kveldar/framlegg", f"/kveldar/framlegg/{the_only().id}", "/kveldar/", "/varsel/"]
    if reader == "otto":
        paths += [f"/kveldar/framlegg/{the_only().id}/kvile", f"/kveldar/ny?framlegg={the_only().id}"]
    for path in paths:
        page = client.get(path).text
        assert "Askeland" not in page
        assert f"/folk/{anne.id}" not in page
    assert "your proposal" in words(browse(anne).soup("/kveldar/framlegg"))


def test_an_identity_number_comes_back_marked_and_nothing_is_stored(browse: Browse, anne: Person) -> None:
    for field in ("title", "why", "timing"):
        answer = browse(anne).post("/kveldar/framlegg/nytt", data={**FORM, field: f"Ring {NUMBER}"})
        assert answer.status_code == 422
        assert f"<mark>{NUMBER}</mark>" in answer.text
    assert count(Proposal) == 0


@pytest.mark.parametrize(("field", "longest"), [("title", 120), ("why", 1000), ("timing", 120)])
def test_texts_have_bounds(browse: Browse, anne: Person, field: str, longest: int) -> None:
    client = browse(anne)
    assert client.post("/kveldar/framlegg/nytt", data={**FORM, field: "x" * (longest + 1)}).status_code == 422
    assert client.post("/kveldar/framlegg/nytt", data={**FORM, field: "x" * longest}).status_code == 303


def test_nobody_has_more_than_five_waiting(browse: Browse, anne: Person) -> None:
    with transaction():
        for _ in range(proposals.MOST_OPEN):
            make_proposal(anne)
    answer = browse(anne).post("/kveldar/framlegg/nytt", data=FORM)
    assert answer.status_code == 422
    assert "You have five proposals waiting." in answer.text
    assert count(Proposal) == proposals.MOST_OPEN


def test_others_say_that_they_would_come_and_take_it_back_in_one_press(
    browse: Browse, didrik: Person, bjarne: Person, proposal: Proposal
) -> None:
    path, press = f"/kveldar/framlegg/{proposal.id}", f"/kveldar/framlegg/{proposal.id}/lyst"
    client = browse(didrik)
    for _ in range(2):  # twice is once
        assert client.post(press, data={"on": "1", "from": "list"}).location.startswith("/kveldar/framlegg#proposal-")
    assert "1 colleague would come" in words(client.soup(path))
    answer = BeautifulSoup(browse(bjarne).post(press, data={"on": "1"}, headers=FRAGMENT).text, "html.parser")
    assert "2 colleagues would come" in words(answer)
    pressed = answer.find("button")
    assert pressed
    assert pressed["aria-pressed"] == "true"
    assert client.post(press, data={"on": "0"}).status_code == 303
    assert "1 colleague would come" in words(client.soup(path))


def test_who_would_come_is_on_no_page(browse: Browse, anne: Person, otto: Person, proposal: Proposal) -> None:
    fan = make_person("Fredrik Fornøgd")
    with transaction():
        proposals.choose_would_come(fan, proposal.id, wanted=True)
    for person in (anne, otto):
        client = browse(person)
        for path in ("/kveldar/framlegg", f"/kveldar/framlegg/{proposal.id}"):
            page = client.get(path).text
            assert "1 colleague would come" in page
            assert "Fornøgd" not in page
            assert f"/folk/{fan.id}" not in page


def test_ones_own_proposal_needs_no_press(browse: Browse, anne: Person, proposal: Proposal) -> None:
    client = browse(anne)
    assert not client.soup("/kveldar/framlegg").find("form", action=f"/kveldar/framlegg/{proposal.id}/lyst")
    assert client.post(f"/kveldar/framlegg/{proposal.id}/lyst", data={"on": "1"}).status_code == 409


def test_the_list_is_the_newest_first_and_never_by_how_many_would_come(didrik: Person, anne: Person) -> None:
    with transaction():
        older, newer = make_proposal(anne, title="Eldre"), make_proposal(anne, title="Nyare")
        for number in range(3):
            proposals.choose_would_come(make_person(f"Gjest {number}"), older.id, wanted=True)
    assert [view.proposal.id for view in queries.open_proposals(didrik)] == [newer.id, older.id]


def test_an_organiser_makes_an_evening_of_it_and_they_hear_once(
    browse: Browse, anne: Person, didrik: Person, otto: Person, bjarne: Person, proposal: Proposal
) -> None:
    with transaction():
        proposals.choose_would_come(didrik, proposal.id, wanted=True)
    client = browse(otto)
    address = f"/kveldar/ny?framlegg={proposal.id}"
    assert client.soup(f"/kveldar/framlegg/{proposal.id}").find("a", href=address)
    form = client.soup(address).find("form", action=address)
    assert form
    title = form.find("input", {"name": "title"})
    assert title
    assert title["value"] == proposal.title  # type: ignore[index]
    answer = client.post(address, data=EVENING)
    evening = db.session.scalars(select(Evening)).one()
    assert answer.location == f"/kveldar/{evening.id}"
    assert [told.kind for told in notices(anne)] == ["events.proposal_made"]
    assert [told.kind for told in notices(didrik)] == ["events.wished_for"]
    assert notices(bjarne) == []
    assert notices(anne)[0].params["title"] == "Kubb i parken"
    assert count(WouldCome) == 0
    mine = words(browse(anne).soup(f"/kveldar/framlegg/{proposal.id}"))
    assert "This became an evening" in mine
    assert browse(didrik).get(f"/kveldar/framlegg/{proposal.id}").status_code == 404
    again = client.post(address, data=EVENING)
    assert again.status_code == 303  # from another window: an evening of its own, and nobody hears twice
    assert len(notices(anne)) == 1


def test_an_organiser_makes_a_series_of_it(browse: Browse, anne: Person, otto: Person, proposal: Proposal) -> None:
    client = browse(otto)
    address = f"/kveldar/seriar/ny?framlegg={proposal.id}"
    form = client.soup(address).find("form", action=address)
    assert form
    data = {
        **EVENING,
        "frequency": "weekly",
        "weekday": "2",
        "nth": "1",
        "interval": "1",
        "starts_on": "2026-11-23",
        "starts": "17:00",
    }
    assert client.post(address, data={**data, "act": "preview"}).status_code == 200
    assert the_only().is_open
    assert client.post(address, data=data).status_code == 303
    made = the_only()
    assert (made.state, made.series_id is not None, made.evening_id is not None) == (ProposalState.MADE, True, True)
    assert [told.kind for told in notices(anne)] == ["events.proposal_made"]


def test_a_proposal_rests_with_a_word_for_its_proposer_alone(
    browse: Browse, anne: Person, otto: Person, didrik: Person, proposal: Proposal
) -> None:
    client, path = browse(otto), f"/kveldar/framlegg/{proposal.id}"
    assert client.post(f"{path}/kvile", data={"word": "  "}).status_code == 422
    assert client.post(f"{path}/kvile", data={"word": f"Ring {NUMBER}"}).status_code == 422
    assert client.post(f"{path}/kvile", data={"word": "Så fin tanke! Etter påske?"}).status_code == 303
    (told,) = notices(anne)
    assert (told.kind, told.actor_id) == ("events.proposal_rests", otto.id)
    page = words(browse(anne).soup(path))
    assert "Så fin tanke! Etter påske?" in page
    assert f"Written by {otto.name}." in page
    assert "påske" not in client.get(path).text
    assert "påske" not in str(told.params)
    assert browse(didrik).get(path).status_code == 404
    assert "Kubb" not in browse(didrik).get("/kveldar/framlegg").text
    assert client.post(f"{path}/kvile", data={"word": "Igjen"}).status_code == 409


def test_what_rests_can_be_taken_up_again(browse: Browse, otto: Person, didrik: Person, proposal: Proposal) -> None:
    with transaction():
        proposals.let_rest(otto, proposal.id, word="Seinare.")
    client = browse(otto)
    assert client.post(f"/kveldar/framlegg/{proposal.id}/vekking").status_code == 303
    assert proposal.title in words(browse(didrik).soup("/kveldar/framlegg"))
    assert client.post(f"/kveldar/framlegg/{proposal.id}/vekking").status_code == 409


def test_the_proposer_changes_it_and_takes_it_back(browse: Browse, anne: Person, proposal: Proposal) -> None:
    client, path = browse(anne), f"/kveldar/framlegg/{proposal.id}"
    assert client.soup(f"{path}/endring").find("form", action=f"{path}/endring")
    assert client.post(f"{path}/endring", data={**FORM, "title": "Kubb på stranda"}).status_code == 303
    assert the_only().title == "Kubb på stranda"
    assert client.post(f"{path}/tilbaketrekking").status_code == 303
    assert count(Proposal) == 0
    assert client.get(path).status_code == 404


def test_others_can_neither_change_it_nor_take_it_back(
    browse: Browse, didrik: Person, otto: Person, carla: Person, proposal: Proposal
) -> None:
    path = f"/kveldar/framlegg/{proposal.id}"
    for person in (didrik, otto, carla):
        client = browse(person)
        assert client.get(f"{path}/endring").status_code == 404
        assert client.post(f"{path}/endring", data=FORM).status_code == 404
        assert client.post(f"{path}/tilbaketrekking").status_code == 403
    for act in ("kvile", "vekking"):
        assert browse(didrik).post(f"{path}/{act}", data={"word": "Nei"}).status_code == 403
    assert the_only().title == proposal.title


def test_a_proposal_that_is_not_there_is_not_found(browse: Browse, otto: Person) -> None:
    client = browse(otto)
    for path in ("/kveldar/framlegg/999", "/kveldar/framlegg/999/endring", "/kveldar/ny?framlegg=999"):
        assert client.get(path).status_code == 404
    for odd in ("x", "-1", "9" * 30, ""):
        assert client.get(f"/kveldar/ny?framlegg={odd}").status_code == 200


def test_the_service_keeps_its_own_doors(anne: Person, didrik: Person, otto: Person, proposal: Proposal) -> None:
    with pytest.raises(NotAllowed):
        proposals.let_rest(didrik, proposal.id, word="Nei")
    with pytest.raises(NotAllowed):
        proposals.fulfil(didrik, proposal.id, evening_id=1)
    with pytest.raises(NotAllowed):
        proposals.withdraw(otto, proposal.id)
    with pytest.raises(Invalid):
        proposals.propose(anne, proposals.ProposalWish(title="   "))
    proposals.let_rest(otto, proposal.id, word="Seinare.")
    with pytest.raises(Conflict):
        proposals.reword(anne, proposal.id, proposals.ProposalWish(title="Ny"))


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_asks_the_same_however_many_proposals(browse: Browse, didrik: Person, number: int) -> None:
    with transaction():
        for each in range(number):
            make_proposal(make_person(f"Person {each}"))
    client = browse(didrik)
    client.soup("/kveldar/framlegg")
    assert len(client.statements) <= 8


def test_old_proposals_are_forgotten(
    anne: Person, otto: Person, proposal: Proposal, at: Callable[[datetime], None]
) -> None:
    with transaction():
        rests = make_proposal(anne, kind=Kind.CINEMA)
        proposals.let_rest(otto, rests.id, word="Seinare.")
    began = proposal.created_at
    at(began + proposals.ANSWER_STAYS - timedelta(minutes=1))
    with transaction():
        proposals.forget_old()
    assert count(Proposal) == 2
    at(began + proposals.ANSWER_STAYS + timedelta(minutes=1))
    with transaction():
        proposals.forget_old()
    assert the_only().id == proposal.id
    at(began + proposals.WAITS + timedelta(minutes=1))
    with transaction():
        proposals.forget_old()
    assert count(Proposal) == 0


def test_ones_own_proposals_are_exported_and_go_with_the_account(
    anne: Person, bjarne: Person, carla: Person, proposal: Proposal
) -> None:
    with transaction():
        proposals.choose_would_come(bjarne, proposal.id, wanted=True)
    assert queries.export_proposals(anne.id)[0]["proposed"] == proposal.title
    assert queries.export_proposals(bjarne.id) == [{"would_come_to": proposal.title}]
    with transaction():
        proposals.erase(bjarne.id)
    assert (count(Proposal), count(WouldCome)) == (1, 0)
    with transaction():
        proposals.erase(anne.id)
    assert count(Proposal) == 0


def test_nobody_who_has_left_is_told(carla: Person, anne: Person, otto: Person, proposal: Proposal) -> None:
    with transaction():
        people.deactivate(carla, anne)
        proposals.let_rest(otto, proposal.id, word="Seinare.")
    assert notices(anne) == []
