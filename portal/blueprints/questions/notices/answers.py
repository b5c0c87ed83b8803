"""Telling of answers, thanks and solutions."""

from __future__ import annotations

from portal.blueprints.notifications import service as notifications
from portal.blueprints.questions.facts import Answered, Solved, Thanked
from portal.blueprints.questions.models.nameless import News
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.service import news
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


@on(Answered)
def tell_followers(fact: Answered) -> None:
    """Tell the asker and those who follow.

    An asker without a name stands in no list of followers, and is told by the mask of the thread.
    """
    question = db.session.get_one(Question, fact.question_id)
    news.tell_author(question, question.id, News.ANSWERED, by_id=fact.by_id)
    notifications.tell_many(
        threads.followers(question.id),
        kind="questions.answered",
        params={"title": question.title},
        endpoint="questions.thread",
        values={"question_id": question.id},
        actor_id=fact.author_id,
        but_not=None if fact.author_id else fact.by_id,
    )


@on(Thanked)
def tell_who_is_thanked(fact: Thanked) -> None:
    """Tell the author of the answer, and nobody else."""
    by = "nameless" if fact.is_nameless else fact.by_id
    _tell_author(fact, kind="questions.thanked", news_kind=News.THANKED, key=f"{fact.answer_id}-{by}")


@on(Solved)
def tell_who_solved_it(fact: Solved) -> None:
    """Tell the author of the answer that it helped."""
    _tell_author(fact, kind="questions.solved", news_kind=News.SOLVED, key=str(fact.answer_id))


def _tell_author(fact: Thanked | Solved, *, kind: str, news_kind: News, key: str) -> None:
    answer = db.session.get_one(Answer, fact.answer_id)
    question = db.session.get_one(Question, answer.question_id)
    if answer.author_id is None:
        news.tell_author(answer, question.id, news_kind, by_id=fact.by_id)
        return
    notifications.tell(
        answer.author_id,
        kind=kind,
        params={"title": question.title},
        endpoint="questions.thread",
        values={"question_id": question.id},
        actor_id=None if fact.is_nameless else fact.by_id,
        but_not=fact.by_id if fact.is_nameless else None,
        # What is taken back and given again is not told twice.
        key=key,
    )
