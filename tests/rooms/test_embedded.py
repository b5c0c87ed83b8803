"""The embedded calendar under pressure: threads of its own on a database of its own."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import Session

from portal import create_app
from portal.blueprints.rooms.adapters.embedded import EmbeddedCalendar
from portal.blueprints.rooms.models import EmbeddedMeeting
from portal.blueprints.rooms.ports import Answer, Wish
from portal.config import Settings
from portal.core import settings as core_settings
from portal.core.db import db, transaction
from tests.conftest import migrate

DAY = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


def wish(*, start: int = 0, length: int = 24, room: str = "rom@example.org") -> Wish:
    starts_at = DAY + timedelta(minutes=5 * start)
    return Wish(
        key=str(uuid4()),
        uid=f"portal-{uuid4()}@tunet",
        room_address=room,
        room_name="Fjell",
        title="Pressure",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=5 * length),
    )


@pytest.mark.parametrize("attempts", [40])
def test_of_forty_at_once_exactly_one_gets_the_room(tmp_path: Path, app: object, attempts: int) -> None:
    before = core_settings.current_settings()
    own = create_app(Settings(folder=tmp_path, database=f"sqlite:///{tmp_path / 'own.sqlite'}", testing=True))
    migrate(own)
    start = threading.Barrier(8)

    def run(count: int) -> None:
        with own.app_context():
            start.wait()
            for _ in range(count):
                EmbeddedCalendar().book(wish())

    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(run, [attempts // 8] * 8))
        engine = create_engine(f"sqlite:///{tmp_path / 'own.sqlite'}")
        with Session(engine) as session:
            answers = list(session.scalars(select(EmbeddedMeeting.answer)))
        engine.dispose()
    finally:
        with own.app_context():
            db.engine.dispose()
        core_settings.use(before)
    assert len(answers) == attempts
    assert answers.count(Answer.ACCEPTED) == 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 24), st.booleans()), min_size=2, max_size=8))
def test_no_two_accepted_meetings_ever_overlap(app: object, plans: list[tuple[int, int, bool]]) -> None:
    room = f"{uuid4()}@example.org"
    calendar = EmbeddedCalendar()
    with app.app_context():  # type: ignore[attr-defined]
        for start, length, is_cancelled in plans:
            made = calendar.book(wish(start=start, length=length, room=room))
            if is_cancelled:
                calendar.cancel(made)
        with transaction():
            rows = db.session.scalars(select(EmbeddedMeeting).where(EmbeddedMeeting.room_address == room)).all()
            accepted = sorted((row.starts_at, row.ends_at) for row in rows if row.answer == Answer.ACCEPTED)
            for row in rows:
                db.session.delete(row)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(accepted))
    free = [(s, s + n) for s, n, is_cancelled in plans if not is_cancelled]
    assert bool(accepted) == bool(free), "the first of the uncancelled ones always fits"


def test_a_no_leaves_no_complaint_in_the_log(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    calendar = EmbeddedCalendar()
    assert calendar.book(wish()).answer is Answer.ACCEPTED
    assert calendar.book(wish(start=3)).answer is Answer.DECLINED
    assert [line.getMessage() for line in caplog.records if line.levelno >= logging.WARNING] == []


def test_a_room_is_taken_in_one_statement_however_long(session: Session) -> None:
    asked: list[str] = []

    def note(
        _connection: object, _cursor: object, statement: str, _values: object, _context: object, many: bool
    ) -> None:
        asked.append(f"{statement.split('(')[0].strip()}{' many' if many else ''}")

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        EmbeddedCalendar().book(wish(length=144))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert [each for each in asked if "embedded_slot" in each] == ["INSERT INTO embedded_slot"]
