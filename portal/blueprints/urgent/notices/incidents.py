"""Telling of big incidents. Everybody has the banner; these are for those who follow along, and those who lead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.blueprints.questions.facts import Hidden, Redacted, Returned
from portal.blueprints.questions.queries import threads
from portal.blueprints.urgent.facts import IncidentOpened, IncidentOver, IncidentQuiet, IncidentTold
from portal.blueprints.urgent.models.incidents import Incident
from portal.blueprints.urgent.queries import incidents as reading
from portal.blueprints.urgent.rules import incidents as rules
from portal.blueprints.urgent.service import incidents as service
from portal.core.db import db
from portal.core.facts import on
from portal.core.i18n import N_

notifications.notice_group("incidents", N_("Big incidents"))
notifications.notice_kind(
    "urgent.incident_opened",
    group="incidents",
    text=N_("«%(title)s» is a big incident now"),
    icon="alert",
    label=N_("What you follow becomes a big incident"),
)
notifications.notice_kind(
    "urgent.incident_told",
    group="incidents",
    text=N_("%(who)s says how it goes with «%(title)s»"),
    several=N_("%(count)s new words about «%(title)s»"),
    icon="messages",
    label=N_("How it goes with an incident that you follow"),
)
notifications.notice_kind(
    "urgent.incident_over",
    group="incidents",
    text=N_("«%(title)s» is over"),
    icon="circle-check",
    label=N_("An incident that you follow is over"),
)
notifications.notice_kind(
    "urgent.incident_quiet",
    group="incidents",
    text=N_("It has been quiet about «%(title)s» for some hours. Is it still going on?"),
    icon="clock",
    label=N_("An incident that you lead has been quiet for long"),
)


@on(IncidentOpened)
def tell_of_opening(fact: IncidentOpened) -> None:
    """Tell those who follow the thread already."""
    _tell_followers(fact, kind="urgent.incident_opened")


@on(IncidentTold)
def tell_how_it_goes(fact: IncidentTold) -> None:
    """Tell those who follow along."""
    _tell_followers(fact, kind="urgent.incident_told")


@on(IncidentOver)
def tell_that_it_is_over(fact: IncidentOver) -> None:
    """Tell those who follow along; it is the last time that they are known."""
    _tell_followers(fact, kind="urgent.incident_over")


@on(IncidentQuiet)
def ask_whether_it_goes_on(fact: IncidentQuiet) -> None:
    """Ask those who lead, once for each word that nothing has come after."""
    incident = db.session.get_one(Incident, fact.incident_id)
    wanted = {incident.opened_by_id, *(person.id for person in people.who_may(rules.PERMISSION))}
    who = [person_id for person_id in wanted if person_id is not None]
    _tell(who, incident, kind="urgent.incident_quiet", key=f"{incident.id}-{int(incident.said_at.timestamp())}")


@on(Redacted)
def take_words_back(fact: Redacted) -> None:
    """Let no headline keep words that were taken out of its thread."""
    service.redact(fact.question_id)


@on(Hidden)
@on(Returned)
def look_again(fact: Hidden | Returned) -> None:
    """Take a banner away whose thread is out of sight, or bring it back."""
    if reading.find_newest(fact.question_id):
        service.tell()


def _tell_followers(fact: IncidentOpened | IncidentTold | IncidentOver, *, kind: str) -> None:
    incident = db.session.get_one(Incident, fact.incident_id)
    who = {*threads.followers(incident.question_id), *reading.affected(incident.id)}
    _tell(who, incident, kind=kind, actor_id=fact.by_id)


def _tell(person_ids: Iterable[int], incident: Incident, *, kind: str, **more: Any) -> None:
    notifications.tell_many(
        person_ids,
        kind=kind,
        # The page is the thread: what happens to its title there (hidden, redacted) happens to these lines too.
        params={"title": incident.headline},
        endpoint="questions.thread",
        values={"question_id": incident.question_id},
        **more,
    )
