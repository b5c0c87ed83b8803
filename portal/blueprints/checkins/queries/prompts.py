"""Whose hour has come to be asked, and for whom the moment suits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from portal.blueprints.checkins.models.prompts import Prompt
from portal.blueprints.checkins.rules import prompts as rules
from portal.blueprints.checkins.rules.prompts import Standing
from portal.blueprints.notifications.queries import choices
from portal.blueprints.people.models import Person
from portal.blueprints.shifts import queries as shifts
from portal.core import clock
from portal.core.db import db
from portal.core.viewer import Viewer


def find_prompt(viewer: Viewer) -> Prompt | None:
    """Find what the viewer answered when we offered to ask."""
    return db.session.get(Prompt, viewer.id)


def due() -> Sequence[int]:
    """Give those whose hour has come."""
    hour = is_due(clock.wall(clock.now()))
    active = select(Prompt.person_id).join(Person, Person.id == Prompt.person_id).where(Person.is_active, hour)
    return db.session.scalars(active.order_by(Prompt.person_id)).all()


def is_due(wall: datetime) -> ColumnElement[bool]:
    """Say to the database what rules.prompts.is_due() says of one."""
    rested = or_(Prompt.asked_on.is_(None), Prompt.asked_on <= rules.last_before(wall.date()))
    return and_(Prompt.weekday == wall.weekday(), Prompt.at <= wall.time(), rested)


def standings(person_ids: Collection[int], *, busy: Collection[int]) -> dict[int, Standing]:
    """Tell how these stand now."""
    working = {each.person_id: each for each in shifts.at_work() if each.person_id in person_ids}
    quiet, rested = choices.in_quiet_time(person_ids), shifts.rested_of(person_ids)
    return {
        each: Standing(
            is_at_work=each in working,
            is_free=each in working and working[each].can_be_spoken_to,
            is_busy=each in busy,
            is_rested=each in rested,
            is_quiet=each in quiet,
        )
        for each in person_ids
    }


def asked_before_today() -> Sequence[Prompt]:
    """Give those who were asked on a day that is over, as long as it counts."""
    return db.session.scalars(select(Prompt).where(Prompt.asked_on < clock.today())).all()


def export(person_id: int) -> dict[str, Any] | None:
    """Give what a person chose."""
    prompt = db.session.get(Prompt, person_id)
    if prompt is None:
        return None
    return {"weekday": prompt.weekday, "at": prompt.at.isoformat(timespec="minutes"), "asked_on": prompt.asked_on}
