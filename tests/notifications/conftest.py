"""What the tests of notices stand on: a kind of their own, a folder for mail, and a mail server that can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import ports, service
from portal.blueprints.notifications.models import Mail
from portal.blueprints.notifications.ports import Letter
from portal.blueprints.notifications.rules import Span
from portal.blueprints.notifications.service import choices
from portal.blueprints.people.models import Person
from portal.config import Settings
from portal.core import clock, jobs
from portal.core import settings as core_settings
from portal.core.db import transaction
from portal.core.i18n import N_
from tests.mail_server.server import MailServer

At = Callable[[datetime], None]
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
LONG_ENOUGH = timedelta(minutes=15)  # longer than any back-off


def make_letter(**values: Any) -> Letter:
    """Write a letter to Anne, but for what a test wants otherwise."""
    usual: dict[str, Any] = {
        "message_id": "<letter@tunet.example>",
        "name": "Anne Askeland",
        "address": "anne@tunet.example",
        "subject": "Skrivaren står",
        "text": "Hei\n",
        "html": "<p>Hei</p>",
        "locale": "nn",
    }
    return Letter(**{**usual, **values})


def work() -> None:
    """Do everything that is due, as a worker does."""
    with transaction():
        pass
    while jobs.run_due(20) == 20:
        pass


def be_quiet(person: Person, starts: str, ends: str, weekdays: Iterable[int] = range(7)) -> None:
    """Choose quiet hours for somebody."""
    span = Span(starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), weekdays=frozenset(weekdays))
    choices.add_quiet_hours(person, span)


def work_until_later(at: At, times: int = 1) -> None:
    """Work, wait until every back-off is over, and work again."""
    work()
    for _ in range(times):
        at(clock.now() + LONG_ENOUGH)
        work()


def the_mail(session: Session) -> Mail:
    session.expire_all()
    return session.scalars(select(Mail)).one()


Mailbox = Callable[[], list[EmailMessage]]


@pytest.fixture
def kinds(app: Flask) -> Iterator[ports.KnownKinds]:
    """Give some kinds of notices that belong to no slice; what the slices made known is put aside meanwhile."""
    kept = ports.known
    ports.known = ports.KnownKinds()
    service.notice_group("tests", N_("Notices"), mail="at_once")
    service.notice_kind(
        "tests.answered",
        group="tests",
        text="%(who)s answered «%(title)s»",
        several="%(count)s new answers to «%(title)s»",
        icon="messages",
    )
    service.notice_kind(
        "tests.asked",
        group="tests",
        text="%(who)s needs to know more about «%(title)s»",
        several="%(count)s colleagues need to know more about «%(title)s»",
    )
    service.notice_kind("tests.evening", group="tests", text="«%(title)s» is %(when)s", icon="dice")
    yield ports.known
    ports.known = kept


@pytest.fixture
def mail_setting(app: Flask) -> Iterator[Callable[[str], Settings]]:
    """Let a test say where mail goes."""
    before = core_settings.current_settings()

    def choose(url: str) -> Settings:
        return core_settings.use(replace(before, mail=url, mail_from="Tunet <tunet@tunet.example>"))

    yield choose
    core_settings.use(before)


@pytest.fixture
def mailbox(tmp_path: Path, mail_setting: Callable[[str], Settings]) -> Mailbox:
    """Send mail into a folder, and give what lies in it."""
    folder = tmp_path / "mail"
    mail_setting(f"folder:{folder}")

    def letters() -> list[EmailMessage]:
        files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [cast(EmailMessage, message_from_bytes(file.read_bytes(), policy=SMTP)) for file in files]

    return letters


@pytest.fixture
def mail_server(mail_setting: Callable[[str], Settings]) -> Iterator[MailServer]:
    """Send mail to a server that does what its script says."""
    with MailServer() as server:
        mail_setting(server.url)
        yield server


@pytest.fixture
def tell(kinds: ports.KnownKinds) -> Callable[..., None]:
    """Tell somebody of an answer in a few words."""

    def say(
        person: Person,
        *,
        by: Person | None = None,
        title: str = "Skrivaren står",
        page: int = 1,
        kind: str = "tests.answered",
        but_not: Person | None = None,
    ) -> None:
        service.tell(
            person.id,
            kind=kind,
            params={"title": title},
            endpoint="people.person",
            values={"person_id": page},
            actor_id=by.id if by else None,
            but_not=but_not.id if but_not else None,
        )

    return say


@pytest.fixture
def noon(at: At) -> At:
    at(NOON)
    return at
