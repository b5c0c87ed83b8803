"""The rota that is read from an address every hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.blueprints.shifts import queries
from portal.blueprints.shifts.rules import Reading
from portal.blueprints.shifts.service import importing
from portal.core import clock
from portal.core.db import after_commit
from portal.core.settings import current_settings

READ_ANEW_AFTER = timedelta(hours=20)  # repeating shifts are written out some way ahead: that way moves on by the day


class UnusableRota(Exception):
    """Something in the calendar cannot be used. The words are a line and a code, never what stands there."""


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """What was read at the address, outside any transaction."""

    found: Reading
    etag: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class _Known:
    url: str
    etag: str
    read_at: datetime


_known: _Known | None = None


def known_etag() -> str:
    """Give the mark of what this process read last, if that need not be read anew."""
    url = current_settings().rota_url
    rota = queries.find_rota(importing.FEED)
    if rota is None or _known is None or _known.url != url or _known.read_at < clock.now() - READ_ANEW_AFTER:
        return ""
    return _known.etag


def take(fresh: Fresh) -> None:
    """Bring in what was read; a calendar in which something cannot be used changes nothing, and is shown as failed."""
    if fresh.found.bad:
        first = fresh.found.bad[0]
        raise UnusableRota(f"Line{first.line}:{first.fault}")
    planned = importing.plan(importing.FEED, fresh.found, whole=True)
    importing.carry_out(None, planned.wanted, digest=fresh.digest)
    after_commit(lambda: _remember(fresh.etag))


def _remember(etag: str) -> None:
    global _known
    _known = _Known(url=current_settings().rota_url, etag=etag, read_at=clock.now())
