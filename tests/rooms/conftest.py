"""What the tests of rooms stand on: the test Exchange server, and a worker whose clock we hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.rooms import facts, queries, service
from portal.blueprints.rooms.adapters import choice
from portal.blueprints.rooms.models import Booking, BookingState, Room
from portal.blueprints.rooms.service import line
from portal.config import Settings
from portal.core import jobs, settings
from portal.core.db import db, transaction
from portal.core.facts import on
from tests.exchange_server.client import Remote
from tests.exchange_server.server import ExchangeServer
from tests.factories.rooms import make_room
from tests.graph_server.client import GraphRemote
from tests.graph_server.server import GraphServer

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FACTS = (
    facts.BookingConfirmed,
    facts.BookingDeclined,
    facts.BookingMovedBack,
    facts.BookingMovedOutside,
    facts.BookingReleased,
    facts.BookingUnanswered,
    facts.BookingVanished,
)
_told: list[object] = []
for _kind in FACTS:
    on(_kind)(_told.append)


@pytest.fixture
def told() -> list[object]:
    """Give every fact about bookings that is told during the test."""
    _told.clear()
    return _told


@pytest.fixture(scope="session")
def exchange_server() -> Iterator[ExchangeServer]:
    """Give the test Exchange server, in a thread."""
    with ExchangeServer() as server:
        yield server


@pytest.fixture
def remote(exchange_server: ExchangeServer) -> Remote:
    """Give the remote control of a fresh test Exchange server."""
    remote = Remote(exchange_server.base)
    remote.reset()
    return remote


@pytest.fixture
def exchange_settings(exchange_server: ExchangeServer, settings: Settings) -> Settings:
    """Give settings that name the test Exchange server."""
    return dataclasses.replace(
        settings,
        calendar="exchange",
        ews_url=exchange_server.url,
        ews_user=exchange_server.user,
        ews_password=exchange_server.password,
        ews_mailbox=exchange_server.mailbox,
    )


@pytest.fixture
def on_exchange(remote: Remote, exchange_settings: Settings, app: object) -> Iterator[Remote]:
    """Keep rooms in the test Exchange server for the length of a test."""
    before = settings.current_settings()
    settings.use(exchange_settings)
    choice.forget()
    yield remote
    choice.forget()
    settings.use(before)


@pytest.fixture(scope="session")
def graph_server() -> Iterator[GraphServer]:
    """Give the test Graph server, in a thread."""
    with GraphServer() as server:
        yield server


@pytest.fixture
def graph_remote(graph_server: GraphServer) -> GraphRemote:
    """Give the remote control of a fresh test Graph server."""
    remote = GraphRemote(graph_server.base)
    remote.reset()
    return remote


@pytest.fixture
def graph_settings(graph_server: GraphServer, settings: Settings) -> Settings:
    """Give settings that name the test Graph server."""
    return dataclasses.replace(
        settings,
        calendar="graph",
        graph_tenant=graph_server.tenant,
        graph_client=graph_server.client,
        graph_secret=graph_server.secret,
        graph_mailbox=graph_server.mailbox,
        graph_url=graph_server.base,
        graph_authority=graph_server.base,
    )


@pytest.fixture
def on_graph(graph_remote: GraphRemote, graph_settings: Settings, app: object) -> Iterator[GraphRemote]:
    """Keep rooms in the test Graph server for the length of a test."""
    before = settings.current_settings()
    settings.use(graph_settings)
    choice.forget()
    yield graph_remote
    choice.forget()
    settings.use(before)


class Worker:
    """Runs jobs as a worker would, but jumps over the waiting."""

    def __init__(self, freeze: Callable[[datetime], None]) -> None:
        self._freeze = freeze
        self.moment = START
        self.remote: Remote | None = None
        freeze(START)

    def work(self, span: timedelta = timedelta(minutes=2)) -> None:
        """Run everything that comes due within a span of time."""
        end = self.moment + span
        while True:
            while jobs.run_due():
                pass
            due_at = db.session.scalar(select(func.min(jobs.Job.next_at)).where(jobs.Job.state == jobs.State.WAITING))
            db.session.rollback()
            if due_at is None or due_at > end:
                break
            self.jump_to(due_at)
        self.jump_to(end)

    def jump_to(self, moment: datetime) -> None:
        """Move the clocks of the portal and of Exchange."""
        if self.remote is not None and moment > self.moment:
            self.remote.advance((moment - self.moment).total_seconds())
        self.moment = max(self.moment, moment)
        self._freeze(self.moment)

    def sweep(self) -> None:
        """Take stock, as the worker does every two minutes."""
        with transaction():
            jobs.enqueue("rooms.reconcile", key="rooms.reconcile")
        self.work()

    def failures(self) -> list[str]:
        """Give what jobs have stumbled over."""
        return [job.failure for job in db.session.scalars(select(jobs.Job)) if job.failure]


@pytest.fixture
def worker(session: Session, at: Callable[[datetime], None]) -> Worker:
    """Give a worker on the embedded calendar."""
    return Worker(at)


@pytest.fixture
def exchange_worker(worker: Worker, on_exchange: Remote) -> Worker:
    """Give a worker on the test Exchange server, whose sign-in has been tried."""
    worker.remote = on_exchange
    with transaction():
        line.note_answer()
    return worker


@pytest.fixture
def graph_worker(worker: Worker, on_graph: GraphRemote) -> Worker:
    """Give a worker on the test Graph server, with one room."""
    worker.remote = on_graph
    on_graph.room(FJELL, name="Fjell")
    make_room("Fjell", address=FJELL, seats=8)
    return worker


def night(day: int = 26, hour: int = 16, *, hours: int = 3) -> dict[str, datetime]:
    """Give the interval of an evening in November 2026."""
    starts_at = datetime(2026, 11, day, hour, 0, tzinfo=UTC)
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours)}


FJELL, FJORD = "rom-fjell@example.org", "rom-fjord@example.org"


@pytest.fixture
def fjell(exchange_worker: Worker, on_exchange: Remote) -> Room:
    on_exchange.room(FJELL, name="Fjell")
    return make_room("Fjell", address=FJELL, seats=8)


@pytest.fixture
def fjord(fjell: Room, on_exchange: Remote) -> Room:
    on_exchange.room(FJORD, name="Fjord")
    return make_room("Fjord", address=FJORD, seats=12)


def book(purpose: str = "evening:12", **values: object) -> Booking:
    with transaction():
        return service.book(purpose=purpose, title="Brettspel", seats=6, **{**night(), **values})


def release(purpose: str = "evening:12") -> None:
    with transaction():
        service.release(purpose)


def state_of(purpose: str = "evening:12") -> BookingState:
    db.session.expire_all()
    booking = queries.booking_of(purpose)
    assert booking is not None
    return BookingState(booking.state)


def kinds(booking: Booking) -> list[str]:
    db.session.expire_all()
    return [str(step.kind) for step in booking.steps]
