from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.blueprints.events.models.crew import EveningHelp, Handover
from portal.blueprints.events.models.evenings import Evening, Series
from portal.blueprints.events.queries import crew as queries
from portal.blueprints.events.queries import finding
from portal.blueprints.events.service import crew, recaps, series
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core.db import db, transaction
from portal.core.errors import NotAllowed
from tests.client import AuditingClient
from tests.factories.events import MONDAY, make_evening, make_sign_up, series_wish
from tests.factories.people import make_person

Browse = Callable[[Person], AuditingClient]


def words(soup: Any) -> str:
    return " ".join(soup.get_text(" ").split())


def kinds(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def organiser_of(evening_id: int) -> int | None:
    return db.session.scalars(select(Evening.organiser_id).where(Evening.id == evening_id)).one()


@pytest.fixture
def evening(otto: Person) -> Evening:
    with transaction():
        return make_evening(organiser_id=otto.id)


@pytest.fixture
def olga(session: object) -> Person:
    """Another organiser."""
    with transaction():
        return make_person("Olga Osland", roles=[Role.ORGANISER])


def test_anybody_lends_a_hand_by_name_and_takes_it_back(
    browse: Browse, anne: Person, otto: Person, didrik: Person, evening: Evening
) -> None:
    client, path = browse(anne), f"/kveldar/{evening.id}"
    assert client.soup(path).find("form", action=f"{path}/hjelp")
    for _ in range(2):
        assert client.post(f"{path}/hjelp").status_code == 303
    assert kinds(otto) == ["events.helper"]
    shown = browse(didrik).soup(path).find(id="crew")
    assert anne.name in words(shown)
    assert otto.name in words(shown)
    assert client.post(f"{path}/hjelp/tilbake").status_code == 303
    assert kinds(otto) == ["events.helper", "events.helper_left"]
    assert anne.name not in words(browse(didrik).soup(path).find(id="crew"))
    assert client.post(f"{path}/hjelp/tilbake").status_code == 303


def test_the_organiser_needs_no_such_button(browse: Browse, otto: Person, evening: Evening) -> None:
    client = browse(otto)
    assert not client.soup(f"/kveldar/{evening.id}").find("form", action=f"/kveldar/{evening.id}/hjelp")
    assert client.post(f"/kveldar/{evening.id}/hjelp").status_code == 409


def test_who_helps_writes_about_it_afterwards(
    browse: Browse, anne: Person, evening: Evening, at: Callable[[datetime], None]
) -> None:
    with transaction():
        crew.help_out(anne, evening.id)
    at(evening.ends_at + timedelta(hours=1))
    path = f"/kveldar/{evening.id}/attersyn/ord"
    assert browse(anne).post(path, data={"words": "Takk for i kveld."}).status_code == 303
    assert browse(anne).post(f"/kveldar/{evening.id}/hjelp").status_code == 409  # it is over


def test_thanks_reach_those_who_helped(
    anne: Person, bjarne: Person, otto: Person, evening: Evening, at: Callable[[datetime], None]
) -> None:
    with transaction():
        crew.help_out(anne, evening.id)
        make_sign_up(evening, bjarne)
    at(evening.ends_at + timedelta(hours=1))
    with transaction():
        recaps.thank(bjarne, evening.id)
    assert kinds(anne) == ["events.thanked"]
    assert "events.thanked" in kinds(otto)


def test_an_evening_is_handed_over_with_a_yes(browse: Browse, otto: Person, olga: Person, evening: Evening) -> None:
    path = f"/kveldar/{evening.id}"
    giver, taker = browse(otto), browse(olga)
    form = giver.soup(f"{path}/overlevering").find("form", action=f"{path}/overlevering")
    assert form
    assert olga.name in words(form)
    assert giver.post(f"{path}/overlevering", data={"to": olga.id}).status_code == 303
    assert organiser_of(evening.id) == otto.id
    assert kinds(olga) == ["events.handover"]
    assert "asks whether you take over this evening" in words(taker.soup(path).find(id="crew"))
    assert "You have asked Olga Osland" in words(giver.soup(path).find(id="crew"))
    assert taker.post(f"{path}/overtaking").status_code == 303
    assert (organiser_of(evening.id), count(Handover)) == (olga.id, 0)
    assert kinds(otto) == ["events.taken_over"]
    assert olga.name in words(giver.soup(path).find(id="crew"))
    assert taker.post(f"{path}/overtaking").status_code == 409 or organiser_of(evening.id) == olga.id


def test_no_is_said_as_easily_and_the_question_can_be_taken_back(
    browse: Browse, otto: Person, olga: Person, evening: Evening
) -> None:
    path = f"/kveldar/{evening.id}"
    giver, taker = browse(otto), browse(olga)
    giver.post(f"{path}/overlevering", data={"to": olga.id})
    assert taker.post(f"{path}/overtaking/nei").status_code == 303
    assert (organiser_of(evening.id), count(Handover)) == (otto.id, 0)
    assert kinds(otto) == ["events.not_taken_over"]
    giver.post(f"{path}/overlevering", data={"to": olga.id})
    assert giver.post(f"{path}/overlevering/tilbake").status_code == 303
    assert count(Handover) == 0
    assert taker.post(f"{path}/overtaking").status_code == 409


def test_only_its_organiser_hands_an_evening_over_and_only_to_organisers(
    browse: Browse, otto: Person, olga: Person, didrik: Person, evening: Evening
) -> None:
    path = f"/kveldar/{evening.id}/overlevering"
    assert browse(olga).post(path, data={"to": otto.id}).status_code in {403, 422}
    assert browse(otto).post(path, data={"to": didrik.id}).status_code == 422
    assert browse(otto).post(path, data={"to": otto.id}).status_code == 422
    for act in ("overlevering", "overlevering/tilbake", "overtaking", "overtaking/nei"):
        assert browse(didrik).post(f"/kveldar/{evening.id}/{act}", data={"to": didrik.id}).status_code == 403
    assert count(Handover) == 0
    with pytest.raises(NotAllowed):
        crew.ask_to_take_over(olga, evening.id, to_id=otto.id)


def test_a_third_organiser_neither_sees_nor_answers_the_question(
    browse: Browse, otto: Person, olga: Person, evening: Evening
) -> None:
    third = make_person("Tredje Trede", roles=[Role.ORGANISER])
    with transaction():
        crew.ask_to_take_over(otto, evening.id, to_id=olga.id)
    client = browse(third)
    assert "take over" not in words(client.soup(f"/kveldar/{evening.id}").find(id="crew"))
    assert client.post(f"/kveldar/{evening.id}/overtaking").status_code == 409
    client.post(f"/kveldar/{evening.id}/overtaking/nei")
    client.post(f"/kveldar/{evening.id}/overlevering/tilbake")
    assert (organiser_of(evening.id), count(Handover)) == (otto.id, 1)


def test_the_rest_of_a_series_goes_along(otto: Person, olga: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish())
        first, second, *rest = finding.planned_of_series(made.id, after=MONDAY)
        first.organiser_id = None  # somebody else's by another way
        crew.ask_to_take_over(otto, second.id, to_id=olga.id, whole_series=True)
        crew.take_over(olga, second.id)
    db.session.expire_all()
    assert {organiser_of(each.id) for each in (second, *rest)} == {olga.id}
    assert organiser_of(first.id) is None
    assert db.session.scalars(select(Series.organiser_id)).one() == olga.id


def test_one_evening_of_a_series_leaves_the_others(otto: Person, olga: Person) -> None:
    with transaction():
        made = series.make(otto, series_wish())
        first, second, *_ = finding.planned_of_series(made.id, after=MONDAY)
        crew.ask_to_take_over(otto, first.id, to_id=olga.id)
        crew.take_over(olga, first.id)
    assert (organiser_of(first.id), organiser_of(second.id)) == (olga.id, otto.id)


def test_what_nobody_organises_is_taken_on_by_any_organiser(
    browse: Browse, otto: Person, olga: Person, carla: Person, didrik: Person, evening: Evening
) -> None:
    with transaction():
        crew.help_out(olga, evening.id)
        people.deactivate(carla, otto)
    page = browse(olga).soup(f"/kveldar/{evening.id}")
    assert "Nobody organises this one yet." in words(page)
    assert page.find("form", action=f"/kveldar/{evening.id}/overtaking")
    assert not browse(didrik).soup(f"/kveldar/{evening.id}").find("form", action=f"/kveldar/{evening.id}/overtaking")
    assert browse(olga).post(f"/kveldar/{evening.id}/overtaking").status_code == 303
    assert (organiser_of(evening.id), count(EveningHelp)) == (olga.id, 0)  # who organises does not help besides


def test_who_leaves_the_desk_leaves_no_promises(
    anne: Person, otto: Person, olga: Person, carla: Person, evening: Evening
) -> None:
    with transaction():
        crew.help_out(anne, evening.id)
        crew.ask_to_take_over(otto, evening.id, to_id=olga.id)
        people.deactivate(carla, anne)
        people.deactivate(carla, olga)
    assert (count(EveningHelp), count(Handover)) == (0, 0)


def test_help_is_exported_and_goes_with_the_account(anne: Person, evening: Evening) -> None:
    with transaction():
        crew.help_out(anne, evening.id)
    assert queries.export_help(anne.id)[0]["helps_with"] == "Brettspelkveld"
    with transaction():
        crew.erase(anne.id)
    assert count(EveningHelp) == 0


def test_what_is_called_off_or_over_needs_no_hands(
    browse: Browse, anne: Person, otto: Person, olga: Person, evening: Evening, at: Callable[[datetime], None]
) -> None:
    at(evening.ends_at + timedelta(minutes=1))
    assert not browse(anne).soup(f"/kveldar/{evening.id}").find("form", action=f"/kveldar/{evening.id}/hjelp")
    assert browse(otto).post(f"/kveldar/{evening.id}/overlevering", data={"to": olga.id}).status_code == 409
