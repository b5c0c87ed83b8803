"""Keeping searches under a name. Each person has their own."""

from __future__ import annotations

from sqlalchemy import delete

from portal.blueprints.questions.models.finding import SavedFilter
from portal.blueprints.questions.queries import filters
from portal.blueprints.questions.rules import operators
from portal.blueprints.questions.rules.finding import FILTERS_MOST, NAME_LONGEST, QUERY_LONGEST
from portal.core import patient_data, privacy
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def keep(viewer: Viewer, *, name: str, query: str) -> SavedFilter:
    """Keep a search; the same search under the same name is kept once."""
    name, query = _checked_name(name), patient_data.clean(query, field="query")[:QUERY_LONGEST]
    if not operators.parse(query).terms:
        raise Invalid(N_("Search for something first, then keep it."), field="query")
    own = filters.filters(viewer)
    same = next((each for each in own if each.name == name), None)
    if same:
        if same.query != query:
            raise Conflict(N_("You have a filter called «%(name)s» already."), field="name", name=name)
        return same
    if len(own) >= FILTERS_MOST:
        raise Conflict(N_("Twenty filters are as many as you can keep. Remove one first."))
    kept = SavedFilter(person_id=viewer.id, name=name, query=query)
    db.session.add(kept)
    db.session.flush()
    return kept


def rename(viewer: Viewer, filter_id: int, *, name: str) -> None:
    """Give a kept search another name."""
    kept, name = filters.get_filter(viewer, filter_id), _checked_name(name)
    if any(each.name == name and each.id != kept.id for each in filters.filters(viewer)):
        raise Conflict(N_("You have a filter called «%(name)s» already."), field="name", name=name)
    kept.name = name


def remove(viewer: Viewer, filter_id: int) -> None:
    """Keep a search no longer."""
    db.session.delete(filters.get_filter(viewer, filter_id))


def _checked_name(name: str) -> str:
    name = " ".join(patient_data.clean(name, field="name").split())
    if not name:
        raise Invalid(N_("Give it a name."), field="name")
    if len(name) > NAME_LONGEST:
        raise Invalid(N_("Forty characters are enough for a name."), field="name")
    return name


def export(person_id: int) -> list[dict[str, str]]:
    """Give a person's kept searches, for the export of their data."""
    return [{"name": each.name, "query": each.query} for each in filters.filters_of(person_id)]


def erase(person_id: int) -> None:
    """Forget a person's kept searches."""
    db.session.execute(delete(SavedFilter).where(SavedFilter.person_id == person_id))


privacy.register(
    "questions",
    what=N_("Searches of the board that you keep under a name"),
    seen_by=N_("Only you, and whoever you give the address of their feed to"),
    kept=N_("Until you remove them or your account is erased."),
    tables=("saved_filter",),
    export=export,
    erase=erase,
)
