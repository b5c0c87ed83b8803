"""Who is told what of the board, in which words. Nobody is told of their own acts."""

from __future__ import annotations

from portal.blueprints.notifications import service as notifications
from portal.blueprints.questions import queries
from portal.blueprints.questions.facts import Answered, Solved, Thanked
from portal.blueprints.questions.models import Question
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
    """Tell the asker and those who follow."""
    notifications.tell_many(
        queries.followers(fact.question_id),
        kind="questions.answered",
        params={"title": _title(fact.question_id)},
        endpoint="questions.thread",
        values={"question_id": fact.question_id},
        actor_id=fact.author_id,
    )


@on(Thanked)
def tell_who_is_thanked(fact: Thanked) -> None:
    """Tell the author of the answer, and nobody else."""
    notifications.tell(
        fact.author_id,
        kind="questions.thanked",
        params={"title": _title(fact.question_id)},
        endpoint="questions.thread",
        values={"question_id": fact.question_id},
        actor_id=fact.by_id,
        # A thank-you taken back and given again is not told twice.
        key=f"{fact.answer_id}-{fact.by_id}",
    )


@on(Solved)
def tell_who_solved_it(fact: Solved) -> None:
    """Tell the author of the answer that it helped."""
    notifications.tell(
        fact.author_id,
        kind="questions.solved",
        params={"title": _title(fact.question_id)},
        endpoint="questions.thread",
        values={"question_id": fact.question_id},
        actor_id=fact.by_id,
        key=str(fact.answer_id),
    )
