from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from portal.core import jobs
from portal.core.audit import AuditEntry
from portal.core.db import Base, UTCDateTime, after_commit, db, engine_options, expect_writes, is_sqlite, transaction
from tests.factories.people import make_person

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)


def entry(**values: object) -> AuditEntry:
    return AuditEntry(**{"act": "act", "ids": {}, **values})


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def store(moment: datetime) -> datetime:
    with transaction():
        row = entry(created_at=moment)
        db.session.add(row)
    db.session.expire_all()
    return row.created_at


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        store(datetime(2026, 11, 26, 11, 0))  # noqa: DTZ001
    assert count() == 0


def test_a_moment_without_a_zone_cannot_be_asked_for_either(session: Session) -> None:
    naive = datetime(2026, 11, 26, 11, 0)  # noqa: DTZ001
    with pytest.raises(StatementError, match="without a time zone"):
        db.session.scalars(select(AuditEntry).where(AuditEntry.created_at < naive)).all()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moment=st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001
    offset=st.integers(-14 * 60, 14 * 60),
)
def test_a_moment_of_any_zone_comes_back_the_same_in_utc(session: Session, moment: datetime, offset: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    kept = store(aware)
    assert kept == aware
    assert kept.tzinfo is UTC


def test_moments_of_different_zones_are_compared_as_moments(session: Session) -> None:
    store(NOON.astimezone(timezone(timedelta(hours=9))))
    later = AuditEntry.created_at < (NOON + timedelta(minutes=1)).astimezone(timezone(timedelta(hours=-9)))
    assert db.session.scalar(select(func.count()).where(later)) == 1


def test_every_moment_in_the_models_is_one_that_refuses_naive_values() -> None:
    plain = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.type.python_type is datetime and not isinstance(column.type, UTCDateTime)
    ]
    assert not plain
    assert any(column.type.python_type is datetime for column in Base.metadata.tables["job"].columns)
    assert date  # days are plain dates: the wall calendar has no zone


def test_a_transaction_that_raises_leaves_nothing_and_calls_nobody(session: Session) -> None:
    called: list[str] = []

    def fail() -> None:
        with transaction():
            db.session.add(entry())
            db.session.flush()
            after_commit(lambda: called.append("never"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with transaction():
        pass
    assert (count(), called) == (0, [])


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_being_stopped_undoes_as_well(session: Session, stop: type[BaseException]) -> None:
    def fail() -> None:
        with transaction():
            db.session.add(entry())
            raise stop

    with pytest.raises(stop):
        fail()
    assert count() == 0


def test_a_commit_that_fails_calls_nobody(session: Session) -> None:
    called: list[str] = []

    def fail() -> None:
        with transaction():
            after_commit(lambda: called.append("never"))
            first = make_person("Anne")
            db.session.add(jobs.Job(name="x", args={}, key="same"))
            db.session.add(jobs.Job(name="x", args={}, key="same"))
            assert first.id

    with pytest.raises(IntegrityError):
        fail()
    with transaction():
        pass
    assert called == []


def test_what_waits_for_the_commit_is_called_after_it_in_order_and_once(session: Session) -> None:
    called: list[tuple[str, int]] = []
    with transaction():
        db.session.add(entry())
        after_commit(lambda: called.append(("first", count())))
        after_commit(lambda: called.append(("second", count())))
        assert called == []
    assert called == [("first", 1), ("second", 1)]
    with transaction():
        pass
    assert len(called) == 2


def test_one_who_fails_after_the_commit_does_not_keep_the_others_from_hearing(session: Session) -> None:
    called: list[str] = []

    def deaf() -> None:
        raise ZeroDivisionError

    def tell() -> None:
        with transaction():
            after_commit(deaf)
            after_commit(lambda: called.append("heard"))

    with pytest.raises(ZeroDivisionError):
        tell()
    assert called == ["heard"]


@pytest.fixture
def real(own_app: Flask) -> Iterator[Flask]:
    with own_app.app_context():
        yield own_app


def test_the_bounds_of_the_engine_hold_on_a_real_connection(real: Flask) -> None:
    if is_sqlite():
        answers = {name: db.session.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "journal_mode")}
        assert answers == {"foreign_keys": 1, "journal_mode": "wal"}
        assert db.session.scalar(text("PRAGMA busy_timeout")) == 15000
    else:
        assert db.session.scalar(text("SHOW statement_timeout")) == "15s"
        assert db.session.scalar(text("SHOW lock_timeout")) == "10s"
        assert db.session.scalar(text("SHOW timezone")) == "UTC"


def test_a_request_that_means_to_write_takes_its_lock_at_once(real: Flask) -> None:
    if not is_sqlite():
        pytest.skip("PostgreSQL locks rows")
    from concurrent.futures import ThreadPoolExecutor

    def write_elsewhere() -> str:
        with real.app_context(), db.engine.connect() as other:
            other.connection.dbapi_connection.execute("PRAGMA busy_timeout=1")  # type: ignore[union-attr, attr-defined]
            expect_writes()
            try:
                other.execute(select(1))
            except Exception as error:
                return str(error)
            return "got in"

    with transaction() as session:
        session.execute(select(1))
        with ThreadPoolExecutor(1) as pool:
            assert "database is locked" in pool.submit(write_elsewhere).result()


def test_foreign_keys_are_kept_by_both_engines(session: Session) -> None:
    from portal.blueprints.people.models import OneTimeLink

    db.session.add(OneTimeLink(person_id=2**30, digest="x", expires_at=NOON))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_lower_case_knows_norwegian_letters_on_both_engines(session: Session) -> None:
    assert db.session.scalar(select(func.lower("ØYVIND ÅSEN ÆRLIG"))) == "øyvind åsen ærlig"


def test_the_names_of_constraints_follow_the_convention(session: Session) -> None:
    uniques = {one["name"] for one in inspect(db.session.connection()).get_unique_constraints("person")}
    assert {"uq_person_username", "uq_person_email"} <= uniques


def test_the_engines_are_bounded() -> None:
    options = engine_options("postgresql+psycopg://x")
    assert "statement_timeout=15000" in options["connect_args"]["options"]
    assert options["pool_pre_ping"] is True
    assert engine_options("sqlite:///x") == {"connect_args": {"timeout": 15}}
