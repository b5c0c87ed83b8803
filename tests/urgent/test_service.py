"""What one can do with a call: raise it, come, talk, hand over, end it, keep it or let it be forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.rules.skills import Level
from portal.blueprints.questions.service import tags
from portal.blueprints.shifts.rules import Availability
from portal.blueprints.urgent.models.calls import HelpCall, Helping, Rung
from portal.blueprints.urgent.models.counts import DayCount
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules.calls import LONGEST_TEXT, Ending, State, TalkBy
from portal.blueprints.urgent.service import calls, choices, ending, helping
from portal.core import live
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError
from portal.core.patient_data import PatientData
from tests.factories.people import make_person
from tests.factories.questions import make_tag
from tests.factories.urgent import Wheel, let_know, make_call, put_to_work, rung

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture
def wheel(session: Session, at: Callable[[datetime], None]) -> Wheel:
    return Wheel(at, NOW)


@pytest.fixture
def call(wheel: Wheel, anne: Person, bjarne: Person, didrik: Person, otto: Person) -> HelpCall:
    """Anne has raised her hand, and the three others are free."""
    with transaction():
        put_to_work(anne, bjarne, didrik, otto)
        return make_call(anne)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Give the topics that were told."""
    heard: list[str] = []
    end = live.subscribe(heard.append)
    yield heard
    end()


@pytest.fixture(autouse=True)
def on_sqlite_or_not(request: pytest.FixtureRequest) -> None:
    """Leave out what is heard in this process only, where PostgreSQL tells it through the database."""
    if "told" in request.fixturenames and request.config.getoption("--database") == "postgres":
        pytest.skip("what PostgreSQL tells is told after the commit, to those who listen to it")


def do(verb: Callable[..., object], *args: object, **named: object) -> None:
    with transaction():
        verb(*args, **named)


def refused(verb: Callable[..., object], *args: object, **named: object) -> PortalError:
    with pytest.raises(PortalError) as caught, transaction():
        verb(*args, **named)
    return caught.value


def counts() -> dict[str, int]:
    return {row.what: row.count for row in db.session.scalars(select(DayCount))}


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


# Ending


def test_a_hand_comes_down_before_anybody_has_come(call: HelpCall, anne: Person, bjarne: Person) -> None:
    assert isinstance(refused(calls.cancel, bjarne, call.id), NotAllowed)
    do(calls.cancel, anne, call.id)
    do(calls.cancel, anne, call.id)
    assert (call.state, call.ending) == (State.OVER, Ending.CANCELLED)
    assert reading.strip(bjarne).is_quiet
    assert counts() == {"raised": 1, "cancelled": 1}


def test_when_somebody_has_come_one_learns_who_instead(call: HelpCall, anne: Person, bjarne: Person) -> None:
    do(calls.come, bjarne, call.id)
    error = refused(calls.cancel, anne, call.id)
    assert isinstance(error, Conflict)
    assert error.params == {"name": "Bjarne"}


@pytest.mark.parametrize("who", ["anne", "bjarne", "didrik"])
def test_each_who_is_in_it_may_end_it(
    request: pytest.FixtureRequest, wheel: Wheel, call: HelpCall, bjarne: Person, didrik: Person, who: str
) -> None:
    wheel.turn(20)
    do(calls.come, bjarne, call.id)
    do(helping.join, didrik, call.id)
    person = request.getfixturevalue(who)
    do(ending.end, person, call.id)
    do(ending.end, person, call.id)
    assert (call.state, call.ending, call.ended_at) == (State.OVER, Ending.SOLVED, wheel.moment)
    assert counts() == {"raised": 1, "solved": 1, "within_30": 1}


def test_nobody_else_may_end_it_nor_see_it_afterwards(
    call: HelpCall, anne: Person, bjarne: Person, didrik: Person
) -> None:
    do(calls.come, bjarne, call.id)
    assert isinstance(refused(ending.end, didrik, call.id), NotAllowed)
    assert reading.get_call(didrik, call.id)
    do(ending.end, anne, call.id)
    for verb in (reading.get_call, ending.end, calls.not_now, helping.join):
        assert isinstance(refused(verb, didrik, call.id), NotFound)
    assert isinstance(refused(calls.come, didrik, call.id), Conflict)  # the screen rang a moment ago
    assert isinstance(refused(calls.come, didrik, call.id + 1000), NotFound)
    assert reading.get_call(bjarne, call.id)


