"""From asked to solved and back: who may, who is told, and that no order of presses breaks a rule."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.posts import Comment, Question
from portal.blueprints.questions.queries import news
from portal.blueprints.questions.rules import states
from portal.blueprints.questions.rules.states import Shown, State
from portal.blueprints.questions.service import answering, asking, claims, commenting, marks, needs, solving
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, PortalError
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)
At = Callable[[datetime], None]


@pytest.fixture
def peer(session: Session) -> Person:
    """Sigrid supports her peers."""
    return make_person("Sigrid Steine", roles={Role.PEER_SUPPORTER})


def told(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def test_a_peer_steps_in_after_three_days_of_silence_and_the_asker_can_undo_it(
    anne: Person, bjarne: Person, peer: Person, at: At
) -> None:
    at(NOON)
    question = make_question(anne)
    added = make_answer(bjarne, question)
    at(NOON + 3 * DAY - timedelta(seconds=1))
    with pytest.raises(NotAllowed):
        solving.accept(peer, question.id, added.id)
    at(NOON + 3 * DAY)
    solving.accept(peer, question.id, added.id)
    solving.accept(peer, question.id, added.id)  # twice is once
    assert (question.state, question.accepted_by_peer) == (State.SOLVED, True)
    assert told(anne)[-1] == "questions.accepted_by_peer"
    assert told(bjarne) == ["questions.solved"]
    solving.reopen(anne, question.id)
    assert (question.shown, question.accepted_by_peer) == (Shown.REOPENED, False)


def test_the_asker_makes_what_a_peer_said_their_own(anne: Person, bjarne: Person, peer: Person, at: At) -> None:
    at(NOON)
    question = make_question(anne)
    added = make_answer(bjarne, question)
    at(NOON + 3 * DAY)
    solving.accept(peer, question.id, added.id)
    solving.accept(anne, question.id, added.id)
    assert not question.accepted_by_peer
    with pytest.raises(NotAllowed):
        solving.reopen(peer, question.id)


def test_a_peer_opens_again_what_a_peer_closed(anne: Person, bjarne: Person, peer: Person, at: At) -> None:
    at(NOON)
    question = make_question(anne)
    added = make_answer(bjarne, question)
    at(NOON + 3 * DAY)
    solving.accept(peer, question.id, added.id)
    solving.reopen(peer, question.id)
    assert question.shown is Shown.REOPENED


def test_writing_breaks_the_silence(anne: Person, bjarne: Person, peer: Person, at: At) -> None:
    at(NOON)
    question = make_question(anne)
    added = make_answer(bjarne, question)
    at(NOON + 2 * DAY)
    commenting.comment(anne, question.id, body="I shall try it tomorrow.")
    at(NOON + 4 * DAY)
    with pytest.raises(NotAllowed):
        solving.accept(peer, question.id, added.id)


def test_for_an_asker_who_has_left_nobody_waits(anne: Person, bjarne: Person, peer: Person) -> None:
    question = make_question(anne)
    added = make_answer(bjarne, question)
    anne.is_active = False
    solving.accept(peer, question.id, added.id)
    assert question.accepted_by_peer


def test_whether_an_asker_without_a_name_has_left_is_not_told(anne: Person, bjarne: Person, peer: Person) -> None:
    question = make_question(anne, is_anonymous=True)
    added = make_answer(bjarne, question)
    anne.is_active = False
    with pytest.raises(NotAllowed):
        solving.accept(peer, question.id, added.id)


def test_an_asker_without_a_name_hears_of_what_a_peer_said_by_the_mask_alone(
    anne: Person, bjarne: Person, peer: Person, at: At
) -> None:
    at(NOON)
    question = make_question(anne, is_anonymous=True)
    added = make_answer(bjarne, question)
    at(NOON + 4 * DAY)
    solving.accept(peer, question.id, added.id)
    assert "accepted" in [line.kind for line in news.news(anne)]
    assert told(anne) == []


def test_a_colleague_who_is_no_peer_supporter_does_not_step_in(
    anne: Person, bjarne: Person, didrik: Person, carla: Person, at: At
) -> None:
    at(NOON)
    question = make_question(anne)
    added = make_answer(bjarne, question)
    at(NOON + 30 * DAY)
    for other in (bjarne, didrik, carla):
        with pytest.raises(NotAllowed):
            solving.accept(other, question.id, added.id)


def test_those_who_follow_and_who_had_solved_it_hear_that_it_is_open_again(
    anne: Person, bjarne: Person, didrik: Person
) -> None:
    question = make_question(anne)
    added = make_answer(bjarne, question)
    marks.choose_following(didrik, question.id, wanted=True)
    solving.accept(anne, question.id, added.id)
    solving.reopen(anne, question.id)
    assert told(bjarne)[-1] == told(didrik)[-1] == "questions.reopened"
    assert "questions.reopened" not in told(anne)


def test_opened_again_waits_until_the_next_answer(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    added = make_answer(bjarne, question)
    solving.accept(anne, question.id, added.id)
    solving.reopen(anne, question.id)
    solving.reopen(anne, question.id)  # twice is once
    assert question.shown is Shown.REOPENED
    make_answer(bjarne, question, body="Then this.")
    assert (question.shown, question.reopened_at) == (Shown.ANSWERED, None)


def test_one_line_asks_for_more_and_tells_the_asker(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    needs.want_more(bjarne, question.id, line="Which ward is it?")
    assert question.shown is Shown.NEEDS_INFO
    assert db.session.scalars(select(Comment.body)).all() == ["Which ward is it?"]
    assert "questions.info_wanted" in told(anne)
    commenting.comment(anne, question.id, body="Ward 3.")
    assert question.shown is Shown.OPEN
    assert question.info_given_at is not None
    assert "questions.commented" in told(bjarne)  # who asks for more hears it


def test_the_same_form_sent_twice_asks_once(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    first = needs.want_more(bjarne, question.id, line="Which ward?", key="k")
    commenting.comment(anne, question.id, body="Ward 3.")
    assert needs.want_more(bjarne, question.id, line="Which ward?", key="k").id == first.id
    assert question.info_wanted_at is None


def test_an_edit_by_the_asker_tells_more_too(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    needs.want_more(bjarne, question.id, line="Which ward is it?")
    asking.edit_question(anne, question.id, title=question.title, body="Ward 3.", tags=(), version=1)
    assert question.shown is Shown.OPEN


def test_what_others_write_does_not_stand_for_the_asker(anne: Person, bjarne: Person, didrik: Person) -> None:
    question = make_question(anne)
    needs.want_more(bjarne, question.id, line="Which ward is it?")
    commenting.comment(didrik, question.id, body="I wonder too.")
    assert question.shown is Shown.NEEDS_INFO


def test_nobody_asks_themselves_for_more_or_asks_for_nothing(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    with pytest.raises(Conflict):
        needs.want_more(anne, question.id, line="Which ward?")
    with pytest.raises(Invalid):
        needs.want_more(bjarne, question.id, line="")
    assert question.info_wanted_at is None


def test_who_asks_for_more_without_a_name_goes_on_so(anne: Person, bjarne: Person) -> None:
    question = make_question(anne)
    commenting.comment(bjarne, question.id, body="Hm.", is_anonymous=True)
    wanted = needs.want_more(bjarne, question.id, line="Which ward?")
    assert wanted.author_id is None
    assert question.info_wanted_at is not None
    assert (question.info_wanted_at.minute, question.info_wanted_at.second) == (0, 0)
    notice = db.session.scalars(select(Notice).where(Notice.kind == "questions.info_wanted")).one()
    assert (notice.person_id, notice.actor_id) == (anne.id, None)


def test_a_solution_that_did_not_help_becomes_a_comment_and_the_asker_decides(
    anne: Person, bjarne: Person, didrik: Person
) -> None:
    question = make_question(anne)
    added = make_answer(bjarne, question)
    solving.accept(anne, question.id, added.id)
    for _ in range(2):
        remark = needs.doubt(didrik, question.id, added.id, line="It came back the day after.", key="d")
    assert remark.answer_id == added.id
    assert question.state == State.SOLVED
    assert told(anne).count("questions.doubted") == 1
    with pytest.raises(Conflict):
        needs.doubt(anne, question.id, added.id, line="It came back.")
    with pytest.raises(Conflict):
        needs.doubt(bjarne, question.id, added.id, line="It came back.")


PRESSES = ("answer", "accept", "reopen", "claim", "let_go", "join", "more", "doubt", "comment", "thank", "later")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(presses=st.lists(st.tuples(st.sampled_from(PRESSES), st.integers(0, 3)), max_size=12))
def test_whatever_the_order_of_presses_the_state_is_what_the_rules_say(
    anne: Person, bjarne: Person, didrik: Person, peer: Person, at: At, presses: list[tuple[str, int]]
) -> None:
    people = (anne, bjarne, didrik, peer)
    moment = NOON
    at(moment)
    with db.session.begin_nested() as example:
        question = make_question(anne)
        for press, who in presses:
            moment += 2 * DAY if press == "later" else timedelta(minutes=7)
            at(moment)
            with suppress(PortalError), db.session.begin_nested():
                _press(press, people[who], question)
            db.session.flush()  # the check constraints of the database speak here
            db.session.refresh(question)
            _must_hold(question)
        example.rollback()


def _press(press: str, person: Person, question: Question) -> None:
    last = max((answer.id for answer in question.answers), default=0)
    acts: dict[str, Callable[[], object]] = {
        "answer": lambda: answering.answer(person, question.id, body="Off and on."),
        "accept": lambda: solving.accept(person, question.id, last),
        "reopen": lambda: solving.reopen(person, question.id),
        "claim": lambda: claims.claim(person, question.id),
        "let_go": lambda: claims.let_go(person, question.id),
        "join": lambda: claims.join(person, question.id),
        "more": lambda: needs.want_more(person, question.id, line="Which ward?"),
        "doubt": lambda: needs.doubt(person, question.id, last, line="Not for me."),
        "comment": lambda: commenting.comment(person, question.id, body="Hm."),
        "thank": lambda: marks.thank(person, question.id, last),
        "later": lambda: None,
    }
    acts[press]()
    db.session.expire(question, ["answers"])


def _must_hold(question: Question) -> None:
    is_solved = question.accepted_answer_id is not None
    assert question.state == states.state(answers=question.answer_count, is_solved=is_solved)
    assert question.answer_count == len(question.answers)
    assert (question.solved_at is not None) == is_solved
    assert is_solved or not question.accepted_by_peer
    assert not (is_solved and (question.info_wanted_at or question.reopened_at or question.claimed_by_id))
    assert not (question.info_wanted_at and question.info_given_at)
    assert (question.claimed_by_id is None) == (question.claimed_until is None)
