"""Telling of comments, and of being mentioned."""

from __future__ import annotations

from sqlalchemy import select

from portal.blueprints.notifications import service as notifications
from portal.blueprints.questions.facts import Commented, Mentioned
from portal.blueprints.questions.models.nameless import News
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import comments
from portal.blueprints.questions.service import news
from portal.core.db import db
from portal.core.facts import on
from portal.core.i18n import N_

notifications.notice_kind(
    "questions.commented",
    group="questions",
    text=N_("%(who)s commented on «%(title)s»"),
    several=N_("%(count)s new comments on «%(title)s»"),
    icon="messages",
)
notifications.notice_kind(
    "questions.mentioned",
    group="questions",
    text=N_("%(who)s mentions you in «%(title)s»"),
    several=N_("You are mentioned %(count)s times in «%(title)s»"),
    icon="user",
)


@on(Commented)
def tell_of_comment(fact: Commented) -> None:
    """Tell the author of the post, and those who have commented there."""
    if fact.is_told_apart:
        return
    question = db.session.get_one(Question, fact.question_id)
    post: Post = question if fact.answer_id is None else db.session.get_one(Answer, fact.answer_id)
    if not fact.is_call:
        news.tell_author(post, question.id, News.COMMENTED, by_id=fact.by_id)
    for remark in _nameless_remarks(fact):
        if remark.mask != post.mask:
            news.tell_author(remark, question.id, News.COMMENTED, by_id=fact.by_id)
    told = {post.author_id, *comments.writers(question.id, fact.answer_id)}
    if fact.is_call:
        told.discard(question.author_id)
    notifications.tell_many(
        [person_id for person_id in told if person_id is not None],
        kind="questions.commented",
        params={"title": question.title},
        endpoint="questions.thread",
        values={"question_id": question.id},
        actor_id=fact.author_id,
        but_not=None if fact.author_id else fact.by_id,
    )


@on(Mentioned)
def tell_who_is_mentioned(fact: Mentioned) -> None:
    """Tell those who are mentioned."""
    question = db.session.get_one(Question, fact.question_id)
    notifications.tell_many(
        fact.person_ids,
        kind="questions.mentioned",
        params={"title": question.title},
        endpoint="questions.thread",
        values={"question_id": question.id},
        actor_id=fact.author_id,
        but_not=None if fact.author_id else fact.by_id,
    )


def _nameless_remarks(fact: Commented) -> list[Comment]:
    on_same = Comment.answer_id.is_(None) if fact.answer_id is None else Comment.answer_id == fact.answer_id
    query = select(Comment).where(Comment.question_id == fact.question_id, on_same, Comment.mask.is_not(None))
    by_mask = {remark.mask: remark for remark in db.session.scalars(query) if remark.id != fact.comment_id}
    return list(by_mask.values())
