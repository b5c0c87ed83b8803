"""The server itself: asyncio in a thread of its own, one fault a connection, taken from the script in order."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from types import TracebackType
from typing import Any, cast


class Fault(StrEnum):
    """What goes wrong in one connection."""

    NONE = "none"
    HANG_UP = "hang up at once"
    BUSY = "421 instead of a greeting"
    GONE = "554 instead of a greeting"
    SENDER_REFUSED = "550 after MAIL FROM"
    GREYLISTED = "450 after RCPT TO"
    RELAY_DENIED = "550 5.7.1 after RCPT TO: it is we who may not"
    NO_SUCH_PERSON = "550 after RCPT TO"
    DISK_FULL = "452 after the whole letter"
    CONTENT_REFUSED = "554 after the whole letter"
    LOST_ANSWER = "takes the letter, then drops the connection without a word"
    SLOW = "takes the letter, but answers too late"


@dataclass(frozen=True, kw_only=True)
class Received:
    """One letter that the server has taken, as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    over_tls: bool
    signed_in_as: str | None

    @property
    def message(self) -> EmailMessage:
        """Read the letter."""
        return cast(EmailMessage, message_from_bytes(self.raw, policy=SMTP))

    @property
    def message_id(self) -> str:
        """Give the mark by which a repeat is recognised."""
        return str(self.message["Message-ID"])


@dataclass
class MailServer:
    """An SMTP server for one test: ``with MailServer() as server``."""

    tls: ssl.SSLContext | None = None
    speaks_tls_at_once: bool = False
    accounts: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    received: list[Received] = field(default_factory=list)
    script: list[Fault] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> MailServer:
        """Start, and wait until the port is open."""
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(started,), name="mail-server", daemon=True)
        self._thread.start()
        if not started.wait(5):
            raise RuntimeError("the mail server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and wait until everything is closed."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def fail_with(self, *faults: Fault) -> None:
        """Write the script: the next connections meet these, the ones after them meet no fault."""
        self.script.extend(faults)

    @property
    def url(self) -> str:
        """Give the setting that leads here."""
        return f"smtp://127.0.0.1:{self.port}"

    def _serve(self, started: threading.Event) -> None:
        async def main() -> None:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            context = self.tls if self.speaks_tls_at_once else None
            server = await asyncio.start_server(self._meet, "127.0.0.1", self.port, ssl=context)
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            await self._stop.wait()
            server.close()
            talks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for talk in talks:
                talk.cancel()
            await asyncio.gather(*talks, return_exceptions=True)

        asyncio.run(main())

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        fault = self.script.pop(0) if self.script else Fault.NONE
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            await Talk(self, reader, writer, fault).hold()
        writer.close()


class Talk:
    """One conversation with one client."""

    def __init__(
        self, server: MailServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault
    ) -> None:
        self.server, self.reader, self.writer, self.fault = server, reader, writer, fault
        self.over_tls = server.speaks_tls_at_once
        self.signed_in_as: str | None = None
        self.sender = ""
        self.recipients: list[str] = []
        self.is_over = False

    async def hold(self) -> None:
        """Greet, then answer command after command."""
        if self.fault is Fault.HANG_UP:
            return
        if self.fault in {Fault.BUSY, Fault.GONE}:
            await self.say("421 try later" if self.fault is Fault.BUSY else "554 no service")
            return
        await self.say("220 test.invalid ESMTP")
        verbs: dict[str, Callable[[str], Coroutine[Any, Any, None]]] = {
            "EHLO": self.ehlo, "HELO": self.ehlo, "STARTTLS": self.starttls, "AUTH": self.auth, "MAIL": self.mail,
            "RCPT": self.rcpt, "DATA": self.data, "RSET": self.rset, "NOOP": self.noop, "QUIT": self.quit,
        }  # fmt: skip
        while not self.is_over:
            line = (await self.reader.readline()).decode("ascii")
            if not line.endswith("\r\n"):
                return
            verb, _, rest = line.strip().partition(" ")
            await verbs.get(verb.upper(), self.unknown)(rest)

    async def say(self, *lines: str) -> None:
        """Answer; all lines but the last are continued."""
        for line in lines:
            self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()

    async def ehlo(self, _rest: str) -> None:
        """Say what can be done here."""
        offers = ["test.invalid", "SIZE 10000000"]
        if self.server.tls and not self.over_tls:
            offers.append("STARTTLS")
        if self.server.accounts:
            offers.append("AUTH PLAIN")
        await self.say(*(f"250-{offer}" for offer in offers[:-1]), f"250 {offers[-1]}")

    async def starttls(self, _rest: str) -> None:
        """Go on in secret."""
        if self.server.tls is None:
            await self.say("502 not here")
            return
        await self.say("220 go ahead")
        await self.writer.start_tls(self.server.tls)
        self.over_tls = True

    async def auth(self, rest: str) -> None:
        """Take a name and a password."""
        _, name, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        if self.server.accounts.get(name) != password:
            await self.say("535 wrong")
            return
        self.signed_in_as = name
        await self.say("235 welcome")

    async def mail(self, rest: str) -> None:
        """Hear who sends."""
        if self.fault is Fault.SENDER_REFUSED:
            await self.say("550 you may not send from there")
        elif self.server.accounts and not self.signed_in_as:
            await self.say("530 sign in first")
        else:
            self.sender = _address(rest)
            await self.say("250 ok")

    async def rcpt(self, rest: str) -> None:
        """Hear who is to have it."""
        if self.fault is Fault.GREYLISTED:
            await self.say("450 not now")
        elif self.fault is Fault.RELAY_DENIED:
            await self.say("550 5.7.1 relaying denied")
        elif self.fault is Fault.NO_SUCH_PERSON:
            await self.say("550 nobody of that name")
        else:
            self.recipients.append(_address(rest))
            await self.say("250 ok")

    async def data(self, _rest: str) -> None:
        """Take the letter, or fail as the script says."""
        await self.say("354 go on")
        raw = (await self.reader.readuntil(b"\r\n.\r\n"))[:-3]
        refusals = {Fault.DISK_FULL: "452 no room", Fault.CONTENT_REFUSED: "554 not such a letter"}
        if self.fault in refusals:
            await self.say(refusals[self.fault])
            return
        self.keep(raw.replace(b"\r\n..", b"\r\n."))
        if self.fault is Fault.LOST_ANSWER:
            self.is_over = True
            return
        if self.fault is Fault.SLOW:
            await asyncio.sleep(self.server.delay)
        await self.say("250 taken")

    def keep(self, raw: bytes) -> None:
        """Put the letter among those received."""
        letter = Received(
            sender=self.sender,
            recipients=tuple(self.recipients),
            raw=raw,
            over_tls=self.over_tls,
            signed_in_as=self.signed_in_as,
        )
        self.server.received.append(letter)

    async def rset(self, _rest: str) -> None:
        """Forget what was begun."""
        self.sender, self.recipients = "", []
        await self.say("250 ok")

    async def noop(self, _rest: str) -> None:
        """Do nothing."""
        await self.say("250 ok")

    async def quit(self, _rest: str) -> None:
        """Part as friends."""
        self.is_over = True
        await self.say("221 bye")

    async def unknown(self, _rest: str) -> None:
        """Say that this is not spoken here."""
        await self.say("500 what?")


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
