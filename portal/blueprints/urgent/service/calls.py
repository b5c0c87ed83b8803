"""Raising a hand, and coming to one: of all who press «I can help» in the same moment, one has come."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.blueprints.questions.queries import tags
from portal.blueprints.urgent.facts import HandRaised
from portal.blueprints.urgent.models.calls import HelpCall, Rung
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules import calls as rules
from portal.blueprints.urgent.rules.calls import Act, Ending, State
from portal.blueprints.urgent.service import changing, counting, course, ringing, telling
from portal.core import clock, patient_data, throttle
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

CALLS_PER_HOUR = 30  # a hand every other minute: more than the worst hour has, and less than a script
EMPTY = N_("One sentence is enough: what are you stuck on?")
TOO_LONG = N_("One sentence is enough: at most %(most)s letters.")
SENT_TWICE = N_("That did not work this time. Your text is kept – try again.")


def raise_hand(viewer: Viewer, *, text: str, tag: str = "", key: str | None = None, accepts: bool = False) -> HelpCall:
    """Raise a hand and ring at once. The same form sent twice is one call, and nobody has two hands in the air."""
    raised = _find_raised(viewer, key)
    if raised:
        return raised
    text = _checked(text, accepts=accepts)
    throttle.hit("urgent.raise", str(viewer.id), limit=CALLS_PER_HOUR, per=timedelta(hours=1))
    about = next(iter(tags.tags_by_slug([tag] if tag else [])), None)
    moment = clock.now()
    call = HelpCall(asker_id=viewer.id, text=text, tag_id=about.id if about else None, key=key or None)
    call.created_at = call.rung_at = moment
    try:
        with db.session.begin_nested():
            db.session.add(call)
    except IntegrityError as error:
        raised = _find_raised(viewer, key)
        if raised is None:
            raise Conflict(SENT_TWICE) from error
        return raised
    counting.count_raised()
    course.begin(call)
    record(HandRaised(call_id=call.id))
    return call


def _find_raised(viewer: Viewer, key: str | None) -> HelpCall | None:
    mine = select(HelpCall).where(HelpCall.asker_id == viewer.id)
    sent = db.session.scalar(mine.where(HelpCall.key == key)) if key else None
    return sent or db.session.scalar(mine.where(HelpCall.state != State.OVER))


def _checked(text: str, *, accepts: bool) -> str:
    text = patient_data.clean(" ".join(text.split()), field="text", viewer_accepts=accepts)
    if not text:
        raise Invalid(EMPTY, field="text")
    if len(text) > rules.LONGEST_TEXT:
        raise Invalid(TOO_LONG, field="text", most=rules.LONGEST_TEXT)
    return text


def cancel(viewer: Viewer, call_id: int) -> None:
    """Take one's hand down before anybody has come."""
    if _is_over_by(viewer, call_id, Ending.CANCELLED):
        return
    call = changing.get(viewer, call_id, Act.CANCEL)
    course.close(call, Ending.CANCELLED)
    course.plan(call, others_too=True)


def _is_over_by(viewer: Viewer, call_id: int, ending: Ending) -> bool:
    call = reading.get_call(viewer, call_id)
    return call.asker_id == viewer.id and call.ending == ending


def come(viewer: Viewer, call_id: int) -> None:
    """Say «I can help». The first has come; everybody else learns who that is."""
    call = reading.find_call(call_id)
    if call is None:
        raise NotFound(reading.GONE)
    if call.asker_id == viewer.id:
        raise changing.refusal(call, Act.COME)
    taken = {"state": State.TAKEN, "taken_by_id": viewer.id, "taken_at": clock.now()}
    if not changing.change(call, **taken, talking_at=None):
        if call.taken_by_id != viewer.id or call.state != State.TAKEN:
            raise changing.refusal(call, Act.COME)
        return
    telling.tell_changed(call, *ringing.be_still(call))
    course.plan(call, others_too=True)


def not_now(viewer: Viewer, call_id: int) -> None:
    """Let one's own screen be still for the rest of this round. Nobody is told, and nothing is counted."""
    call = changing.lock(call_id)
    reading.get_call(viewer, call_id)
    if call is None or call.state != State.RINGING or call.asker_id == viewer.id:
        return
    row = db.session.get(Rung, (call.id, viewer.id), populate_existing=True)
    if row is None:
        row = Rung(call_id=call.id, person_id=viewer.id, rung_at=clock.now())
        db.session.add(row)
    row.round, row.declined = call.rounds, True
    db.session.flush()
    telling.tell_ringing(call, [viewer.id])
    course.look_at(call.id)  # whoever was the last of a circle leaves it empty: then it widens at once


def talk(viewer: Viewer, call_id: int) -> None:
    """Say «we are talking»: from then on the call lasts until somebody ends it."""
    call = changing.get(viewer, call_id, Act.TALK)
    if call.talking_at is None:
        changing.change(call, talking_at=clock.now())
        telling.tell_changed(call)
        course.plan(call)


def ring_again(viewer: Viewer, call_id: int) -> None:
    """Ring again, because the one who came is not there."""
    call = reading.get_call(viewer, call_id)
    if call.asker_id == viewer.id and call.state == State.RINGING:
        return
    call = changing.get(viewer, call_id, Act.RING_AGAIN)
    course.ring_again(call)
    course.plan(call, others_too=True)
