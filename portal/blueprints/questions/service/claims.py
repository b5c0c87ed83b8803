"""Saying who is looking at a question now: one owner, others beside them, and handing it over.

Who owns it is decided by one UPDATE that says what it expects to find: of all who press in the same moment, on any
number of processes and on either database, one finds it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from portal.blueprints.people import queries as people
from portal.blueprints.questions.facts import HandedOver, HandoverAnswered, OwnerLeft
from portal.blueprints.questions.models.claims import Looking
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import looking, threads
from portal.blueprints.questions.rules import claims as rules
from portal.blueprints.questions.rules import states
from portal.blueprints.questions.rules.states import CLAIM_LASTS, State
from portal.blueprints.questions.service import marks, posting
from portal.core import clock, privacy
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

TAKEN = N_("Somebody is looking at it already, or it has been answered.")
NOT_YOURS = N_("You are not the one who looks at it now.")


def claim(viewer: Viewer, question_id: int) -> None:
    """Say «I am looking at it», or that one still is; the first of two who press at once has it. It lapses."""
    question = threads.get_question(viewer, question_id)
    moment = clock.now()
    is_again = question.claimed_by_id == viewer.id and states.is_claimed(question.claimed_until, now=moment)
    is_free = or_(Question.claimed_until.is_(None), Question.claimed_until <= moment)
    if not _take(question, viewer.id, or_(is_free, Question.claimed_by_id == viewer.id)):
        raise Conflict(TAKEN)
    if not is_again:
        _forget_others(question.id)
    posting.publish(question)


def let_go(viewer: Viewer, question_id: int) -> None:
    """No longer look at it. Whoever looks too and came first has it then, and is told."""
    question = threads.get_question(viewer, question_id)
    if not _stop_looking_too(viewer, question) and question.claimed_by_id == viewer.id:
        heir = rules.heir(looking.as_values(looking.beside(question.id)), now=clock.now())
        if heir and _take(question, heir, Question.claimed_by_id == viewer.id):
            _remove(question.id, heir)
            record(OwnerLeft(question_id=question.id, person_id=heir, by_id=viewer.id))
        else:
            _change(question, Question.claimed_by_id == viewer.id, claimed_by_id=None, claimed_until=None)
            _forget_others(question.id)
    posting.publish(question)


def join(viewer: Viewer, question_id: int) -> None:
    """Say «I am looking too». Where nobody looks any more, one has it oneself."""
    question = threads.get_question(viewer, question_id)
    moment = clock.now()
    if not states.is_claimed(question.claimed_until, now=moment):
        claim(viewer, question_id)
        return
    if question.claimed_by_id == viewer.id:
        raise Conflict(N_("It is yours already."))
    if question.state == State.SOLVED:
        raise Conflict(TAKEN)
    _put_beside(question, viewer.id, is_asked=False)
    posting.publish(question)


def hand_over(viewer: Viewer, question_id: int, person_id: int) -> None:
    """Ask a colleague to take it over. It stays the owner's until they say yes, and a no costs nothing."""
    question = threads.get_question(viewer, question_id)
    _must_own(viewer, question)
    if person_id == viewer.id or not people.get_person(person_id).is_active:
        raise Invalid(N_("Choose a colleague."), field="person")
    asked = Looking.is_asked, Looking.question_id == question.id
    db.session.execute(delete(Looking).where(*asked), execution_options={"synchronize_session": False})
    _put_beside(question, person_id, is_asked=True)
    _take(question, viewer.id, Question.claimed_by_id == viewer.id)  # so that there is something to take over
    record(HandedOver(question_id=question.id, person_id=person_id, by_id=viewer.id))
    posting.publish(question)


def answer_handover(viewer: Viewer, question_id: int, *, takes: bool) -> None:
    """Take over what a colleague has asked one to take over, or say no."""
    question = threads.get_question(viewer, question_id)
    asked = db.session.get(Looking, (question.id, viewer.id), populate_existing=True)
    if asked is None or not asked.is_asked:
        raise NotFound(N_("You are no longer asked to take this over."))
    giver = question.claimed_by_id
    is_still_theirs = Question.claimed_by_id == giver if giver else Question.claimed_by_id.is_(None)
    db.session.delete(asked)
    db.session.flush()
    if takes and not _take(question, viewer.id, is_still_theirs):
        raise Conflict(TAKEN)
    if giver and giver != viewer.id:
        record(HandoverAnswered(question_id=question.id, person_id=giver, by_id=viewer.id, is_taken=takes))
    posting.publish(question)


