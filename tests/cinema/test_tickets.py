from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.cinema.models.tickets import Order, Share
from portal.blueprints.cinema.queries import tickets as queries
from portal.blueprints.cinema.rules import money
from portal.blueprints.cinema.service import own as upkeep
from portal.blueprints.cinema.service import tickets
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.models.signups import ShownAs, SignUpState
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.client import AuditingClient
from tests.factories.events import MONDAY, make_evening, make_sign_up
from tests.factories.people import make_person
from tests.racing import race

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
FRAGMENT = {"HX-Request": "true"}
FORM = {"amount": "149,50", "how": "each", "phone": "900 00 000"}


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


def amounts(evening: Evening) -> list[int]:
    return [share.amount for share in queries.get_order(evening.id).shares]


def buy(buyer: Person, evening: Evening, amount: int = 14950, *, is_each: bool = True) -> Order:
    return tickets.buy(buyer, evening.id, amount=amount, is_each=is_each, phone="900 00 000")


@pytest.fixture
def evening(session: Session, anne: Person, bjarne: Person) -> Evening:
    """Anne comes with a guest, Bjarne does not show his name."""
    with transaction():
        evening = make_evening(kind=Kind.CINEMA, own_title="Troll på tunet")
        make_sign_up(evening, anne, position=1).guests = 1
        make_sign_up(evening, bjarne, position=2, shown_as=ShownAs.HIDDEN)
        return evening


def test_each_has_a_part_by_their_seats_and_is_told(evening: Evening, anne: Person, bjarne: Person) -> None:
    order = buy(anne, evening)
    assert [(share.person_id, share.seats, share.amount) for share in order.shares] == [
        (anne.id, 2, 29900),
        (bjarne.id, 1, 14950),
    ]
    assert list(db.session.scalars(select(Notice.person_id).where(Notice.kind == "cinema.bought"))) == [bjarne.id]


def test_one_sum_for_all_is_divided_to_the_ore(evening: Evening, anne: Person) -> None:
    buy(anne, evening, 10000, is_each=False)
    assert amounts(evening) == [6666, 3334]


