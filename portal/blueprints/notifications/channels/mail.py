"""The door to the mail server: the only module that speaks SMTP."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from portal.blueprints.notifications.channels import mime
from portal.blueprints.notifications.channels.folder import Folder
from portal.blueprints.notifications.ports import Channel, Letter, Refused
from portal.core import clock
from portal.core.settings import current_settings

SECONDS = 40.0  # for the whole talk: well inside the lease of the job, so that no second worker starts the same letter
OK = frozenset({250, 251})
# The server wants us to sign in, or to do things in another order: that is about us, not about the receiver.
ABOUT_US = frozenset({503, 530, 535, 538})


class Tls(StrEnum):
    """How secret the talk is: from its start, by STARTTLS or not at all, by STARTTLS where it is offered, or never."""

    FROM_START = "from_start"
    REQUIRED = "required"
    OFFERED = "offered"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where the mail server is and how it wants to be met."""

    host: str
    port: int
    user: str
    password: str
    tls: Tls


def channel() -> Channel:
    """Give the way that the settings name: a folder, or a mail server."""
    settings = current_settings()
    scheme, _, rest = settings.mail_url.partition(":")
    if scheme == "folder":
        return Folder(path=Path(rest), sender=settings.mail_from)
    return Smtp(server=read_server(settings.mail_url), sender=settings.mail_from, greeting=settings.hosts[0])


def remove_naming(words: Sequence[str]) -> None:
    """Remove letters that name somebody, as far as they lie here; what a mail server has taken is with its receiver."""
    way = channel()
    if isinstance(way, Folder):
        way.remove_naming(words)


def read_server(url: str) -> Server:
    """Read smtp://user:password@host:port?tls=required|offered|never, or smtps://… for TLS from the start."""
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme == "smtps":
        tls, port = Tls.FROM_START, 465
    else:
        # A password never goes over the wire in clear unless somebody asked for it in so many words.
        wish = parse_qs(parts.query).get("tls", [Tls.REQUIRED if user else Tls.OFFERED])[0]
        tls, port = Tls(wish), 587 if user else 25
    return Server(host=parts.hostname or "localhost", port=parts.port or port, user=user, password=password, tls=tls)


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """Hands letters to a mail server, one talk a letter."""

    server: Server
    sender: str
    greeting: str
    seconds: float = SECONDS

    def greet(self) -> None:
        """Try whether the server lets us in."""
        with self._talk() as talk:
            _expect(*talk.noop())

    def deliver(self, letter: Letter) -> None:
        """Hand over a letter; when this returns, the server has taken it."""
        message = mime.compose(letter, sender=self.sender, moment=clock.now())
        sender, receiver = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
        with self._talk() as talk:
            _expect(*talk.mail(sender))
            _expect_for_receiver(*talk.rcpt(receiver))
            _expect_for_receiver(*talk.data(message.as_bytes()))

    @contextmanager
    def _talk(self) -> Iterator[smtplib.SMTP]:
        server = self.server
        kind = _SecretTalk if server.tls is Tls.FROM_START else _Talk
        talk = kind(server.host, server.port, local_hostname=self.greeting, seconds=self.seconds)
        try:
            _expect(*talk.ehlo())
            if server.tls is Tls.REQUIRED or (server.tls is Tls.OFFERED and talk.has_extn("starttls")):
                talk.starttls(context=ssl.create_default_context())
                _expect(*talk.ehlo())
            if server.user:
                talk.login(server.user, server.password)
            yield talk
        finally:
            # The letter is taken or not by now: a server that hangs up before the farewell changes nothing of that.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                talk.quit()
            talk.close()


class _Talk(smtplib.SMTP):
    """A talk that ends in time: the time-out of smtplib is one for each answer, this one is for all of them."""

    def __init__(self, host: str, port: int, *, seconds: float, **options: Any) -> None:
        self._ends = time.monotonic() + seconds
        super().__init__(host, port, timeout=seconds, **options)

    def _hurry(self) -> None:
        left = self._ends - time.monotonic()
        if left <= 0:
            self.close()
            raise TimeoutError
        if self.sock is not None:
            self.sock.settimeout(left)

    def send(self, s: Any) -> None:
        """Say something, in the time that is left."""
        self._hurry()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Hear the answer, in the time that is left."""
        self._hurry()
        return super().getreply()


class _SecretTalk(_Talk, smtplib.SMTP_SSL):
    """The same under TLS from its start."""

    def __init__(self, host: str, port: int, **options: Any) -> None:
        super().__init__(host, port, context=ssl.create_default_context(), **options)


def _expect(code: int, words: bytes) -> None:
    if code not in OK:
        raise smtplib.SMTPResponseException(code, words)


def _expect_for_receiver(code: int, words: bytes) -> None:
    """Tell a receiver or a letter that will never be taken from a server that does not take it from us, or not now."""
    if 500 <= code < 600 and code not in ABOUT_US and not words.startswith(b"5.7."):
        raise Refused(code)
    _expect(code, words)
