"""Replies by mail are refused over a real connection: kindly, in the sender's language, and nothing of them is kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import jobs as notification_jobs
from portal.blueprints.notifications.channels import door as doors
from portal.blueprints.notifications.channels import reply
from portal.blueprints.notifications.channels.door import Limits
from portal.blueprints.notifications.models import Mail
from portal.blueprints.notifications.service import choices, replies
from portal.blueprints.people.models import Person
from portal.config import Settings
from portal.core import settings as core_settings
from tests.notifications.conftest import work

PORTAL = "tunet@tunet.example"
INBOX = "http://localhost/varsel/"
Tell = Callable[..., None]
QUICK = Limits(seconds=2, talk_seconds=4, talks=3, commands=5, letter=200_000)


@dataclass
class OpenDoor:
    """A door that is open while a test runs, in a thread of its own."""

    port: int = 0
    asked: list[tuple[str, list[str]]] | None = None

    def talk(self) -> smtplib.SMTP:
        """Begin to talk."""
        return smtplib.SMTP("127.0.0.1", self.port, local_hostname="mx.example", timeout=5)

    def send(self, raw: bytes, *, sender: str = "anne@tunet.example", to: str = PORTAL) -> tuple[int, str]:
        """Send a letter, and give the last answer."""
        with contextlib.closing(self.talk()) as talk:
            talk.ehlo()
            code, words = talk.mail(sender)
            if code == 250:
                code, words = talk.rcpt(to)
            if code == 250:
                code, words = talk.data(raw)
            return code, words.decode("ascii")


def opened(start: Callable[[asyncio.Event, Callable[[int], None]], object], limits: Limits) -> Iterator[OpenDoor]:
    """Run a door in a thread, and close it afterwards."""
    found, is_open = OpenDoor(), threading.Event()
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def keep() -> None:
        stop = asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))

        def note(port: int) -> None:
            found.port = port
            is_open.set()

        await start(stop, note)  # type: ignore[misc]

    thread = threading.Thread(target=lambda: asyncio.run(keep()), daemon=True)
    thread.start()
    assert is_open.wait(5)
    yield found
    loop, stop = loops[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(5)
    assert not thread.is_alive()


@pytest.fixture
def door() -> Iterator[OpenDoor]:
    """Open a door that asks nobody, with limits that a test can reach."""
    asked: list[tuple[str, list[str]]] = []

    def refuse(sender: str, message_ids: object) -> str:
        asked.append((sender, list(message_ids)))  # type: ignore[call-overload]
        if sender.startswith("trouble"):
            raise RuntimeError("anne@tunet.example wrote something private")
        return "Answer in the portal: http://localhost/varsel/"

    made = doors.Door(address=PORTAL, host="tunet.example", refuse=refuse, limits=QUICK)

    async def start(stop: asyncio.Event, note: Callable[[int], None]) -> None:
        await made.keep("127.0.0.1", 0, stop=stop, opened=lambda: note(made.port))

    for one in opened(start, QUICK):
        one.asked = asked
        yield one


def letter(**headers: str) -> bytes:
    """Write a reply to the portal."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Anne <anne@tunet.example>", PORTAL, "Sv: Skrivaren står"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Eg har prøvd det. Pasienten heiter Kari.\n")
    return message.as_bytes()


def test_a_person_is_refused_at_the_end_of_the_letter_with_where_to_go(door: OpenDoor) -> None:
    code, words = door.send(letter(In_Reply_To="<one@tunet.example>", References="<root@x> <one@tunet.example>"))
    assert (code, words) == (550, "5.2.1 Answer in the portal: http://localhost/varsel/")
    assert door.asked == [("anne@tunet.example", ["<root@x>", "<one@tunet.example>"])]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; type=x"},
        {"Precedence": "bulk"},
        {"Precedence": "List"},
        {"List_Id": "<everybody.example>"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
    ],
)
def test_what_a_machine_sends_is_taken_and_let_be(door: OpenDoor, headers: dict[str, str]) -> None:
    assert door.send(letter(**headers))[0] == 250
    assert door.asked == []


