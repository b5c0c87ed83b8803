"""Mails over real SMTP with every fault in the script: nothing lost, a repeat recognised, a refusal seen."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import jobs as notification_jobs
from portal.blueprints.notifications import service
from portal.blueprints.notifications.channels import mail as mail_channel
from portal.blueprints.notifications.models import Mail, MailState, Notice
from portal.blueprints.notifications.ports import Delivery
from portal.blueprints.notifications.queries import inbox
from portal.blueprints.notifications.queries import mails as found_mails
from portal.blueprints.notifications.service import choices, mails, reading, upkeep
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.config import Settings
from portal.core import clock, jobs
from portal.core import settings as core_settings
from portal.core.jobs import Job
from tests.mail_server.certificates import make_certificate
from tests.mail_server.server import Fault, MailServer
from tests.notifications.conftest import Mailbox, be_quiet, make_letter, work

Tell = Callable[..., None]
At = Callable[[datetime], None]
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
LONG_ENOUGH = timedelta(minutes=15)  # longer than any back-off


@pytest.fixture
def noon(at: At) -> At:
    at(NOON)
    return at


def work_until_later(at: At, times: int = 1) -> None:
    """Work, wait until every back-off is over, and work again."""
    work()
    for _ in range(times):
        at(clock.now() + LONG_ENOUGH)
        work()


def the_mail(session: Session) -> Mail:
    session.expire_all()
    return session.scalars(select(Mail)).one()


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


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Give a server certificate for 127.0.0.1 that this test trusts."""
    context, authority = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    return context


def test_starttls_and_a_password_are_used_where_the_settings_say_so(
    certificate: ssl.SSLContext, mail_setting: Callable[[str], Settings], tell: Tell, anne: Person, noon: At
) -> None:
    with MailServer(tls=certificate, accounts={"tunet@x": "p@ss/word"}) as server:
        mail_setting(f"smtp://tunet%40x:p%40ss%2Fword@127.0.0.1:{server.port}")
        tell(anne)
        work()
        assert [(one.over_tls, one.signed_in_as) for one in server.received] == [(True, "tunet@x")]


def test_tls_from_the_start_is_spoken_with_smtps(
    certificate: ssl.SSLContext, mail_setting: Callable[[str], Settings], tell: Tell, anne: Person, noon: At
) -> None:
    with MailServer(tls=certificate, speaks_tls_at_once=True) as server:
        mail_setting(f"smtps://127.0.0.1:{server.port}")
        tell(anne)
        work()
        assert [one.over_tls for one in server.received] == [True]


def test_a_password_is_never_said_in_clear(
    session: Session, mail_setting: Callable[[str], Settings], tell: Tell, anne: Person, noon: At
) -> None:
    with MailServer(accounts={"tunet": "secret"}) as server:
        mail_setting(f"smtp://tunet:secret@127.0.0.1:{server.port}")
        tell(anne)
        work()
        assert server.received == []
    assert the_mail(session).state == MailState.WAITING


def test_a_server_with_an_unknown_certificate_gets_nothing(
    session: Session, tmp_path: Path, mail_setting: Callable[[str], Settings], tell: Tell, anne: Person, noon: At
) -> None:
    context, _ = make_certificate(tmp_path)
    with MailServer(tls=context) as server:
        mail_setting(server.url)
        tell(anne)
        work()
        assert server.received == []
    assert the_mail(session).state == MailState.WAITING


def test_a_wrong_password_gives_no_letter_up(
    session: Session,
    certificate: ssl.SSLContext,
    mail_setting: Callable[[str], Settings],
    tell: Tell,
    anne: Person,
    noon: At,
) -> None:
    with MailServer(tls=certificate, accounts={"tunet": "right"}) as server:
        mail_setting(f"smtp://tunet:wrong@127.0.0.1:{server.port}")
        tell(anne)
        work()
    assert the_mail(session).state == MailState.WAITING


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example", 25, mail_channel.Tls.OFFERED),
        ("smtp://mail.example?tls=never", 25, mail_channel.Tls.NEVER),
        ("smtp://mail.example?tls=required", 25, mail_channel.Tls.REQUIRED),
        ("smtp://u:p@mail.example", 587, mail_channel.Tls.REQUIRED),
        ("smtp://u:p@mail.example:25?tls=never", 25, mail_channel.Tls.NEVER),
        ("smtps://u:p@mail.example", 465, mail_channel.Tls.FROM_START),
    ],
)
def test_the_setting_says_how_the_server_is_met(url: str, port: int, tls: mail_channel.Tls) -> None:
    server = mail_channel.read_server(url)
    assert (server.host, server.port, server.tls) == ("mail.example", port, tls)


def test_the_doctor_says_whether_mail_can_leave(mail_server: MailServer) -> None:
    assert notification_jobs.check_mail().is_well
    mail_server.fail_with(Fault.HANG_UP)
    finding = notification_jobs.check_mail()
    assert not finding.is_well
    assert "PORTAL_MAIL" in finding.words
    assert mail_server.received == []
