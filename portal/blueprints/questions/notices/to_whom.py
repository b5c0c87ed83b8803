"""Telling those who are asked: a colleague by name, those who know, and those who want to learn."""

from __future__ import annotations

from collections.abc import Collection

from portal.blueprints.notifications import service as notifications
from portal.blueprints.questions.facts import Asked, WaitedForExperts
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import authors, skills
from portal.blueprints.questions.rules.skills import Level
from portal.core.db import db
from portal.core.facts import on
from portal.core.i18n import N_

notifications.notice_group("asked", N_("Questions put to you"))
notifications.notice_kind("questions.asked_you", group="asked", text=N_("%(who)s asks you: «%(title)s»"), icon="ask")
notifications.notice_kind(
    "questions.asked_those_who_know",
    group="asked",
    text=N_("%(who)s asks those who know %(tag)s: «%(title)s»"),
    icon="ask",
)
notifications.notice_kind(
    "questions.asked_learners",
    group="asked",
    text=N_("Something to learn from, about %(tag)s: «%(title)s»"),
    icon="ask",
)


@on(Asked)
def tell_those_who_are_asked(fact: Asked) -> None:
    """Tell the addressee; of an easy question those who want to learn, and the others when it is left lying."""
    question = db.session.get_one(Question, fact.question_id)
    if question.addressee_id is not None:
        _tell({question.addressee_id}, question, kind="questions.asked_you", by_id=fact.by_id)
    if question.asked_tag_id is None:
        return
    # An asker without a name stays among those who are told, and does not see it: a gap would name them.
    own = {fact.by_id} if fact.author_id else set()
    learners = skills.those_who(Level.LEARNING, question.asked_tag_id) - own if question.is_easy else set()
    if learners:
        _tell(learners, question, kind="questions.asked_learners", by_id=fact.by_id)
    else:
        _tell_those_who_know(question, by_id=fact.by_id)


@on(WaitedForExperts)
def tell_those_who_know(fact: WaitedForExperts) -> None:
    """Tell those who know, once an easy question has been left to the others for a while."""
    question = db.session.get_one(Question, fact.question_id)
    _tell_those_who_know(question, by_id=authors.find_author_id(question))


def _tell_those_who_know(question: Question, *, by_id: int | None) -> None:
    if question.asked_tag_id is not None:
        told = skills.those_who_know(question.asked_tag_id) - {question.addressee_id or 0}
        _tell(told, question, kind="questions.asked_those_who_know", by_id=by_id)


def _tell(person_ids: Collection[int], question: Question, *, kind: str, by_id: int | None) -> None:
    notifications.tell_many(
        person_ids,
        kind=kind,
        params={"title": question.title, "tag": question.asked_tag.name_nn if question.asked_tag else ""},
        endpoint="questions.thread",
        values={"question_id": question.id},
        actor_id=question.author_id,
        but_not=by_id if question.is_anonymous else None,
        key=str(question.id),
    )