@pytest.mark.parametrize(
    "sender", ["", "MAILER-DAEMON@mx.example", "no-reply@x.example", "noreply+1@x.example", "l-bounces@x.no", PORTAL]
)
def test_a_bounce_and_our_own_mail_are_never_answered(door: OpenDoor, sender: str) -> None:
    assert door.send(letter(), sender=sender)[0] == 250
    assert door.asked == []


def test_a_report_of_a_mail_server_is_let_be(door: OpenDoor) -> None:
    raw = b"From: mx@x.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b--\r\n"
    assert door.send(raw, sender="mx@x.example")[0] == 250


def test_a_person_who_says_that_no_machine_wrote_it_is_refused(door: OpenDoor) -> None:
    assert door.send(letter(Auto_Submitted="no"))[0] == 550


@pytest.mark.parametrize("to", ["evil@elsewhere.example", "anne@tunet.example", "postmaster@tunet.example"])
def test_the_door_is_a_way_to_nowhere_else(door: OpenDoor, to: str) -> None:
    code, words = door.send(letter(), to=to)
    assert (code, words[:5]) == (550, "5.1.1")


@pytest.mark.parametrize("to", ["TUNET@Tunet.Example", "tunet+17@tunet.example"])
def test_our_address_is_known_however_it_is_written(door: OpenDoor, to: str) -> None:
    assert door.send(letter(), to=to)[1].startswith("5.2.1")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"no headers at all",
        b"In-Reply-To: <a@b>\r\n" * 3000 + b"\r\nx",
        b"References: " + b"<x@y> " * 20_000 + b"\r\n\r\nx",
        b"Subject: \xff\xfe\x00\xe6\xf8\xe5\r\nIn-Reply-To: <\xe6@b> <ok@b>\r\n\r\n\xff\xff",
        "Subject: Å svara\r\nIn-Reply-To: <ok@b>\r\n\r\nblåbærsyltetøy".encode("utf-16"),
        "Subject: Å svara\r\nIn-Reply-To: <ok@b>\r\n\r\nblåbær".encode("latin-1"),
        "Subject: =?utf-8?b?w6XDpsO4?=\r\nIn-Reply-To: <ok@b>\r\n\r\n漢字 👩‍💻".encode(),
        b"X" * 150_000,
        b"In-Reply-To: <ok@b>\r\n\r\n" + b"y" * 150_000,
        b"From: a\r\n.\r\n..\r\n. \r\nIn-Reply-To: <ok@b>\r\n\r\n...\r\n",
        b"\r\n".join(b"Received: from hop%d" % number for number in range(3000)) + b"\r\n\r\nx",
        b'Content-Type: multipart/mixed; boundary="' + b"b" * 900 + b'"\r\n\r\n' + b"--b\r\n" * 1000,
    ],
)
def test_whatever_a_letter_is_made_of_it_is_refused_in_one_line(door: OpenDoor, raw: bytes) -> None:
    code, words = door.send(raw)
    assert (code, words) == (550, "5.2.1 Answer in the portal: http://localhost/varsel/")


def test_a_letter_that_is_too_large_is_heard_out_no_longer_and_nothing_is_kept(door: OpenDoor) -> None:
    with contextlib.closing(door.talk()) as talk:
        talk.ehlo()
        talk.mail("anne@tunet.example")
        talk.rcpt(PORTAL)
        with contextlib.suppress(ConnectionError, smtplib.SMTPServerDisconnected):
            code, _words = talk.data(b"x" * 78 + b"\r\n" * 1 + (b"y" * 998 + b"\r\n") * 2000)
            assert code == 552
    assert door.asked == []
    assert door.send(letter())[0] == 550


def test_several_letters_in_one_talk_are_answered_each(door: OpenDoor) -> None:
    with contextlib.closing(door.talk()) as talk:
        talk.ehlo()
        for _ in range(3):
            talk.mail("anne@tunet.example")
            talk.rcpt(PORTAL)
            assert talk.data(letter())[0] == 550


def test_a_letter_for_nobody_is_not_heard(door: OpenDoor) -> None:
    with contextlib.closing(door.talk()) as talk:
        talk.ehlo()
        talk.mail("anne@tunet.example")
        assert talk.docmd("DATA")[0] == 503
        assert talk.docmd("DATA", "now")[0] == 501


