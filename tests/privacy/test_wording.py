"""What one takes along is read by people: each value has a name, and no code of the portal is left as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask

from bench import erasure as attack
from bench.erasure import NAME
from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.checkins.rules.teams import Sign
from portal.blueprints.coffee.rules.times import Rhythm
from portal.blueprints.events.models.evenings import Kind
from portal.blueprints.events.models.proposals import ProposalState
from portal.blueprints.events.models.signups import ShownAs, SignUpState
from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.games.rules.tables import Wish
from portal.blueprints.meals.rules import Diet
from portal.blueprints.notifications.models import MailState
from portal.blueprints.notifications.ports import Delivery
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.privacy.service import exports, wording
from portal.blueprints.questions.rules import marks
from portal.blueprints.questions.rules.order import Reason
from portal.blueprints.rooms.models import BookingState
from portal.blueprints.shifts import rules as shifts
from portal.blueprints.talks import rules as talks
from portal.blueprints.urgent.rules import calls
from portal.core import audit, privacy
from portal.core.db import db, transaction
from portal.core.i18n import LOCALES

CHOICES: dict[str, list[type[StrEnum]]] = {
    "checkins.face": [Face],
    "checkins.sign": [Sign],
    "coffee.rhythm": [Rhythm],
    "events.kind": [Kind],
    "events.reminder": [Reminder],
    "events.shown_as": [ShownAs],
    "events.state": [SignUpState, ProposalState],
    "games.wish": [Wish],
    "meals.diets": [Diet],
    "notifications.mail": [Delivery],
    "notifications.state": [MailState],
    "people.roles": [Role],
    "questions.flagged_as": [Reason],
    "questions.says": [marks.Kind],
    "rooms.state": [BookingState],
    "shifts.availability": [shifts.Availability],
    "shifts.kind": [shifts.Kind],
    "talks.answer": [talks.Answer],
    "talks.state": [talks.State],
    "talks.suits": [talks.Suits],
    "urgent.ending": [calls.Ending],
    "urgent.talk_by": [calls.TalkBy],
}
OF_NO_CHOICE = {
    "checkins.diary",
    "people.contrast",
    "people.locale",
    "people.theme",
    "pulse.answer",
    "urgent.sound",
    *(name for name, codes in wording.CODES.items() if set(codes) == set("0123456")),
}


def test_every_choice_that_is_given_along_has_words_for_all_it_may_be() -> None:
    assert set(wording.CODES) - OF_NO_CHOICE == set(CHOICES)
    for name, choices in CHOICES.items():
        assert set(wording.CODES[name]) == {each.value for choice in choices for each in choice}, name


@pytest.mark.parametrize("locale", LOCALES)
def test_values_are_said_in_the_language_of_the_reader(locale: str, app: Flask) -> None:
    said = {"nn": "Helst ikkje", "nb": "Helst ikke", "en": "Rather not"}
    assert exports.shown("games", "wish", "rather_not", locale) == said[locale]
    at = {"nn": "1. desember 2026 kl. 17.00", "nb": "1. desember 2026 kl. 17.00", "en": "1 December 2026 at 17:00"}
    assert exports.shown("events", "starts_at", "2026-12-01T16:00:00+00:00", locale) == at[locale]


def test_what_somebody_wrote_stands_as_they_wrote_it(app: Flask) -> None:
    for words in ("rather_not", "good", "2026-99-99", "25:61", "now"):
        assert exports.shown("checkins", "words", words, "nn") == words


def names(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for key, each in value.items():
                yield key
                yield from names(each)
        case list():
            for each in value:
                yield from names(each)


def test_everything_is_given_to_somebody_who_left_a_trace_everywhere_and_has_a_name(own: Flask) -> None:
    with own.app_context():
        attack.settle_in()
        person = db.session.query(Person).filter(Person.name == NAME).one()
        with transaction():
            audit.note(person.id, "rooms.add", room_id=3)
        given = {holding: holding.export(person.id) for holding in privacy.holdings() if holding.export}
        plain = {holding.what: exports.plain(values) for holding, values in given.items()}
    # No round of the pulse is open, and what fills the tables does not seal: a draft that does not open is left out.
    nothing = {holding.slice for holding, values in given.items() if not values}
    assert nothing == {"pulse", "questions"}
    said = {name for values in plain.values() for name in names(values)}
    assert said - set(wording.LABELS) == {"id", "question_id"} == wording.SILENT
    assert "Added a room" in str(plain)


def test_the_page_shows_no_code_and_no_moment_as_machines_write_them(own: Flask) -> None:
    with own.app_context():
        words = attack.settle_in()
        person = db.session.query(Person).filter(Person.name == NAME).one()
        shown = list(all_shown(person))
    left = [each for each in shown if re.fullmatch(r"[a-z]+(_[a-z]+)+|\d{4}-\d\d-\d\dT.*", each)]
    assert [each for each in left if each not in words.values()] == []


def all_shown(person: Person) -> Iterator[str]:
    for holding in privacy.holdings():
        if holding.export:
            yield from each_shown(holding.slice, "", exports.plain(holding.export(person.id)))


def each_shown(part: str, name: str, value: Any) -> Iterator[str]:
    match value:
        case dict():
            for key, each in value.items():
                yield from each_shown(part, key, each)
        case list():
            for each in value:
                yield from each_shown(part, name, each)
        case str():
            yield exports.shown(part, name, value, "en")
