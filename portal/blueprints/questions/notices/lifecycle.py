"""Telling of warnings, of what is missing, of what peers decided, and of claims that change hands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.blueprints.notifications import service as notifications
from portal.blueprints.questions.facts import (
    AcceptedByPeer,
    Doubted,
    HandedOver,
    HandoverAnswered,
    Marked,
    Mended,
    MoreWanted,
    OwnerLeft,
    Reopened,
)
from portal.blueprints.questions.models.nameless import News
from portal.blueprints.questions.models.posts import Answer, Post, Question
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.service import news, verdicts
from portal.core.db import db
from portal.core.facts import on
from portal.core.i18n import N_

KINDS = {
    "questions.marked_outdated": ("history", N_("Something may have changed: see your answer to «%(title)s»")),
    "questions.marked_dangerous": ("alert", N_("Somebody warns about your answer to «%(title)s». Take a look")),
    "questions.mended": ("refresh", N_("The answer to «%(title)s» was changed after you marked it. Look again?")),
    "questions.info_wanted": ("ask", N_("%(who)s needs to know a little more about «%(title)s»")),
    "questions.accepted_by_peer": (
        "circle-check",
        N_("A peer supporter says that «%(title)s» is solved. You can open it again"),
    ),
    "questions.reopened": ("refresh", N_("«%(title)s» is open again: the solution did not hold")),
    "questions.doubted": ("messages", N_("The solution did not help %(who)s: «%(title)s». Is it solved?")),
    "questions.handed_over": ("hand", N_("%(who)s asks if you can take over «%(title)s»")),
    "questions.handover_taken": ("circle-check", N_("%(who)s has taken over «%(title)s»")),
    "questions.handover_refused": ("x", N_("%(who)s cannot take over «%(title)s» now. It is still yours")),
    "questions.owner_left": ("eye", N_("%(who)s let «%(title)s» go. You look on")),
}
for name, (icon, text) in KINDS.items():
    notifications.notice_kind(name, group="questions", text=text, icon=icon)


@on(Marked)
def tell_of_a_warning(fact: Marked) -> None:
    """Tell the author kindly, once a kind, and not who warned."""
    answer = db.session.get_one(Answer, fact.answer_id)
    _tell_author(
        answer,
        fact.question_id,
        kind=f"questions.marked_{fact.kind}",
        told_as=News.WARNED,
        by_id=fact.by_id,
        key=f"{answer.id}-{answer.version}",
    )


@on(Mended)
def tell_who_warned(fact: Mended) -> None:
    """Ask those who warned to look again; of several changes they hear in one line."""
    who = [person_id for person_id in verdicts.who_warned(fact.answer_id) if person_id != fact.by_id]
    _tell(who, fact.question_id, kind="questions.mended", thread=str(fact.answer_id))


@on(MoreWanted)
def tell_the_asker(fact: MoreWanted) -> None:
    """Tell the asker that they are waited for."""
    question = db.session.get_one(Question, fact.question_id)
    _tell_author(
        question,
        question.id,
        kind="questions.info_wanted",
        told_as=News.INFO_WANTED,
        by_id=fact.by_id,
        actor_id=fact.author_id,
    )


@on(AcceptedByPeer)
def tell_what_a_peer_decided(fact: AcceptedByPeer) -> None:
    """Tell the asker, who can undo it."""
    question = db.session.get_one(Question, fact.question_id)
    _tell_author(question, question.id, kind="questions.accepted_by_peer", told_as=News.ACCEPTED, by_id=fact.by_id)


@on(Reopened)
def tell_that_it_is_open_again(fact: Reopened) -> None:
    """Tell those who follow, the asker among them, and who had solved it: it waits for them again."""
    answer = db.session.get(Answer, fact.answer_id)
    wanted = {*threads.followers(fact.question_id), answer.author_id if answer else None}
    who = [person_id for person_id in wanted if person_id is not None]
    actor_id = None if fact.is_nameless else fact.by_id
    _tell(who, fact.question_id, kind="questions.reopened", actor_id=actor_id, but_not=fact.by_id)


@on(Doubted)
def tell_of_a_doubt(fact: Doubted) -> None:
    """Tell the asker, who decides whether it is solved."""
    question = db.session.get_one(Question, fact.question_id)
    _tell_author(
        question,
        question.id,
        kind="questions.doubted",
        told_as=News.COMMENTED,
        by_id=fact.by_id,
        actor_id=fact.author_id,
    )


@on(HandedOver)
def tell_who_is_asked_to_take_over(fact: HandedOver) -> None:
    """Tell the colleague, who may say no."""
    _tell([fact.person_id], fact.question_id, kind="questions.handed_over", actor_id=fact.by_id)


@on(HandoverAnswered)
def tell_who_asked(fact: HandoverAnswered) -> None:
    """Tell who asked whether it is in other hands now."""
    kind = "questions.handover_taken" if fact.is_taken else "questions.handover_refused"
    _tell([fact.person_id], fact.question_id, kind=kind, actor_id=fact.by_id)


@on(OwnerLeft)
def tell_who_looks_on(fact: OwnerLeft) -> None:
    """Tell who looked too that it is theirs now."""
    _tell([fact.person_id], fact.question_id, kind="questions.owner_left", actor_id=fact.by_id)


def _tell_author(post: Post, question_id: int, *, kind: str, told_as: News, by_id: int, **more: Any) -> None:
    if post.author_id is None:
        news.tell_author(post, question_id, told_as, by_id=by_id)
    elif post.author_id != by_id:
        _tell([post.author_id], question_id, kind=kind, but_not=by_id, **more)


def _tell(person_ids: Iterable[int], question_id: int, *, kind: str, **more: Any) -> None:
    question = db.session.get_one(Question, question_id)
    notifications.tell_many(
        person_ids,
        kind=kind,
        params={"title": question.title},
        endpoint="questions.thread",
        values={"question_id": question_id},
        **more,
    )
