"""The line to Graph: one request at a time, and what its answer means. Nothing is ever sent twice from here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from portal.blueprints.rooms.adapters.graph.tokens import Tokens
from portal.core import clock

TO_CONNECT, TO_ANSWER = 5.0, 25.0  # seconds between two signs of life
# Nothing had left us: whatever was asked for has surely not happened.
NEVER_LEFT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.ProxyError,
)

CODE = re.compile(r"[A-Za-z0-9_]{1,60}")

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How to reach the service mailbox."""

    tenant: str
    client: str
    secret: str = field(repr=False)
    mailbox: str
    url: str = "https://graph.microsoft.com"
    authority: str = "https://login.microsoftonline.com"
    connections: int = 4


class Refused(Exception):
    """Graph answered, and not with what was asked for."""

    def __init__(self, status: int, code: str, *, wait: timedelta | None = None, has_left: bool = True) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.wait = wait
        self.has_left = has_left


class SignInFailed(Exception):
    """Nobody gives us a token, or Graph does not take it."""


class Lost(Exception):
    """No answer that can be read came back. What has not left us has surely not happened."""

    def __init__(self, code: str, *, has_left: bool) -> None:
        super().__init__(code)
        self.has_left = has_left


class Bearer(requests.auth.AuthBase):
    """Carries the token. Without it, a .netrc of the machine would be sent instead."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Line:
    """Sends requests with a token that is renewed in time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            pool = HTTPAdapter(pool_maxsize=connection.connections, max_retries=0)
            self._session.mount(scheme, pool)
        self._tokens = Tokens(self._fetch_token)

    def get(self, address: str, *, query: Mapping[str, str] | None = None, prefer: Sequence[str] = ()) -> Json:
        """Read something: a path below the version, or a link that Graph gave us."""
        return self._with_token("GET", address, query=query, prefer=prefer)

    def post(self, address: str, body: Json, *, prefer: Sequence[str] = ()) -> Json:
        """Ask for something, or change it."""
        return self._with_token("POST", address, body=body, prefer=prefer)

    def delete(self, address: str) -> None:
        """Remove something."""
        self._with_token("DELETE", address)

    def _with_token(self, method: str, address: str, *, query: Mapping[str, str] | None = None, **options: Any) -> Json:
        url = self._whole(address, query)
        token = self._tokens.current()
        try:
            return self._send(method, url, token, **options)
        except Refused as refusal:
            if refusal.status != requests.codes.unauthorized:
                raise
        # A 401 means that nothing was done: once more, with a token that is surely fresh.
        self._tokens.forget(token)
        try:
            return self._send(method, url, self._tokens.current(), **options)
        except Refused as refusal:
            if refusal.status == requests.codes.unauthorized:
                raise SignInFailed(refusal.code) from None
            raise

    def _whole(self, address: str, query: Mapping[str, str] | None) -> str:
        """Give the whole address. A link that leads elsewhere would take the token with it."""
        base = self._connection.url
        if address.startswith("/"):
            # A space as %20: as a plus it stays a plus in some filters.
            asked = f"?{urlencode(query, quote_via=quote, safe='$')}" if query else ""
            return f"{base}/v1.0{address}{asked}"
        if urlsplit(address)[:2] != urlsplit(base)[:2]:
            raise Lost("LinkElsewhere", has_left=True)
        return address

    def _send(
        self,
        method: str,
        url: str,
        token: str,
        *,
        body: Json | None = None,
        prefer: Sequence[str] = (),
    ) -> Json:
        # Times in UTC, and ids that stay what they are when somebody moves the meeting to another folder.
        preferences = ('outlook.timezone="UTC"', 'IdType="ImmutableId"', *prefer)
        headers = {"Accept": "application/json", "Prefer": ", ".join(preferences), "User-Agent": "Tunet"}
        answer = self._exchange(method, url, json=body, headers=headers, auth=Bearer(token))
        if answer.ok and not answer.is_redirect:
            return _content(answer)
        raise _refusal(answer)

    def _fetch_token(self) -> tuple[str, float]:
        try:
            return self._ask_for_token()
        except Lost as error:
            raise Lost(str(error), has_left=False) from None  # what the token was for has not been asked yet
        except Refused as refusal:
            raise Refused(refusal.status, refusal.code, wait=refusal.wait, has_left=False) from None

    def _ask_for_token(self) -> tuple[str, float]:
        connection = self._connection
        answer = self._exchange(
            "POST",
            f"{connection.authority}/{connection.tenant}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": connection.client,
                "client_secret": connection.secret,
                "scope": f"{connection.url}/.default",
            },
            auth=lambda request: request,
        )
        if answer.status_code in (400, 401):
            raise SignInFailed(_sign_in_code(answer))
        if not answer.ok:
            raise _refusal(answer)
        found = _content(answer)
        try:
            return str(found["access_token"]), float(found["expires_in"])
        except (KeyError, TypeError, ValueError):
            raise Lost("NoToken", has_left=True) from None

    def _exchange(self, method: str, url: str, **options: Any) -> requests.Response:
        try:
            return self._session.request(method, url, timeout=(TO_CONNECT, TO_ANSWER), allow_redirects=False, **options)
        except requests.RequestException as error:
            raise Lost(type(error).__name__, has_left=_has_left(error)) from None  # its words hold the address


def _content(answer: requests.Response) -> Json:
    if not answer.content:
        return {}
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Lost("Garbage", has_left=True)
    return found


def _refusal(answer: requests.Response) -> Refused:
    return Refused(answer.status_code, _code(answer), wait=_wait(answer.headers.get("Retry-After", "")))


def _code(answer: requests.Response) -> str:
    """Name a refusal; never its words, which may hold addresses and subjects."""
    try:
        code = answer.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        code = None
    is_code = isinstance(code, str) and CODE.fullmatch(code) is not None
    return str(code) if is_code else f"Status{answer.status_code}"


def _sign_in_code(answer: requests.Response) -> str:
    """Name a refused sign-in by Microsoft's own number, which says what is to be mended."""
    try:
        found = answer.json()
        number = int(found["error_codes"][0])
    except (ValueError, KeyError, TypeError, IndexError):
        return f"Status{answer.status_code}"
    return f"AADSTS{number}"


def _wait(asked: str) -> timedelta | None:
    """Read Retry-After: seconds, or a date; anything else is no wish."""
    if asked.isascii() and asked.isdigit() and len(asked) < 7:
        return timedelta(seconds=int(asked))
    try:
        until: datetime = parsedate_to_datetime(asked)
    except (TypeError, ValueError):
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - clock.now(), timedelta())


def _has_left(error: requests.RequestException) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.InvalidURL):
        return False
    cause = error.args[0] if error.args else None
    return not isinstance(getattr(cause, "reason", cause), NEVER_LEFT)
