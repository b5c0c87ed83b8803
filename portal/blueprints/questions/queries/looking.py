"""Reading who looks at a question beside its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.claims import Looking
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.rules import claims as rules
from portal.blueprints.questions.rules import lifecycle, states
from portal.blueprints.questions.rules.claims import Beside
from portal.blueprints.questions.rules.states import State
from portal.core import clock
from portal.core.db import db
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Looks:
    """Who looks at a question now: one owner, those who look too, and whom the owner asks to take over."""

    owner: Person | None = None
    until: datetime | None = None
    others: Sequence[Person] = ()
    asked: Person | None = None
    is_free: bool = False  # nobody looks, and it waits for somebody
    lapses_soon: bool = False


def looks(_viewer: Viewer, question: Question) -> Looks:
    """Tell who looks at a question; nothing is asked of the database where nobody can."""
    state, now = State(question.state), clock.now()
    waits = lifecycle.may_claim(
        state,
        is_reopened=question.reopened_at is not None,
        is_closed=question.is_locked or question.is_duplicate,
    )
    if not waits or not states.is_claimed(question.claimed_until, now=now) or question.claimed_until is None:
        return Looks(is_free=waits)
    rows = beside(question.id)
    everybody = {row.person_id: row.person for row in rows}
    values = as_values(rows)
    asked = rules.asked(values, now=now)
    return Looks(
        owner=question.claimed_by,
        until=question.claimed_until,
        others=[everybody[one.person_id] for one in rules.here(values, now=now)],
        asked=everybody[asked.person_id] if asked else None,
        lapses_soon=rules.lapses_soon(question.claimed_until, now=now),
    )


def beside(question_id: int) -> Sequence[Looking]:
    """Give the rows of those beside the owner, silent ones among them."""
    query = select(Looking).where(Looking.question_id == question_id).options(joinedload(Looking.person))
    return db.session.scalars(query.order_by(Looking.created_at)).all()


def as_values(rows: Sequence[Looking]) -> list[Beside]:
    """Give rows as the rules read them."""
    return [
        Beside(person_id=row.person_id, since=row.created_at, until=row.until, is_asked=row.is_asked) for row in rows
    ]
