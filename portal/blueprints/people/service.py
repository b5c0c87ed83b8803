"""What changes people: signing in, passwords, leaving, and the staff list."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.people import queries, rules
from portal.blueprints.people.facts import PersonErased, PersonJoined, PersonLeft, SessionEnded, SessionsEnded
from portal.blueprints.people.models import EndedSession, OneTimeLink, Person, Team
from portal.blueprints.people.rules import Role
from portal.blueprints.people.signin import password as passwords
from portal.core import audit, clock, jobs, live, patient_data, privacy, throttle
from portal.core.db import db, is_sqlite
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

LINK_LIFETIME = timedelta(hours=48)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 60
TRY_WINDOW = timedelta(minutes=15)
DONE_JOBS_STAY = timedelta(days=14)

FAULTS = {
    "short": N_("Choose a password of at least 12 characters. A few words in a row work well."),
    "long": N_("That password is longer than 200 characters."),
    "guessable": N_("That password is easy to guess. A few words in a row work well."),
}


def sign_in(login: str, password: str, *, address: str) -> Person | None:
    """Check a user name and a password; None for any reason at all, so that nobody learns which accounts exist."""
    throttle.hit("people.sign_in.address", address, limit=TRIES_PER_ADDRESS, per=TRY_WINDOW)
    throttle.hit("people.sign_in.account", login.strip().lower(), limit=TRIES_PER_ACCOUNT, per=TRY_WINDOW)
    person = queries.find_by_login(login)
    if not passwords.is_right(person.password_hash if person else None, password):
        return None
    if person and person.password_hash and passwords.is_worn(person.password_hash):
        person.password_hash = passwords.digest(password)
    return person


def sign_in_by_link(secret: str, new_password: str, *, address: str) -> Person:
    """Use a one-time link: choose a password and come in. The link works once, also when it is sent twice at once."""
    throttle.hit("people.link", address, limit=30, per=TRY_WINDOW)
    link = get_open_link(secret)
    set_password(link.person, new_password)
    unused = update(OneTimeLink).where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
    if db.session.scalar(unused.values(used_at=clock.now()).returning(OneTimeLink.id)) is None:
        raise Conflict(N_("That link has been used. Ask for a new one."))
    audit.note(link.person_id, "people.link_used", person_id=link.person_id)
    return link.person


def get_open_link(secret: str) -> OneTimeLink:
    """Give the link with this secret, if it still lets somebody in."""
    link = queries.find_link(secret)
    if link is None or not link.is_open(clock.now()):
        raise NotFound(N_("That link has been used or is too old. Ask for a new one."))
    return link


def make_link(person: Person, *, by: int | None = None) -> str:
    """Make a one-time link for a person and give its secret; older links of theirs stop working."""
    secret = secrets.token_urlsafe(32)
    older = update(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.used_at.is_(None))
    db.session.execute(older.values(expires_at=clock.now()))
    digest = OneTimeLink.digest_of(secret)
    db.session.add(OneTimeLink(person_id=person.id, digest=digest, expires_at=clock.now() + LINK_LIFETIME))
    audit.note(by, "people.link_made", person_id=person.id)
    return secret


def set_password(person: Person, password: str) -> None:
    """Give a person a new password; every session that exists ends."""
    fault = rules.password_fault(password, names=(person.username, *person.name.split()))
    if fault:
        raise Invalid(FAULTS[fault], field="password")
    person.password_hash = passwords.digest(password)
    end_sessions(person)


def change_password(person: Person, *, old: str, new: str) -> None:
    """Change one's own password."""
    throttle.hit("people.change_password", str(person.id), limit=TRIES_PER_ACCOUNT, per=TRY_WINDOW)
    if not passwords.is_right(person.password_hash, old):
        raise Invalid(N_("That is not your password of today."), field="old")
    set_password(person, new)
    audit.note(person.id, "people.password_changed", person_id=person.id)


