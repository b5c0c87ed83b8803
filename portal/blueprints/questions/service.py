"""What changes the board. Each verb checks, decides by the rules, changes the rows and records what happened."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.blueprints.questions import queries, rules
from portal.blueprints.questions.facts import Answered, Asked, Changed, Hidden, Solved, Thanked
from portal.blueprints.questions.models import Answer, Following, Picture, Question, Tag, Thanks, Wondering
from portal.core import audit, clock, live, patient_data, throttle
from portal.core.db import Base, db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.images import CleanImage
from portal.core.viewer import Viewer

Post = TypeVar("Post", Question, Answer)

POSTS_PER_HOUR = 120  # two a minute for an hour: far more than a busy shift, far less than a script

CHANGED_MEANWHILE = N_(
    "Somebody has changed this since you opened it. Your text is kept: look at theirs, then send again."
)


def ask(
    viewer: Viewer,
    *,
    title: str,
    body: str = "",
    tags: Sequence[str] = (),
    key: str | None = None,
    accepts: bool = False,
) -> Question:
    """Ask a question. The title is enough; the same form sent twice is one question."""
    sent_before = _find_sent(Question, viewer, key)
    if sent_before:
        return sent_before
    title, body = _checked(title, field="title", accepts=accepts), _checked(body, field="body", accepts=accepts)
    if not title:
        raise Invalid(N_("Write what you wonder about."), field="title")
    throttle.hit("questions.post", str(viewer.id), limit=POSTS_PER_HOUR, per=timedelta(hours=1))
    question = Question(author_id=viewer.id, title=title, body=body, tags=queries.tags_by_slug(tags), key=key)
    question = _add_once(question, viewer)
    _keep_pictures(viewer, question, body)
    follow(viewer, question)
    record(Asked(question_id=question.id, author_id=viewer.id))
    live.publish("questions")
    return question


def answer(viewer: Viewer, question_id: int, *, body: str, key: str | None = None, accepts: bool = False) -> Answer:
    """Answer a question. The same form sent twice is one answer."""
    sent_before = _find_sent(Answer, viewer, key)
    if sent_before:
        return sent_before
    question = queries.get_question(viewer, question_id, for_update=True)
    body = _checked(body, field="body", accepts=accepts)
    if not body:
        raise Invalid(N_("Write an answer first."), field="body")
    throttle.hit("questions.post", str(viewer.id), limit=POSTS_PER_HOUR, per=timedelta(hours=1))
    added = _add_once(Answer(question_id=question.id, author_id=viewer.id, body=body, key=key), viewer)
    question.count_answer()
    _keep_pictures(viewer, question, body)
    follow(viewer, question)
    record(Answered(question_id=question.id, answer_id=added.id, author_id=viewer.id))
    _publish(question)
    return added


def edit_question(
    viewer: Viewer,
    question_id: int,
    *,
    title: str,
    body: str,
    tags: Sequence[str],
    version: int,
    accepts: bool = False,
) -> Question:
    """Change the words or the tags of a question, unless somebody else has changed it meanwhile."""
    question = queries.get_question(viewer, question_id, for_update=True)
    _must_be_allowed_to_edit(viewer, question)
    title, body = _checked(title, field="title", accepts=accepts), _checked(body, field="body", accepts=accepts)
    if not title:
        raise Invalid(N_("Write what you wonder about."), field="title")
    _must_be_unchanged(question, version)
    _note_if_anothers(viewer, question)
    question.title, question.body, question.tags = title, body, queries.tags_by_slug(tags)
    question.changed_at = clock.now()
    _keep_pictures(viewer, question, body)
    record(Changed(question_id=question.id))
    _publish(question)
    return question


def edit_answer(
    viewer: Viewer, question_id: int, answer_id: int, *, body: str, version: int, accepts: bool = False
) -> Answer:
    """Change the words of an answer, unless somebody else has changed it meanwhile."""
    changed = queries.get_answer(viewer, question_id, answer_id, for_update=True)
    _must_be_allowed_to_edit(viewer, changed)
    body = _checked(body, field="body", accepts=accepts)
    if not body:
        raise Invalid(N_("Write an answer first."), field="body")
    _must_be_unchanged(changed, version)
    _note_if_anothers(viewer, changed)
    changed.body, changed.changed_at = body, clock.now()
    _keep_pictures(viewer, changed.question, body)
    record(Changed(question_id=question_id))
    _publish(changed.question)
    return changed


def accept(viewer: Viewer, question_id: int, answer_id: int) -> None:
    """Say which answer solved it; the asker may change their mind."""
    question = queries.get_question(viewer, question_id, for_update=True)
    accepted = queries.get_answer(viewer, question_id, answer_id)
    _must_be_asker(viewer, question)
    if question.accepted_answer_id == accepted.id:
        return
    question.accept(accepted.id, clock.now())
    record(Solved(question_id=question.id, answer_id=accepted.id, author_id=accepted.author_id, by_id=viewer.id))
    record(Changed(question_id=question.id))
    _publish(question)


def reopen(viewer: Viewer, question_id: int) -> None:
    """Say that it is not solved after all."""
    question = queries.get_question(viewer, question_id, for_update=True)
    _must_be_asker(viewer, question)
    question.reopen()
    record(Changed(question_id=question.id))
    _publish(question)


def thank(viewer: Viewer, question_id: int, answer_id: int) -> None:
    """Thank for an answer. Twice is once, and its author is told once."""
    thanked = queries.get_answer(viewer, question_id, answer_id)
    if not rules.may_thank(author_id=thanked.author_id, viewer_id=viewer.id):
        raise NotAllowed(N_("Thanks are for others. Your answer has surely earned some."))
    if _add_mark(Thanks(answer_id=thanked.id, person_id=viewer.id)):
        record(Thanked(answer_id=thanked.id, question_id=question_id, author_id=thanked.author_id, by_id=viewer.id))
        live.publish(f"question-{question_id}")


def take_thanks_back(viewer: Viewer, question_id: int, answer_id: int) -> None:
    """Undo a press by mistake."""
    thanked = queries.get_answer(viewer, question_id, answer_id)
    _remove_mark(Thanks, thanked.id, viewer)
    live.publish(f"question-{question_id}")


def wonder_too(viewer: Viewer, question_id: int, *, too: bool) -> None:
    """Say, or no longer say, that one wonders about the same; who does hears of the answers."""
    question = queries.get_question(viewer, question_id)
    if too:
        _add_mark(Wondering(question_id=question.id, person_id=viewer.id))
        follow(viewer, question)
    else:
        _remove_mark(Wondering, question.id, viewer)
    live.publish(f"question-{question.id}")


def choose_following(viewer: Viewer, question_id: int, *, wanted: bool) -> None:
    """Hear, or no longer hear, what comes of a question."""
    question = queries.get_question(viewer, question_id)
    if wanted:
        follow(viewer, question)
    else:
        _remove_mark(Following, question.id, viewer)


def follow(viewer: Viewer, question: Question) -> None:
    """Hear what comes of a question."""
    _add_mark(Following(question_id=question.id, person_id=viewer.id))


def claim(viewer: Viewer, question_id: int) -> None:
    """Say «I am looking at it»; the first of two who press at once has it, and it lapses by itself."""
    question = queries.get_question(viewer, question_id)
    moment = clock.now()
    free = (
        (Question.claimed_until.is_(None)) | (Question.claimed_until <= moment) | (Question.claimed_by_id == viewer.id)
    )
    taken = update(Question).where(Question.id == question.id, Question.state == rules.State.OPEN, free)
    taken = taken.values(claimed_by_id=viewer.id, claimed_until=moment + rules.CLAIM_LASTS).returning(Question.id)
    if db.session.scalar(taken, execution_options={"synchronize_session": False}) is None:
        raise Conflict(N_("Somebody is looking at it already, or it has been answered."))
    db.session.refresh(question)
    _publish(question)


def let_go(viewer: Viewer, question_id: int) -> None:
    """No longer look at it."""
    question = queries.get_question(viewer, question_id)
    mine = update(Question).where(Question.id == question.id, Question.claimed_by_id == viewer.id)
    cleared = mine.values(claimed_by_id=None, claimed_until=None)
    db.session.execute(cleared, execution_options={"synchronize_session": False})
    db.session.refresh(question)
    _publish(question)


def hide(viewer: Viewer, question_id: int, *, hidden: bool) -> None:
    """Take a question out of sight, or bring it back. For those who keep order; written in the audit log."""
    if not viewer.may("questions.moderate"):
        raise NotAllowed(N_("This is not open to you."))
    question = queries.get_question(viewer, question_id, for_update=True)
    question.is_hidden = hidden
    audit.note(viewer.id, "questions.hide" if hidden else "questions.show", question_id=question.id)
    record(Hidden(question_id=question.id) if hidden else Changed(question_id=question.id))
    _publish(question)


def add_picture(viewer: Viewer, image: CleanImage) -> Picture:
    """Keep a cleaned picture; until a post shows it, only its owner sees it."""
    picture = Picture(
        token=secrets.token_urlsafe(16),
        owner_id=viewer.id,
        mime=image.mime,
        width=image.width,
        height=image.height,
        content=image.content,
    )
    db.session.add(picture)
    return picture


def _publish(question: Question) -> None:
    live.publish("questions")
    live.publish(f"question-{question.id}")


def _checked(text: str, *, field: str, accepts: bool) -> str:
    return patient_data.clean(text, field=field, viewer_accepts=accepts)


def _must_be_allowed_to_edit(viewer: Viewer, post: Question | Answer) -> None:
    is_moderator = viewer.may("questions.moderate")
    if not rules.may_edit(author_id=post.author_id, viewer_id=viewer.id, is_moderator=is_moderator):
        raise NotAllowed(N_("Only the one who wrote this can change it."))


def _must_be_unchanged(post: Question | Answer, version: int) -> None:
    if post.version != version:
        raise Conflict(CHANGED_MEANWHILE)
    post.version += 1


def _note_if_anothers(viewer: Viewer, post: Question | Answer) -> None:
    if post.author_id != viewer.id:
        audit.note(viewer.id, f"questions.edit_{post.__tablename__}", id=post.id)


def _must_be_asker(viewer: Viewer, question: Question) -> None:
    if not rules.may_accept(asker_id=question.author_id, viewer_id=viewer.id):
        raise NotAllowed(N_("Only the one who asked can say what solved it."))


def _find_sent(kind: type[Post], viewer: Viewer, key: str | None) -> Post | None:
    if not key:
        return None
    return db.session.scalar(select(kind).where(kind.author_id == viewer.id, kind.key == key))


def _add_once(post: Post, viewer: Viewer) -> Post:
    """Add a post, or give the one that the same form made in the same moment."""
    try:
        with db.session.begin_nested():
            db.session.add(post)
    except IntegrityError as error:
        other = _find_sent(type(post), viewer, post.key)
        if other is None:
            raise Conflict(CHANGED_MEANWHILE) from error
        return other
    return post


def _add_mark(mark: Thanks | Wondering | Following) -> bool:
    """Add a mark of a person; tell whether it was new."""
    key = [getattr(mark, column.name) for column in type(mark).__table__.primary_key]
    if db.session.get(type(mark), key) is not None:
        return False
    try:
        with db.session.begin_nested():
            db.session.add(mark)
    except IntegrityError:  # the same press from another tab came first
        return False
    return True


def _remove_mark(kind: type[Base], subject_id: int, viewer: Viewer) -> None:
    mark = db.session.get(kind, (subject_id, viewer.id))
    if mark is not None:
        db.session.delete(mark)


def _keep_pictures(viewer: Viewer, question: Question, text: str) -> None:
    """Let those who see the question see the pictures that its texts show; only one's own can be attached."""
    tokens = rules.picture_tokens(text)
    if tokens:
        mine = update(Picture).where(
            Picture.token.in_(tokens), Picture.owner_id == viewer.id, Picture.question_id.is_(None)
        )
        db.session.execute(mine.values(question_id=question.id), execution_options={"synchronize_session": False})


def make_tag(*, slug: str, name_nn: str, name_nb: str, name_en: str, color: str) -> Tag:
    """Add a tag, or change its names."""
    tag = db.session.scalar(select(Tag).where(Tag.slug == slug))
    if tag is None:
        tag = Tag(slug=slug)
        db.session.add(tag)
    tag.name_nn, tag.name_nb, tag.name_en, tag.color = name_nn, name_nb, name_en, color
    return tag
