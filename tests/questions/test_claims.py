"""Who looks at a question: one owner, whatever is pressed in whichever moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bench import claims as racing
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.jobs.lapsing import forget_lapsed
from portal.blueprints.questions.models.claims import Looking
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import looking
from portal.blueprints.questions.queries.looking import Looks
from portal.blueprints.questions.rules.states import CLAIM_LASTS, Shown
from portal.blueprints.questions.service import claims, commenting, solving
from portal.core import privacy
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from tests.factories.questions import make_answer, make_question

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
At = Callable[[datetime], None]


def told(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def looks(viewer: Person, question: Question) -> Looks:
    db.session.flush()
    db.session.expire_all()
    return looking.looks(viewer, question)


def test_of_two_hundred_questions_that_two_processes_claim_at_once_each_has_one_owner(fresh_database_url: str) -> None:
    outcome = racing.race(fresh_database_url, count=200)
    assert (outcome.one_owner, outcome.none, outcome.several, outcome.wrong) == (200, 0, 0, 0)
    assert sum(outcome.wins) == 200


def test_the_race_sees_two_winners_none_and_a_wrong_one() -> None:
    def press(thing_id: int, has_it: bool) -> racing.Press:
        return racing.Press(thing_id=thing_id, has_it=has_it, took=0.001)

    anne = [press(1, True), press(2, True), press(3, False), press(4, True)]
    bjarne = [press(1, False), press(2, True), press(3, False), press(4, False)]
    outcome = racing.compare({7: anne, 8: bjarne}, {1: 7, 2: 7, 3: None, 4: 8}, seconds=1.0)
    assert (outcome.one_owner, outcome.several, outcome.none, outcome.wrong) == (1, 1, 1, 1)
    assert not outcome.is_right


def test_pressing_again_lets_a_claim_last(anne: Person, bjarne: Person, didrik: Person, at: At) -> None:
    question = make_question(anne)
    at(NOON)
    claims.claim(bjarne, question.id)
    at(NOON + CLAIM_LASTS - timedelta(minutes=1))
    assert looks(bjarne, question).lapses_soon
    claims.claim(bjarne, question.id)
    at(NOON + CLAIM_LASTS + timedelta(minutes=1))
    with pytest.raises(Conflict):
        claims.claim(didrik, question.id)


def test_who_writes_is_not_silent(anne: Person, bjarne: Person, at: At) -> None:
    question = make_question(anne)
    at(NOON)
    claims.claim(bjarne, question.id)
    at(NOON + timedelta(minutes=20))
    commenting.comment(bjarne, question.id, body="Which ward?")
    at(NOON + timedelta(minutes=40))
    assert looks(anne, question).owner == bjarne


def test_what_one_writes_without_a_name_lets_no_claim_last(anne: Person, bjarne: Person, at: At) -> None:
    question = make_question(anne)
    at(NOON)
    claims.claim(bjarne, question.id)
    at(NOON + timedelta(minutes=20))
    commenting.comment(bjarne, question.id, body="Which ward?", is_anonymous=True)
    at(NOON + timedelta(minutes=31))
    assert looks(anne, question).is_free


def test_others_look_too_and_the_first_of_them_has_it_when_the_owner_lets_go(
    anne: Person, bjarne: Person, didrik: Person, otto: Person, at: At
) -> None:
    question = make_question(anne)
    at(NOON)
    claims.claim(bjarne, question.id)
    claims.join(otto, question.id)
    at(NOON + timedelta(minutes=1))
    claims.join(didrik, question.id)
    claims.join(didrik, question.id)  # twice is once
    assert [person.name for person in looks(anne, question).others] == [otto.name, didrik.name]
    claims.let_go(bjarne, question.id)
    assert looks(anne, question).owner == otto
    assert looks(anne, question).others == [didrik]
    assert told(otto) == ["questions.owner_left"]
    assert told(didrik) == []


def test_who_looks_too_may_stop_without_taking_it_from_the_owner(anne: Person, bjarne: Person, otto: Person) -> None:
    question = make_question(anne)
    claims.claim(bjarne, question.id)
    claims.join(otto, question.id)
    claims.let_go(otto, question.id)
    assert (looks(anne, question).owner, looks(anne, question).others) == (bjarne, [])


def test_looking_too_where_nobody_looks_is_looking(anne: Person, bjarne: Person, otto: Person, at: At) -> None:
    question = make_question(anne)
    at(NOON)
    claims.claim(bjarne, question.id)
    at(NOON + CLAIM_LASTS)
    claims.join(otto, question.id)
    assert looks(anne, question).owner == otto


def test_one_does_not_look_together_with_oneself(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    claims.claim(bjarne, question.id)
    with pytest.raises(Conflict):
        claims.join(bjarne, question.id)


def test_a_new_owner_does_not_inherit_those_who_looked_with_another(
    anne: Person, bjarne: Person, didrik: Person, otto: Person, at: At
) -> None:
    question = make_question(anne)
    at(NOON)
    claims.claim(bjarne, question.id)
    at(NOON + CLAIM_LASTS - timedelta(seconds=1))
    claims.join(otto, question.id)  # would last beyond the claim
    at(NOON + CLAIM_LASTS)
    claims.claim(didrik, question.id)
    assert looks(anne, question).others == []


def test_a_handover_stays_with_the_giver_until_it_is_taken(anne: Person, bjarne: Person, otto: Person, at: At) -> None:
    question = make_question(anne)
    at(NOON)
    claims.claim(bjarne, question.id)
    claims.hand_over(bjarne, question.id, otto.id)
    assert told(otto) == ["questions.handed_over"]
    assert (looks(anne, question).owner, looks(anne, question).asked) == (bjarne, otto)
    claims.answer_handover(otto, question.id, takes=True)
    assert (looks(anne, question).owner, looks(anne, question).asked) == (otto, None)
    assert told(bjarne) == ["questions.handover_taken"]


def test_a_colleague_may_say_no_and_it_costs_nothing(anne: Person, bjarne: Person, otto: Person) -> None:
    question = make_question(anne)
    claims.claim(bjarne, question.id)
    claims.hand_over(bjarne, question.id, otto.id)
    claims.answer_handover(otto, question.id, takes=False)
    assert (looks(anne, question).owner, looks(anne, question).asked) == (bjarne, None)
    assert told(bjarne) == ["questions.handover_refused"]
    with pytest.raises(NotFound):
        claims.answer_handover(otto, question.id, takes=True)


def test_only_one_colleague_is_asked_at_a_time(anne: Person, bjarne: Person, otto: Person, didrik: Person) -> None:
    question = make_question(anne)
    claims.claim(bjarne, question.id)
    claims.hand_over(bjarne, question.id, otto.id)
    claims.hand_over(bjarne, question.id, didrik.id)
    assert looks(anne, question).asked == didrik
    with pytest.raises(NotFound):
        claims.answer_handover(otto, question.id, takes=True)


def test_one_hands_over_only_what_one_has_and_to_somebody_who_is_there(
    anne: Person, bjarne: Person, otto: Person, didrik: Person
) -> None:
    question = make_question(anne)
    with pytest.raises(Conflict):
        claims.hand_over(bjarne, question.id, otto.id)
    claims.claim(bjarne, question.id)
    didrik.is_active = False
    for person in (bjarne, didrik):
        with pytest.raises(Invalid):
            claims.hand_over(bjarne, question.id, person.id)


def test_what_was_answered_meanwhile_cannot_be_taken_over(anne: Person, bjarne: Person, otto: Person) -> None:
    question = make_question(anne)
    claims.claim(bjarne, question.id)
    claims.hand_over(bjarne, question.id, otto.id)
    make_answer(anne, question)
    with pytest.raises(Conflict):
        claims.answer_handover(otto, question.id, takes=True)
    assert question.claimed_by_id is None


def test_what_was_opened_again_can_be_looked_at(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    added = make_answer(bjarne, question)
    with pytest.raises(Conflict):
        claims.claim(bjarne, question.id)
    solving.accept(anne, question.id, added.id)
    solving.reopen(anne, question.id)
    assert question.shown is Shown.REOPENED
    claims.claim(bjarne, question.id)
    assert question.shown is Shown.LOOKED_AT


def test_nobody_looks_at_what_is_locked_or_asked_before(anne: Person, bjarne: Person) -> None:
    original, question = make_question(anne), make_question(anne, title="Again")
    question.duplicate_of_id = original.id
    db.session.flush()
    with pytest.raises(Conflict):
        claims.claim(bjarne, question.id)
    original.is_locked = True
    db.session.flush()
    with pytest.raises(Conflict):
        claims.claim(bjarne, original.id)


def test_a_solution_ends_the_claim(anne: Person, bjarne: Person, otto: Person) -> None:
    question = make_question(anne)
    added = make_answer(bjarne, question)
    solving.accept(anne, question.id, added.id)
    solving.reopen(anne, question.id)
    claims.claim(otto, question.id)
    solving.accept(anne, question.id, added.id)
    assert (question.claimed_by_id, question.shown) == (None, Shown.SOLVED)


def test_who_looked_too_is_forgotten_the_night_after(anne: Person, bjarne: Person, otto: Person, at: At) -> None:
    question = make_question(anne)
    at(NOON)
    claims.claim(bjarne, question.id)
    claims.join(otto, question.id)
    forget_lapsed()
    assert db.session.scalar(select(func.count()).select_from(Looking)) == 1
    at(NOON + CLAIM_LASTS + timedelta(seconds=1))
    forget_lapsed()
    assert db.session.scalar(select(func.count()).select_from(Looking)) == 0


def test_what_one_looks_at_is_exported_and_erased(anne: Person, bjarne: Person, otto: Person) -> None:
    question, other = make_question(anne), make_question(anne, title="Another")
    claims.claim(bjarne, question.id)
    claims.claim(otto, other.id)
    claims.join(bjarne, other.id)
    held = next(each for each in privacy.holdings() if each.what == "Which questions you look at")
    assert held.export is not None
    assert held.erase is not None
    assert {row["question"] for row in held.export(bjarne.id)} == {question.id, other.id}
    held.erase(bjarne.id)
    assert held.export(bjarne.id) == []
    assert looks(anne, other).owner == otto
