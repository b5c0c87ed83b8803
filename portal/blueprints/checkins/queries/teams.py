"""Reading the team's wall, always for somebody of that team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from portal.blueprints.checkins.models.teams import TeamCheckIn, TeamSign
from portal.blueprints.checkins.rules.faces import Said
from portal.blueprints.checkins.rules.teams import Sign
from portal.blueprints.people.models import Person, Team
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.sealing import Unreadable
from portal.core.viewer import Viewer

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Hanging:
    """A check-in on the wall as one reader sees it. Signs from others are shown to the author alone."""

    id: str
    author: Person = field(repr=False)
    created_at: datetime
    until: datetime
    is_for_all: bool
    said: Said | None
    is_mine: bool
    is_hidden: bool
    signs: Sequence[tuple[Person, Sign]] = field(repr=False)
    my_sign: Sign | None


def team_name(viewer: Viewer) -> str | None:
    """Give the name of the viewer's team; nothing where they are in none, and talk to the whole desk."""
    return db.session.scalar(select(Team.name).join(Person, Person.team_id == Team.id).where(Person.id == viewer.id))


def wall(viewer: Viewer, *, cursor: str | None = None) -> Page[Hanging]:
    """Give a page of the viewer's wall, newest first."""
    page = keyset(_seen_by(viewer), TeamCheckIn.created_at, TeamCheckIn.id, cursor=cursor, size=PAGE)
    return Page(items=_hung(viewer, page.items), next_cursor=page.next_cursor)


def mine(viewer: Viewer) -> Sequence[Hanging]:
    """Give what the viewer has on the wall now."""
    own = _live().where(TeamCheckIn.author_id == viewer.id).order_by(TeamCheckIn.created_at.desc(), TeamCheckIn.id)
    return _hung(viewer, db.session.scalars(own.limit(PAGE)).all())


def one(viewer: Viewer, checkin_id: str) -> Hanging:
    """Give one check-in of the wall to somebody who sees it."""
    return _hung(viewer, [get(viewer, checkin_id)])[0]


def get(viewer: Viewer, checkin_id: str, *, for_update: bool = False) -> TeamCheckIn:
    """Give the row of a check-in that the viewer sees; for others it does not exist."""
    query = _seen_by(viewer).where(TeamCheckIn.id == checkin_id)
    if for_update:
        query = query.with_for_update(of=TeamCheckIn).execution_options(populate_existing=True)
    checkin = db.session.scalar(query)
    if checkin is None:
        raise NotFound(N_("We cannot find that check-in."))
    return checkin


def of_author(person_id: int) -> Sequence[TeamCheckIn]:
    """Give everything that a person has on the wall, also what has run out tonight, for export and erasure."""
    own = select(TeamCheckIn).where(TeamCheckIn.author_id == person_id)
    return db.session.scalars(own.order_by(TeamCheckIn.created_at, TeamCheckIn.id)).all()


def signs_of(person_id: int) -> Sequence[tuple[str, str]]:
    """Give the signs that a person answered with, and to whom, for their export."""
    given = select(TeamSign.sign, Person.name).join(TeamCheckIn, TeamSign.checkin_id == TeamCheckIn.id)
    given = given.join(Person, TeamCheckIn.author_id == Person.id).where(TeamSign.person_id == person_id)
    return [(sign, name) for sign, name in db.session.execute(given.order_by(TeamCheckIn.created_at, TeamCheckIn.id))]


def run_out(moment: datetime) -> Sequence[TeamCheckIn]:
    """Give what has had its time. For the sweep."""
    return db.session.scalars(select(TeamCheckIn).where(TeamCheckIn.until <= moment)).all()


def _live() -> Select[TeamCheckIn]:
    return select(TeamCheckIn).where(TeamCheckIn.until > clock.now()).options(joinedload(TeamCheckIn.author))


def _seen_by(viewer: Viewer) -> Select[TeamCheckIn]:
    is_mine = TeamCheckIn.author_id == viewer.id
    team_id = select(Person.team_id).where(Person.id == viewer.id).scalar_subquery()
    is_shown: ColumnElement[bool] = or_(is_mine, TeamCheckIn.team_id.is_(None), TeamCheckIn.team_id == team_id)
    query = _live().where(is_shown)
    return query if viewer.may("checkins.moderate") else query.where(is_mine | TeamCheckIn.is_hidden.is_(False))


def _hung(viewer: Viewer, checkins: Sequence[TeamCheckIn]) -> list[Hanging]:
    asked = select(TeamSign).where(TeamSign.checkin_id.in_([each.id for each in checkins]))
    visible = asked.join(TeamCheckIn).where(or_(TeamSign.person_id == viewer.id, TeamCheckIn.author_id == viewer.id))
    given = visible.join(TeamSign.person).options(joinedload(TeamSign.person)).order_by(Person.name, Person.id)
    signs = db.session.scalars(given).all() if checkins else []
    return [_as_seen(viewer, each, [sign for sign in signs if sign.checkin_id == each.id]) for each in checkins]


def _as_seen(viewer: Viewer, checkin: TeamCheckIn, signs: Sequence[TeamSign]) -> Hanging:
    is_mine = checkin.author_id == viewer.id
    return Hanging(
        id=checkin.id,
        author=checkin.author,
        created_at=checkin.created_at,
        until=checkin.until,
        is_for_all=checkin.team_id is None,
        said=_said(checkin),
        is_mine=is_mine,
        is_hidden=checkin.is_hidden,
        signs=[(sign.person, Sign(sign.sign)) for sign in signs] if is_mine else [],
        my_sign=next((Sign(sign.sign) for sign in signs if sign.person_id == viewer.id), None),
    )


def _said(checkin: TeamCheckIn) -> Said | None:
    try:
        return checkin.opened()
    except Unreadable:
        return None