def test_the_asker_may_say_that_it_is_sorted_although_nobody_came(call: HelpCall, anne: Person) -> None:
    do(ending.end, anne, call.id)
    assert call.ending == Ending.SOLVED
    assert counts() == {"raised": 1, "solved": 1}


def test_what_solved_it_is_one_text_of_all(call: HelpCall, anne: Person, bjarne: Person, didrik: Person) -> None:
    do(calls.come, bjarne, call.id)
    assert isinstance(refused(ending.write_solution, didrik, call.id, "No"), NotAllowed)
    do(ending.end, bjarne, call.id, solution="Turn it off")
    assert (call.solution, call.solution_by_id) == ("Turn it off", bjarne.id)
    do(ending.write_solution, anne, call.id, "Turn it off and on")
    assert (call.solution, call.solution_by_id) == ("Turn it off and on", anne.id)
    assert isinstance(refused(ending.write_solution, anne, call.id, "Pasient 13097248022"), PatientData)
    do(ending.write_solution, anne, call.id, "")
    assert (call.solution, call.solution_by_id) == ("", None)


def test_it_becomes_a_question_with_its_answer_by_whoever_wrote_it(
    call: HelpCall, anne: Person, bjarne: Person
) -> None:
    do(calls.come, bjarne, call.id)
    do(ending.end, bjarne, call.id, solution="Turn it off and on")
    assert isinstance(refused(ending.keep_as_question, bjarne, call.id), NotAllowed)
    with transaction():
        question = ending.keep_as_question(anne, call.id)
        assert ending.keep_as_question(anne, call.id) is question
    assert (question.author_id, question.title, question.body) == (anne.id, call.text, "")
    answer = db.session.scalars(select(Answer)).one()
    assert (answer.author_id, answer.body, question.accepted_answer_id) == (bjarne.id, "Turn it off and on", answer.id)
    assert isinstance(refused(ending.write_solution, bjarne, call.id, "Later"), Conflict)


def test_a_long_call_keeps_every_word_as_a_question(wheel: Wheel, anne: Person) -> None:
    words = "The screens of the ward are black and " * 7
    with transaction():
        call = make_call(anne, words)
        calls.cancel(anne, call.id)
        question = ending.keep_as_question(anne, call.id)
    assert len(question.title) <= 150
    assert question.title.endswith("…")
    assert question.body == words.strip()


def test_a_call_that_still_rings_may_become_a_question_instead(call: HelpCall, anne: Person) -> None:
    do(ending.keep_as_question, anne, call.id)
    assert (call.state, call.ending) == (State.OVER, Ending.NOBODY)
    assert db.session.scalar(select(func.count()).select_from(Question)) == 1
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 0


def test_while_somebody_helps_it_does_not_become_a_question(call: HelpCall, anne: Person, bjarne: Person) -> None:
    do(calls.come, bjarne, call.id)
    assert isinstance(refused(ending.keep_as_question, anne, call.id), Conflict)


def test_it_may_be_thrown_away_at_once_by_the_asker(call: HelpCall, anne: Person, bjarne: Person) -> None:
    assert isinstance(refused(ending.throw_away, anne, call.id), Conflict)
    do(calls.come, bjarne, call.id)
    do(ending.end, bjarne, call.id)
    assert isinstance(refused(ending.throw_away, bjarne, call.id), NotAllowed)
    do(ending.throw_away, anne, call.id)
    assert db.session.scalar(select(func.count()).select_from(HelpCall)) == 0
    assert isinstance(refused(ending.throw_away, anne, call.id), NotFound)


def test_one_who_has_joined_the_big_incident_rings_nobody(call: HelpCall, anne: Person, bjarne: Person) -> None:
    assert isinstance(refused(ending.join_incident, bjarne, call.id), NotAllowed)
    do(ending.join_incident, anne, call.id)
    assert call.ending == Ending.JOINED
    assert counts() == {"raised": 1, "joined": 1}


# Helping together


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
    assert reading.way_to_talk(anne).kind is TalkBy.TEAMS
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
