"""What is forgotten by night, and when somebody leaves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.checkins.jobs import forgetting
from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.queries import confidences
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.core import jobs, settings
from portal.core.db import transaction
from portal.core.errors import NotFound
from portal.core.jobs import Job
from tests.client import AuditingClient
from tests.factories.checkins import make_checkin

START = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def test_what_is_shared_is_gone_after_30_days_and_ones_own_stays(
    session: Session, anne: Person, bjarne: Person, at: Callable[[datetime], None]
) -> None:
    at(START)
    own, shared = make_checkin(anne), make_checkin(anne, reader=bjarne)
    at(START + timedelta(days=30) - timedelta(seconds=1))
    with transaction():
        forgetting.expire()
    assert set(session.scalars(select(CheckIn.id))) == {own.id, shared.id}
    at(START + timedelta(days=30))
    with transaction():
        forgetting.expire()
    assert session.scalars(select(CheckIn.id)).all() == [own.id]
    assert session.scalars(select(Notice)).all() == []


def test_the_sweep_comes_every_hour(session: Session, at: Callable[[datetime], None]) -> None:
    at(START)
    with transaction():
        jobs.ensure_schedules()
    [planned] = session.scalars(select(Job.next_at).where(Job.name == "checkins.expire"))
    assert planned <= START + timedelta(hours=1)


def test_what_has_run_out_is_gone_at_once_also_before_the_sweep(
    anne: Person, bjarne: Person, at: Callable[[datetime], None]
) -> None:
    at(START)
    shared = make_checkin(anne, reader=bjarne)
    at(START + timedelta(days=30))
    for person in (anne, bjarne):
        with pytest.raises(NotFound):
            confidences.opened(person, shared.id)
        assert confidences.mine(person).items == confidences.shared_with(person).items == []


@pytest.fixture
def one_day() -> Iterator[None]:
    """Let what is shared be read for a day."""
    before = settings.current_settings()
    settings.use(dataclasses.replace(before, shared_days=1))
    yield
    settings.use(before)


@pytest.mark.usefixtures("one_day")
def test_a_house_that_keeps_it_a_day_says_so_and_does_so(
    session: Session,
    anne: Person,
    bjarne: Person,
    at: Callable[[datetime], None],
    browse: Callable[[Person], AuditingClient],
) -> None:
    at(START)
    writer, reader = browse(anne), browse(bjarne)
    assert writer.get("/pusterom").text.count("The two of you, for one day") == 2
    assert "it stands here for one day." in reader.get("/pusterom/delt").text
    shared = make_checkin(anne, reader=bjarne)
    for client in (writer, reader):
        page = client.get(f"/pusterom/innsjekk/{shared.id}").text
        assert "27 Nov" in page
        assert "30 days" not in page
    assert "until the day that stands on each" in writer.get("/meg/opplysningar").text
    at(START + timedelta(days=1))
    with transaction():
        forgetting.expire()
    assert session.scalars(select(CheckIn.id)).all() == []
