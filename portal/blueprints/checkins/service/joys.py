"""Small joys on the wall, and thanks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portal.blueprints.checkins.facts import JoyGone, JoyPosted
from portal.blueprints.checkins.models.joys import Joy
from portal.blueprints.checkins.queries import wall
from portal.blueprints.checkins.rules import joys as rules
from portal.blueprints.checkins.service import keeping
from portal.core import audit, live, privacy, throttle
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def post_joy(
    viewer: Viewer, *, text: str, to_id: int | None = None, key: str | None = None, accepts: bool = False
) -> Joy:
    """Put a joy on the wall, perhaps with thanks to a colleague.

    The same form sent twice is one joy; gone back to and changed, it is another.
    """
    text = keeping.checked(text, longest=rules.JOY_LONGEST, field="words", accepts=accepts)
    if not text:
        raise Invalid(N_("Write a few words first."), field="words")
    keeping.must_be_a_colleague(viewer, to_id, field="to")
    key = rules.key_of(key, text=text, to_id=to_id) if key else None
    same_form = select(Joy).where(Joy.author_id == viewer.id, Joy.key == key)
    sent_before = db.session.scalar(same_form) if key else None
    if sent_before:
        return sent_before
    throttle.hit("checkins.post_joy", str(viewer.id), limit=keeping.MOST_AN_HOUR, per=timedelta(hours=1))
    joy = Joy(author_id=viewer.id, text=text, to_id=to_id, key=key)
    if not keeping.is_first(joy):
        return db.session.scalars(same_form).one()
    record(JoyPosted(joy_id=joy.id, author_id=viewer.id, to_id=to_id))
    live.publish("joys")
    return joy


def delete_joy(viewer: Viewer, joy_id: int) -> None:
    """Take one's own joy down for good."""
    joy = wall.get_joy(viewer, joy_id)
    if not rules.may_delete_joy(person_id=viewer.id, author_id=joy.author_id):
        raise NotAllowed(N_("Only the one who posted it can delete it."))
    db.session.delete(joy)
    record(JoyGone(joy_id=joy_id))
    live.publish("joys")


def hide_joy(viewer: Viewer, joy_id: int, *, hidden: bool) -> None:
    """Take a joy out of sight, or bring it back. For those who keep order; written in the audit log."""
    if not viewer.may("checkins.moderate"):
        raise NotAllowed(N_("This is not open to you."))
    joy = wall.get_joy(viewer, joy_id)
    joy.is_hidden = hidden
    audit.note(viewer.id, "checkins.hide_joy" if hidden else "checkins.show_joy", joy_id=joy.id)
    if hidden:
        record(JoyGone(joy_id=joy_id))
    live.publish("joys")


def export_joys(person_id: int) -> Sequence[dict[str, Any]]:
    """Give what a person has posted on the wall."""
    posted = db.session.scalars(select(Joy).where(Joy.author_id == person_id).order_by(Joy.id))
    return [{"when": joy.created_at.isoformat(), "text": joy.text} for joy in posted]


def erase_joys(person_id: int) -> None:
    """Delete what a person posted on the wall; thanks from others stay, without the name."""
    for joy in db.session.scalars(select(Joy).where(Joy.author_id == person_id)):
        db.session.delete(joy)
        record(JoyGone(joy_id=joy.id))
    db.session.execute(update(Joy).where(Joy.to_id == person_id).values(to_id=None))
    live.publish("joys")


privacy.register(
    "checkins",
    what=N_("Small joys: what you posted on the wall, under your name"),
    seen_by=N_("All colleagues"),
    kept=N_("Until you delete them"),
    tables=("joy",),
    export=export_joys,
    erase=erase_joys,
)
