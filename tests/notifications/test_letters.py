"""Letters: words of the receiver, structure that mail readers know, and nothing that can be smuggled in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from sqlalchemy.orm import Session

from portal.blueprints.notifications.channels import letters, mime
from portal.blueprints.notifications.channels.folder import Folder
from portal.blueprints.notifications.ports import Draft, Letter, Refused
from portal.blueprints.notifications.queries import inbox
from portal.blueprints.people.models import Person
from portal.core.db import transaction
from portal.core.jobs import run_due
from tests.notifications.conftest import Mailbox, make_letter

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
SENDER = "Tunet <tunet@tunet.example>"
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Brettspel på Fløyen\r\nEND:VCALENDAR\r\n".encode()
ODD = [
    "a\r\nBcc: evil@example.org",
    "a\nX-Evil: 1",
    "a\x00b",
    "a\u2028Bcc: b",
    "=?utf-8?q?a=0D=0ABcc:_b?=",
    '"; DROP',
    "å" * 300,
]


def compose(letter: Letter) -> EmailMessage:
    return mime.compose(letter, sender=SENDER, moment=NOON)


def header_names(message: EmailMessage) -> list[str]:
    head = message.as_bytes().split(b"\r\n\r\n", 1)[0].decode("ascii")
    return [line.split(":", 1)[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]


USUAL_HEADERS = header_names(compose(make_letter()))


def test_a_letter_says_who_it_is_from_to_and_that_a_machine_wrote_it() -> None:
    message = compose(make_letter())
    assert str(message["To"]) == "Anne Askeland <anne@tunet.example>"
    assert str(message["From"]) == SENDER
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<letter@tunet.example>"
    assert "List-Unsubscribe" not in message
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_an_invitation_has_its_method_in_the_header_and_a_file_besides() -> None:
    message = compose(make_letter(calendar=CALENDAR, calendar_method="REQUEST"))
    types = [part.get_content_type() for part in message.walk()]
    assert types == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert message["Content-Language"] == make_letter().locale
    calendar, file = [part for part in message.walk() if not part.is_multipart()][2:]
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    assert calendar["Content-Type"].params["charset"].lower() == "utf-8"
    assert calendar.get_payload(decode=True) == CALENDAR
    assert calendar.get_content_disposition() is None
    assert file.get_payload(decode=True) == CALENDAR
    assert file.get_filename() == "invite.ics"


def test_a_letter_is_seven_bits_on_the_wire() -> None:
    letter = make_letter(
        name="Åse Ørnes",
        subject="Blåbær «på» tur",
        text="å" * 2000,
        html="<p>ø</p>",
        calendar=CALENDAR,
        calendar_method="CANCEL",
    )
    raw = compose(letter).as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", ["name", "subject", "text", "html"])
def test_nothing_that_people_wrote_becomes_a_header(field: str, odd: str) -> None:
    message = compose(make_letter(**{field: odd}))
    assert header_names(message) == USUAL_HEADERS
    assert [address.addr_spec for address in message["To"].addresses] == ["anne@tunet.example"]


pieces = st.sampled_from(
    ["\r", "\n", "=?utf-8?q?", "=0D=0A", "?=", "=?utf-8?b?DQpCY2M6IGE=?=", "Bcc: a@b.no", " ", "\x0c", '"']
)
smuggled = st.lists(pieces | st.text(max_size=5), max_size=12).map("".join)


@settings(max_examples=50, deadline=None)
@given(name=smuggled, subject=smuggled)
def test_no_name_and_no_subject_becomes_a_header(name: str, subject: str) -> None:
    message = compose(make_letter(name=name, subject=subject))
    assert header_names(message) == USUAL_HEADERS
    assert [address.addr_spec for address in message["To"].addresses] == ["anne@tunet.example"]


@pytest.mark.parametrize("address", ["a@b.no\r\nBcc: c@d.no", "a@b.no, c@d.no", "", "Anne", "<a@b.no>"])
def test_an_address_that_is_not_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        compose(make_letter(address=address))


def test_a_repeat_overwrites_the_file_and_never_doubles(tmp_path: Path) -> None:
    folder = Folder(path=tmp_path / "mail", sender=SENDER)
    before = os.umask(0)
    for subject in ("first", "again"):
        folder.deliver(make_letter(subject=subject))
    os.umask(before)
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == "letter@tunet.example.eml"
    assert b"Subject: again" in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_a_message_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    Folder(path=tmp_path / "mail", sender=SENDER).deliver(make_letter(message_id="<../../evil@x>"))
    assert [file.name for file in (tmp_path / "mail").iterdir()] == [".._.._evil@x.eml"]


def draft(params: Mapping[str, Any], *, locale: str = "en", template: str = "mail/notice.txt") -> Draft:
    return Draft(
        mail_id=1,
        message_id="<letter@tunet.example>",
        template=template,
        name="Anne Askeland",
        address="anne@tunet.example",
        locale=locale,
        params=params,
    )


def line(words: str = "Bjarne answered «Skrivaren står»") -> inbox.Line:
    return inbox.Line(
        id=1,
        words=words,
        icon="bell",
        actor=None,
        told_at=NOON,
        is_unread=True,
        path="/folk/1",
        address="http://localhost/folk/1",
    )


PLAIN = """Hi, Anne

