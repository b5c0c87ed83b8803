"""Whatever is told, chosen and read, and whenever: no mail in quiet time, none about what was read, and none lost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import ports, service
from portal.blueprints.notifications.models import Mail, MailState, Notice
from portal.blueprints.notifications.ports import Delivery
from portal.blueprints.notifications.queries import choices as found
from portal.blueprints.notifications.queries import mails
from portal.blueprints.notifications.rules import Span
from portal.blueprints.notifications.service import choices, planning, reading
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.db import db, transaction
from portal.core.errors import Invalid
from portal.core.jobs import Job, State
from tests.factories.people import make_person
from tests.notifications.conftest import Mailbox, work

At = Callable[[datetime], None]
STARTS = [
    datetime(2026, 3, 27, 9, tzinfo=UTC),
    datetime(2026, 10, 23, 9, tzinfo=UTC),
]  # Fridays before the clock changes
hours = st.integers(0, 23).map(time)
spans = st.builds(
    Span,
    starts=hours,
    ends=hours,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    ends_on=st.none() | st.integers(0, 6),
)
steps = st.one_of(
    st.tuples(st.just("tell"), st.sampled_from(["tests.answered", "tests.asked"]), st.integers(1, 3)),
    st.tuples(st.just("choose"), st.sampled_from(list(Delivery))),
    st.tuples(st.just("choose_kind"), st.sampled_from([*Delivery, None])),
    st.tuples(st.just("quiet"), spans),
    st.tuples(st.just("rest"), st.integers(1, 80)),
    st.tuples(st.just("wake")),
    st.tuples(st.just("read")),
    st.tuples(st.just("wait"), st.integers(1, 40 * 60)),
)


class Run:
    """One person's days, step by step, with a worker that is there whenever something is due."""

    def __init__(self, person: Person, at: At, start: datetime) -> None:
        self.person, self.at = person, at
        self.sent = 0
        at(start)

    def do(self, step: tuple[Any, ...]) -> None:
        """Do one thing, and let the worker work."""
        match step:
            case ("wait", minutes):
                self.wait(clock.now() + timedelta(minutes=minutes))
            case ("read",):
                reading.mark_all_read(self.person)
            case ("tell", kind, page):
                values = {"person_id": page}
                service.tell(self.person.id, kind=kind, params={"title": "x"}, endpoint="people.person", values=values)
            case _:
                self.choose(step)
        self.work()

    def choose(self, step: tuple[Any, ...]) -> None:
        """Choose when mail comes."""
        match step:
            case ("choose", delivery):
                choices.choose(self.person, group="tests", delivery=delivery)
            case ("choose_kind", delivery):
                choices.choose_kind(self.person, kind="tests.asked", delivery=delivery)
            case ("quiet", span):
                with contextlib.suppress(Invalid):
                    choices.add_quiet_hours(self.person, span)
            case ("rest", wait):
                choices.be_quiet_until(self.person, clock.now() + timedelta(hours=wait))
            case ("wake",):
                choices.end_quiet(self.person)

    def work(self) -> None:
        """Do what is due now; no mail may leave in quiet time."""
        planning.send_out()
        work()
        sent = db.session.scalar(
            select(func.count()).where(Mail.person_id == self.person.id, Mail.state == MailState.SENT)
        )
        if sent != self.sent:
            assert found.quiet_ends(self.person.id) is None
        self.sent = sent or 0

    def next_due(self) -> datetime | None:
        """Give when something is due next."""
        jobs_due = db.session.scalar(select(func.min(Job.next_at)).where(Job.state == State.WAITING))
        mails_due = db.session.scalar(select(func.min(Notice.mail_at)))
        return min((moment for moment in (jobs_due, mails_due) if moment), default=None)

    def wait(self, until: datetime) -> None:
        """Let time pass."""
        while (due := self.next_due()) and clock.now() < due <= until:
            self.at(due)
            self.work()
        self.at(until)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(start=st.sampled_from(STARTS), days=st.lists(steps, min_size=3, max_size=14))
def test_no_mail_comes_in_quiet_time_and_none_is_lost(
    session: Session, kinds: ports.KnownKinds, mailbox: Mailbox, at: At, start: datetime, days: list[tuple[Any, ...]]
) -> None:
    with transaction():
        for table in (Job, Notice, Mail):
            session.execute(delete(table))
        person = make_person("Kari Nordmann")
    run = Run(person, at, start)
    for step in days:
        run.do(step)
    # A week's bundle, the longest rest of these steps, and a week that is quiet but for an hour: then nothing waits.
    run.wait(clock.now() + timedelta(days=25))
    assert mails.pending(person.id) == []
    assert run.next_due() is None
