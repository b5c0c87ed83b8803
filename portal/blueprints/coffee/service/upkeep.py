"""What is forgotten by itself, and what is held of a person."""

from __future__ import annotations

from sqlalchemy import delete

from portal.blueprints.coffee import queries
from portal.blueprints.coffee.facts import WeekEnded
from portal.blueprints.coffee.models import Group
from portal.blueprints.coffee.service import taking_part
from portal.core import privacy
from portal.core.db import db
from portal.core.facts import record
from portal.core.i18n import N_


def forget_past_weeks() -> None:
    """Forget who met when, once the week is over; that two have met is kept."""
    this_week = queries.find_round()
    past = delete(Group).where(Group.number != this_week.number) if this_week else delete(Group)
    db.session.execute(past)
    if this_week is None:
        record(WeekEnded())


privacy.register(
    "coffee",
    what=N_("Coffee and fresh air: that you take part, how often and on which day, and your break"),
    seen_by=N_("Only you. Nobody sees who takes part; you see whom you meet"),
    kept=N_("Until you leave"),
    tables=("coffee_member", "coffee_seat"),
    export=queries.export,
    erase=taking_part.forget_person,
)
privacy.register(
    "coffee",
    what=N_("Coffee and fresh air: whom you were put together with, as two names and the number of the week"),
    seen_by=N_("The two of you, for that week. Later it only keeps you from meeting the same again"),
    kept=N_("While both of you take part; day and time until the week is over"),
    tables=("coffee_pair",),
    export=queries.export_met,
    erase=taking_part.forget_person,
)
