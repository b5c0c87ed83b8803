"""Those who make an evening happen, as a viewer sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.blueprints.events.models.crew import EveningHelp, Handover
from portal.blueprints.events.models.evenings import Evening, Series
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.db import db
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class CrewPage:
    """Who organises and who helps, and what the viewer may do about it."""

    evening: Evening
    helpers: Sequence[Person]
    handover: Handover | None  # only for the two it is between
    viewer_id: int
    organises: bool

    @property
    def organiser(self) -> Person | None:
        """Give the organiser, where there is one who is still here."""
        organiser = self.evening.organiser
        return organiser if organiser and organiser.is_active else None

    @property
    def is_ahead(self) -> bool:
        """Tell whether there is something left to do."""
        return not self.evening.is_cancelled and self.evening.ends_at > clock.now()

    @property
    def is_mine(self) -> bool:
        """Tell whether the viewer is the organiser."""
        return self.evening.organiser_id == self.viewer_id

    @property
    def i_help(self) -> bool:
        """Tell whether the viewer helps."""
        return any(person.id == self.viewer_id for person in self.helpers)

    @property
    def asked_of_me(self) -> Handover | None:
        """Give the question whether the viewer takes over."""
        return self.handover if self.handover and self.handover.to_id == self.viewer_id else None

    @property
    def may_take_on(self) -> bool:
        """Tell whether nobody organises it and the viewer could."""
        return self.organises and self.organiser is None


def crew_of(viewer: Viewer, evening: Evening) -> CrewPage:
    """Give those who make an evening happen, in two questions."""
    pending = find_handover(evening.id) if viewer.may("events.organise") else None
    concerns = pending is not None and viewer.id in {pending.from_id, pending.to_id}
    return CrewPage(
        evening=evening,
        helpers=who_helps(evening.id),
        handover=pending if concerns else None,
        viewer_id=viewer.id,
        organises=viewer.may("events.organise"),
    )


def who_helps(evening_id: int) -> Sequence[Person]:
    """Give those who help, in the order they came."""
    query = select(EveningHelp).options(joinedload(EveningHelp.person))
    rows = db.session.scalars(
        query.where(EveningHelp.evening_id == evening_id).order_by(EveningHelp.created_at, EveningHelp.person_id)
    )
    return [row.person for row in rows if row.person.is_active]


def who_made(evening: Evening) -> list[Person]:
    """Give everybody who made an evening happen: its organiser, and those who helped."""
    organiser = [evening.organiser] if evening.organiser else []
    return [*organiser, *(person for person in who_helps(evening.id) if person.id != evening.organiser_id)]


def find_handover(evening_id: int) -> Handover | None:
    """Find the question whether somebody takes an evening over."""
    query = select(Handover).options(joinedload(Handover.giver), joinedload(Handover.taker))
    return db.session.scalar(query.where(Handover.evening_id == evening_id))


def find_help(evening_id: int, person_id: int) -> EveningHelp | None:
    """Find somebody's help with an evening."""
    return db.session.get(EveningHelp, (evening_id, person_id))


def could_take_over(evening: Evening) -> list[Person]:
    """Give the organisers who could be asked to take an evening over."""
    return [person for person in people.who_may("events.organise") if person.id != evening.organiser_id]


def help_ahead(person_id: int, moment: datetime) -> Sequence[EveningHelp]:
    """Give a person's help with evenings that are not over."""
    query = select(EveningHelp).join(Evening, Evening.id == EveningHelp.evening_id)
    return db.session.scalars(query.where(EveningHelp.person_id == person_id, Evening.ends_at > moment)).all()


def export_help(person_id: int) -> list[dict[str, Any]]:
    """Give which evenings a person helps with, organises or is asked to take over, for the export of their data."""
    query = select(EveningHelp, Evening).join(Evening, Evening.id == EveningHelp.evening_id)
    rows = db.session.execute(
        query.options(joinedload(Evening.series))
        .where(EveningHelp.person_id == person_id)
        .order_by(EveningHelp.evening_id)
    )
    helps = [{"helps_with": evening.title, "since": helper.created_at} for helper, evening in rows]
    organised = select(Evening).where(Evening.organiser_id == person_id).options(joinedload(Evening.series))
    made = db.session.scalars(organised.order_by(Evening.id))
    series = select(Series.title).where(Series.organiser_id == person_id).order_by(Series.id)
    asked = select(Evening).join(Handover, Handover.evening_id == Evening.id).where(Handover.to_id == person_id)
    asked = asked.options(joinedload(Evening.series)).order_by(Evening.id)
    return [
        *({"organises": title} for title in db.session.scalars(series)),
        *({"organises": evening.title, "starts_at": evening.starts_at} for evening in made),
        *({"asked_to_take_over": evening.title} for evening in db.session.scalars(asked)),
        *helps,
    ]
