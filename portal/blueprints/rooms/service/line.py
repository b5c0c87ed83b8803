"""The line to the calendar: shut for all workers at once when it is down or refuses us, opened by one knock.

What a process remembers by itself dies with it, and each of several would try a wrong password anew. So it is written
down, per sign-in: while the line is shut no job calls the calendar, save one that knocks. When somebody answers, all
that waited is due in the same moment, and the oldest wish is first.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import delete, update

from portal.blueprints.rooms import rules
from portal.blueprints.rooms.models import CalendarLine, LineState
from portal.blueprints.rooms.ports import CalendarUnavailable, SignInRefused
from portal.core import audit, clock, jobs, live
from portal.core.db import db
from portal.core.settings import current_settings

KNOCK = "rooms.knock"
CALLERS = (
    "rooms.reserve",
    "rooms.release",
    "rooms.watch",
    "rooms.reconcile",
    "rooms.refresh_busy",
    "rooms.take_in",
)
FIRST_ANSWER = timedelta(seconds=2)
FORGET_AFTER = timedelta(days=7)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shut:
    """Why nobody calls the calendar now, and when to look again unless woken before."""

    reason: str
    wait: timedelta


def find_line() -> CalendarLine | None:
    """Find how the line of the present settings stands; none before the first knock, and for the embedded calendar."""
    return db.session.get(CalendarLine, _login())


def why_shut() -> Shut | None:
    """Tell why the calendar is not to be called; None when it may be. A sign-in nobody has tried is tried by one."""
    if current_settings().calendar == "embedded":
        return None
    line = find_line()
    if line is not None and not line.is_open:
        # Whoever parks has said so before the line is opened, or sees that it is: nobody sleeps through the waking.
        line = db.session.get(CalendarLine, line.login, with_for_update={"read": True}, populate_existing=True)
    if line is not None and line.is_open:
        return None
    if line is None or line.next_at <= clock.now():
        jobs.enqueue(KNOCK, key=KNOCK)
    is_untried = line is None or line.state == LineState.UNTRIED
    return Shut(reason=line.reason if line else "", wait=FIRST_ANSWER if is_untried else rules.PARKED)


def turn() -> int:
    """Give how often the line has been opened: what a process remembers of an earlier turn is worth nothing."""
    line = find_line()
    return line.turns if line else 0


def begin_knock() -> bool:
    """Tell whether it is time to knock."""
    line = _line()
    if line.is_open:
        return False
    if line.next_at > clock.now():
        raise jobs.Later(line.next_at - clock.now())
    return True


def note_trouble(trouble: CalendarUnavailable) -> None:
    """Shut the line when the trouble is not that of one call alone."""
    if not isinstance(trouble, SignInRefused) and trouble.was_asked and trouble.wait is None:
        return
    line = _line()
    if line.is_open:
        _shut(line, trouble)


def note_no_answer(trouble: CalendarUnavailable) -> timedelta:
    """Note that the knock was in vain; tell when to knock again."""
    line = _line()
    _shut(line, trouble)
    return line.next_at - clock.now()


def note_answer() -> None:
    """Open the line: everything that waited is due now, the oldest wish first."""
    line = _line()
    line.become_open()
    waiting = (jobs.Job.name.in_(CALLERS), jobs.Job.state == jobs.State.WAITING, jobs.Job.next_at > clock.now())
    forward = update(jobs.Job).where(*waiting).values(next_at=clock.now())
    db.session.execute(forward, execution_options={"synchronize_session": False})
    old = delete(CalendarLine).where(CalendarLine.login != line.login, CalendarLine.since < clock.now() - FORGET_AFTER)
    db.session.execute(old)
    live.publish("rooms")


def try_now(*, viewer_id: int) -> None:
    """Knock at once, because somebody has mended something."""
    audit.note(viewer_id, "rooms.knock")
    line = _line()
    if not line.is_open:
        line.next_at = clock.now()
        jobs.enqueue(KNOCK, key=KNOCK)


def _shut(line: CalendarLine, trouble: CalendarUnavailable) -> None:
    if isinstance(trouble, SignInRefused):
        state, wait = LineState.REFUSED, rules.SIGN_IN_REST
    else:
        state, wait = LineState.RESTING, trouble.wait or rules.next_knock(line.knocks)
    line.become_shut(state, reason=str(trouble), wait=wait)
    jobs.enqueue(KNOCK, key=KNOCK, at=line.next_at)
    live.publish("rooms")


def _line() -> CalendarLine:
    login = _login()
    line = db.session.get(CalendarLine, login, with_for_update=True, populate_existing=True)
    if line is None:
        line = CalendarLine(login=login, state=LineState.UNTRIED, since=clock.now(), next_at=clock.now())
        db.session.add(line)
        db.session.flush()
    return line


def _login() -> str:
    # Not to be turned back into the password by whoever reads the database, and another one for another password.
    settings = current_settings()
    ours = [
        (field.name, str(getattr(settings, field.name)))
        for field in dataclasses.fields(settings)
        if field.name == "calendar" or field.name.startswith(("ews_", "graph_"))
    ]
    return hmac.new(settings.secret_key.encode(), repr(ours).encode(), hashlib.sha256).hexdigest()
