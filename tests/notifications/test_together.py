"""What comes in one mail: after quiet time, of one page, of one hour, of one day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import jobs as notification_jobs
from portal.blueprints.notifications import service
from portal.blueprints.notifications.models import Notice
from portal.blueprints.notifications.ports import Delivery
from portal.blueprints.notifications.queries import inbox
from portal.blueprints.notifications.service import choices, reading
from portal.blueprints.people.models import Person
from portal.core import jobs
from tests.mail_server.server import MailServer
from tests.notifications.conftest import NOON, Mailbox, be_quiet, work

Tell = Callable[..., None]

At = Callable[[datetime], None]


EVENING = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def test_answers_that_come_in_quiet_time_stand_in_one_mail_when_it_ends(
    mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, didrik: Person, at: At
) -> None:
    at(EVENING)
    jobs.ensure_schedules()
    be_quiet(anne, "20:00", "07:00")
    tell(anne, by=bjarne)
    tell(anne, by=didrik)
    work()
    assert mail_server.received == []
    at(EVENING + timedelta(hours=10))
    work()
    assert [str(one.message["Subject"]) for one in mail_server.received] == ["2 new answers to «Skrivaren står»"]


def test_all_that_quiet_time_held_back_comes_in_one_mail(
    mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, at: At
) -> None:
    at(EVENING)
    jobs.ensure_schedules()
    be_quiet(anne, "20:00", "07:00")
    for page in range(12):
        tell(anne, by=bjarne, page=page, title=f"Sak {page}")
    at(EVENING + timedelta(hours=10))
    work()
    assert [str(one.message["Subject"]) for one in mail_server.received] == ["12 pieces of news from the yard"]


def test_an_answer_that_comes_while_the_mail_is_on_its_way_gets_the_next_mail(
    session: Session, mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, noon: At
) -> None:
    tell(anne, by=bjarne)
    steps = notification_jobs.post(anne.id, session.scalars(select(Notice)).one().page)
    assert steps is not None
    call = next(steps)
    call()
    tell(anne, by=bjarne)  # meanwhile: the mail still counts as waiting
    with pytest.raises(StopIteration):
        steps.send(None)
    work()
    assert len(mail_server.received) == 1
    noon(NOON + timedelta(hours=2))
    work()
    subjects = [str(one.message["Subject"]) for one in mail_server.received]
    assert subjects == ["Bjarne Svartveit answered «Skrivaren står»", "2 new answers to «Skrivaren står»"]


def test_two_kinds_about_one_page_are_one_mail_in_one_thread(
    mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, noon: At
) -> None:
    tell(anne, by=bjarne)
    tell(anne, by=bjarne, kind="tests.asked")
    tell(anne, by=bjarne, page=2)
    work()
    bodies = {one.message["References"]: one.message.get_body(("plain",)).get_content() for one in mail_server.received}
    (both,) = [body for body in bodies.values() if "/folk/1" in body]
    assert "answered «Skrivaren står»" in both
    assert "needs to know more about «Skrivaren står»" in both
    first, second = (one.message for one in mail_server.received)
    assert first["References"].endswith(".thread@localhost>")
    assert first["References"] != second["References"]
    assert first["List-Id"] == "<notices.localhost>"


def test_a_lively_thread_mails_at_most_once_an_hour(
    mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, noon: At
) -> None:
    for minutes in range(0, 60, 10):
        noon(NOON + timedelta(minutes=minutes))
        tell(anne, by=bjarne)
        work()
    assert len(mail_server.received) == 1
    noon(NOON + timedelta(minutes=61))
    work()
    assert str(mail_server.received[1].message["Subject"]) == "6 new answers to «Skrivaren står»"
    assert len(mail_server.received) == 2


def test_what_is_read_between_bundling_and_sending_is_left_out(
    mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person, noon: At
) -> None:
    choices.choose(anne, group="tests", delivery=Delivery.DAILY)
    jobs.ensure_schedules()
    for page in (1, 2):
        tell(anne, by=bjarne, page=page, title=f"Sak {page}")
    service.mark_seen(anne, endpoint="people.person", values={"person_id": 1})
    noon(NOON + timedelta(days=1))
    work()
    assert [str(letter["Subject"]) for letter in mailbox()] == ["Bjarne Svartveit answered «Sak 2»"]


def test_the_daily_mail_gathers_what_is_unread_at_half_past_eight(
    mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person, at: At
) -> None:
    at(NOON)
    jobs.ensure_schedules()
    choices.choose(anne, group="tests", delivery=Delivery.DAILY)
    for page in (1, 2, 3):
        tell(anne, by=bjarne, page=page, title=f"Sak {page}")
    read = next(line.id for line in inbox.notices(anne).items if "Sak 2" in line.words)
    at(datetime(2026, 11, 24, 7, 29, tzinfo=UTC))
    work()
    assert mailbox() == []
    at(datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    reading.mark_read(anne, read)
    work()
    work()
    (letter,) = mailbox()
    assert str(letter["Subject"]) == "2 pieces of news from the yard"
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Sak 1" in body.get_content()
    assert "Sak 2" not in body.get_content()
