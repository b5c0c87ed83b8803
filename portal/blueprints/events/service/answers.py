"""Answering from a mail: what may be answered is named by a signed token, and looked at before anything is done.

The token says who, which evening, and yes or no; it holds until the evening begins. It opens nothing but that one
answer, and the mail's row holds ids only: the token is written into the letter as it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.events.queries import outlooks
from portal.blueprints.events.queries.outlooks import Outlook
from portal.blueprints.events.service import signups
from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.core import tokens
from portal.core.errors import NotFound
from portal.core.i18n import N_

PURPOSE = "events.answer"


class Act(StrEnum):
    """What a link in a mail is for."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a token is for: whose answer, to which evening, and how it stands now; no evening where it is gone."""

    person: Person
    act: Act
    outlook: Outlook | None


def ask(evening: Evening, sign_up: SignUp, *, until: datetime) -> None:
    """Send the mail that offers a seat, with a yes and a no in it."""
    notifications.send_mail(
        person_id=sign_up.person_id,
        kind="events.offer",
        params={
            "evening_id": evening.id,
            "person_id": sign_up.person_id,
            "title": evening.title,
            "where": evening.where,
            "room_comes": evening.needs_room and not evening.room_place,
            "starts_at": evening.starts_at,
            "ends_at": evening.ends_at,
            "until": until,
            "guests": sign_up.guests,
        },
        key=f"offer-{evening.id}-{sign_up.person_id}-{until:%Y%m%d%H%M%S}",
    )


def read(token: str) -> Answer:
    """Say what a token is for: no outlook where the person has left or the evening is gone."""
    person_id, evening_id, act = _parts(token)
    try:
        person = people.get_person(person_id)
    except NotFound:
        raise NotFound(N_("That address is not right. Was all of it copied?")) from None
    if not person.is_active:
        return Answer(person=person, act=act, outlook=None)
    try:
        return Answer(person=person, act=act, outlook=outlooks.outlook(person, evening_id))
    except NotFound:
        return Answer(person=person, act=act, outlook=None)


def give(answer: Answer) -> None:
    """Do what the token is for, as far as it can be done now. Twice is harmless."""
    if answer.outlook is None:
        return
    evening_id = answer.outlook.evening.id
    if answer.act is Act.NO:
        signups.give_up(answer.person, evening_id)
    elif answer.outlook.offer:
        signups.accept(answer.person, evening_id)
    else:
        signups.sign_up(answer.person, evening_id)  # also where the offer has gone on: back in line, in one press


def _parts(token: str) -> tuple[int, int, Act]:
    values = tokens.opened(PURPOSE, token)
    try:
        person_id, evening_id, act = values
        return int(person_id), int(evening_id), Act(str(act))
    except ValueError as error:
        raise NotFound(N_("That address is not right. Was all of it copied?")) from error
