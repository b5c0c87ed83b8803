"""Reading what is held, and how far an erasure has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.blueprints.privacy.models import Erasure
from portal.core import privacy
from portal.core.db import db, is_sqlite
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.privacy import Holding

TITLES = {
    "people": N_("You and your account"),
    "notifications": N_("Notices and mail"),
    "search": N_("Search"),
    "shifts": N_("Shifts and presence"),
    "rooms": N_("Rooms"),
    "questions": N_("Questions and answers"),
    "events": N_("Evenings"),
    "games": N_("Board games"),
    "cinema": N_("Cinema"),
    "meals": N_("Food"),
    "pulse": N_("The pulse"),
    "checkins": N_("Breathing space"),
    "talks": N_("Talks"),
    "coffee": N_("Coffee pairs"),
    "knowledge": N_("Articles"),
    "urgent": N_("Help now"),
    "privacy": N_("The house itself"),
}
"""The slices in the order in which people read about them."""

COPIES = frozenset({"search"})


@dataclass(frozen=True, kw_only=True)
class Group:
    """What one part of the house holds about people."""

    slice: str
    title: str
    holdings: Sequence[Holding]


def groups() -> list[Group]:
    """Give everything that is held, part by part, in the order in which people read it."""
    found: dict[str, list[Holding]] = {name: [] for name in TITLES}
    for holding in privacy.holdings():
        found.setdefault(holding.slice, []).append(holding)
    return [
        Group(slice=name, title=TITLES.get(name, name), holdings=holdings)
        for name, holdings in found.items()
        if holdings
    ]


def not_given() -> list[Group]:
    """Give what nobody can be given along: a copy of what they get anyhow, numbers of the house, what has no name."""
    found = ((group, [each for each in group.holdings if each.export is None]) for group in groups())
    return [Group(slice=group.slice, title=group.title, holdings=holdings) for group, holdings in found if holdings]


def what_stays() -> list[Group]:
    """Give what is left after an erasure, part by part; a copy that goes with its text is nothing that is left."""
    left = []
    for group in groups():
        holdings = [each for each in group.holdings if each.stays and group.slice not in COPIES]
        if holdings:
            left.append(Group(slice=group.slice, title=group.title, holdings=holdings))
    return left


def leaves_rows() -> bool:
    """Tell whether deleted rows lie in the files of the database for a while: SQLite is told to write over them."""
    return not is_sqlite()


def find_erasure(person_id: int) -> Erasure | None:
    """Find the erasure of a person."""
    return db.session.get(Erasure, person_id)


def get_erasure(person_id: int, asked_at: datetime) -> Erasure:
    """Give an erasure to whoever asked for it, who is nobody any more."""
    erasure = find_erasure(person_id)
    if erasure is None or erasure.asked_at != asked_at:
        raise NotFound(N_("We cannot find that page"))
    return erasure


def erasures() -> Sequence[Erasure]:
    """Give every erasure, the newest first."""
    return db.session.scalars(select(Erasure).order_by(Erasure.asked_at.desc())).all()
