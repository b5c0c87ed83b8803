"""Finding people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from sqlalchemy import Select, bindparam, exists, func, or_, select

from portal.blueprints.people.models import EndedSession, OneTimeLink, Person, Team
from portal.blueprints.people.rules import Role, is_allowed
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.paging import Page, keyset
from portal.core.viewer import Viewer

NOT_GIVEN = frozenset({"password_hash", "epoch", "team_id"})  # no use to anybody but a burglar; the team has a name
TEAMS = "https://teams.microsoft.com/l/call/0/0?users="
SESSION = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")


def find_by_session(remembered: str, name: str) -> Person | None:
    """Find the person whose session this is, unless it has been ended: one question for both."""
    if not name or not SESSION.fullmatch(remembered):
        return None
    person_id, _, epoch = remembered.partition(".")
    person = db.session.scalar(_by_session(), {"person_id": int(person_id), "mark": EndedSession.mark_of(name)})
    return person if person and person.is_active and person.epoch == int(epoch) else None


@cache
def _by_session() -> Select[Person]:
    # Put together once: it is asked with every request.
    is_ended = exists().where(EndedSession.mark == bindparam("mark"))
    return select(Person).where(Person.id == bindparam("person_id"), ~is_ended)


def find_by_login(login: str) -> Person | None:
    """Find an active person by user name or e-mail address."""
    login = login.strip().lower()
    return db.session.scalar(
        select(Person).where(or_(Person.username == login, Person.email == login), Person.is_active)
    )


def find_by_username(username: str) -> Person | None:
    """Find a person, active or not, by user name."""
    return db.session.scalar(select(Person).where(Person.username == username.strip().lower()))


def usernames_by_email(addresses: Sequence[str]) -> dict[str, str]:
    """Tell whose the e-mail addresses are, of those that are somebody's."""
    found: dict[str, str] = {}
    for some in _in_portions(addresses):
        rows = db.session.execute(select(Person.email, Person.username).where(Person.email.in_(some)))
        found |= {email: username for email, username in rows}
    return found


def by_username(usernames: Sequence[str]) -> dict[str, Person]:
    """Give the persons, active or not, who have these user names."""
    found: dict[str, Person] = {}
    for some in _in_portions(usernames):
        persons = db.session.scalars(select(Person).where(Person.username.in_(some)))
        found |= {person.username: person for person in persons}
    return found


def _in_portions(values: Sequence[str]) -> Iterator[Sequence[str]]:
    # An engine takes 32 766 (SQLite) or 65 535 parameters in one statement.
    return (values[start : start + 5000] for start in range(0, len(values), 5000))


def get_person(person_id: int) -> Person:
    """Give a person, active or not."""
    person = db.session.get(Person, person_id)
    if person is None or person.is_erased:
        raise NotFound(N_("We do not know that person."))
    return person


def people(ids: Iterable[int]) -> Sequence[Person]:
    """Give the persons with these ids."""
    wanted = list(ids)
    if not wanted:
        return []
    found = select(Person).where(Person.id.in_(wanted), Person.name != "").order_by(Person.name)
    return db.session.scalars(found).all()


def colleagues() -> Sequence[Person]:
    """Give everybody who is active, by name."""
    return db.session.scalars(select(Person).where(Person.is_active).order_by(Person.name)).all()


def all_ids() -> Sequence[int]:
    """Give the numbers of everybody, also of those who have left."""
    return db.session.scalars(select(Person.id)).all()


def others(viewer: Viewer) -> Sequence[tuple[int, str]]:
    """Give the number and the name of everybody else who is active, by name: what a choice of colleagues shows."""
    wish = select(Person.id, Person.name).where(Person.is_active, Person.id != viewer.id).order_by(Person.name)
    return [(person_id, name) for person_id, name in db.session.execute(wish)]


def team_names() -> dict[int, str]:
    """Give what the teams of the desk are called."""
    return {team_id: name for team_id, name in db.session.execute(select(Team.id, Team.name).order_by(Team.name))}


def find_team(name: str) -> Team | None:
    """Find a team by its name."""
    return db.session.scalar(select(Team).where(Team.name == name))


def with_role(role: Role) -> Sequence[Person]:
    """Give the active persons who hold a role."""
    held = Person.roles.cast(Person.username.type).like(f"%,{role},%")
    return db.session.scalars(select(Person).where(Person.is_active, held).order_by(Person.name)).all()


def who_may(permission: str) -> Sequence[Person]:
    """Give the active persons whose roles hold a permission."""
    found = {person.id: person for role in Role if is_allowed([role], permission) for person in with_role(role)}
    return list(found.values())


def lock_administrators() -> Sequence[Person]:
    """Give the active administrators, and let nobody change them meanwhile: two could put each other out."""
    held = Person.roles.cast(Person.username.type).like(f"%,{Role.ADMINISTRATOR},%")
    active = select(Person).where(Person.is_active, held).order_by(Person.id).with_for_update()
    return db.session.scalars(active, execution_options={"populate_existing": True}).all()


def directory(text: str, *, cursor: str | None, size: int = 60, everybody: bool = False) -> Page[Person]:
    """Give a page of the directory, filtered by a part of a name."""
    query = select(Person).where(Person.name != "")  # of those who are erased only the number is left
    if not everybody:
        query = query.where(Person.is_active)
    if text.strip():
        pattern = "%" + text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(func.lower(Person.name).like(pattern, escape="\\"))
    return keyset(query, Person.name, Person.id, cursor=cursor, size=size, newest_first=False)


def find_link(secret: str) -> OneTimeLink | None:
    """Find a one-time link by its secret."""
    return db.session.scalar(select(OneTimeLink).where(OneTimeLink.digest == OneTimeLink.digest_of(secret)))


def has_administrator() -> bool:
    """Tell whether anybody runs the place."""
    return bool(with_role(Role.ADMINISTRATOR))


def export(person_id: int) -> dict[str, Any]:
    """Give a person's own account, for the export of their data."""
    person = get_person(person_id)
    columns = (column.key for column in Person.__table__.columns if column.key not in NOT_GIVEN)
    links = select(OneTimeLink.created_at).where(OneTimeLink.person_id == person_id).order_by(OneTimeLink.created_at)
    account = {name: getattr(person, name) for name in columns}
    return {
        **account,
        "team": team_names().get(person.team_id) if person.team_id else None,
        "has_password": person.password_hash is not None,
        "links_made_at": list(db.session.scalars(links)),
    }


@dataclass(frozen=True, kw_only=True)
class Way:
    """How to speak with somebody: a link that rings, and what it says."""

    kind: str  # «teams» or «phone»
    label: str
    href: str


def ways_to_talk(person: Person, *, number: str = "") -> list[Way]:
    """Give how to speak with somebody: on Teams, and by phone where there is a number, their own or another one."""
    number = number or person.phone
    ways = [Way(kind="teams", label=person.email, href=TEAMS + quote(person.email))]
    if number:
        ways.append(Way(kind="phone", label=number, href=f"tel:{re.sub(r'[^0-9+]', '', number)}"))
    return ways