def test_commands_that_go_on_and_on_end_the_talk(door: OpenDoor) -> None:
    with contextlib.closing(door.talk()) as talk:
        codes = [talk.noop()[0] for _ in range(6)]
    assert codes == [250] * 5 + [421]


@pytest.mark.parametrize("said", [b"", b"EHLO x\r\nMAIL", b"\x00\xff" * 2000, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_who_says_nothing_or_nonsense_is_left_in_time(door: OpenDoor, said: bytes) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", door.port), timeout=8) as line, contextlib.suppress(ConnectionError):
        line.sendall(said)
        while line.recv(4096):
            pass
    assert time.monotonic() - began < 7


def test_a_letter_that_drips_is_left_in_time(door: OpenDoor) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", door.port), timeout=8) as line:
        line.sendall(f"EHLO x\r\nMAIL FROM:<a@b.no>\r\nRCPT TO:<{PORTAL}>\r\nDATA\r\n".encode())
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - began < 8:
                line.sendall(b"drip\r\n")
                time.sleep(0.05)
    assert time.monotonic() - began < 8
    assert door.send(letter())[0] == 550


def test_too_many_at_once_are_asked_to_come_again(door: OpenDoor) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(QUICK.talks):
            stack.enter_context(contextlib.closing(door.talk())).ehlo()
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            door.talk()
        assert refused.value.smtp_code == 421
    for _ in range(50):  # they have hung up; the door sees that a moment later
        with contextlib.suppress(smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected):
            assert door.send(letter())[0] == 550
            return
        time.sleep(0.05)
    pytest.fail("the door stayed shut")


def test_trouble_behind_the_door_says_nothing_of_itself(door: OpenDoor, caplog: pytest.LogCaptureFixture) -> None:
    code, words = door.send(letter(), sender="trouble@tunet.example")
    assert (code, words) == (451, "4.3.0 Something went wrong here. Try again later")
    assert "private" not in caplog.text


def test_nothing_of_a_letter_is_logged(door: OpenDoor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        door.send(letter())
        door.send(letter(), sender="")
    # asyncio names its own selector at this level; everything else that is said is said by us.
    said = [record.getMessage() for record in caplog.records if record.name != "asyncio"]
    assert said == ["door.refused", "door.let_be"]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b"In-Reply-To: <a@b>", ["<a@b>"]),
        (b"In-Reply-To: Your message of Monday <a@b>", ["<a@b>"]),
        (b"References: <a@b>\r\n <c@d>\r\n\t<e@f>\r\nIn-Reply-To: <c@d>", ["<a@b>", "<c@d>", "<e@f>"]),
        (b"In-Reply-To: nothing", []),
        (b"In-Reply-To: <" + b"x" * 400 + b"@b>", []),
        (b"In-Reply-To: <a@b>\r\nIn-Reply-To: <c@d>", ["<a@b>", "<c@d>"]),
        (b"Subject: <a@b>", []),
    ],
)
def test_the_mails_that_are_answered_are_read_from_the_head(header: bytes, found: list[str]) -> None:
    assert reply.read(header + b"\r\n\r\nIn-Reply-To: <body@x>", sender="a@b.no").message_ids == found


def test_of_a_long_thread_the_last_mails_are_looked_at() -> None:
    head = b"References: " + b" ".join(b"<%d@x>" % number for number in range(100))
    found = reply.read(head, sender="a@b.no").message_ids
    assert len(found) == reply.MOST_IDS
    assert found[-1] == "<99@x>"


# What is said, with the mails of the portal behind it.


@pytest.fixture
def mailed(tell: Tell, mailbox: Callable[[], list[EmailMessage]], anne: Person, bjarne: Person) -> EmailMessage:
    """Mail Anne of an answer, and give the mail."""
    tell(anne, by=bjarne, page=17)
    work()
    (mail,) = mailbox()
    return mail


def test_the_words_lead_to_the_page_that_the_mail_was_about(mailed: EmailMessage, anne: Person) -> None:
    expected = "Your message did not arrive, and nobody has read it. Answer in the portal: http://localhost/folk/17"
    assert replies.refusal(anne.email, [mailed["Message-ID"]]) == expected
    assert replies.refusal(anne.email.upper(), ["<other@x>", mailed["Message-ID"]]) == expected
    assert replies.refusal(anne.email, [mailed["References"]]) == expected


