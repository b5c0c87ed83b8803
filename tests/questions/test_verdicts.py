"""Marks from everyday use: it worked for me, out of date, dangerous."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.marks import Verdict
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.queries import news, threads, verdicts
from portal.blueprints.questions.queries.verdicts import Standing
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.service import answering, solving
from portal.blueprints.questions.service import verdicts as saying
from portal.core import privacy
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed, NotFound
from portal.core.patient_data import PatientData
from tests.factories.questions import make_answer, make_question

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
At = Callable[[datetime], None]


@pytest.fixture
def question(anne: Person) -> Question:
    return make_question(anne)


@pytest.fixture
def answer(question: Question, bjarne: Person) -> Answer:
    return make_answer(bjarne, question)


def notices(person: Person) -> list[Notice]:
    mine = select(Notice).where(Notice.person_id == person.id, Notice.kind.like("questions.m%"))
    return list(db.session.scalars(mine.order_by(Notice.id)))


def standing(viewer: Person, answer: Answer) -> Standing:
    db.session.flush()
    db.session.expire_all()
    thread = threads.thread(viewer, answer.question_id)
    return verdicts.standings(viewer, thread).get(answer.id, verdicts.NONE)


def warn(person: Person, answer: Answer, kind: Kind = Kind.DANGEROUS, reason: str = "It empties the queue.") -> None:
    saying.say(person, answer.question_id, answer.id, kind=kind, reason=reason)


def mend(bjarne: Person, answer: Answer) -> None:
    answering.edit_answer(bjarne, answer.question_id, answer.id, body="Restart it gently.", version=answer.version)


def test_what_worked_is_counted_once_each_and_shows_when_last(
    anne: Person, didrik: Person, answer: Answer, at: At
) -> None:
    at(NOON)
    saying.say(anne, answer.question_id, answer.id, kind=Kind.WORKS)
    at(NOON + timedelta(days=2))
    for _ in range(2):
        saying.say(didrik, answer.question_id, answer.id, kind=Kind.WORKS)
    works = threads.thread(anne, answer.question_id).mark("works", answer.id)
    assert (works.count, works.last_at, works.is_mine) == (2, NOON + timedelta(days=2), True)
    saying.take_back(didrik, answer.question_id, answer.id, kind=Kind.WORKS)
    assert threads.thread(anne, answer.question_id).mark("works", answer.id).count == 1


def test_that_ones_own_answer_works_is_for_others_to_say(bjarne: Person, answer: Answer) -> None:
    with pytest.raises(NotAllowed):
        saying.say(bjarne, answer.question_id, answer.id, kind=Kind.WORKS)


@pytest.mark.parametrize("kind", [Kind.OUTDATED, Kind.DANGEROUS])
def test_a_warning_needs_a_reason(anne: Person, answer: Answer, kind: Kind) -> None:
    with pytest.raises(Invalid) as refusal:
        saying.say(anne, answer.question_id, answer.id, kind=kind, reason="")
    assert refusal.value.field == "reason"
    assert standing(anne, answer) == verdicts.NONE


def test_no_patient_stands_in_a_reason(anne: Person, answer: Answer) -> None:
    with pytest.raises(PatientData):
        warn(anne, answer, reason="Do not do it for 01010112377")


def test_a_warning_shows_its_reason_and_not_who_gave_it(anne: Person, didrik: Person, answer: Answer) -> None:
    warn(anne, answer, Kind.OUTDATED, "There is a new button.")
    warn(didrik, answer)
    seen = standing(anne, answer)
    assert seen.worst is Kind.DANGEROUS
    assert {(each.kind, each.reason, each.is_mine) for each in seen.warnings} == {
        (Kind.OUTDATED, "There is a new button.", True),
        (Kind.DANGEROUS, "It empties the queue.", False),
    }


def test_the_author_is_told_once_kindly_and_not_by_whom(
    anne: Person, bjarne: Person, didrik: Person, answer: Answer
) -> None:
    warn(anne, answer)
    warn(didrik, answer)
    warn(anne, answer, reason="Really.")
    (notice,) = notices(bjarne)
    assert (notice.kind, notice.count, notice.actor_id) == ("questions.marked_dangerous", 1, None)
    assert "empties" not in str(notice.params)


def test_who_marks_their_own_answer_is_not_told(bjarne: Person, answer: Answer) -> None:
    warn(bjarne, answer, Kind.OUTDATED, "We have a new one.")
    assert notices(bjarne) == []
    assert standing(bjarne, answer).worst is Kind.OUTDATED


def test_an_author_without_a_name_is_told_by_the_mask_alone(anne: Person, bjarne: Person, question: Question) -> None:
    answer = make_answer(bjarne, question, is_anonymous=True)
    warn(anne, answer)
    assert notices(bjarne) == []
    assert [line.kind for line in news.news(bjarne)] == ["warned"]


def test_said_again_the_newest_reason_counts(anne: Person, answer: Answer) -> None:
    warn(anne, answer, reason="First.")
    warn(anne, answer, reason="Second.")
    assert [each.reason for each in standing(anne, answer).warnings] == ["Second."]


def test_a_warning_can_be_taken_back(anne: Person, answer: Answer) -> None:
    warn(anne, answer)
    saying.take_back(anne, answer.question_id, answer.id, kind=Kind.DANGEROUS)
    saying.take_back(anne, answer.question_id, answer.id, kind=Kind.DANGEROUS)
    assert standing(anne, answer) == verdicts.NONE


def test_an_answer_changed_afterwards_says_so_and_the_marker_is_asked_to_look_again(
    anne: Person, bjarne: Person, answer: Answer
) -> None:
    warn(anne, answer)
    assert not standing(bjarne, answer).is_mended
    mend(bjarne, answer)
    mend(bjarne, answer)
    assert standing(bjarne, answer).is_mended
    (notice,) = notices(anne)
    assert notice.kind == "questions.mended"


def test_a_warning_that_still_holds_is_of_the_new_wording(anne: Person, bjarne: Person, answer: Answer) -> None:
    warn(anne, answer)
    mend(bjarne, answer)
    saying.uphold(anne, answer.question_id, answer.id, kind=Kind.DANGEROUS)
    assert not standing(anne, answer).is_mended
    assert standing(anne, answer).worst is Kind.DANGEROUS


def test_only_ones_own_warning_can_be_upheld(didrik: Person, anne: Person, answer: Answer) -> None:
    warn(anne, answer)
    with pytest.raises(NotFound):
        saying.uphold(didrik, answer.question_id, answer.id, kind=Kind.DANGEROUS)


def test_those_who_keep_order_settle_warnings_and_it_is_written_down(
    anne: Person, carla: Person, didrik: Person, answer: Answer
) -> None:
    warn(anne, answer)
    saying.say(didrik, answer.question_id, answer.id, kind=Kind.WORKS)
    with pytest.raises(NotAllowed):
        saying.settle(didrik, answer.question_id, answer.id)
    saying.settle(carla, answer.question_id, answer.id)
    assert standing(anne, answer) == verdicts.NONE
    assert threads.thread(anne, answer.question_id).mark("works", answer.id).count == 1
    assert db.session.scalars(select(AuditEntry.act)).all() == ["questions.settle_warnings"]
    warn(anne, answer)  # it can be given again
    assert standing(anne, answer).worst is Kind.DANGEROUS


def test_a_list_shows_the_gravest_warning_of_what_solved_it(
    anne: Person, bjarne: Person, didrik: Person, question: Question, answer: Answer
) -> None:
    other = make_answer(bjarne, question, body="Or this.")
    warn(didrik, other)
    warn(didrik, answer, Kind.OUTDATED, "New button.")
    db.session.flush()
    assert verdicts.worst_of(anne, [question.id]) == {question.id: Kind.DANGEROUS}
    solving.accept(anne, question.id, answer.id)
    db.session.flush()
    assert verdicts.worst_of(anne, [question.id]) == {question.id: Kind.OUTDATED}
    assert verdicts.worst_of(anne, []) == {}


def test_what_one_says_of_answers_is_exported_and_erased(anne: Person, didrik: Person, answer: Answer) -> None:
    warn(anne, answer)
    warn(didrik, answer)
    held = next(each for each in privacy.holdings() if each.what == "Marks on answers")
    assert held.export is not None
    assert held.erase is not None
    assert [row["reason"] for row in held.export(anne.id)] == ["It empties the queue."]
    held.erase(anne.id)
    assert held.export(anne.id) == []
    assert db.session.scalar(select(func.count()).select_from(Verdict)) == 1