def has_password(person_id: int) -> bool:
    """Tell whether somebody signs in with a password of the portal's own."""
    person = db.session.get(Person, person_id)
    return bool(person and person.password_hash)


def is_password_of(person_id: int, text: str) -> bool:
    """Tell whether this is how somebody signs in: for what must be another secret than that."""
    person = db.session.get(Person, person_id)
    return bool(person and person.password_hash and passwords.is_right(person.password_hash, text))


def end_sessions(person: Person) -> None:
    """Sign a person out everywhere."""
    person.end_sessions()
    record(SessionsEnded(person_id=person.id))
    live.publish(f"session-{person.id}")


def end_session(person_id: int, name: str, *, until: datetime) -> None:
    """End one session: no copy of its cookie opens anything any more, and its open pages are looked at again."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    ended = insert(EndedSession).values(mark=EndedSession.mark_of(name), until=until)
    db.session.execute(ended.on_conflict_do_nothing(index_elements=[EndedSession.mark]))
    record(SessionEnded(person_id=person_id))
    live.publish(f"session-{person_id}")


def forget_what_has_passed() -> None:
    """Delete the ended sessions whose cookies are over, old counts of throttles, and what was done long ago."""
    db.session.execute(delete(EndedSession).where(EndedSession.until < clock.now()))
    throttle.forget_old()
    jobs.forget_done(clock.now() - DONE_JOBS_STAY)


def choose_appearance(person: Person, *, locale: str, theme: str, contrast: str, hotkeys: bool) -> None:
    """Set how the portal looks to a person."""
    person.locale, person.theme, person.contrast, person.hotkeys = locale, theme, contrast, hotkeys


def describe(person: Person, *, title: str, phone: str, about: str) -> None:
    """Set what colleagues see on a person's page."""
    for field, text in {"title": title, "phone": phone, "about": about}.items():
        patient_data.check(text, field=field)
    person.title, person.phone, person.about = title, phone, about


def deactivate(viewer: Viewer, person: Person) -> None:
    """Close an account. Sessions end at once; the last administrator stays."""
    _must_not_be_the_last(person)
    person.deactivate()
    live.publish(f"session-{person.id}")
    audit.note(viewer.id, "people.deactivate", person_id=person.id)
    record(PersonLeft(person_id=person.id))


def empty(person_id: int) -> None:
    """Empty the row of somebody whom nothing names any more."""
    person = queries.get_person(person_id)
    person.empty()
    db.session.flush()
    record(PersonErased(person_id=person_id))


def forget_links(person_id: int) -> None:
    """Delete the one-time links of a person. Their own row is emptied last, when nothing leans on it."""
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.person_id == person_id))


def reactivate(viewer: Viewer, person: Person) -> None:
    """Open an account again; the person needs a new link to come in with a new password."""
    person.is_active = True
    person.password_hash = None
    audit.note(viewer.id, "people.reactivate", person_id=person.id)


def give_roles(viewer: Viewer, person: Person, roles: Iterable[Role]) -> None:
    """Set the roles of a person."""
    wanted = frozenset(roles) | {Role.COLLEAGUE}
    if Role.ADMINISTRATOR not in wanted:
        _must_not_be_the_last(person)
    person.roles = wanted
    audit.note(viewer.id, "people.roles", person_id=person.id, roles=",".join(sorted(wanted)))


def make_team(name: str) -> Team:
    """Make a team of the desk, or give the one of that name."""
    name = name.strip()
    if not 0 < len(name) <= 60:
        raise Invalid(N_("Write from one to sixty characters."), field="new_team")
    found = queries.find_team(name)
    if found is None:
        found = Team(name=name)
        db.session.add(found)
        db.session.flush()
    return found


def put_in_team(viewer: Viewer, person: Person, team_id: int | None) -> None:
    """Say which team somebody belongs to; the pulse asks by it from its next round on."""
    if team_id is not None and team_id not in queries.team_names():
        raise NotFound(N_("We do not know that team."))
    person.team_id = team_id
    audit.note(viewer.id, "people.team", person_id=person.id)


