"""A call until somebody has come: raised, rung, taken, talked about."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.rules.skills import Level
from portal.blueprints.questions.service import tags
from portal.blueprints.shifts.rules import Availability
from portal.blueprints.urgent.models.calls import HelpCall, Rung
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules.calls import LONGEST_TEXT, Ending, State
from portal.blueprints.urgent.service import calls, ending
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.patient_data import PatientData
from tests.factories.people import make_person
from tests.factories.questions import make_tag
from tests.factories.urgent import Wheel, let_know, make_call, put_to_work, rung
from tests.urgent.acts import NOW, counts, do, refused

# Raising a hand


def test_a_hand_rings_at_once_on_every_free_screen_but_ones_own(
    call: HelpCall, bjarne: Person, didrik: Person, otto: Person
) -> None:
    assert call.state == State.RINGING
    assert rung(call.id) == {bjarne.id, didrik.id, otto.id}
    assert counts() == {"raised": 1}


def test_whoever_raises_a_hand_twice_has_one_in_the_air(call: HelpCall, anne: Person) -> None:
    with transaction():
        assert make_call(anne, "Something else").id == call.id
    assert call.text == "The screens of the ward are black"
    assert counts() == {"raised": 1}


def test_the_same_form_sent_again_is_the_same_call_even_when_it_is_over(wheel: Wheel, anne: Person) -> None:
    with transaction():
        first = make_call(anne, key="form-1")
    do(calls.cancel, anne, first.id)
    with transaction():
        assert make_call(anne, key="form-1").id == first.id
        assert make_call(anne, key="form-2").id != first.id


def test_the_key_of_somebody_elses_form_is_a_conflict_and_shows_nothing(
    wheel: Wheel, anne: Person, bjarne: Person
) -> None:
    with transaction():
        make_call(anne, key="form-1")
    assert isinstance(refused(make_call, bjarne, key="form-1"), Conflict)


@pytest.mark.parametrize("text", ["", "  \n ", "a" * (LONGEST_TEXT + 1)])
def test_a_call_is_one_sentence(wheel: Wheel, anne: Person, text: str) -> None:
    error = refused(make_call, anne, text)
    assert isinstance(error, Invalid)
    assert error.field == "text"


def test_several_lines_become_one(wheel: Wheel, anne: Person) -> None:
    with transaction():
        assert make_call(anne, " The screen\n is  black ").text == "The screen is black"


def test_patient_data_does_not_come_in(wheel: Wheel, anne: Person) -> None:
    assert isinstance(refused(make_call, anne, "Pasient 13097248022 kan ikkje logge inn"), PatientData)
    assert counts() == {}


def test_a_word_that_is_no_tag_stops_nobody(wheel: Wheel, anne: Person) -> None:
    with transaction():
        make_tag()
        assert make_call(anne, tag="nosuch").tag is None


def test_a_flood_of_hands_is_bounded(wheel: Wheel, anne: Person) -> None:
    for _ in range(calls.CALLS_PER_HOUR):
        with transaction():
            call = make_call(anne)
            calls.cancel(anne, call.id)
    assert refused(make_call, anne).status == 429


def test_a_tag_that_is_put_into_another_leaves_the_call_that_named_it(
    wheel: Wheel, anne: Person, bjarne: Person
) -> None:
    with transaction():
        keeper = make_person(roles={Role.ADMINISTRATOR})
        source, target = make_tag(), make_tag("skrivar", "Skrivar")
        call = make_call(anne, tag="utskrift")
    do(tags.merge, keeper, source.id, target.id)
    assert db.session.get_one(HelpCall, call.id, populate_existing=True).tag_id is None


def test_the_number_of_a_call_is_never_given_to_another(wheel: Wheel, anne: Person, bjarne: Person) -> None:
    with transaction():
        first = make_call(anne)
        calls.cancel(anne, first.id)
        number = first.id
        ending.throw_away(anne, number)
    with transaction():
        assert make_call(bjarne).id > number


# Whom it rings


def with_tag(anne: Person, *, knows: Person | None = None, learns: Person | None = None) -> HelpCall:
    tag: Tag = make_tag()
    db.session.flush()
    if knows:
        let_know(knows, tag)
    if learns:
        let_know(learns, tag, Level.LEARNING)
    return make_call(anne, tag="utskrift")


def test_it_widens_to_those_who_learn_then_to_the_free_and_at_last_to_all(
    wheel: Wheel, anne: Person, bjarne: Person, didrik: Person, otto: Person, carla: Person
) -> None:
    with transaction():
        put_to_work(anne, bjarne, didrik, otto)
        put_to_work(carla, availability=Availability.ON_CALL)
        call = with_tag(anne, knows=bjarne, learns=didrik)
    seen = {}
    for second in (0, 29, 30, 59, 60, 119, 120):
        wheel.turn(second - (wheel.moment - NOW).total_seconds())
        seen[second] = rung(call.id)
    one, two, three = {bjarne.id}, {bjarne.id, didrik.id}, {bjarne.id, didrik.id, otto.id}
    assert seen == {0: one, 29: one, 30: two, 59: two, 60: three, 119: three, 120: three | {carla.id}}
    assert reading.strip(carla).ringing[0].is_silent
    assert not reading.strip(otto).ringing[0].is_silent


def test_those_who_support_colleagues_are_asked_with_those_who_learn(
    wheel: Wheel, anne: Person, bjarne: Person, didrik: Person
) -> None:
    with transaction():
        supporter = make_person(roles={Role.PEER_SUPPORTER})
        put_to_work(anne, bjarne, didrik, supporter)
        call = with_tag(anne, knows=bjarne)
    wheel.turn(30)
    assert rung(call.id) == {bjarne.id, supporter.id}


def test_where_nobody_who_knows_it_is_there_it_widens_at_once(
    wheel: Wheel, anne: Person, bjarne: Person, didrik: Person
) -> None:
    with transaction():
        put_to_work(anne, didrik)
        put_to_work(bjarne, is_present=False)
        call = with_tag(anne, knows=bjarne)
    assert rung(call.id) == {didrik.id}


def test_who_is_off_duty_easy_busy_or_away_from_the_screen_is_not_rung(
    wheel: Wheel, anne: Person, bjarne: Person, didrik: Person, otto: Person, carla: Person
) -> None:
    with transaction():
        put_to_work(anne, didrik, carla)
        put_to_work(bjarne, easy=True)
        first = make_call(didrik)
        calls.come(carla, first.id)  # carla helps, didrik asks, otto is at home
        call = make_call(anne)
    assert rung(call.id) == set()
    wheel.turn(200)
    assert rung(call.id) <= {carla.id}  # the first call has lapsed meanwhile: carla is free


def test_nobody_there_is_said_at_once_and_it_rings_whoever_comes(wheel: Wheel, anne: Person, bjarne: Person) -> None:
    with transaction():
        put_to_work(anne)
        call = make_call(anne)
    assert reading.is_nobody_free(call)
    with transaction():
        put_to_work(bjarne)
    wheel.turn(15)
    assert rung(call.id) == {bjarne.id}
    assert not reading.is_nobody_free(call)


def test_not_now_is_still_for_this_round_and_tells_nobody(
    wheel: Wheel, call: HelpCall, anne: Person, bjarne: Person, didrik: Person, told: list[str]
) -> None:
    told.clear()
    do(calls.not_now, bjarne, call.id)
    do(calls.not_now, bjarne, call.id)
    assert set(told) == {f"ring-{bjarne.id}", f"ring-{anne.id}"}
    wheel.turn(150)
    assert bjarne.id not in rung(call.id)
    assert reading.strip(bjarne).is_quiet
    do(calls.come, didrik, call.id)
    do(calls.ring_again, anne, call.id)
    assert bjarne.id in rung(call.id)


def test_not_now_to_a_call_that_somebody_came_to_is_nothing(call: HelpCall, bjarne: Person, didrik: Person) -> None:
    do(calls.come, didrik, call.id)
    do(calls.not_now, bjarne, call.id)
    assert db.session.scalars(select(Rung)).all() == []


def test_a_new_call_is_told_of_before_it_rings(
    told: list[str], wheel: Wheel, anne: Person, bjarne: Person, didrik: Person
) -> None:
    """A screen that rings already takes the name of its call for «somebody has come», and is still for a moment."""
    with transaction():
        put_to_work(anne, bjarne, didrik)
        told.clear()
        call = make_call(anne)
    rings = [told.index(f"ring-{helper.id}") for helper in (bjarne, didrik)]
    assert told.count(f"call-{call.id}") == 1
    assert told.index(f"call-{call.id}") < min(rings)


# Coming


def test_the_first_who_presses_has_come_and_everybody_else_is_still_at_once(
    call: HelpCall, anne: Person, bjarne: Person, didrik: Person, otto: Person, told: list[str]
) -> None:
    told.clear()
    do(calls.come, bjarne, call.id)
    assert (call.state, call.taken_by_id) == (State.TAKEN, bjarne.id)
    assert db.session.scalars(select(Rung)).all() == []
    assert told[0] == f"call-{call.id}"
    assert {f"ring-{each.id}" for each in (anne, bjarne, didrik, otto)} <= set(told)


def test_whoever_presses_later_learns_who_came(call: HelpCall, bjarne: Person, didrik: Person) -> None:
    do(calls.come, bjarne, call.id)
    error = refused(calls.come, didrik, call.id)
    assert isinstance(error, Conflict)
    assert error.params == {"name": "Bjarne"}


def test_pressing_twice_comes_once(call: HelpCall, bjarne: Person) -> None:
    do(calls.come, bjarne, call.id)
    moment = call.taken_at
    do(calls.come, bjarne, call.id)
    assert call.taken_at == moment


def test_nobody_comes_to_their_own_call(call: HelpCall, anne: Person) -> None:
    assert isinstance(refused(calls.come, anne, call.id), NotAllowed)
    assert call.state == State.RINGING


def test_whoever_is_off_duty_may_come_by_their_own_will(call: HelpCall, carla: Person) -> None:
    do(calls.come, carla, call.id)
    assert call.taken_by_id == carla.id


def test_who_came_and_is_not_heard_from_falls_away_after_ninety_seconds(
    wheel: Wheel, call: HelpCall, bjarne: Person, didrik: Person, otto: Person
) -> None:
    wheel.turn(10)
    do(calls.come, bjarne, call.id)
    wheel.turn(89)
    assert call.state == State.TAKEN
    wheel.turn(1)
    assert (call.state, call.taken_by_id, call.rounds, call.rung_at) == (State.RINGING, None, 2, wheel.moment)
    assert rung(call.id) == {didrik.id, otto.id}
    wheel.turn(59)
    assert bjarne.id not in rung(call.id)
    wheel.turn(1)
    assert bjarne.id in rung(call.id)


def test_one_word_from_either_keeps_the_call(wheel: Wheel, call: HelpCall, anne: Person, bjarne: Person) -> None:
    do(calls.come, bjarne, call.id)
    wheel.turn(80)
    do(calls.talk, anne, call.id)
    do(calls.talk, bjarne, call.id)
    wheel.turn(3600)
    assert (call.state, call.talking_at) == (State.TAKEN, NOW.replace(minute=1, second=20))


def test_a_talk_that_nobody_ends_is_over_after_four_hours(wheel: Wheel, call: HelpCall, bjarne: Person) -> None:
    do(calls.come, bjarne, call.id)
    do(calls.talk, bjarne, call.id)
    wheel.turn(4 * 3600 - 1)
    assert call.state == State.TAKEN
    wheel.turn(1)
    assert (call.state, call.ending) == (State.OVER, Ending.SOLVED)


def test_the_asker_may_ring_again_at_once(call: HelpCall, anne: Person, bjarne: Person, didrik: Person) -> None:
    do(calls.come, bjarne, call.id)
    assert isinstance(refused(calls.ring_again, didrik, call.id), NotAllowed)
    do(calls.ring_again, anne, call.id)
    do(calls.ring_again, anne, call.id)
    assert (call.state, call.rounds) == (State.RINGING, 2)
    assert bjarne.id not in rung(call.id)
    error = refused(calls.talk, bjarne, call.id)
    assert isinstance(error, Conflict)


def test_after_twenty_minutes_in_vain_it_is_over_and_the_asker_is_told(
    wheel: Wheel, call: HelpCall, anne: Person, told: list[str]
) -> None:
    wheel.turn(20 * 60 - 1)
    assert call.state == State.RINGING
    wheel.turn(1)
    assert (call.state, call.ending) == (State.OVER, Ending.NOBODY)
    assert f"person-{anne.id}" in told
    assert counts() == {"raised": 1, "nobody": 1}
    assert db.session.scalars(select(Rung)).all() == []
