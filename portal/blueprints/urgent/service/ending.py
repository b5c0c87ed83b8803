"""Ending a call, and what becomes of it: a question with its answer, or nothing at all."""

from __future__ import annotations

from sqlalchemy import delete, select

from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.service import answering, asking, solving
from portal.blueprints.urgent.facts import CallForgotten
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules import calls as rules
from portal.blueprints.urgent.rules.calls import Act, Ending, State
from portal.blueprints.urgent.service import changing, course, telling
from portal.core import clock, patient_data
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

PAGE = "urgent.call"
KEPT_ALREADY = N_("It is kept as a question now. Write there.")
TOO_LONG = N_("Say it in at most %(most)s letters.")


def end(viewer: Viewer, call_id: int, *, solution: str = "", accepts: bool = False) -> None:
    """Say «it's sorted», as either side; if one likes with what it was."""
    call = changing.lock(call_id)
    reading.get_call(viewer, call_id)
    if solution.strip():
        _write(viewer, changing.get(viewer, call_id, _writing(call)), solution, accepts=accepts)
    if call is None or call.state == State.OVER:
        return
    changing.get(viewer, call_id, Act.END)
    course.close(call, Ending.SOLVED)
    course.plan(call, others_too=True)


def join_incident(viewer: Viewer, call_id: int) -> None:
    """End a call because it is about the big incident, and its asker follows that."""
    call = changing.get(viewer, call_id, Act.JOIN_INCIDENT)
    course.close(call, Ending.JOINED)
    course.plan(call, others_too=True)


def write_solution(viewer: Viewer, call_id: int, text: str, *, accepts: bool = False) -> None:
    """Write down what solved it, or change what is written: one text for all who were in it."""
    call = changing.get(viewer, call_id, Act.WRITE_SOLUTION)
    _write(viewer, call, text, accepts=accepts)


def _writing(call: HelpCall | None) -> Act:
    is_over = call is not None and call.state == State.OVER
    return Act.WRITE_SOLUTION if is_over else Act.END


def _write(viewer: Viewer, call: HelpCall, text: str, *, accepts: bool) -> None:
    text = patient_data.clean(text.strip(), field="solution", viewer_accepts=accepts)
    if len(text) > rules.LONGEST_SOLUTION:
        raise Invalid(TOO_LONG, field="solution", most=rules.LONGEST_SOLUTION)
    if call.question_id is not None:
        raise Conflict(KEPT_ALREADY)
    changing.change(call, solution=text, solution_by_id=viewer.id if text else None)
    telling.tell_changed(call)


def keep_as_question(viewer: Viewer, call_id: int) -> Question:
    """Keep a call as a question of the asker's, with what solved it as an answer of whoever wrote that."""
    call = changing.get(viewer, call_id, Act.KEEP)
    if call.question_id is not None:
        return threads.get_question(viewer, call.question_id)
    if call.state == State.RINGING:
        course.close(call, Ending.NOBODY)
        course.plan(call, others_too=True)
    question = _ask(viewer, call)
    if call.solution:
        _answer(viewer, call, question)
    changing.change(call, question_id=question.id)
    telling.tell_changed(call)
    return question


def _ask(viewer: Viewer, call: HelpCall) -> Question:
    is_short = len(call.text) <= rules.LONGEST_TITLE
    title = call.text if is_short else call.text[: rules.LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
    return asking.ask(
        viewer,
        title=title,
        body="" if is_short else call.text,
        tags=[call.tag.slug] if call.tag else [],
        key=f"help-call-{call.id}",
        accepts=True,  # whoever wrote it has been asked already
    )


def _answer(viewer: Viewer, call: HelpCall, question: Question) -> None:
    writer = people.get_person(call.solution_by_id or viewer.id)
    answer = answering.answer(writer, question.id, body=call.solution, key=f"help-call-{call.id}", accepts=True)
    solving.accept(viewer, question.id, answer.id)


def throw_away(viewer: Viewer, call_id: int) -> None:
    """Delete everything of a call now, as its asker."""
    call = changing.get(viewer, call_id, Act.THROW_AWAY)
    telling.tell_changed(call)
    delete_calls([call.id])


def forget() -> None:
    """Delete the calls that ended so long ago that they would be a day old before this runs again."""
    old = clock.now() - rules.KEPT_AFTER_END + 2 * rules.FORGETS_EVERY
    ended = select(HelpCall.id).where(HelpCall.state == State.OVER, HelpCall.ended_at <= old)
    delete_calls(list(db.session.scalars(ended)))


def delete_calls(call_ids: list[int]) -> None:
    """Delete calls and all around them, and the notices that lead to them."""
    for call_id in sorted(call_ids):
        notifications.take_back_page(endpoint=PAGE, values={"call_id": call_id})
        gone = delete(HelpCall).where(HelpCall.id == call_id)
        db.session.execute(gone, execution_options={"synchronize_session": "fetch"})
        record(CallForgotten(call_id=call_id))
