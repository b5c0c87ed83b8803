"""The door at which replies arrive: it hears which mail is answered, says where to answer instead, and keeps nothing.

A person is refused at the end of their letter, in their own words and with the page to go to: their own mail server
then tells them. Nothing is sent by us, so nobody who is pretended to be the sender is bothered. What a machine sends
(bounces, out-of-office answers, lists) is taken and let be.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.blueprints.notifications.channels import reply

# aiosmtpd logs addresses and whole lines of letters. Ours says how many letters came, and nothing of them.
logging.getLogger("mail.log").disabled = True
log = logging.getLogger(__name__)

Refuse = Callable[[str, Sequence[str]], str]
NOBODY = "<>"  # bounces have an empty sender, which aiosmtpd would take for none at all
LET_BE = "250 2.0.0 Taken and let be"
NOT_HERE = "550 5.1.1 There is no such mailbox behind this door"
TOO_LARGE = "552 5.3.4 Too large. Nothing of it was kept"
TOO_MANY = "421 4.3.2 Too many are talking at once. Try again later"
TROUBLE = "451 4.3.0 Something went wrong here. Try again later"
REFUSED = "550 5.2.1"  # the mailbox is there, and takes no letters
LINE_END = b"\r\n"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one who talks at the door may take of time and room."""

    talks: int = 50
    seconds: float = 60  # for one command, or one whole letter
    talk_seconds: float = 300
    commands: int = 40  # of each kind
    head: int = 64 * 1024
    letter: int = 64 * 1024 * 1024  # only counted: no letter is ever in memory


class Door:
    """Listens until it is told to stop. `refuse` says, for a sender and the mails answered, where to go instead."""

    def __init__(self, *, address: str, host: str, refuse: Refuse, limits: Limits | None = None) -> None:
        self.address, self.host, self.refuse, self.limits = address.lower(), host, refuse, limits or Limits()
        self.open_talks: set[Talk] = set()
        self.port = 0
        self.tasks = ThreadPoolExecutor(max_workers=4, thread_name_prefix="door")

    async def keep(self, host: str, port: int, *, stop: asyncio.Event, opened: Callable[[], None]) -> None:
        """Open, and stay open until stopped."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Talk(self, loop), host, port)
        self.port = server.sockets[0].getsockname()[1]
        opened()
        await stop.wait()
        server.close()
        for talk in tuple(self.open_talks):
            talk.hang_up()
        await server.wait_closed()
        self.tasks.shutdown(wait=False, cancel_futures=True)

    def is_for_us(self, address: str) -> bool:
        """Tell whether it is the address that the portal writes from; what stands after a + makes no difference."""
        local, _, domain = address.lower().rpartition("@")
        return f"{local.partition('+')[0]}@{domain}" == self.address

    async def answer(self, head: bytes, *, sender: str) -> str:
        """Say what becomes of a letter."""
        letter = reply.read(head, sender="" if sender == NOBODY else sender)
        if letter.is_automatic or self.is_for_us(letter.sender):
            log.info("door.let_be")
            return LET_BE
        look_up = asyncio.get_running_loop().run_in_executor
        words = await look_up(self.tasks, self.refuse, letter.sender, letter.message_ids)
        log.info("door.refused")
        return f"{REFUSED} {words}"


class _Rules:
    """What aiosmtpd asks about each command."""

    def __init__(self, door: Door) -> None:
        self.door = door

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Hear who sends."""
        envelope.mail_from = address or NOBODY
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Hear for whom; this is the way to nowhere else."""
        if not self.door.is_for_us(address):
            return NOT_HERE
        envelope.rcpt_tos = [address]
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """Say nothing of what went wrong; the kind of fault is for the log."""
        log.error("door.trouble", extra={"fault": type(error).__name__})
        return TROUBLE


class Talk(SMTP):
    """One who talks at the door."""

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        self.door = door
        self._end: asyncio.TimerHandle | None = None
        limits = door.limits
        super().__init__(
            _Rules(door),
            hostname=door.host,
            ident="Tunet: replies by mail are refused",
            data_size_limit=None,  # whoever sends too much hears where to answer, not only a number
            enable_SMTPUTF8=True,
            timeout=limits.seconds,
            command_call_limit=limits.commands,
            loop=loop,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let somebody in, unless there are too many."""
        if len(self.door.open_talks) >= self.door.limits.talks and isinstance(transport, asyncio.Transport):
            transport.write(TOO_MANY.encode() + LINE_END)
        self.door.open_talks.add(self)
        super().connection_made(transport)
        if len(self.door.open_talks) > self.door.limits.talks:
            self.hang_up()
        self._end = self.loop.call_later(self.door.limits.talk_seconds, self.hang_up)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget somebody who has gone."""
        self.door.open_talks.discard(self)
        if self._end:
            self._end.cancel()
        super().connection_lost(error)

    def hang_up(self) -> None:
        """End a talk that has no end of its own."""
        if self.transport is not None:
            self.transport.close()

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """Hear a letter out, keep its head for as long as it takes to answer, and nothing of the rest."""
        envelope = self.envelope
        if envelope is None or await self.check_helo_needed():
            return
        if not envelope.rcpt_tos or arg:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Say first for whom it is")
            return
        await self.push("354 Go on. Nothing of this is read or kept but which mail it answers")
        head, size = await self._hear_out()
        sender = envelope.mail_from or NOBODY
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        answer = TOO_LARGE if size > self.door.limits.letter else await self.door.answer(head, sender=sender)
        await self.push(answer)
        if size > self.door.limits.letter:
            self.hang_up()

    async def _hear_out(self) -> tuple[bytes, int]:
        head, size, is_head, begins_line = bytearray(), 0, True, True
        while size <= self.door.limits.letter:
            line, ends_line = await self._hear()
            if begins_line and ends_line and line == b"." + LINE_END:
                break
            size += len(line)
            is_head = is_head and line != LINE_END and len(head) + len(line) <= self.door.limits.head
            if is_head:
                head += line
            begins_line = ends_line
        return bytes(head), size

    async def _hear(self) -> tuple[bytes, bool]:
        """Give a line, or the piece of a long one that has come so far."""
        reader: Any = self._reader
        try:
            return await reader.readuntil(LINE_END), True
        except asyncio.LimitOverrunError as overrun:
            return await reader.read(overrun.consumed), False