@given(
    total=st.integers(min_value=1, max_value=money.MOST),
    guests=st.lists(st.integers(min_value=0, max_value=3), min_size=1, max_size=9),
    is_each=st.booleans(),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_stored_sums_to_what_was_paid(session: Session, total: int, guests: list[int], is_each: bool) -> None:
    with session.begin_nested() as savepoint:
        evening = make_evening(kind=Kind.CINEMA)
        persons = [make_person() for _ in guests]
        for number, (person, count) in enumerate(zip(persons, guests, strict=True)):
            make_sign_up(evening, person, position=number + 1).guests = count
        order = buy(persons[0], evening, total, is_each=is_each)
        seats = sum(1 + count for count in guests)
        assert order.seats == seats
        assert order.total == (total * seats if is_each else total)
        savepoint.rollback()


def test_only_somebody_who_comes_buys_and_only_one(
    evening: Evening, anne: Person, bjarne: Person, didrik: Person, otto: Person
) -> None:
    for outsider in (didrik, otto):
        with pytest.raises(NotAllowed):
            buy(outsider, evening)
    with transaction():
        make_sign_up(evening, didrik, position=3, state=SignUpState.WAITING)
    with pytest.raises(NotAllowed):
        buy(didrik, evening)
    buy(anne, evening)
    with pytest.raises(Conflict):
        buy(bjarne, evening)


def test_board_games_cost_nothing_and_what_is_called_off_neither(anne: Person, otto: Person) -> None:
    from portal.blueprints.events.service import evenings

    games, film = make_evening(), make_evening(kind=Kind.CINEMA)
    for evening in (games, film):
        make_sign_up(evening, anne)
    with pytest.raises(NotFound):
        buy(anne, games)
    evenings.cancel(otto, film.id)
    with pytest.raises(Conflict):
        buy(anne, film)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"amount": 0}, "amount"), ({"amount": 10**8}, "amount"), ({"phone": "ring"}, "phone"), ({"phone": ""}, "phone")],
)
def test_a_price_and_a_number_are_needed(evening: Evening, anne: Person, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        tickets.buy(anne, evening.id, **{"amount": 100, "is_each": True, "phone": "90000000", **values})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_both_tick_and_both_take_it_back(evening: Evening, anne: Person, bjarne: Person) -> None:
    order = buy(anne, evening)
    share = order.share_of(bjarne.id)
    assert share
    for paid in (True, True, False):
        tickets.say_paid(bjarne, evening.id, paid=paid)
        assert share.says_paid is paid
    for come in (True, False):
        tickets.note_come(anne, evening.id, share.id, come=come)
        assert share.has_come is come


def test_nobody_but_the_buyer_ticks_that_it_has_come(
    evening: Evening, anne: Person, bjarne: Person, didrik: Person, otto: Person
) -> None:
    share_id = buy(anne, evening).shares[1].id
    acts: list[Callable[[Person], object]] = [
        lambda who: tickets.note_come(who, evening.id, share_id, come=True),
        lambda who: tickets.take_out(who, evening.id, share_id),
        lambda who: tickets.catch_up(who, evening.id),
        lambda who: tickets.settle_up(who, evening.id),
        lambda who: tickets.change(who, evening.id, amount=1, is_each=True, phone="90000000"),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act(bjarne)
        for outsider in (didrik, otto):
            with pytest.raises(NotFound):
                act(outsider)
    with pytest.raises(NotFound):
        tickets.say_paid(didrik, evening.id, paid=True)


def test_a_part_of_another_order_is_not_there(evening: Evening, anne: Person, bjarne: Person) -> None:
    other = make_evening(kind=Kind.CINEMA)
    make_sign_up(other, bjarne)
    theirs = buy(bjarne, other).shares[0]
    buy(anne, evening)
    with pytest.raises(NotFound):
        tickets.note_come(anne, evening.id, theirs.id, come=True)
    tickets.take_out(anne, evening.id, theirs.id)
    assert db.session.get(Share, theirs.id) is not None


def test_the_price_stands_once_somebody_has_paid(evening: Evening, anne: Person, bjarne: Person) -> None:
    buy(anne, evening)
    tickets.change(anne, evening.id, amount=10000, is_each=False, phone="911 11 111")
    assert amounts(evening) == [6666, 3334]
    tickets.say_paid(bjarne, evening.id, paid=True)
    with pytest.raises(Conflict):
        tickets.change(anne, evening.id, amount=9000, is_each=False, phone="911 11 111")
    order = tickets.change(anne, evening.id, amount=10000, is_each=False, phone="922 22 222")
    assert order.phone == "92222222"


def test_those_who_come_later_get_their_part(evening: Evening, anne: Person, bjarne: Person, didrik: Person) -> None:
    buy(anne, evening)
    tickets.say_paid(bjarne, evening.id, paid=True)
    make_sign_up(evening, didrik, position=3)
    assert tickets.catch_up(anne, evening.id) == 1
    assert amounts(evening) == [29900, 14950, 14950]
    assert tickets.catch_up(anne, evening.id) == 0
    assert set(db.session.scalars(select(Notice.person_id).where(Notice.kind == "cinema.bought"))) == {
        bjarne.id,
        didrik.id,
    }


def test_one_sum_for_all_is_not_divided_anew_once_somebody_has_paid(
    evening: Evening, anne: Person, bjarne: Person, didrik: Person
) -> None:
    order = buy(anne, evening, 10000, is_each=False)
    tickets.say_paid(bjarne, evening.id, paid=True)
    make_sign_up(evening, didrik, position=3)
    with pytest.raises(Conflict):
        tickets.catch_up(anne, evening.id)
    tickets.say_paid(bjarne, evening.id, paid=False)
    assert tickets.catch_up(anne, evening.id) == 1
    assert sum(amounts(evening)) == 10000
    tickets.take_out(anne, evening.id, order.shares[2].id)
    assert amounts(evening) == [6666, 3334]


def test_who_bought_their_own_is_taken_out_and_what_is_paid_stays(
    evening: Evening, anne: Person, bjarne: Person
) -> None:
    order = buy(anne, evening)
    theirs, mine = order.shares[1].id, order.shares[0].id
    tickets.say_paid(bjarne, evening.id, paid=True)
    with pytest.raises(Conflict):
        tickets.take_out(anne, evening.id, theirs)
    with pytest.raises(Conflict):
        tickets.take_out(anne, evening.id, mine)
    tickets.say_paid(bjarne, evening.id, paid=False)
    tickets.take_out(anne, evening.id, theirs)
    tickets.take_out(anne, evening.id, theirs)
    assert amounts(evening) == [29900]


def test_all_is_deleted_when_it_is_settled_or_long_over(at: At, evening: Evening, anne: Person) -> None:
    buy(anne, evening)
    tickets.settle_up(anne, evening.id)
    assert queries.find_order(evening.id) is None
    buy(anne, evening)
    at(MONDAY + timedelta(days=62))
    upkeep.forget_old()
    assert queries.find_order(evening.id) is not None
    at(MONDAY + timedelta(days=64))
    upkeep.forget_old()
    db.session.expire_all()
    assert queries.find_order(evening.id) is None
    assert db.session.scalars(select(Share)).all() == []


def test_one_takes_along_ones_part_and_it_can_be_erased(evening: Evening, anne: Person, bjarne: Person) -> None:
    buy(anne, evening)
    assert queries.export_of(bjarne.id)[0]["amount_in_ore"] == 14950
    assert queries.export_of(bjarne.id)[0]["phone"] == ""
    assert queries.export_of(anne.id)[0]["phone"] == "90000000"
    upkeep._erase_orders(bjarne.id)
    db.session.expire_all()
    assert amounts(evening) == [29900]
    upkeep._erase_orders(anne.id)
    db.session.expire_all()
    assert queries.find_order(evening.id) is None


def test_two_who_write_it_down_at_once_have_bought_once(own: Flask) -> None:
    with own.app_context(), transaction():
        evening = make_evening(kind=Kind.CINEMA)
        persons = [make_person() for _ in range(8)]
        for number, person in enumerate(persons):
            make_sign_up(evening, person, position=number + 1)
        evening_id, ids = evening.id, [person.id for person in persons]

    def act(person_id: int) -> Callable[[], object]:
        return lambda: tickets.buy(
            db.session.get_one(Person, person_id), evening_id, amount=100, is_each=True, phone="90000000"
        )

    refused = race(own, [act(person_id) for person_id in ids])
    assert [type(error) for error in refused] == [Conflict] * 7
    with own.app_context():
        assert sum(1 for _ in db.session.scalars(select(Order))) == 1
        assert sum(1 for _ in db.session.scalars(select(Share))) == 8


def test_the_buyer_writes_it_down_and_everybody_sees_their_part(
    browse: Browse, evening: Evening, anne: Person, bjarne: Person
) -> None:
    buyer = browse(anne)
    link = buyer.soup(f"/kveldar/{evening.id}").select_one("#bought a")
    assert link
    assert buyer.soup(link["href"]).find("form", action=link["href"])
    assert buyer.post(link["href"], data=FORM).location == f"/kino/kveld/{evening.id}/billettar"
    page = buyer.soup(f"/kino/kveld/{evening.id}/billettar")
    assert "3 seats, 448.50 kr in all, to be paid to 900 00 000." in words(page)
    assert "A colleague, no name" in words(page)
    other = browse(bjarne)
    assert "Your part is 149.50 kr." in words(other.soup(f"/kveldar/{evening.id}"))
    page = other.soup(f"/kino/kveld/{evening.id}/billettar")
    assert "900 00 000" in words(page)
    assert "299" not in words(page.find(id="parts"))  # type: ignore[arg-type]


def test_the_page_of_the_buyer_does_not_give_away_who_shows_no_name(
    browse: Browse, evening: Evening, anne: Person, bjarne: Person
) -> None:
    with transaction():
        buy(anne, evening)
    text = str(browse(anne).soup(f"/kino/kveld/{evening.id}/billettar").find(id="parts"))
    assert bjarne.name not in text
    assert f"/folk/{bjarne.id}" not in text
    assert f'value="{bjarne.id}"' not in text.replace('name="on" value="1"', "").replace('name="on" value="0"', "")


def test_ticks_are_put_in_place_and_without_scripts(
    browse: Browse, evening: Evening, anne: Person, bjarne: Person
) -> None:
    with transaction():
        share_id = buy(anne, evening).shares[1].id
    address = f"/kino/kveld/{evening.id}/billettar"
    assert browse(bjarne).post(f"{address}/betalt", data={"on": "1"}).location == address
    assert "says it is paid" in words(browse(anne).soup(address))
    answer = browse(anne).post(f"{address}/del/{share_id}/motteke", data={"on": "1"}, headers=FRAGMENT)
    assert 'aria-pressed="true"' in answer.text
    assert "Anne has ticked that it has come" in words(browse(bjarne).soup(address))


def test_others_do_not_know_that_there_are_seats(
    browse: Browse, evening: Evening, anne: Person, bjarne: Person, didrik: Person, otto: Person, carla: Person
) -> None:
    with transaction():
        share_id = buy(anne, evening).shares[1].id
    address = f"/kino/kveld/{evening.id}/billettar"
    for outsider in (didrik, otto, carla):
        client = browse(outsider)
        assert not client.soup(f"/kveldar/{evening.id}").find(id="bought")
        assert client.get(address).status_code == 404
        assert client.get(f"{address}/delar", headers=FRAGMENT).status_code == 404
        assert client.get(f"{address}/ny").status_code == 404
        for act in ("betalt", f"del/{share_id}/motteke", f"del/{share_id}/fjerning", "fleire", "oppgjort"):
            assert client.post(f"{address}/{act}", data={"on": "1"}).status_code == 404
    for act in (f"del/{share_id}/motteke", f"del/{share_id}/fjerning", "fleire", "oppgjort"):
        assert browse(bjarne).post(f"{address}/{act}", data={"on": "1"}).status_code == 403
    assert browse(bjarne).get(f"{address}/ny").location == address


@pytest.mark.parametrize(
    "values", [{"amount": "gratis"}, {"amount": "0"}, {"phone": "x"}, {"how": "x"}, {"amount": ""}]
)
def test_what_cannot_be_a_price_comes_back_to_be_mended(
    browse: Browse, evening: Evening, anne: Person, values: dict[str, str]
) -> None:
    answer = browse(anne).post(f"/kino/kveld/{evening.id}/billettar/ny", data={**FORM, **values})
    assert answer.status_code == 422
    assert queries.find_order(evening.id) is None


def test_the_buyer_mends_catches_up_and_settles(browse: Browse, evening: Evening, anne: Person, didrik: Person) -> None:
    with transaction():
        buy(anne, evening)
        make_sign_up(evening, didrik, position=3)
    client, address = browse(anne), f"/kino/kveld/{evening.id}/billettar"
    form = client.soup(f"{address}/ny").find("form", action=f"{address}/ny")
    assert form
    assert form.select_one("input[name=amount]")["value"] == "149,50"  # type: ignore[index]
    assert client.post(f"{address}/ny", data={**FORM, "amount": "150"}).location == address
    assert client.post(f"{address}/fleire").location == address
    assert "600 kr in all" in words(client.soup(address))
    assert client.post(f"{address}/oppgjort").location == f"/kveldar/{evening.id}"
    assert client.get(address).status_code == 404


def test_the_buyers_page_keeps_to_its_number_of_queries(browse: Browse, evening: Evening, anne: Person) -> None:
    with transaction():
        for number in range(30):
            make_sign_up(evening, make_person(), position=number + 5)
        buy(anne, evening)
    client = browse(anne)
    client.soup(f"/kino/kveld/{evening.id}/billettar")
    assert len(client.statements) <= 9