def _must_not_be_the_last(person: Person) -> None:
    if [one.id for one in queries.lock_administrators()] == [person.id]:
        raise Conflict(N_("Somebody must run the place: make another administrator first."))


def make_administrator(username: str, *, name: str, email: str) -> Person:
    """Find or make the person who gets the administrator's one-time link."""
    person = queries.find_by_username(username)
    if person is None:
        person = join(name=name, username=username, email=email, roles=[Role.ADMINISTRATOR])
    if not person.is_active:  # whoever had left comes back by the link, not by the password of then
        person.is_active, person.password_hash = True, None
    person.roles = person.roles | {Role.ADMINISTRATOR}
    audit.note(None, "people.made_administrator", person_id=person.id)
    return person


def join(
    *,
    name: str,
    username: str,
    email: str,
    roles: Iterable[Role] = (),
    locale: str = "nn",
    title: str = "",
    phone: str = "",
    team_id: int | None = None,
) -> Person:
    """Add a colleague."""
    person = Person(
        name=name,
        username=username.lower(),
        email=email.lower(),
        roles=frozenset(roles) | {Role.COLLEAGUE},
        locale=locale,
        title=title,
        phone=phone,
        team_id=team_id,
    )
    db.session.add(person)
    db.session.flush()
    record(PersonJoined(person_id=person.id))
    return person


@dataclass(frozen=True, kw_only=True)
class StaffRow:
    """One row of the staff list, checked."""

    line: int
    username: str
    name: str
    email: str
    title: str
    phone: str
    locale: str
    roles: frozenset[Role]
    team: str = ""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did, or would do."""

    added: int
    changed: int
    unchanged: int


def import_staff(rows: Iterable[StaffRow]) -> Imported:
    """Bring people in line with the staff list; again changes nothing, and nobody is removed by being absent."""
    wanted = {row.username: row for row in rows}
    known = queries.by_username(list(wanted))
    _let_go_of_addresses([person for name, person in known.items() if person.email != wanted[name].email])
    added = changed = 0
    for username, row in wanted.items():
        if username not in known:
            join(
                name=row.name,
                username=username,
                email=row.email,
                roles=row.roles,
                locale=row.locale,
                title=row.title,
                phone=row.phone,
                team_id=_team_of(row),
            )
            added += 1
        else:
            changed += _bring_in_line(known[username], row)
    return Imported(added=added, changed=changed, unchanged=len(wanted) - added - changed)


def _let_go_of_addresses(moving: Sequence[Person]) -> None:
    # An address may go from one to another, and two may swap: nobody may hold on to one that is being given away.
    for person in moving:
        person.email = f"{person.id}@moving.invalid"
    db.session.flush()


def _team_of(row: StaffRow) -> int | None:
    return make_team(row.team).id if row.team else None


def _bring_in_line(person: Person, row: StaffRow) -> bool:
    # What people choose themselves (language) and what administrators give (more roles) is left alone.
    wanted: Mapping[str, object] = {
        "name": row.name,
        "email": row.email,
        "title": row.title or person.title,
        "phone": row.phone or person.phone,
        "roles": person.roles | row.roles,
        "team_id": _team_of(row) or person.team_id,
    }
    different = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    for name, value in different.items():
        setattr(person, name, value)
    return bool(different)


privacy.register(
    "people",
    what=N_("Your account: name, user name, e-mail, title, phone, what you like to be asked about, and your choices"),
    seen_by=N_("All colleagues see your name, title, phone, e-mail and what you like to be asked about"),
    kept=N_("As long as you have an account, and until it is erased"),
    stays=N_("A number without a name, so that it is never given to somebody else."),
    tables=("person", "one_time_link"),
    export=queries.export,
    erase=forget_links,
)
