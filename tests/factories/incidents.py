"""Big incidents for tests."""

from __future__ import annotations

from portal.blueprints.people.models import Person
from portal.blueprints.urgent.models.incidents import Incident
from portal.blueprints.urgent.service import incidents


def make_incident(person: Person, headline: str = "Printing is down", **values: object) -> Incident:
    """Open a big incident."""
    return incidents.open_afresh(person, headline=headline, **values)  # type: ignore[arg-type]
