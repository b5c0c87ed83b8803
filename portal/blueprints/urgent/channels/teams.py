"""The door to a Teams channel: an incoming webhook that takes one card. The only module that speaks to it.

The address of the webhook is a secret: whoever has it may post. It is in no log, no message and no exception of ours.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from portal.blueprints.urgent.rules import cards
from portal.blueprints.urgent.rules.cards import Answer, Outcome
from portal.core import clock

TO_CONNECT, TO_ANSWER = 5.0, 10.0  # seconds between two signs of life
IN_ALL = 20.0  # seconds for the whole talk, however slowly it drips
# Nothing of the card had left us: it may be tried again without anybody seeing it twice.
NEVER_LEFT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.SSLError,
    urllib3.exceptions.ProxyError,
)

Card = Mapping[str, Any]


def post(address: str, card: Card) -> Answer:
    """Post a card, and give what became of it. Raises nothing that knows the address."""
    found: list[Answer] = []
    talk = threading.Thread(target=lambda: found.append(_post(address, card)), name="teams", daemon=True)
    talk.start()
    talk.join(IN_ALL)
    return found[0] if found else Answer(outcome=Outcome.DOUBTED)


def _post(address: str, card: Card) -> Answer:
    try:
        with requests.Session() as session, _asked(session, address, card) as response:
            return cards.answer(response.status_code, _wait(response.headers.get("Retry-After", "")))
    except requests.RequestException as error:
        return _failed(error)
    except Exception:
        return Answer(outcome=Outcome.DOUBTED)


def _asked(session: requests.Session, address: str, card: Card) -> requests.Response:
    """Ask, and hear no more than the head of the answer. An answer that leads elsewhere is not followed."""
    return session.post(
        address, json=card, timeout=(TO_CONNECT, TO_ANSWER), allow_redirects=False, stream=True, auth=lambda sent: sent
    )


def _failed(error: requests.RequestException) -> Answer:
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
        return Answer(outcome=Outcome.NOT_SENT)
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    never_left = isinstance(error, requests.exceptions.ConnectionError) and isinstance(reason, NEVER_LEFT)
    return Answer(outcome=Outcome.NOT_SENT if never_left else Outcome.DOUBTED)


def _wait(asked: str) -> timedelta | None:
    """Read Retry-After: seconds, or a date; anything else is no wish."""
    if asked.isascii() and asked.isdigit() and len(asked) < 9:
        return timedelta(seconds=int(asked))
    try:
        until: datetime = parsedate_to_datetime(asked)
    except (TypeError, ValueError):
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - clock.now(), timedelta())


def greet(address: str) -> str:
    """Find the host and shake hands with it, without posting anything; give its name. Raises OSError, or ValueError."""
    url = urlsplit(address)
    host = url.hostname or ""
    with socket.create_connection(
        (host, url.port or (443 if url.scheme == "https" else 80)), timeout=TO_CONNECT
    ) as line:
        if url.scheme == "https":
            with ssl.create_default_context().wrap_socket(line, server_hostname=host):
                pass
    return host
