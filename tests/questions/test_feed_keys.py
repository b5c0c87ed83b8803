"""The secrets that open feeds."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.finding import FeedKey
from portal.blueprints.questions.queries import feeds as reading_feeds
from portal.blueprints.questions.service import (
    feeds,
)
from portal.core.db import db
from portal.core.errors import NotFound


def test_a_secret_opens_its_owners_feeds_until_a_new_one_is_made(anne: Person, bjarne: Person) -> None:
    feeds.open_feeds(anne)
    feeds.open_feeds(bjarne)
    key = reading_feeds.find_key(anne.id)
    assert key is not None
    secret = reading_feeds.secrets_of(key)[0]
    assert reading_feeds.get_subscriber(anne.id, secret).id == anne.id
    with pytest.raises(NotFound):
        reading_feeds.get_subscriber(bjarne.id, secret)
    feeds.open_feeds(anne)
    with pytest.raises(NotFound):
        reading_feeds.get_subscriber(anne.id, secret)


def test_a_closed_address_stays_closed_when_new_ones_are_made(anne: Person) -> None:
    feeds.open_feeds(anne)
    old = reading_feeds.secrets_of(db.session.get_one(FeedKey, anne.id))[0]
    feeds.close_feeds(anne)
    with pytest.raises(NotFound):
        reading_feeds.get_subscriber(anne.id, old)
    feeds.open_feeds(anne)
    with pytest.raises(NotFound):
        reading_feeds.get_subscriber(anne.id, old)


def test_no_secret_lies_in_the_database(anne: Person) -> None:
    feeds.open_feeds(anne)
    key = db.session.get_one(FeedKey, anne.id)
    secret = reading_feeds.secrets_of(key)[0]
    assert len(secret) == 64
    assert key.salt not in secret
    assert secret not in str(db.session.execute(select(FeedKey.__table__)).all())


def test_the_feeds_of_somebody_who_has_left_are_closed(anne: Person) -> None:
    feeds.open_feeds(anne)
    secret = reading_feeds.secrets_of(db.session.get_one(FeedKey, anne.id))[0]
    anne.deactivate()
    db.session.flush()
    with pytest.raises(NotFound):
        reading_feeds.get_subscriber(anne.id, secret)


@pytest.mark.parametrize("person_id", [0, 987_654])
def test_nobody_without_a_key_is_guessed_into(session: object, person_id: int) -> None:
    for secret in ("a" * 64, reading_feeds.secrets_of(FeedKey(person_id=0, salt=""))[0]):
        with pytest.raises(NotFound):
            reading_feeds.get_subscriber(person_id, secret)
