"""What people say of themselves. Every word has an end, and it beats the rota while it holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.shifts import queries, rules
from portal.blueprints.shifts.facts import StandingChanged
from portal.blueprints.shifts.models import Standing
from portal.blueprints.shifts.rules import Availability
from portal.core import clock, live
from portal.core.db import db, is_sqlite
from portal.core.errors import Invalid
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

PAST = N_("Choose a time that is still to come.")
FAR = N_("Choose a time within the next 24 hours.")


def say(viewer: Viewer, availability: Availability, *, until: datetime | None = None) -> None:
    """Say whether one can be disturbed; a call is over after two hours at most, being away when the shift is."""
    mine = _mine(viewer)
    mine.availability = Availability(availability)
    mine.until = _end(viewer, mine.availability, until)
    _tell(viewer)


def _end(viewer: Viewer, availability: Availability, until: datetime | None) -> datetime | None:
    moment = clock.now()
    if availability is Availability.AVAILABLE:
        return None
    if until:
        _must_be_near(until)
    if availability is Availability.ON_CALL:
        longest = moment + rules.ON_CALL_FOR
        return min(until, longest) if until else longest
    if until:
        return until
    return queries.standing_of(viewer).until or rest_of_today()


def take_it_easy(viewer: Viewer) -> None:
    """Be left in peace for the rest of today: at work, and never rung."""
    _mine(viewer).easy_until = rest_of_today()
    _tell(viewer)


def no_longer_easy(viewer: Viewer) -> None:
    """Be there for others again."""
    _mine(viewer).easy_until = None
    _tell(viewer)


def work_until(viewer: Viewer, until: datetime) -> None:
    """Be at work until then, whatever the rota says."""
    _must_be_near(until)
    mine = _mine(viewer)
    mine.works_until, mine.off_until = until, None
    _tell(viewer)


def not_at_work(viewer: Viewer) -> None:
    """Not be at work after all: for the shift of now, or the one that begins today; else for the rest of today."""
    shift, today = queries.next_work(viewer.id), rest_of_today()
    mine = _mine(viewer)
    mine.works_until = None
    mine.off_until = shift.ends_at if shift and shift.starts_at < today else today
    mine.availability, mine.until, mine.easy_until = Availability.AVAILABLE, None, None
    _tell(viewer)


def as_the_rota_says(viewer: Viewer) -> None:
    """Let the rota say again whether one is at work."""
    mine = _mine(viewer)
    mine.works_until = mine.off_until = None
    _tell(viewer)


def rest_of_today() -> datetime:
    """Give when «the rest of today» ends."""
    return rules.rest_of_today(clock.now(), zone=clock.OSLO)


def _must_be_near(until: datetime) -> None:
    moment = clock.now()
    if until <= moment:
        raise Invalid(PAST, field="until")
    if until > moment + rules.LONGEST_WORD:
        raise Invalid(FAR, field="until")


def _mine(viewer: Viewer) -> Standing:
    nothing: dict[str, Any] = {"person_id": viewer.id, "availability": Availability.AVAILABLE}
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    # Pressed in two tabs at once, the second finds the row of the first.
    db.session.execute(insert(Standing).values(nothing).on_conflict_do_nothing(index_elements=[Standing.person_id]))
    return db.session.get_one(Standing, viewer.id, with_for_update=True, populate_existing=True)


def _tell(viewer: Viewer) -> None:
    db.session.flush()
    live.publish_all([f"person-{viewer.id}", "shifts"])
    record(StandingChanged(person_id=viewer.id))
