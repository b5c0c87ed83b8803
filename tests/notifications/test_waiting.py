"""What happens while a mail waits: it is read, another choice is made, somebody leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import service
from portal.blueprints.notifications.models import Mail, MailState
from portal.blueprints.notifications.ports import Delivery
from portal.blueprints.notifications.service import choices, reading
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.core import jobs
from tests.mail_server.server import Fault, MailServer
from tests.notifications.conftest import be_quiet, the_mail, work, work_until_later

Tell = Callable[..., None]

At = Callable[[datetime], None]


EVENING = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def test_what_was_read_in_the_portal_is_not_mailed(
    session: Session, mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, at: At
) -> None:
    at(EVENING)
    be_quiet(anne, "20:00", "07:00")
    tell(anne, by=bjarne)
    reading.mark_all_read(anne)
    at(EVENING + timedelta(hours=11))
    work()
    assert mail_server.connections == 0
    assert session.scalars(select(Mail)).all() == []


def test_what_is_read_after_a_try_that_failed_is_not_mailed(
    session: Session, mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, noon: At
) -> None:
    mail_server.fail_with(Fault.BUSY)
    tell(anne, by=bjarne)
    work()
    reading.mark_all_read(anne)
    work_until_later(noon)
    assert mail_server.received == []
    assert the_mail(session).state == MailState.DROPPED


def test_a_choice_made_while_the_mail_waits_holds(
    session: Session, mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, at: At
) -> None:
    at(EVENING)
    be_quiet(anne, "20:00", "07:00")
    tell(anne, by=bjarne)
    choices.choose(anne, group="tests", delivery=Delivery.DAILY)
    work()
    jobs.ensure_schedules()
    at(EVENING + timedelta(hours=11))
    work()
    assert mail_server.connections == 0
    at(EVENING + timedelta(hours=12))
    work()
    assert len(mail_server.received) == 1


def test_quiet_hours_chosen_while_the_mail_waits_hold(
    mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, at: At
) -> None:
    at(EVENING)
    tell(anne, by=bjarne)
    be_quiet(anne, "20:00", "07:00")
    jobs.ensure_schedules()
    work()
    assert mail_server.connections == 0
    at(EVENING + timedelta(hours=11))
    work()
    assert len(mail_server.received) == 1


def test_nothing_is_sent_to_somebody_who_has_left(
    session: Session, mail_server: MailServer, anne: Person, carla: Person, noon: At
) -> None:
    service.send_mail(person_id=anne.id, kind="notice", params={"lines": []}, key="k")
    people.deactivate(carla, anne)
    work()
    assert mail_server.connections == 0
    assert the_mail(session).state == MailState.DROPPED


def test_a_closed_account_gets_nothing_even_if_nobody_said_so(
    session: Session, mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, noon: At
) -> None:
    tell(anne, by=bjarne)
    anne.is_active = False
    work()
    assert mail_server.connections == 0
    assert session.scalars(select(Mail)).all() == []
