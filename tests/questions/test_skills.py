"""To whom a question is put: a colleague by name, those who know, those who want to learn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.skills import AskedByAnswers, Skill
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries import skills as reading
from portal.blueprints.questions.rules import skills as rules
from portal.blueprints.questions.rules.skills import BACKUP_AFTER, Level
from portal.blueprints.questions.service import claims, skills
from portal.core import jobs
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.questions import make_answer, make_question, make_tag

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Browse = Callable[[Person], AuditingClient]


def told(person: Person) -> list[str]:
    """Give the kinds of what a person was told."""
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


@pytest.fixture
def dips() -> Tag:
    with transaction():
        return make_tag("dips", "DIPS")


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [([], False), ([0], False), ([0, 1], True), ([90, 90], False), ([90, 90, 90], True), ([400] * 20, False)],
)
def test_answers_count_for_less_as_time_goes_by(days_ago: list[int], expected: bool) -> None:
    moments = [NOON - timedelta(days=days) for days in days_ago]
    assert rules.knows_by_answers(moments, now=NOON) is expected


def test_the_addressee_is_told_and_everybody_may_answer(anne: Person, bjarne: Person, otto: Person) -> None:
    with transaction():
        question = make_question(anne, addressee_id=bjarne.id)
        make_answer(otto, question)
    assert told(bjarne) == ["questions.asked_you"]
    assert told(otto) == []


def test_those_who_know_are_told_but_never_the_one_who_asks(
    anne: Person, bjarne: Person, otto: Person, dips: Tag
) -> None:
    with transaction():
        for person in (anne, bjarne):
            skills.declare(person, knows=["dips"], learning=[], by_answers=False)
        question = make_question(anne, asked_tag="dips")
    assert told(bjarne) == ["questions.asked_those_who_know"]
    assert told(anne) == told(otto) == []
    assert [tag.slug for tag in question.tags] == ["dips"]


def test_who_has_answered_is_asked_only_after_having_agreed(anne: Person, bjarne: Person, dips: Tag) -> None:
    with transaction():
        for number in range(3):
            make_answer(bjarne, make_question(anne, title=f"Number {number}", tags=["dips"]))
        assert reading.those_who_know(dips.id) == set()
        skills.declare(bjarne, knows=[], learning=[], by_answers=True)
        assert reading.those_who_know(dips.id) == {bjarne.id}
        skills.declare(bjarne, knows=[], learning=[], by_answers=False)
        assert reading.those_who_know(dips.id) == set()


def test_answers_without_a_name_say_nothing_of_what_one_knows(anne: Person, bjarne: Person, dips: Tag) -> None:
    with transaction():
        skills.declare(bjarne, knows=[], learning=[], by_answers=True)
        for number in range(3):
            question = make_question(anne, title=f"Number {number}", tags=["dips"])
            make_answer(bjarne, question, is_anonymous=True)
    assert reading.those_who_know(dips.id) == set()


def test_opting_out_leaves_no_trace(bjarne: Person, dips: Tag) -> None:
    with transaction():
        skills.declare(bjarne, knows=["dips"], learning=[], by_answers=True)
        skills.declare(bjarne, knows=[], learning=[], by_answers=False)
    for kind in (Skill, AskedByAnswers):
        assert db.session.scalar(select(func.count()).select_from(kind)) == 0


def test_an_easy_question_goes_to_those_who_learn_first_and_to_the_others_when_left_lying(
    anne: Person, bjarne: Person, otto: Person, dips: Tag, at: Callable[[datetime], None]
) -> None:
    at(NOON)
    with transaction():
        skills.declare(bjarne, knows=["dips"], learning=[], by_answers=False)
        skills.declare(otto, knows=[], learning=["dips"], by_answers=False)
        make_question(anne, asked_tag="dips", is_easy=True)
    assert told(otto) == ["questions.asked_learners"]
    jobs.run_due()
    assert told(bjarne) == []
    at(NOON + BACKUP_AFTER)
    jobs.run_due()
    assert told(bjarne) == ["questions.asked_those_who_know"]


def test_those_who_know_are_left_in_peace_when_somebody_is_looking(
    anne: Person, bjarne: Person, otto: Person, dips: Tag, at: Callable[[datetime], None]
) -> None:
    at(NOON)
    with transaction():
        skills.declare(bjarne, knows=["dips"], learning=[], by_answers=False)
        skills.declare(otto, knows=[], learning=["dips"], by_answers=False)
        question = make_question(anne, asked_tag="dips", is_easy=True)
    at(NOON + BACKUP_AFTER - timedelta(minutes=1))
    with transaction():
        claims.claim(otto, question.id)
    at(NOON + BACKUP_AFTER)
    jobs.run_due()
    assert told(bjarne) == []


def test_an_easy_question_without_learners_goes_to_those_who_know_at_once(
    anne: Person, bjarne: Person, dips: Tag
) -> None:
    with transaction():
        skills.declare(bjarne, knows=["dips"], learning=[], by_answers=False)
        make_question(anne, asked_tag="dips", is_easy=True)
    assert told(bjarne) == ["questions.asked_those_who_know"]


def test_asking_somebody_without_a_name_names_nobody(anne: Person, bjarne: Person) -> None:
    with transaction():
        make_question(anne, addressee_id=bjarne.id, is_anonymous=True)
    notice = db.session.scalars(select(Notice).where(Notice.person_id == bjarne.id)).one()
    assert notice.actor_id is None


def test_a_form_puts_a_question_to_somebody(browse: Browse, anne: Person, bjarne: Person, dips: Tag) -> None:
    browser = browse(anne)
    form = {"title": "How do I sign?", "addressee": str(bjarne.id), "asked_tag": "dips", "is_easy": "y"}
    assert browser.post("/sporsmal/nytt", data=form).status_code == 303
    question = db.session.scalars(select(Question)).one()
    assert (question.addressee_id, question.asked_tag_id, question.is_easy) == (bjarne.id, dips.id, True)


def test_a_colleague_who_has_left_cannot_be_asked(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        bjarne.deactivate()
    answer = browse(anne).post("/sporsmal/nytt", data={"title": "Where are you?", "addressee": str(bjarne.id)})
    assert answer.status_code == 422
    assert 'value="Where are you?"' in answer.text


def test_what_one_says_of_oneself_is_kept_and_shown_to_oneself(browse: Browse, bjarne: Person, dips: Tag) -> None:
    browser = browse(bjarne)
    assert browser.post("/sporsmal/emna-mine", data={"knows": "dips", "by_answers": "y"}).status_code == 303
    page = browser.soup("/sporsmal/emna-mine")
    assert [box["value"] for box in page.select("#knows [checked]")] == ["dips"]
    assert page.select("#by_answers[checked]")
    assert reading.declared(bjarne.id)[Level.KNOWS] == [dips]
