"""Mails over real SMTP with every fault in the script: nothing lost, a repeat recognised, a refusal seen."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import service
from portal.blueprints.notifications.channels import mail as mail_channel
from portal.blueprints.notifications.models import MailState
from portal.blueprints.notifications.queries import mails as found_mails
from portal.blueprints.notifications.service import mails, upkeep
from portal.blueprints.people.models import Person
from portal.config import Settings
from portal.core import jobs
from portal.core import settings as core_settings
from portal.core.jobs import Job
from tests.mail_server.server import Fault, MailServer
from tests.notifications.conftest import NOON, make_letter, the_mail, work, work_until_later

Tell = Callable[..., None]

At = Callable[[datetime], None]


def the_job(session: Session) -> Job:
    session.expire_all()
    return session.scalars(select(Job).where(Job.name == "notifications.post")).one()


def test_a_mail_is_sent_once_and_forgets_what_it_said(
    session: Session, mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, noon: At
) -> None:
    tell(anne, by=bjarne)
    work_until_later(noon, times=2)
    assert [letter.recipients for letter in mail_server.received] == [(anne.email,)]
    mail = the_mail(session)
    assert (mail.state, mail.sent_at, mail.params) == (MailState.SENT, NOON, {})
    assert mail_server.received[0].message_id == mail.message_id


@pytest.mark.parametrize(
    "fault",
    [
        Fault.HANG_UP,
        Fault.BUSY,
        Fault.GONE,
        Fault.SENDER_REFUSED,
        Fault.RELAY_DENIED,
        Fault.GREYLISTED,
        Fault.DISK_FULL,
    ],
)
def test_nothing_is_lost_when_the_server_fails(
    session: Session, mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, noon: At, fault: Fault
) -> None:
    mail_server.fail_with(fault, fault)
    tell(anne, by=bjarne)
    work_until_later(noon, times=1)
    assert mail_server.received == []
    assert the_mail(session).state == MailState.WAITING
    work_until_later(noon, times=2)
    assert len(mail_server.received) == 1
    assert the_mail(session).state == MailState.SENT
    assert mail_server.connections == 3


def test_a_server_that_is_not_there_loses_nothing(
    session: Session,
    mail_setting: Callable[[str], Settings],
    tell: Tell,
    anne: Person,
    bjarne: Person,
    noon: At,
) -> None:
    with MailServer() as server:
        pass
    mail_setting(server.url)  # the port is closed now
    tell(anne, by=bjarne)
    work_until_later(noon, times=3)
    assert the_mail(session).state == MailState.WAITING
    assert the_job(session).needs_a_look
    with MailServer(port=server.port) as server:
        work_until_later(noon)
        assert len(server.received) == 1
    assert the_mail(session).state == MailState.SENT


def test_after_a_lost_answer_the_repeat_is_recognised_by_its_message_id(
    session: Session, mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, noon: At
) -> None:
    mail_server.fail_with(Fault.LOST_ANSWER)
    tell(anne, by=bjarne)
    work_until_later(noon)
    assert len(mail_server.received) == 2
    assert {letter.message_id for letter in mail_server.received} == {the_mail(session).message_id}
    assert the_mail(session).state == MailState.SENT


def test_a_server_that_answers_too_late_is_left_and_the_letter_counts_as_not_sent(mail_server: MailServer) -> None:
    mail_server.delay = 30
    mail_server.fail_with(Fault.SLOW)
    server = mail_channel.read_server(mail_server.url)
    way = mail_channel.Smtp(server=server, sender="tunet@tunet.example", greeting="localhost", seconds=0.5)
    with pytest.raises((smtplib.SMTPServerDisconnected, TimeoutError)):
        way.deliver(make_letter())
    way.deliver(make_letter())
    assert len({letter.message_id for letter in mail_server.received}) == 1
    assert mail_server.connections == 2


@pytest.mark.parametrize(("fault", "code"), [(Fault.NO_SUCH_PERSON, 550), (Fault.CONTENT_REFUSED, 554)])
def test_a_refusal_for_good_is_marked_and_shown_and_not_repeated(
    session: Session,
    mail_server: MailServer,
    tell: Tell,
    anne: Person,
    bjarne: Person,
    carla: Person,
    noon: At,
    fault: Fault,
    code: int,
) -> None:
    mail_server.fail_with(fault)
    tell(anne, by=bjarne)
    work_until_later(noon, times=3)
    assert mail_server.connections == 1
    assert [(mail.person_id, mail.refusal) for mail in found_mails.troubled_mails()] == [(anne.id, code)]
    mails.try_again(carla, the_mail(session).id)
    work()
    assert len(mail_server.received) == 1
    assert the_mail(session).state == MailState.SENT
    assert found_mails.troubled_mails() == []


def test_one_refused_address_does_not_hold_up_the_others(
    mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, didrik: Person, noon: At
) -> None:
    mail_server.fail_with(Fault.NO_SUCH_PERSON)
    tell(anne, by=didrik)
    tell(bjarne, by=didrik)
    work()
    assert [letter.recipients for letter in mail_server.received] == [(bjarne.email,)]


def test_an_address_with_a_line_break_is_refused_before_anybody_is_called(
    session: Session, mail_server: MailServer, tell: Tell, anne: Person, bjarne: Person, noon: At
) -> None:
    anne.email = "anne@tunet.example\r\nBcc: evil@example.org"
    tell(anne, by=bjarne)
    work()
    assert mail_server.connections == 0
    assert the_mail(session).state == MailState.FAILED


def test_a_wrong_sender_in_the_settings_gives_no_letter_up(
    session: Session, mail_setting: Callable[[str], Settings], tell: Tell, anne: Person, bjarne: Person, noon: At
) -> None:
    with MailServer() as server:
        core_settings.use(replace(mail_setting(server.url), mail_from="Tunet"))
        tell(anne, by=bjarne)
        work()
    assert the_mail(session).state == MailState.WAITING


def test_an_invitation_travels_whole_to_the_server(mail_server: MailServer, anne: Person, noon: At) -> None:
    calendar = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n.a line that begins with a dot\r\nEND:VCALENDAR\r\n"
    words = {"lines": [{"words": "Du er med på brettspel", "address": "http://localhost/"}]}
    for _ in range(2):
        service.send_mail(
            person_id=anne.id, kind="notice", params=words, calendar=calendar, calendar_method="REQUEST", key="place-1"
        )
    work()
    (letter,) = mail_server.received
    parts = {part.get_content_type(): part for part in letter.message.walk()}
    assert parts["text/calendar"]["Content-Type"].params["method"] == "REQUEST"
    assert parts["text/calendar"].get_payload(decode=True) == calendar
    assert parts["application/ics"].get_payload(decode=True) == calendar


def test_an_erased_mail_ends_its_job(
    session: Session, mail_server: MailServer, tell: Tell, anne: Person, noon: At
) -> None:
    mail_server.fail_with(Fault.BUSY)
    tell(anne)
    work()
    upkeep.erase(anne.id)
    work_until_later(noon)
    assert the_job(session).state == jobs.State.DONE
    assert mail_server.received == []