def test_the_page_stays_known_after_the_notice_was_read(session: Session, mailed: EmailMessage, anne: Person) -> None:
    from portal.blueprints.notifications.service import reading

    reading.mark_all_read(anne)
    assert replies.refusal(anne.email, [mailed["Message-ID"]]).endswith("/folk/17")


def test_who_did_not_get_the_mail_learns_nothing_of_it(mailed: EmailMessage, didrik: Person) -> None:
    ids = [mailed["Message-ID"], mailed["References"]]
    assert replies.refusal(didrik.email, ids).endswith(INBOX)
    assert replies.refusal("stranger@elsewhere.example", ids).endswith(INBOX)


def test_a_stranger_hears_the_same_as_a_colleague_without_a_mail(app: Flask, session: Session, anne: Person) -> None:
    anne.locale = "nn"
    session.flush()
    assert replies.refusal(anne.email, []) == replies.refusal("stranger@elsewhere.example", [])


def test_somebody_who_has_left_is_a_stranger(session: Session, mailed: EmailMessage, anne: Person) -> None:
    anne.deactivate()
    session.flush()
    assert replies.refusal(anne.email, [mailed["Message-ID"]]).endswith(INBOX)


def test_a_mail_of_several_pages_leads_to_the_inbox(
    session: Session, tell: Tell, mailbox: Callable[[], list[EmailMessage]], anne: Person, bjarne: Person
) -> None:
    choices.be_quiet_today(anne)
    tell(anne, by=bjarne, page=1)
    tell(anne, by=bjarne, page=2)
    choices.end_quiet(anne)
    work()
    (mail,) = mailbox()
    assert replies.refusal(anne.email, [mail["Message-ID"]]).endswith(INBOX)


@pytest.mark.parametrize("locale", ["nn", "nb", "en"])
def test_the_words_are_one_short_line_of_ascii_in_every_language(
    session: Session, mailed: EmailMessage, anne: Person, locale: str
) -> None:
    anne.locale = locale
    session.flush()
    words = replies.refusal(anne.email, [mailed["Message-ID"]])
    assert words.isascii()
    assert words.isprintable()
    assert len(words) <= 450
    assert "http://localhost/folk/17" in words


def test_asking_changes_nothing(session: Session, mailed: EmailMessage, anne: Person) -> None:
    before = session.execute(select(Mail.id, Mail.state)).all()
    replies.refusal(anne.email, [mailed["Message-ID"]])
    assert not session.new
    assert not session.dirty
    assert session.execute(select(Mail.id, Mail.state)).all() == before


def test_the_whole_door_answers_from_the_portal(app: Flask, settings: Settings) -> None:
    core_settings.use(replace(settings, mail_from=f"Tunet <{PORTAL}>"))
    try:

        async def start(stop: asyncio.Event, note: Callable[[int], None]) -> None:
            await notification_jobs.keep_door(app.app_context, host="127.0.0.1", port=0, stop=stop, opened=note)

        for one in opened(start, QUICK):
            code, words = one.send(letter(), sender="stranger@elsewhere.example")
            assert code == 550
            assert words.startswith("5.2.1 ")
            assert words.endswith(INBOX)
    finally:
        core_settings.use(settings)


@pytest.mark.slow
def test_the_command_keeps_the_door_until_it_is_asked_to_end(tmp_path: Path) -> None:
    environment = {**os.environ, "PORTAL_FOLDER": str(tmp_path), "PORTAL_MAIL_FROM": f"Tunet <{PORTAL}>"}
    subprocess.run([sys.executable, "-m", "portal", "migrate"], env=environment, check=True, capture_output=True)
    command = [sys.executable, "-m", "portal", "refuse-mail", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            line = next(line for line in process.stderr if "refused at" in line)
            code, words = OpenDoor(port=int(line.rpartition(":")[2])).send(letter(), sender="anne@elsewhere.example")
            assert (code, words.rpartition(" ")[2]) == (550, "http://127.0.0.1:8000/varsel/")
        finally:
            process.terminate()
        assert process.wait(10) == 0
