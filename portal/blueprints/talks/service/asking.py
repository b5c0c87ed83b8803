"""Asking for a talk: no reason, no case, one press."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.blueprints.people.models import Person
from portal.blueprints.talks import rules
from portal.blueprints.talks.models import Talk
from portal.blueprints.talks.queries import buddies
from portal.blueprints.talks.rules import State, Suits, Whom
from portal.blueprints.talks.service import course, forgetting
from portal.core import clock, throttle
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MOST_AN_HOUR = 10
CHOOSE = N_("Choose a colleague.")
NO_BUDDY = N_("You have no buddy yet. Choose one below, or somebody else now.")
ONE_AT_A_TIME = N_("You have asked somebody already. Take that back first, and then ask another.")


def ask_colleague(viewer: Viewer, person_id: int | None, *, suits: Suits | None = None) -> Talk:
    """Ask one colleague for a talk."""
    person = db.session.get(Person, person_id) if person_id else None
    if person is None or not person.is_active or person.id == viewer.id:
        raise Invalid(CHOOSE, field="person")
    return _ask(viewer, person.id, suits)


def ask_buddy(viewer: Viewer, *, suits: Suits | None = None) -> Talk:
    """Ask one's buddy; it is then kept as any talk with a colleague is."""
    buddy = buddies.find_buddy(viewer)
    if buddy is None:
        raise Invalid(NO_BUDDY)
    return _ask(viewer, buddy.id, suits)


def ask_peers(viewer: Viewer, *, suits: Suits | None = None) -> Talk:
    """Ask whoever of the peer supporters on shift has time."""
    return _ask(viewer, None, suits)


def _ask(viewer: Viewer, helper_id: int | None, suits: Suits | None) -> Talk:
    waiting = _find_waiting(viewer)
    if waiting:
        return _same(waiting, helper_id)
    throttle.hit("talks.ask", str(viewer.id), limit=MOST_AN_HOUR, per=timedelta(hours=1))
    forgetting.forget_passed(viewer.id)
    whom = Whom.ONE if helper_id else Whom.PEERS
    until = rules.asked_until(whom, suits, moment=clock.now(), tonight=course.tonight())
    talk = Talk(asker_id=viewer.id, helper_id=helper_id, whom=whom, suits=suits, state=State.ASKED, until=until)
    try:
        with db.session.begin_nested():
            db.session.add(talk)
    except IntegrityError as error:  # the same person, in the same moment
        waiting = _find_waiting(viewer)
        if waiting is None:
            raise Conflict(ONE_AT_A_TIME) from error
        return _same(waiting, helper_id)
    course.begin(talk)
    return talk


def _find_waiting(viewer: Viewer) -> Talk | None:
    asked = select(Talk).where(Talk.asker_id == viewer.id, Talk.state == State.ASKED)
    return db.session.scalar(asked, execution_options={"populate_existing": True})


def _same(waiting: Talk, helper_id: int | None) -> Talk:
    if waiting.helper_id != helper_id:
        raise Conflict(ONE_AT_A_TIME)
    return waiting
