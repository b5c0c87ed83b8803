"""Diaries that are made, opened, written and deleted in the same moment: real threads, committed for real."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.diary import Diary, DiaryEntry
from portal.blueprints.checkins.rules.faces import Face, Said
from portal.blueprints.checkins.service import diary
from portal.blueprints.people import queries as people
from portal.core.db import db, transaction
from portal.core.errors import Conflict, NotFound
from tests.factories.diary import PASSPHRASE
from tests.factories.people import make_person
from tests.racing import THREADS, race

SAID = Said(face=Face.OKAY, words="ein vanleg dag")


@pytest.fixture
def owner_id(own: Flask) -> Iterator[int]:
    """Somebody with a diary."""
    with own.app_context():
        with transaction():
            owner_id = make_person("Anne Askeland").id
        with transaction():
            diary.make(people.get_person(owner_id), passphrase=PASSPHRASE)
        yield owner_id
        db.session.remove()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_of_many_who_make_it_at_once_one_has_made_it(own: Flask, owner_id: int) -> None:
    with transaction():
        diary.erase(owner_id)
    refused = race(own, [lambda: diary.make(people.get_person(owner_id), passphrase=PASSPHRASE)] * THREADS)
    assert [type(each) for each in refused] == [Conflict] * (THREADS - 1)
    assert count(Diary) == 1


def test_opened_in_many_places_at_once_it_takes_each_check_in_once(own: Flask, owner_id: int) -> None:
    with transaction():
        for number in range(5):
            db.session.add(checkin := CheckIn(id=CheckIn.new_id(), author_id=owner_id))
            checkin.seal(Said(face=Face.GOOD, words=str(number)), reader_id=None, until=None)
    # Fewer than may be tried in a quarter of an hour.
    acts = [lambda: diary.open_by_passphrase(people.get_person(owner_id), PASSPHRASE)] * diary.TRIES
    assert race(own, acts) == []
    assert (count(CheckIn), count(DiaryEntry)) == (0, 5)


def test_the_same_press_from_many_places_is_one_entry(own: Flask, owner_id: int) -> None:
    race(own, [lambda: diary.write(owner_id, SAID, key="k" * 22)] * (3 * THREADS))
    assert count(DiaryEntry) == 1


def test_nothing_comes_in_behind_a_deletion(own: Flask, owner_id: int) -> None:
    write = [lambda: diary.write(owner_id, SAID)] * (4 * THREADS)
    acts = [*write[: 2 * THREADS], lambda: diary.begin_anew(people.get_person(owner_id)), *write[2 * THREADS :]]
    refused = race(own, acts)
    assert all(isinstance(each, NotFound) for each in refused)
    assert (count(Diary), count(DiaryEntry)) == (0, 0)
