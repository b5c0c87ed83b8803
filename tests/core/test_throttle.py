from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import throttle
from portal.core.db import db, transaction
from portal.core.errors import TooMany
from portal.core.throttle import Throttle

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
At = Callable[[datetime], None]


def knock(who: str = "anne", *, name: str = "tests.knock", limit: int = 3) -> None:
    with transaction():
        throttle.hit(name, who, limit=limit, per=QUARTER)


def is_refused(who: str = "anne", **values: object) -> bool:
    try:
        knock(who, **values)  # type: ignore[arg-type]
    except TooMany:
        return True
    return False


def test_the_limit_itself_is_allowed_and_the_next_is_not(session: Session, at: At) -> None:
    at(NOON)
    assert [is_refused() for _ in range(5)] == [False, False, False, True, True]


def test_the_window_opens_again_when_it_has_passed(session: Session, at: At) -> None:
    at(NOON)
    assert [is_refused() for _ in range(4)][-1]
    at(NOON + QUARTER - timedelta(microseconds=1))
    assert is_refused()
    at(NOON + QUARTER)
    assert not is_refused()


def test_each_name_and_each_person_has_a_count_of_their_own(session: Session, at: At) -> None:
    at(NOON)
    assert [is_refused() for _ in range(4)][-1]
    assert not is_refused("bjarne")
    assert not is_refused(name="tests.other")


def test_the_refusal_says_how_long_to_wait(session: Session, at: At) -> None:
    at(NOON + timedelta(minutes=5))
    for _ in range(3):
        knock()
    with pytest.raises(TooMany) as refusal:
        knock()
    assert refusal.value.wait == timedelta(minutes=10)


def test_only_a_digest_is_stored(session: Session, at: At) -> None:
    at(NOON)
    knock("anne@tunet.example")
    row = db.session.scalars(select(Throttle)).one()
    assert len(row.key) == 64
    assert set(row.key) <= set("0123456789abcdef")
    assert row.until - NOON <= QUARTER


def test_windows_that_have_passed_are_forgotten(session: Session, at: At) -> None:
    at(NOON)
    knock()
    at(NOON + QUARTER)
    knock("bjarne")
    with transaction():
        throttle.forget_old()
    assert len(db.session.scalars(select(Throttle)).all()) == 2
    at(NOON + QUARTER + timedelta(seconds=1))
    with transaction():
        throttle.forget_old()
    assert len(db.session.scalars(select(Throttle)).all()) == 1


def test_many_at_once_are_counted_one_by_one(own_app: Flask) -> None:
    def knock_once(_number: int) -> bool:
        with own_app.app_context():
            return is_refused(limit=20)

    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(knock_once, range(50)))
    # The clock runs in this test: a window may end in the middle of it, and then a second limit begins.
    assert refused.count(False) in {20, 40}


class TestHere:
    def test_each_name_and_each_person_has_a_count_and_a_new_window_a_new_one(
        self, at: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(throttle, "_seen", {})
        at(datetime(2026, 11, 23, 9, 0, 20, tzinfo=UTC))
        for name, who in (("a", "1"), ("a", "2"), ("b", "1")):
            throttle.hit_here(name, who, limit=1, per=timedelta(minutes=1))
        with pytest.raises(TooMany) as refusal:
            throttle.hit_here("a", "1", limit=1, per=timedelta(minutes=1))
        assert refusal.value.wait == timedelta(seconds=40)
        at(datetime(2026, 11, 23, 9, 1, 0, tzinfo=UTC))
        throttle.hit_here("a", "1", limit=1, per=timedelta(minutes=1))

    def test_memory_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(throttle, "_seen", {})
        for number in range(throttle.MOST_SEEN + 5):
            throttle.hit_here("a", str(number), limit=1, per=timedelta(minutes=1))
        assert len(throttle._seen) <= throttle.MOST_SEEN
