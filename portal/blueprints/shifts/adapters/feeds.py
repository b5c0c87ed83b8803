"""Fetching a calendar from an address: over TLS alone, not followed to elsewhere, and bounded in size and time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests

MOST_BYTES = 5 * 1024 * 1024
MOST_TURNS = 3
CONNECT_SECONDS, READ_SECONDS, IN_ALL_SECONDS = 5.0, 15.0, 45.0


class FeedTrouble(Exception):
    """The address gave no calendar. The words are codes: never the address, which may hold a secret."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What the address gave; nothing where it says that all is as before."""

    content: bytes | None
    etag: str = ""


def fetch(url: str, *, etag: str = "") -> Fetched:
    """Fetch a calendar, unless it is as it was when this mark was given."""
    began = time.monotonic()
    headers = {"Accept": "text/calendar, */*;q=0.1", "User-Agent": "Tunet"}
    if etag:
        headers["If-None-Match"] = etag
    try:
        with requests.Session() as session:
            for _ in range(MOST_TURNS):
                answer = _ask(session, url, headers)
                if not answer.is_redirect:
                    return _fetched(answer, began)
                url = _same_place(url, answer.headers.get("Location", ""))
                answer.close()
    except requests.RequestException as error:
        raise FeedTrouble(type(error).__name__) from None  # its words hold the address
    raise FeedTrouble("TooManyRedirects")


def _ask(session: requests.Session, url: str, headers: dict[str, str]) -> requests.Response:
    if urlsplit(url).scheme != "https":
        raise FeedTrouble("NotHttps")
    timeout = (CONNECT_SECONDS, READ_SECONDS)
    return session.get(url, headers=headers, timeout=timeout, stream=True, allow_redirects=False)


def _same_place(url: str, location: str) -> str:
    target = urljoin(url, location)
    if urlsplit(target)[:2] != urlsplit(url)[:2]:
        raise FeedTrouble("RedirectElsewhere")
    return target


def _fetched(answer: requests.Response, began: float) -> Fetched:
    with answer:
        if answer.status_code == requests.codes.not_modified:
            return Fetched(content=None)
        if answer.status_code != requests.codes.ok:
            raise FeedTrouble(f"Status{answer.status_code}")
        return Fetched(content=_content(answer, began), etag=answer.headers.get("ETag", "")[:200])


def _content(answer: requests.Response, began: float) -> bytes:
    pieces, length = [], 0
    for piece in answer.iter_content(65536):
        pieces.append(piece)
        length += len(piece)
        if length > MOST_BYTES:
            raise FeedTrouble("TooBig")
        if time.monotonic() - began > IN_ALL_SECONDS:
            raise FeedTrouble("TooSlow")
    return b"".join(pieces)
