"""Erasing a person: begun in the request, done by a job that may fall over anywhere, and begin again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from portal.blueprints.people import queries as people
from portal.blueprints.people import service as accounts
from portal.blueprints.people.models import Person
from portal.blueprints.privacy import queries, rules
from portal.blueprints.privacy.models import Erasure
from portal.core import audit, clock, jobs, privacy, throttle
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.viewer import Viewer

Outside = Callable[[], object]
Step = Callable[[], Outside | None]
TRIES = 10


class StillNamed(Exception):
    """A row that names the person has come meanwhile, or a slice has forgotten one; says where, and not who."""


def prove_who(viewer: Viewer, password: str, *, is_fresh: bool) -> None:
    """Let nobody go on who has found an open screen: the password again, unless it was given a moment ago."""
    if is_fresh:
        return
    if not accounts.has_password(viewer.id):
        raise Invalid(N_("Sign out, and in again. Then this is open for ten minutes."))
    throttle.hit("privacy.prove", str(viewer.id), limit=TRIES, per=timedelta(minutes=15))
    if not accounts.is_password_of(viewer.id, password):
        raise Invalid(N_("That is not your password of today."), field="password")


def begin(viewer: Viewer, *, typed: str, takes_words: bool) -> Erasure:
    """Erase the viewer. The account closes at once; the rest is done within a minute."""
    return _begin(viewer, people.get_person(viewer.id), typed=typed, takes_words=takes_words)


def begin_for(viewer: Viewer, person_id: int, *, typed: str) -> Erasure:
    """Erase somebody who has left. What they wrote stays without a name: it is not for others to take away."""
    if not viewer.may("people.manage"):
        raise NotAllowed(N_("This is not open to you."))
    person = people.get_person(person_id)
    if person.is_active:
        raise Conflict(N_("Close the account first. Whoever is here erases themselves."))
    return _begin(viewer, person, typed=typed, takes_words=False)


def _begin(viewer: Viewer, person: Person, *, typed: str, takes_words: bool) -> Erasure:
    if not rules.is_name(typed, person.name):
        raise Invalid(N_("Write the name as it stands here."), field="name")
    known = queries.find_erasure(person.id)
    if known:
        return known
    if person.is_active:
        accounts.deactivate(viewer, person)
    erasure = Erasure(person_id=person.id, takes_words=takes_words)
    db.session.add(erasure)
    db.session.flush()
    audit.note(viewer.id, "privacy.erase", person_id=person.id)
    jobs.enqueue("privacy.erase", key=f"privacy.erase:{person.id}", person_id=person.id)
    return erasure


def is_to_do(person_id: int) -> bool:
    """Tell whether an erasure is not done yet."""
    erasure = queries.find_erasure(person_id)
    return erasure is not None and not erasure.is_done


def steps(person_id: int) -> Iterator[Step]:
    """Give what there is to do. Each step has a transaction of its own, and may be done again."""
    erasure = db.session.get_one(Erasure, person_id)
    takes_words = erasure.takes_words
    held = privacy.from_the_roof_down()
    # The files first: what they are found by is in the rows.
    yield from (partial(holding.letters, person_id) for holding in held if holding.letters)
    if takes_words:
        yield from (partial(_done, holding.remove, person_id) for holding in held if holding.remove)
    erasers = dict.fromkeys(holding.erase for holding in held if holding.erase)
    yield from (partial(_done, erase, person_id) for erase in erasers)


def _done(act: privacy.Erase, person_id: int) -> None:
    act(person_id)


def finish(person_id: int) -> None:
    """Empty the person's own row, once nothing names them any more."""
    left = privacy.still_naming(person_id)
    if left:
        raise StillNamed(", ".join(left))
    accounts.empty(person_id)
    erasure = db.session.get_one(Erasure, person_id)
    erasure.done_at = clock.now()
    if erasure.takes_words:  # the index forgets the words of a house once a night; this cannot wait for it
        jobs.enqueue("search.learn", key=f"search.learn:{person_id}")
    jobs.enqueue("privacy.empty_journal", key="privacy.empty_journal", at=clock.now() + timedelta(minutes=1))
