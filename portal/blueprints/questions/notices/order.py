"""Telling of merges, moves and flags. Flags are told without names, and without words that may be the trouble."""

from __future__ import annotations

from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.blueprints.questions.facts import Carried, Flagged, Hidden, Merged, Redacted, Returned, Settled
from portal.blueprints.questions.models.flags import Flag
from portal.blueprints.questions.models.nameless import News
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.models.transfers import Transfer
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.service import news
from portal.core.db import db
from portal.core.facts import on
from portal.core.i18n import N_

UNNAMED = "…"  # what stands in an inbox for the title of a question that is out of sight

notifications.notice_group("order", N_("Keeping order on the board"))
notifications.notice_kind(
    "questions.merged",
    group="questions",
    text=N_("«%(title)s» was asked before. The answers stand in one place now."),
    icon="link",
)
notifications.notice_kind(
    "questions.moved", group="questions", text=N_("What you wrote stands in «%(title)s» now"), icon="arrow-right"
)
notifications.notice_kind(
    "questions.suggested",
    group="questions",
    text=N_("A colleague thinks that «%(title)s» was asked before. You decide."),
    icon="link",
)
notifications.notice_kind(
    "questions.out_of_sight",
    group="questions",
    text=N_("Something you wrote is out of sight until somebody has looked at it. You still see it."),
    icon="eye",
)
notifications.notice_kind(
    "questions.flagged",
    group="order",
    text=N_("Somebody asks you to look at a post"),
    several=N_("Somebody asks you to look at %(count)s posts"),
    icon="alert",
)
notifications.notice_kind(
    "questions.flag_settled",
    group="order",
    text=N_("Thank you for speaking up. Somebody has looked at what you flagged."),
    several=N_("Thank you for speaking up. Somebody has looked at the %(count)s posts that you flagged."),
    icon="heart",
)


@on(Merged)
def tell_asker_and_followers(fact: Merged) -> None:
    """Tell those who wait for an answer where it stands now, once."""
    question = db.session.get_one(Question, fact.question_id)
    news.tell_author(question, question.id, News.MERGED, by_id=fact.by_id)
    asker = [] if question.author_id is None else [question.author_id]
    notifications.tell_many(
        sorted({*asker, *threads.followers(question.id)}),
        kind="questions.merged",
        params={"title": question.title},
        endpoint="questions.thread",
        values={"question_id": question.id},
        but_not=None if question.is_anonymous else fact.by_id,
        key=f"{fact.question_id}-{fact.target_id}",
    )


@on(Carried)
def tell_whose_posts_were_moved(fact: Carried) -> None:
    """Tell the authors of what was moved where it stands now."""
    transfer = db.session.get_one(Transfer, fact.transfer_id)
    for post in moved_posts(transfer):
        _tell_author(
            post,
            transfer.target,
            kind="questions.moved",
            told_as=News.MOVED,
            params={"title": transfer.target.title},
            by_id=fact.by_id,
        )


def moved_posts(transfer: Transfer) -> list[Answer | Comment]:
    """Give the posts that went."""
    found: list[Answer | Comment | None] = []
    for item in transfer.items:
        if item.comment_id is not None:
            found.append(db.session.get(Comment, item.comment_id))
        elif item.answer_id is not None:
            found.append(db.session.get(Answer, item.answer_id))
    return [post for post in found if post is not None]


@on(Flagged)
def tell_who_keeps_order(fact: Flagged) -> None:
    """Tell those who keep order, and of a suggested duplicate the asker instead, who decides it with one press."""
    flag = db.session.get_one(Flag, fact.flag_id)
    post, thread = flag.flagged, flag.thread
    if flag.has_hidden:
        told_as = News.OUT_OF_SIGHT
        _tell_author(post, thread, kind="questions.out_of_sight", told_as=told_as, params={}, by_id=fact.by_id)
    if flag.is_suggestion:
        words = {"title": thread.title}
        _tell_author(post, thread, kind="questions.suggested", told_as=News.SUGGESTED, params=words, by_id=fact.by_id)
        return
    notifications.tell_many(
        [person.id for person in people.who_may("questions.moderate")],
        kind="questions.flagged",
        params={},
        endpoint="questions_admin.flags",
        values={},
        but_not=fact.by_id,
    )


def _tell_author(post: Post, thread: Question, *, kind: str, told_as: News, params: dict[str, str], by_id: int) -> None:
    if post.author_id is None:
        news.tell_author(post, thread.id, told_as, by_id=by_id)
        return
    notifications.tell(
        post.author_id,
        kind=kind,
        params=params,
        endpoint="questions.thread",
        values={"question_id": thread.id},
        but_not=by_id,
    )


@on(Settled)
def thank_who_flagged(fact: Settled) -> None:
    """Thank who spoke up; where it was about something out of sight, without leading there."""
    flag = db.session.get_one(Flag, fact.flag_id)
    is_seen = not flag.thread.is_hidden
    notifications.tell(
        flag.person_id,
        kind="questions.flag_settled",
        params={},
        endpoint="questions.thread" if is_seen else "questions.index",
        values={"question_id": flag.thread.id} if is_seen else {},
        but_not=fact.by_id,
    )


@on(Hidden, Returned, Redacted)
def mend_what_was_told(fact: Hidden | Returned | Redacted) -> None:
    """Let a title that is out of sight, or has been mended, live on in no inbox."""
    question = db.session.get_one(Question, fact.question_id)
    notifications.retitle(
        endpoint="questions.thread",
        values={"question_id": question.id},
        params={"title": UNNAMED if question.is_hidden else question.title},
    )
