"""How the mail server is met: TLS, passwords, and what the doctor says."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.blueprints.notifications import jobs as notification_jobs
from portal.blueprints.notifications.channels import mail as mail_channel
from portal.blueprints.notifications.models import MailState
from portal.blueprints.people.models import Person
from portal.config import Settings
from tests.mail_server.certificates import make_certificate
from tests.mail_server.server import Fault, MailServer
from tests.notifications.conftest import the_mail, work

Tell = Callable[..., None]

At = Callable[[datetime], None]


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
