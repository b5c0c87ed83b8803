"""Telling of new questions about what somebody follows: one line for each person, however many subjects fit."""

from __future__ import annotations

from datetime import timedelta

from portal.blueprints.notifications import service as notifications
from portal.blueprints.questions.facts import Asked, Changed
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import authors, following, skills
from portal.blueprints.questions.rules.skills import Level
from portal.core import clock
from portal.core.db import db
from portal.core.facts import on
from portal.core.i18n import N_

IS_NEW = timedelta(hours=24)

notifications.notice_group("subjects", N_("New questions in what you follow"), mail="daily")
notifications.notice_kind("questions.asked", group="subjects", text=N_("%(who)s asks: «%(title)s»"), icon="ask")


@on(Asked)
def tell_followers_of_subjects(fact: Asked) -> None:
    """Tell those who follow a subject of a new question, or somebody who knows it."""
    _tell(db.session.get_one(Question, fact.question_id))


@on(Changed)
def tell_of_subjects_that_came_later(fact: Changed) -> None:
    """Tell of a new question that was asked in five seconds and given its subjects afterwards; nobody hears twice."""
    question = db.session.get(Question, fact.question_id)
    if question and not question.is_hidden and clock.now() - question.created_at < IS_NEW:
        _tell(question)


def _tell(question: Question) -> None:
    db.session.flush()
    told = set(following.followers_of_subjects(question.id)) - _asked_anyway(question)
    notifications.tell_many(
        sorted(told),
        kind="questions.asked",
        params={"title": question.title},
        endpoint="questions.thread",
        values={"question_id": question.id},
        actor_id=question.author_id,
        # An asker without a name gets the same line as all who follow, and does not see it: a gap would name them.
        but_not=authors.find_author_id(question) if told and question.is_anonymous else None,
        key=str(question.id),
    )


def _asked_anyway(question: Question) -> set[int]:
    """Give who hears of the question because it was put to them: they need not hear of it twice."""
    told = {question.addressee_id} - {None}
    if question.asked_tag_id is not None:
        told |= skills.those_who_know(question.asked_tag_id)
        told |= skills.those_who(Level.LEARNING, question.asked_tag_id) if question.is_easy else set()
    return {person_id for person_id in told if person_id is not None}
