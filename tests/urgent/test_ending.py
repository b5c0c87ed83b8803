"""How a call ends: taken back, sorted, kept as a question, or thrown away."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules.calls import Ending, State
from portal.blueprints.urgent.service import calls, ending, helping
from portal.core.db import db, transaction
from portal.core.errors import Conflict, NotAllowed, NotFound
from portal.core.patient_data import PatientData
from tests.factories.urgent import Wheel, make_call
from tests.urgent.acts import counts, do, refused


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