Bjarne answered «Skrivaren står»

http://localhost/folk/1

Choose what comes by mail, and when it is quiet:
http://localhost/varsel/val
"""


def test_a_notice_as_a_mail_in_english(app: Flask) -> None:
    letter = letters.write(draft({"lines": [line()]}))
    assert letter.subject == "Bjarne answered «Skrivaren står»"
    assert re.sub(r"\n{3,}", "\n\n", letter.text) == PLAIN


@pytest.mark.parametrize("locale", ["nn", "nb", "en"])
@pytest.mark.parametrize("template", ["notice", "digest"])
def test_a_mail_has_the_same_shape_in_every_language(app: Flask, locale: str, template: str) -> None:
    threads = [[line("Ein"), line("To")], [line("Tre")]]
    params = {"lines": threads[0], "threads": threads, "more": 2, "n": 4}
    letter = letters.write(draft(params, locale=locale, template=f"mail/{template}.txt"))
    page = BeautifulSoup(letter.html, "html.parser")
    links = [link["href"] for link in page.find_all("a")]
    assert page.html is not None
    assert page.html["lang"] == locale
    assert page.title is not None
    assert page.title.get_text() == letter.subject
    assert "Anne" in letter.text.splitlines()[0]
    assert "Askeland" not in letter.text
    assert links == re.findall(r"http://localhost\S+", letter.text)
    assert links[0] == "http://localhost/folk/1"
    assert links[-1] == "http://localhost/varsel/val"
    assert letter.locale == locale


def test_what_people_wrote_is_escaped_and_their_addresses_are_not_links(app: Flask) -> None:
    words = "<script>alert(1)</script> https://evil.example/?http://localhost/ http://localhost.evil.example/"
    letter = letters.write(draft({"lines": [line(words)]}))
    page = BeautifulSoup(letter.html, "html.parser")
    assert not page.find_all("script")
    assert {link["href"] for link in page.find_all("a")} == {"http://localhost/folk/1", "http://localhost/varsel/val"}


def test_a_parameter_that_is_missing_stops_the_mail_instead_of_leaving_a_gap(app: Flask) -> None:
    with pytest.raises(UndefinedError):
        letters.write(draft({}))


def test_filters_read_moments_that_lie_as_text_in_the_row(app: Flask) -> None:
    template = letters.environment().from_string(
        "{{ at|day }}, {{ at|time }} {{ ngettext('%(n)s seat', '%(n)s seats', 2) }}"
    )
    assert template.render(at=NOON.isoformat(), locale="en").startswith("Monday 23 November")
    assert "12.00" in template.render(at=NOON.isoformat(), locale="nn")
    assert template.render(at=NOON, locale="en").endswith("12:00 2 seats")


def test_links_in_mails_come_from_the_settings_and_not_from_the_request(
    app: Flask, session: Session, mailbox: Mailbox, tell: Callable[..., None], anne: Person, bjarne: Person
) -> None:
    with app.test_request_context(headers={"Host": "evil.example"}):
        with transaction():
            tell(anne, by=bjarne)
        run_due()
    (message,) = mailbox()
    assert "evil.example" not in message.as_string()
    body = message.get_body(("plain",))
    assert body is not None
    assert "http://localhost/folk/1" in body.get_content()


def test_news_say_which_thread_they_belong_to_and_where_they_are_chosen_away() -> None:
    message = compose(make_letter(root_id="<page.thread@tunet.example>", choices="http://localhost/varsel/val"))
    assert message["In-Reply-To"] == message["References"] == "<page.thread@tunet.example>"
    assert message["List-Id"] == "<notices.tunet.example>"
    assert message["List-Unsubscribe"] == "<http://localhost/varsel/val>"
    assert message["Auto-Submitted"] == "auto-generated"


def test_an_invitation_is_no_list_and_no_thread() -> None:
    message = compose(make_letter())
    assert not {"In-Reply-To", "References", "List-Id", "List-Unsubscribe"} & set(message.keys())
