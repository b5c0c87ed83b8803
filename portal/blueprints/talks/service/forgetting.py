"""Forgetting: what is over leaves no row, no notice, and nobody's name beside another's."""

from __future__ import annotations

from sqlalchemy import Select, delete, select

from portal.blueprints.talks.facts import BuddyGone, DayHasPassed, TalkForgotten
from portal.blueprints.talks.models import Buddy, Talk, TalkTold
from portal.blueprints.talks.rules import KEPT, State
from portal.blueprints.talks.service import changing, course
from portal.core import clock
from portal.core.db import db
from portal.core.facts import record

UNTRACKED = {"synchronize_session": "fetch"}


def forget(talk: Talk) -> None:
    """Delete a talk that is locked, and the notices that lead to it."""
    told = [row.person_id for row in changing.told(talk)]
    changing.tell_pages(talk, *told)
    db.session.execute(delete(TalkTold).where(TalkTold.talk_id == talk.id), execution_options=UNTRACKED)
    course.plan_no_more(talk)
    db.session.delete(talk)
    db.session.flush()
    record(TalkForgotten(talk_id=talk.id))


def forget_passed(person_id: int) -> None:
    """Delete the wishes of a person that did not come about: they are asking anew."""
    _forget_all(select(Talk.id).where(Talk.asker_id == person_id, Talk.state == State.PASSED))


def forget_old() -> None:
    """Delete what has had its time: talks that nobody closed, and questions to be a buddy that nobody answered."""
    moment = clock.now()
    _forget_all(select(Talk.id).where(Talk.state != State.ASKED, Talk.until <= moment))
    record(DayHasPassed(before=moment - KEPT))
    gone = delete(Buddy).where(Buddy.asked_until <= moment).returning(Buddy.id)
    for bond_id in db.session.scalars(gone, execution_options=UNTRACKED).all():
        record(BuddyGone(bond_id=bond_id, person_id=None))


def _forget_all(which: Select[str]) -> None:
    # Each is locked before it is deleted, in the same order by everybody.
    for talk_id in db.session.scalars(which.order_by(Talk.id)).all():
        talk = changing.lock(talk_id)
        if talk is not None and talk.state != State.ASKED:
            forget(talk)
