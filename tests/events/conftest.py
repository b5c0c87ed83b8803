"""What the tests of evenings stand on: a quiet Monday morning, and a folder that mail goes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from icalendar import Calendar, Event
from sqlalchemy import select

from portal.blueprints.notifications.models import Mail
from portal.blueprints.people.models import Person
from portal.core import settings as core_settings
from portal.core.db import db
from tests.factories.events import MONDAY


@pytest.fixture(autouse=True)
def monday(at: Callable[[datetime], None]) -> None:
    """Stop the clock on Monday 23 November 2026 at ten in Bergen."""
    at(MONDAY)


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A mail with a calendar in it, as its receiver's program reads it."""

    kind: str
    message: EmailMessage

    @property
    def calendar(self) -> Calendar:
        """Give the calendar; the part with a method and the attached file must be the same."""
        (inline,) = (part for part in self.message.walk() if part.get_content_type() == "text/calendar")
        (attached,) = self.message.iter_attachments()
        assert inline.get_payload(decode=True) == attached.get_payload(decode=True)
        calendar = Calendar.from_ical(cast(bytes, attached.get_payload(decode=True)))
        assert inline.get_param("method") == calendar["METHOD"]
        return cast(Calendar, calendar)

    @property
    def event(self) -> Event:
        """Give its only event."""
        (event,) = self.calendar.events
        return event

    @property
    def text(self) -> str:
        """Give the plain text."""
        part = self.message.get_body(("plain",))
        assert part
        return str(part.get_content())


Sent = Callable[[Person], list[Invitation]]


@pytest.fixture
def invitations(app: Flask, tmp_path: Path) -> Iterator[Sent]:
    """Give the mails with a calendar that a person has been sent, in order."""
    before = core_settings.current_settings()
    core_settings.use(replace(before, mail=f"folder:{tmp_path / 'mail'}"))

    def sent(person: Person) -> list[Invitation]:
        files = (message_from_bytes(path.read_bytes(), policy=SMTP) for path in (tmp_path / "mail").glob("*.eml"))
        by_id = {message["Message-ID"]: cast(EmailMessage, message) for message in files}
        rows = db.session.scalars(select(Mail).where(Mail.person_id == person.id).order_by(Mail.id))
        found = [Invitation(kind=row.kind, message=by_id[row.message_id]) for row in rows if row.message_id in by_id]
        return [mail for mail in found if mail.message.get_content_type() == "multipart/mixed"]

    yield sent
    core_settings.use(before)
