"""More than two in a call: helping together, handing over, leaving, and how one wants to be rung."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.shifts.rules import Availability
from portal.blueprints.urgent.models.calls import HelpCall, Helping
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules.calls import Ending, State, TalkBy
from portal.blueprints.urgent.service import calls, choices, helping
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed
from tests.factories.urgent import Wheel, put_to_work, rung
from tests.urgent.acts import NOW, do, refused


def test_a_second_helper_joins_and_leaves(call: HelpCall, anne: Person, bjarne: Person, didrik: Person) -> None:
    assert isinstance(refused(helping.join, didrik, call.id), Conflict)
    do(calls.come, bjarne, call.id)
    do(helping.join, didrik, call.id)
    do(helping.join, didrik, call.id)
    do(helping.join, bjarne, call.id)
    assert [each.id for each in reading.beside(call.id)] == [didrik.id]
    assert isinstance(refused(helping.join, anne, call.id), NotAllowed)
    do(helping.leave, didrik, call.id)
    do(helping.leave, didrik, call.id)
    assert reading.beside(call.id) == []
    assert isinstance(refused(helping.leave, anne, call.id), NotAllowed)


def test_when_the_one_who_came_leaves_the_second_has_come(call: HelpCall, bjarne: Person, didrik: Person) -> None:
    do(calls.come, bjarne, call.id)
    do(helping.join, didrik, call.id)
    do(helping.leave, bjarne, call.id)
    assert (call.state, call.taken_by_id) == (State.TAKEN, didrik.id)
    assert reading.beside(call.id) == []
    do(helping.leave, didrik, call.id)
    assert call.state == State.RINGING


def test_a_call_is_handed_over(
    wheel: Wheel, call: HelpCall, anne: Person, bjarne: Person, didrik: Person, otto: Person
) -> None:
    do(calls.come, bjarne, call.id)
    wheel.turn(50)
    do(helping.offer, bjarne, call.id, didrik.id)
    assert [line.id for line in reading.strip(didrik).offered] == [call.id]
    assert reading.strip(otto).is_quiet
    assert isinstance(refused(helping.take_over, otto, call.id), Conflict)
    do(helping.take_over, didrik, call.id)
    do(helping.take_over, didrik, call.id)
    assert (call.taken_by_id, call.offered_to_id, call.taken_at) == (didrik.id, None, wheel.moment)
    wheel.turn(89)
    assert call.state == State.TAKEN


def test_two_who_talk_already_are_not_cut_off_by_handing_over(
    wheel: Wheel, call: HelpCall, bjarne: Person, didrik: Person
) -> None:
    do(calls.come, bjarne, call.id)
    do(calls.talk, bjarne, call.id)
    wheel.turn(600)
    do(helping.offer, bjarne, call.id, didrik.id)
    do(helping.take_over, didrik, call.id)
    wheel.turn(600)
    assert (call.state, call.taken_by_id, call.taken_at) == (State.TAKEN, didrik.id, NOW)


def test_an_offer_lapses_quietly_after_a_minute(wheel: Wheel, call: HelpCall, bjarne: Person, didrik: Person) -> None:
    do(calls.come, bjarne, call.id)
    do(calls.talk, bjarne, call.id)
    do(helping.offer, bjarne, call.id, didrik.id)
    wheel.turn(59)
    assert reading.strip(didrik).offered
    wheel.turn(1)
    assert (call.taken_by_id, call.offered_to_id) == (bjarne.id, None)
    assert isinstance(refused(helping.take_over, didrik, call.id), Conflict)


def test_a_no_costs_nothing(call: HelpCall, bjarne: Person, didrik: Person) -> None:
    do(calls.come, bjarne, call.id)
    do(helping.offer, bjarne, call.id, didrik.id)
    do(helping.refuse_offer, didrik, call.id)
    do(helping.refuse_offer, didrik, call.id)
    assert (call.taken_by_id, call.offered_to_id) == (bjarne.id, None)


def test_offering_again_asks_the_next_one_and_lets_the_first_be(
    call: HelpCall, bjarne: Person, didrik: Person, otto: Person
) -> None:
    do(calls.come, bjarne, call.id)
    do(helping.offer, bjarne, call.id, didrik.id)
    do(helping.offer, bjarne, call.id, otto.id)
    assert not reading.strip(didrik).offered
    assert reading.strip(otto).offered


@pytest.mark.parametrize("how", ["home", "easy", "asker", "self", "away"])
def test_nobody_is_offered_a_call_whose_screen_may_not_ring(
    call: HelpCall, anne: Person, bjarne: Person, carla: Person, how: str
) -> None:
    do(calls.come, bjarne, call.id)
    with transaction():
        if how in {"easy", "away"}:
            put_to_work(
                carla, easy=how == "easy", availability=Availability.AWAY if how == "away" else Availability.AVAILABLE
            )
    target = {"asker": anne, "self": bjarne}.get(how, carla)
    error = refused(helping.offer, bjarne, call.id, target.id)
    assert isinstance(error, Invalid)
    assert error.field == "person"


# Leaving


def test_the_hand_of_who_signs_out_comes_down(call: HelpCall, anne: Person, bjarne: Person) -> None:
    with transaction():
        people.end_session(anne.id, "one", until=NOW)
    assert (call.state, call.ending) == (State.OVER, Ending.CANCELLED)


def test_two_who_talk_go_on_when_one_signs_out(call: HelpCall, anne: Person, bjarne: Person) -> None:
    do(calls.come, bjarne, call.id)
    do(calls.talk, bjarne, call.id)
    with transaction():
        people.end_sessions(anne)
        people.end_sessions(bjarne)
    assert call.state == State.TAKEN


def test_when_the_one_who_came_signs_out_it_rings_again(call: HelpCall, bjarne: Person) -> None:
    do(calls.come, bjarne, call.id)
    with transaction():
        people.end_sessions(bjarne)
    assert call.state == State.RINGING


def test_when_the_one_who_helps_is_gone_it_rings_again(call: HelpCall, bjarne: Person, carla: Person) -> None:
    do(calls.come, bjarne, call.id)
    do(calls.talk, bjarne, call.id)
    do(people.deactivate, carla, bjarne)
    assert (call.state, call.rounds) == (State.RINGING, 2)
    assert bjarne.id not in rung(call.id)


def test_when_the_asker_is_gone_it_is_over(call: HelpCall, anne: Person, bjarne: Person, carla: Person) -> None:
    do(calls.come, bjarne, call.id)
    do(calls.talk, bjarne, call.id)
    do(people.deactivate, carla, anne)
    assert call.state == State.OVER


def test_an_offer_to_who_is_gone_is_taken_back(call: HelpCall, bjarne: Person, didrik: Person, carla: Person) -> None:
    do(calls.come, bjarne, call.id)
    do(helping.offer, bjarne, call.id, didrik.id)
    do(people.deactivate, carla, didrik)
    assert (call.state, call.taken_by_id, call.offered_to_id) == (State.TAKEN, bjarne.id, None)


# Choices


def test_one_chooses_how_ones_screen_rings(wheel: Wheel, anne: Person) -> None:
    assert reading.choice_of(anne.id).loudness == 60
    do(choices.choose, anne, sound="wood", loudness=250, notifies=True, talk_by=TalkBy.PHONE, extension="55  97 12 34")
    kept = reading.choice_of(anne.id)
    assert (kept.sound, kept.loudness, kept.notifies, kept.extension) == ("wood", 100, True, "55 97 12 34")
    do(choices.choose, anne, sound="none", loudness=10, notifies=False, talk_by="teams", extension="")
    assert reading.choice_of(anne.id).sound == "none"


@pytest.mark.parametrize("extension", ["javascript:alert(1)", "12345a", "+", "tel:1"])
def test_a_number_is_one_that_can_be_dialled(wheel: Wheel, anne: Person, extension: str) -> None:
    error = refused(
        choices.choose, anne, sound="", loudness=1, notifies=False, talk_by=TalkBy.PHONE, extension=extension
    )
    assert isinstance(error, Invalid)


def test_the_way_to_talk_is_as_they_chose(wheel: Wheel, anne: Person) -> None:
    way = reading.way_to_talk(anne)
    assert way.href == f"https://teams.microsoft.com/l/call/0/0?users={anne.email.replace('@', '%40')}"
    do(choices.choose, anne, sound="", loudness=1, notifies=False, talk_by=TalkBy.PHONE, extension="")
    assert reading.way_to_talk(anne).kind == TalkBy.TEAMS
    with transaction():
        anne.phone = "+47 55 97 00 01"
    assert reading.way_to_talk(anne).href == "tel:+4755970001"
    do(choices.choose, anne, sound="", loudness=1, notifies=False, talk_by=TalkBy.PHONE, extension="4711")
    assert (reading.way_to_talk(anne).href, reading.way_to_talk(anne).label) == ("tel:4711", "4711")


def test_a_second_helper_is_free_to_ring_when_it_rings_again(
    call: HelpCall, anne: Person, bjarne: Person, didrik: Person
) -> None:
    do(calls.come, bjarne, call.id)
    do(helping.join, didrik, call.id)
    do(calls.ring_again, anne, call.id)
    assert didrik.id in rung(call.id)
    assert db.session.scalars(select(Helping)).all() == []
