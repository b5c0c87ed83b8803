"""The desk of the journeys: ten colleagues, a few tags, two articles, and rooms that answer as their names say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from flask import Flask

from portal.blueprints.knowledge import service as knowledge
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.people.signin import password
from portal.blueprints.questions.service import tags as keeping
from portal.blueprints.rooms.service import rooms
from portal.blueprints.shifts.models import Standing
from portal.core import clock
from portal.core.db import db, transaction

PASSWORD = "sju gule traktorar på tunet"  # of everybody here


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Somebody at the desk."""

    username: str
    name: str
    role: Role = Role.COLLEAGUE


KARI = Cast(username="kari", name="Kari Skjerdal")
OLA = Cast(username="ola", name="Ola Nordvik")
ODDNY = Cast(username="oddny", name="Oddny Fjelde", role=Role.ORGANISER)
ASTRID = Cast(username="astrid", name="Astrid Myhre", role=Role.ADMINISTRATOR)
PER = Cast(username="per", name="Per Haugland", role=Role.PEER_SUPPORTER)
OTHERS = tuple(
    Cast(username=name.split()[0].lower(), name=name)
    for name in ("Arne Tveit", "Berit Lunde", "Dagny Hovland", "Einar Sekse", "Frida Aga")
)
CAST = (KARI, OLA, ODDNY, ASTRID, PER, *OTHERS)

TAGS = (
    ("utskrift", "Utskrift", "Utskrift", "Printing", "sun"),
    ("palogging", "Pålogging", "Pålogging", "Sign-in", "info"),
    ("journal", "Journal", "Journal", "Records", "heather"),
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A room, and how its mailbox treats an invitation (tests.exchange_server.store.MODES)."""

    name: str
    seats: int
    mode: str

    @property
    def address(self) -> str:
        """Give the address of its mailbox."""
        return f"{self.name.lower()}@example.org"


# The smallest that fits is asked first: eight seats are refused by Uvillig and given by Villig.
UVILLIG = Place(name="Uvillig", seats=8, mode="decline")
VILLIG = Place(name="Villig", seats=12, mode="auto")
SEIN = Place(name="Sein", seats=16, mode="late")
TAUS = Place(name="Taus", seats=24, mode="never")
PLACES = (UVILLIG, VILLIG, SEIN, TAUS)

PRINTERS = """Når ein skrivar ikkje svarar etter ei oppdatering, er køen ofte stoppa.

1. Opne **Tenester** og finn *Print Spooler*.
2. Stopp tenesta, tøm køen, og start ho igjen.
"""
SIGN_IN = "Be brukaren stengje alle vindauge, vente i to minutt og logge på på nytt."
ARTICLES = (
    ("Skrivar svarar ikkje etter oppdatering", PRINTERS, ("utskrift",)),
    ("Pålogging heng etter passordbyte", SIGN_IN, ("pålogging",)),
)
ARTICLE = "KB10001"  # the number that the first one gets


def fill(app: Flask, *, then: Callable[[Mapping[str, Person]], None] | None = None) -> None:
    """Make everything in one transaction, and let happen what is to have happened."""
    with app.app_context(), transaction():
        people = _make_people()
        for slug, nn, nb, en, color in TAGS:
            keeping.make_tag(slug=slug, name_nn=nn, name_nb=nb, name_en=en, color=color)
        administrator = people[ASTRID.username]
        for title, body, tags in ARTICLES:
            knowledge.add(administrator, knowledge.Draft(title=title, body=body, tags=tags))
        for place in PLACES:
            rooms.add_room(_facts(place), viewer_id=administrator.id)
        if then:
            then(people)


def _make_people() -> dict[str, Person]:
    digest = password.digest(PASSWORD)  # one for all: making it takes its time, as it should
    made = {each.username: _person(each, digest) for each in CAST}
    db.session.add_all(made.values())
    db.session.flush()
    shift_ends = clock.now() + timedelta(hours=12)
    db.session.add_all(Standing(person_id=each.id, works_until=shift_ends) for each in made.values())
    return made


def _person(each: Cast, digest: str) -> Person:
    return Person(
        username=each.username,
        name=each.name,
        email=f"{each.username}@tunet.example",
        roles=frozenset({Role.COLLEAGUE, each.role}),
        password_hash=digest,
        title="Konsulent",
        phone="55 00 00 00",
        about="Spør meg om skrivarar.",
        locale="nn",
    )


def _facts(place: Place) -> rooms.RoomFacts:
    return rooms.RoomFacts(
        name=place.name,
        address=place.address,
        site="Kundesenteret",
        floor="2",
        seats=place.seats,
        equipment="skjerm",
        is_bookable=True,
        opens_at=time(7),
        closes_at=time(23),
    )
