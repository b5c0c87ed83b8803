"""Following an incident along instead of being rung for; who does is known until it is over, and never shown."""

from __future__ import annotations

from sqlalchemy import delete, update

from portal.blueprints.questions.service import marks
from portal.blueprints.urgent.models.incidents import Affected, Incident
from portal.blueprints.urgent.queries import banners
from portal.blueprints.urgent.queries import incidents as reading
from portal.blueprints.urgent.service import ending, incidents
from portal.core import clock, live, privacy
from portal.core.db import after_commit, db
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def follow(viewer: Viewer, incident_id: int, call_id: int | None = None) -> Incident:
    """Follow along, and hear what is said; a hand of one's own that is up comes down with it. Twice is once."""
    incident = incidents.lock(viewer, incident_id)
    if incident.closed_at is not None:
        raise Conflict(incidents.IS_OVER)
    if call_id is not None:
        ending.join_incident(viewer, call_id)
    if marks.add_mark(Affected(incident_id=incident.id, person_id=viewer.id, since=clock.now())):
        marks.choose_following(viewer, incident.question_id, wanted=True)
        # The number in the banner may be a few seconds old elsewhere: a press of one is no news for all.
        after_commit(banners.forget)
        live.publish(f"question-{incident.question_id}")
    return incident


def no_longer(viewer: Viewer, incident_id: int) -> Incident:
    """Take it back: it was not this after all."""
    incident = reading.get_incident(viewer, incident_id)
    marks.remove_mark(Affected, incident.id, viewer)
    marks.choose_following(viewer, incident.question_id, wanted=False)
    after_commit(banners.forget)
    live.publish(f"question-{incident.question_id}")
    return incident


def erase(person_id: int) -> None:
    """Forget which incidents a person follows, and which they opened."""
    db.session.execute(delete(Affected).where(Affected.person_id == person_id))
    db.session.execute(
        update(Incident).where(Incident.opened_by_id == person_id).values(opened_by_id=None),
        execution_options={"synchronize_session": False},
    )


privacy.register(
    "urgent",
    what=N_("Which big incidents you follow along, and which you opened"),
    seen_by=N_("Nobody sees that you follow along; colleagues see who opened an incident"),
    kept=N_("That you follow along: until the incident is over. That you opened one: as long as its thread stands."),
    tables=("affected", "incident.opened_by_id"),
    export=reading.export,
    erase=erase,
)
