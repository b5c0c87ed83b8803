"""What the head of a letter says that somebody sent to us: which mail it answers, and whether a machine wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

MESSAGE_ID = re.compile(r"<[^<>\s]{1,196}@[^<>\s]{1,196}>")
MOST_IDS = 40  # a long thread names all its mails; ours are among the last
MACHINES = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|.*-bounces|.*-request)(\+.*)?@", re.I
)
LISTS = frozenset({"bulk", "junk", "list", "auto_reply"})
MARKS_OF_MACHINES = ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Loop")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A letter to us: its envelope sender, the mails it answers, and whether a person wrote it."""

    sender: str
    message_ids: Sequence[str]
    is_automatic: bool


def read(head: bytes, *, sender: str) -> Reply:
    """Read the head of a letter, whatever it is made of."""
    message = message_from_bytes(head, policy=compat32)
    named = " ".join(_all(message, "References") + _all(message, "In-Reply-To"))
    found = list(dict.fromkeys(MESSAGE_ID.findall(named)))[-MOST_IDS:]
    return Reply(sender=sender, message_ids=found, is_automatic=_is_automatic(message, sender))


def _all(message: Message, name: str) -> list[str]:
    # str(): a header with bytes that are no text is an object of its own.
    return [str(value) for value in message.get_all(name, [])]


def _first(message: Message, name: str) -> str:
    return re.split(r"[;\s]", str(message.get(name, "")).strip().lower())[0]


def _is_automatic(message: Message, sender: str) -> bool:
    """Tell whether a machine wrote it (RFC 3834): such letters are never answered, or two machines would go on."""
    return (
        not sender
        or MACHINES.match(sender) is not None
        or _first(message, "Auto-Submitted") not in {"", "no"}
        or _first(message, "Precedence") in LISTS
        or _first(message, "Content-Type") == "multipart/report"
        or _first(message, "Return-Path") == "<>"
        or any(name in message for name in MARKS_OF_MACHINES)
    )
