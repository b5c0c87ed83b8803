"""Telling of answers, thanks and solutions."""

from __future__ import annotations

from portal.blueprints.notifications import service as notifications
from portal.blueprints.questions.facts import Answered, Solved, Thanked
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.queries import authors, threads
from portal.core.db import db
from portal.core.facts import on
from portal.core.i18n import N_

notifications.notice_group("questions", N_("Questions and answers"))
notifications.notice_kind(
    "questions.answered",
    group="questions",
    text=N_("%(who)s answered «%(title)s»"),
    several=N_("%(count)s new answers to «%(title)s»"),
    icon="messages",
)
notifications.notice_kind(
    "questions.thanked",
    group="thanks",
    text=N_("%(who)s thanks you for your answer to «%(title)s»"),
    several=N_("%(count)s colleagues thank you for your answer to «%(title)s»"),
    icon="heart",
)
notifications.notice_kind(
    "questions.solved",
    group="questions",
    text=N_("Your answer solved «%(title)s»"),
    icon="circle-check",
)
notifications.notice_group("thanks", N_("Thanks"), mail="never")


def _title(question_id: int) -> str:
    question = db.session.get(Question, question_id)
    return question.title if question else ""


def asker_and_followers(question: Question) -> list[int]:
    """Give who hears of what happens in a thread; an asker without a name stands in no list of followers."""
    asker = authors.find_author_id(question) if question.is_anonymous else None
    found = threads.followers(question.id)
    return [*found, asker] if asker is not None and asker not in found else list(found)


@on(Answered)
def tell_followers(fact: Answered) -> None:
    """Tell the asker and those who follow."""
    question = db.session.get_one(Question, fact.question_id)
    notifications.tell_many(
        [person_id for person_id in asker_and_followers(question) if person_id != fact.by_id],
        kind="questions.answered",
        params={"title": question.title},
        endpoint="questions.thread",
        values={"question_id": question.id},
        actor_id=fact.author_id,
    )


@on(Thanked)
def tell_who_is_thanked(fact: Thanked) -> None:
    """Tell the author of the answer, and nobody else."""
    _tell_author(fact.answer_id, by_id=fact.by_id, kind="questions.thanked", key=f"{fact.answer_id}-{fact.by_id}")


@on(Solved)
def tell_who_solved_it(fact: Solved) -> None:
    """Tell the author of the answer that it helped."""
    _tell_author(fact.answer_id, by_id=fact.by_id, kind="questions.solved", key=str(fact.answer_id))


def _tell_author(answer_id: int, *, by_id: int, kind: str, key: str) -> None:
    answer = db.session.get_one(Answer, answer_id)
    question = db.session.get_one(Question, answer.question_id)
    author_id = authors.find_author_id(answer)
    if author_id is None or author_id == by_id:
        return
    is_by_nameless_asker = kind == "questions.solved" and question.is_anonymous
    notifications.tell(
        author_id,
        kind=kind,
        params={"title": question.title},
        endpoint="questions.thread",
        values={"question_id": question.id},
        actor_id=None if is_by_nameless_asker else by_id,
        # What is taken back and given again is not told twice.
        key=key,
    )
