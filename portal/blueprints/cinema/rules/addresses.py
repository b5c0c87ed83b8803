"""Which addresses may be linked to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 300
_ODD = re.compile(r"[\s\x00-\x1f\x7f<>\"'\\^`{|}]")


def is_page(address: str) -> bool:
    """Tell whether an address is a page on the web: http or https, a host, and nobody's name or password in it."""
    if len(address) > LONGEST or _ODD.search(address):
        return False
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reading it refuses what is no port
    except ValueError:
        return False
    is_web = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
    return is_web and parts.username is None and parts.password is None


def site(address: str) -> str:
    """Name the site of a page: «www.example.no» is «example.no»."""
    return (urlsplit(address).hostname or "").removeprefix("www.")
