from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import paging
from portal.core.audit import AuditEntry
from portal.core.db import db, transaction
from portal.core.paging import Page, keyset

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
few = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Read = Callable[[str | None], Page[AuditEntry]]


@pytest.fixture
def rows(session: Session) -> list[int]:
    """Make nine rows, several of the same moment."""
    with transaction():
        made = [AuditEntry(act=f"act {n}", ids={}, created_at=NOON + timedelta(minutes=n // 3)) for n in range(9)]
        db.session.add_all(made)
    return [row.id for row in made]


def by_moment(cursor: str | None, *, size: int = 2, newest_first: bool = True) -> Page[AuditEntry]:
    columns = (AuditEntry.created_at, AuditEntry.id)
    return keyset(select(AuditEntry), *columns, cursor=cursor, size=size, newest_first=newest_first)


def by_word(cursor: str | None) -> Page[AuditEntry]:
    return keyset(select(AuditEntry), AuditEntry.act, AuditEntry.id, cursor=cursor, size=2)


@few
@given(size=st.integers(1, 10), newest_first=st.booleans())
def test_pages_meet_without_a_gap_or_a_row_twice(rows: list[int], size: int, newest_first: bool) -> None:
    seen: list[int] = []
    cursor = None
    for _ in range(len(rows)):
        page = by_moment(cursor, size=size, newest_first=newest_first)
        assert len(page.items) <= size
        seen += [row.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(rows, reverse=newest_first)


def test_rows_that_come_in_meanwhile_move_nothing(rows: list[int]) -> None:
    first = by_moment(None)
    with transaction():
        db.session.add(AuditEntry(act="new", ids={}, created_at=NOON + timedelta(hours=1)))
    second = by_moment(first.next_cursor)
    assert [row.id for row in (*first.items, *second.items)] == sorted(rows, reverse=True)[:4]


def test_a_page_that_is_just_full_is_the_last(rows: list[int]) -> None:
    assert by_moment(None, size=9).next_cursor is None


def cursor_of(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@few
@given(cursor=st.text(max_size=400))
def test_any_text_can_stand_where_a_cursor_should(rows: list[int], cursor: str) -> None:
    assert by_moment(cursor).items


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str)
shapes = scalars | st.fixed_dictionaries({"t": scalars}) | st.lists(scalars, max_size=2)


@few
@given(values=st.lists(shapes, max_size=3) | shapes)
def test_whatever_somebody_puts_into_a_cursor_is_at_most_another_place(rows: list[int], values: Any) -> None:
    for read in (by_moment, by_word):
        assert isinstance(read(cursor_of(values)), Page)
        db.session.expire_all()


@pytest.mark.parametrize(
    "values",
    [
        [1, 2],
        ["2026-11-26", 2],
        [{"t": "2026-11-26T11:00:00"}, 2],
        [{"t": "0001-01-01T00:00:00+14:00"}, 2],
        [{"t": "9999-12-31T23:59:59-12:00"}, 2],
        [{"t": NOON.isoformat()}, "x"],
        [{"t": NOON.isoformat()}, 2**63],
        [{"t": NOON.isoformat()}, 2**31],
        [{"t": NOON.isoformat()}, -(10**30)],
        [{"t": NOON.isoformat()}, True],
        [{"t": NOON.isoformat()}],
        [[[[]]]],
        {"t": 1},
        None,
    ],
)
def test_what_is_no_place_gives_the_first_page(rows: list[int], values: Any) -> None:
    assert [row.id for row in by_moment(cursor_of(values)).items] == sorted(rows, reverse=True)[:2]


@pytest.mark.parametrize("values", [["a\0b", 2], ["\ud800", 2], [5, 2], [{"t": NOON.isoformat()}, 2]])
def test_a_word_that_no_database_takes_gives_the_first_page(rows: list[int], values: Any) -> None:
    assert [row.id for row in by_word(cursor_of(values)).items] == sorted(rows, reverse=True)[:2]


def test_a_cursor_holds_moments_numbers_and_words(rows: list[int]) -> None:
    values = [NOON, 7, "Øyvind"]
    assert paging.read_cursor(paging.write_cursor(values), 3) == values
