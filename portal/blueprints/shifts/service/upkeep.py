"""What is forgotten by itself, and what a person takes along or takes away."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_

from portal.blueprints.shifts import queries, rules
from portal.blueprints.shifts.models import Presence, Shift, Standing
from portal.blueprints.shifts.service import presence
from portal.core import clock, live, privacy
from portal.core.db import db
from portal.core.i18n import N_

ENDS = (Standing.until, Standing.works_until, Standing.off_until, Standing.easy_until)


def forget() -> None:
    """Forget who was here an hour ago, words that no longer hold, and shifts of more than two weeks back."""
    moment = clock.now()
    presence.forget()
    said = delete(Standing).where(and_(*(_is_past(end) for end in ENDS))).returning(Standing.person_id)
    ended = db.session.scalars(said).all()
    db.session.execute(delete(Shift).where(Shift.ends_at < moment - rules.KEPT_BACK))
    if ended:
        live.publish_all(["shifts", *(f"person-{person_id}" for person_id in ended)])


def _is_past(end: Any) -> ColumnElement[bool]:
    return or_(end.is_(None), end <= clock.now())


def export(person_id: int) -> dict[str, Any]:
    """Give what is kept of a person."""
    shifts, said, seen = queries.kept_of(person_id)
    return {
        "shifts": [{"kind": each.kind, "starts_at": each.starts_at, "ends_at": each.ends_at} for each in shifts],
        "standing": {name: getattr(said, name) for name in _names()} if said else None,
        "seen_at": [each.seen_at for each in seen],
    }


def _names() -> tuple[str, ...]:
    return ("availability", "until", "works_until", "off_until", "easy_until")


def erase(person_id: int) -> None:
    """Take away what is kept of a person."""
    for model in (Shift, Standing, Presence):
        db.session.execute(delete(model).where(model.person_id == person_id))


privacy.register(
    "shifts",
    what=N_("Your shifts and your leave (never its reason), and what you say of yourself: free, on a call, away"),
    seen_by=N_("Colleagues see that you are at work and whether you are free; your shifts and your leave only you see"),
    kept=N_("Shifts for two weeks after they end, what you say until it ends, that a page was open for an hour"),
    tables=("shift", "standing", "presence"),
    export=export,
    erase=erase,
)
