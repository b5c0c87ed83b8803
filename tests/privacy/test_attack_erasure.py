"""Somebody has been everywhere, and is erased. Afterwards nothing of them is found, wherever one looks."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Flask

from bench import erasure as attack
from bench.erasure import GOES_IF_WISHED, NAME
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.privacy import queries
from portal.core import live, privacy
from portal.core.db import db, transaction
from portal.core.errors import NotFound
from portal.core.settings import current_settings
from tests.factories.people import make_person


@pytest.fixture
def words(own: Flask) -> Iterator[dict[str, str]]:
    """Let somebody leave a trace everywhere; give what they said, by where."""
    with own.app_context():
        yield attack.settle_in()


def test_they_had_left_a_trace_in_every_column_that_names_people(own: Flask, words: dict[str, str]) -> None:
    named = privacy.still_naming(db.session.query(Person).filter(Person.name == NAME).one().id)
    every = {f"{column.table.name}.{column.name}" for column in privacy.columns_naming_people()}
    assert every - set(named) == {"erasure.person_id"}
    assert len(words) > 80
    assert {which.split(" in ")[0] for which in attack.found(words)} == set(words), "the search finds what is there"


@pytest.mark.parametrize("takes_words", [False, True])
def test_nothing_names_them_and_nothing_of_theirs_is_found(
    own: Flask, words: dict[str, str], takes_words: bool, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    stop = live.subscribe(told.append)
    with caplog.at_level(logging.DEBUG):
        person_id = attack.begin(takes_words=takes_words)
        attack.work_to_the_end()
    stop()
    assert privacy.still_naming(person_id) == []
    erasure = queries.find_erasure(person_id)
    assert erasure is not None
    assert erasure.is_done
    gone = attack.must_be_gone(words, takes_words=takes_words)
    assert len(gone) > 50
    assert attack.found(gone) == set()
    db.session.remove()
    assert attack.found_in_files(current_settings().folder, gone) == set()
    assert [line for line in caplog.text.splitlines() for word in words.values() if word in line] == []
    assert [topic for topic in told if not live.is_name(topic)] == []


def test_what_was_asked_stays_without_the_name_where_it_is_not_wished_otherwise(
    own: Flask, words: dict[str, str]
) -> None:
    attack.begin(takes_words=False)
    attack.work()
    mine = {which: word for which, word in words.items() if which in GOES_IF_WISHED}
    assert {name.split(" in ")[0] for name in attack.found(mine)} == GOES_IF_WISHED


def test_an_erasure_that_falls_over_anywhere_begins_again_and_ends(own: Flask, words: dict[str, str]) -> None:
    person_id = attack.begin(takes_words=True)
    assert attack.fall_over_and_over(person_id, every=17) >= 10
    assert privacy.still_naming(person_id) == []


def test_the_number_stays_taken_and_leads_to_nobody(own: Flask, words: dict[str, str]) -> None:
    person_id = attack.begin(takes_words=False)
    attack.work()
    left = db.session.get_one(Person, person_id)
    kept = {column.key: getattr(left, column.key) for column in Person.__table__.columns}
    assert {name for name, value in kept.items() if value not in ("", None, False)} == {
        *("id", "username", "email", "roles", "epoch", "locale", "theme", "created_at")
    }
    with pytest.raises(NotFound):
        people.get_person(person_id)
    with transaction():
        assert make_person("Ny Kollega").id != person_id
