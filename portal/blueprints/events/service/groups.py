"""Those who want to come together: one makes a group and shares its code, the others sign up through it.

Everybody in a group has signed up themselves, stands where they came, and says yes for themselves. Whoever keeps
together waits for the others of the group who do: they get their seats at once, when the turn of the last of them
comes. Nobody outside is passed over by that, and whoever stops waiting is back where they stood.
"""

from __future__ import annotations

import secrets

from portal.blueprints.events.models.signups import SignUp, SignUpGroup
from portal.blueprints.events.queries import together
from portal.blueprints.events.rules import seats
from portal.blueprints.events.service import line, signups
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.core.viewer import Viewer

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # what can be read aloud without being taken for something else
LENGTH = 10


def make(viewer: Viewer, evening_id: int) -> SignUpGroup:
    """Make a group around somebody who has signed up. Twice gives the one there is."""
    evening, coming = signups.lock_open(evening_id)
    mine = signups.of(viewer.id, coming)
    if mine is None:
        raise Conflict(N_("Sign up first, and then ask the others along."))
    if mine.group is None:
        mine.group = SignUpGroup(evening_id=evening.id, code="".join(secrets.choice(LETTERS) for _ in range(LENGTH)))
        mine.keeps_together = False
        db.session.flush()
    return mine.group


def join(viewer: Viewer, evening_id: int, code: str) -> SignUp:
    """Come along with a group: sign up where one has not, at the end as everybody, and belong to it."""
    evening, coming = signups.lock_open(evening_id)
    group = together.get_group(evening_id, code)
    mine = signups.of(viewer.id, coming)
    if mine and mine.group_id == group.id:
        return mine
    if sum(sign_up.group_id == group.id for sign_up in coming) >= seats.MOST_IN_GROUP:
        raise Conflict(N_("The group is full. You may sign up on your own."))
    if mine is None:
        mine = signups.come(evening, coming, viewer.id, guests=0, group_id=group.id)
    else:
        before, mine.group_id, mine.keeps_together = mine.group_id, group.id, False
        db.session.flush()
        line.tidy(before)
        line.move(evening, coming)
    line.publish(evening)
    return mine


def keep_together(viewer: Viewer, evening_id: int, *, keeps: bool) -> None:
    """Wait for the others of the group, or not any more."""
    evening, coming = signups.lock_open(evening_id)
    mine = signups.of(viewer.id, coming)
    if mine is None or mine.group_id is None:
        raise Conflict(N_("You are in no group here."))
    mine.keeps_together = keeps
    db.session.flush()
    line.move(evening, coming)
    line.publish(evening)


def leave(viewer: Viewer, evening_id: int) -> None:
    """Come on one's own after all. Twice is harmless."""
    evening, coming = signups.lock_open(evening_id)
    mine = signups.of(viewer.id, coming)
    if mine is None or mine.group_id is None:
        return
    before, mine.group_id, mine.keeps_together = mine.group_id, None, False
    db.session.flush()
    line.tidy(before)
    line.move(evening, coming)
    line.publish(evening)
