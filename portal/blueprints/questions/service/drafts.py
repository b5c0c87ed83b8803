"""Keeping what is being written: found again on another machine, told to nobody, gone when it is posted.

A draft records no fact, publishes no topic and stands in no index: only the one who writes ever hears of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal.blueprints.questions.models.drafts import Draft
from portal.blueprints.questions.queries import drafts
from portal.blueprints.questions.rules import drafts as rules
from portal.blueprints.questions.rules.drafts import Fields
from portal.core import clock, patient_data, privacy, sealing, throttle
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.core.viewer import Viewer

SAVES, SAVES_WITHIN = 400, timedelta(minutes=10)  # a pause every second and a half, all the time
NEWER = N_("There is a newer draft from another window.")


def keep(viewer: Viewer, place: str, fields: Fields, *, known: int, key: str = "") -> Draft:
    """Keep a draft in its place. Known is the version that the form has seen; a newer one raises Conflict."""
    _must_fit(place, fields)
    clean = {name: [patient_data.clean(value, field=name) for value in values] for name, values in fields.items()}
    throttle.hit("questions.drafts", str(viewer.id), limit=SAVES, per=SAVES_WITHIN)
    draft = _standing(viewer, place) or _added(viewer, place)
    if draft.version and not rules.may_write_over(stands=draft.version, known=known, key=key, writers_key=draft.key):
        raise Conflict(NEWER)
    draft.version, draft.key, draft.saved_at = draft.version + 1, key[: rules.KEY_LONGEST], clock.now()
    draft.sealed = sealing.seal(json.dumps({"place": place, "fields": clean}), context=draft.context)
    db.session.flush()
    return draft


def throw_away(viewer: Viewer, place: str) -> None:
    """Throw a draft away."""
    mine = Draft.person_id == viewer.id, Draft.place.in_(drafts.marks(viewer, place))
    db.session.execute(delete(Draft).where(*mine))


def posted(viewer: Viewer, place: str, *, known: int, key: str = "") -> None:
    """Take the draft away that a sent form was kept as; one that the form has never seen stays."""
    draft = _standing(viewer, place)
    if draft and rules.may_write_over(stands=draft.version, known=known, key=key, writers_key=draft.key):
        db.session.delete(draft)


def expire() -> None:
    """Throw away what nobody has written on for a month."""
    db.session.execute(delete(Draft).where(Draft.saved_at < clock.now() - rules.STAYS))


def _must_fit(place: str, fields: Fields) -> None:
    if not rules.is_place(place):
        raise Invalid(N_("There is no such place for a draft."))
    if rules.is_too_long(fields):
        raise Invalid(N_("This is too long to be kept as a draft."))


def _standing(viewer: Viewer, place: str) -> Draft | None:
    return db.session.scalar(drafts.in_place(viewer, place).with_for_update())


def _added(viewer: Viewer, place: str) -> Draft:
    """Make the row; two windows that begin in the same moment are one too many."""
    mark = drafts.marks(viewer, place)[0]
    draft = Draft(person_id=viewer.id, place=mark, sealed=b"", version=0, key="", saved_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError as error:
        raise Conflict(NEWER) from error
    return draft


def export(person_id: int) -> Sequence[dict[str, Any]]:
    """Give a person's own drafts, opened."""
    rows = db.session.scalars(select(Draft).where(Draft.person_id == person_id).order_by(Draft.id))
    return [
        {"place": kept.place, "when": kept.saved_at.isoformat(), "text": kept.text}
        for kept in map(drafts.opened, rows)
        if kept
    ]


def erase(person_id: int) -> None:
    """Throw all drafts of a person away."""
    db.session.execute(delete(Draft).where(Draft.person_id == person_id))


privacy.register(
    "questions",
    what=N_("Drafts: what you have begun to write and not sent, sealed"),
    seen_by=N_("Only you. Whoever runs the server holds the key that seals them"),
    kept=N_("Until you send them or throw them away, 30 days at most"),
    tables=("draft",),
    export=export,
    erase=erase,
)