def keep(viewer: Viewer, question: Question) -> None:
    """Let a claim last: who writes is not silent. Called where somebody writes in a thread."""
    moment = clock.now()
    if question.claimed_by_id == viewer.id and states.is_claimed(question.claimed_until, now=moment):
        _take(question, viewer.id, Question.claimed_by_id == viewer.id)
    mine = update(Looking).where(
        Looking.question_id == question.id, Looking.person_id == viewer.id, Looking.is_asked.is_(False)
    )
    db.session.execute(mine.values(until=moment + CLAIM_LASTS), execution_options={"synchronize_session": False})


def expire() -> None:
    """Forget who looked too, once it has lapsed; the owner stands until somebody answers, for the shift to see."""
    lapsed = delete(Looking).where(Looking.until < clock.now())
    db.session.execute(lapsed, execution_options={"synchronize_session": False})


def _take(question: Question, person_id: int, is_as_expected: ColumnElement[bool]) -> bool:
    waits_again = and_(Question.state == State.ANSWERED, Question.reopened_at.is_not(None))
    is_waiting = and_(
        or_(Question.state == State.OPEN, waits_again),
        Question.is_locked.is_(False),
        Question.duplicate_of_id.is_(None),
        Question.duplicate_article == "",
    )
    until = clock.now() + CLAIM_LASTS
    return _change(question, and_(is_waiting, is_as_expected), claimed_by_id=person_id, claimed_until=until)


def _change(question: Question, is_as_expected: ColumnElement[bool], **values: Any) -> bool:
    changed = update(Question).where(Question.id == question.id, is_as_expected).values(**values)
    found = db.session.scalar(changed.returning(Question.id), execution_options={"synchronize_session": False})
    db.session.refresh(question)
    return found is not None


def _must_own(viewer: Viewer, question: Question) -> None:
    if question.claimed_by_id != viewer.id or not states.is_claimed(question.claimed_until, now=clock.now()):
        raise Conflict(NOT_YOURS)


def _put_beside(question: Question, person_id: int, *, is_asked: bool) -> None:
    moment = clock.now()
    fresh = Looking(
        question_id=question.id, person_id=person_id, created_at=moment, until=moment + CLAIM_LASTS, is_asked=is_asked
    )
    if marks.add_mark(fresh):
        return
    row = db.session.get_one(Looking, (question.id, person_id), populate_existing=True)
    row.until, row.is_asked = fresh.until, is_asked
    db.session.flush()


def _stop_looking_too(viewer: Viewer, question: Question) -> bool:
    return question.claimed_by_id != viewer.id and _remove(question.id, viewer.id)


def _remove(question_id: int, person_id: int) -> bool:
    row = db.session.get(Looking, (question_id, person_id), populate_existing=True)
    if row is None:
        return False
    db.session.delete(row)
    db.session.flush()
    return True


def _forget_others(question_id: int) -> None:
    others = delete(Looking).where(Looking.question_id == question_id)
    db.session.execute(others, execution_options={"synchronize_session": "fetch"})


def _export(person_id: int) -> list[dict[str, object]]:
    owned = select(Question.id, Question.claimed_until).where(Question.claimed_by_id == person_id)
    beside = select(Looking.question_id, Looking.until).where(Looking.person_id == person_id)
    rows = [*db.session.execute(owned), *db.session.execute(beside)]
    return [{"question": question_id, "until": until.isoformat() if until else None} for question_id, until in rows]


def _erase(person_id: int) -> None:
    let_be = update(Question).where(Question.claimed_by_id == person_id).values(claimed_by_id=None, claimed_until=None)
    db.session.execute(let_be, execution_options={"synchronize_session": "fetch"})
    db.session.execute(delete(Looking).where(Looking.person_id == person_id))


privacy.register(
    "questions",
    what=N_("Which questions you look at"),
    seen_by=N_("Everybody at the desk, while you look."),
    kept=N_("Until somebody has answered; a day for those who look too."),
    tables=("looking", "question.claimed_by_id", "question.claimed_until"),
    export=_export,
    erase=_erase,
)
