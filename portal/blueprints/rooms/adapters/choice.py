"""Which calendar this installation uses. Made lazily, so that it is made in the worker and after any fork."""

from __future__ import annotations

import threading

from portal.blueprints.rooms.adapters.embedded import EmbeddedCalendar
from portal.blueprints.rooms.ports import RoomCalendar
from portal.config import Settings
from portal.core.settings import current_settings

_lock = threading.Lock()
_exchange: dict[tuple[str, str, str], RoomCalendar] = {}


def current_calendar() -> RoomCalendar:
    """Give the calendar that the settings name; one Exchange connection a process, for its breaker to work."""
    settings = current_settings()
    if settings.calendar == "embedded":
        return EmbeddedCalendar()
    key = (settings.ews_url, settings.ews_user, settings.ews_mailbox)
    with _lock:
        if key not in _exchange:
            _exchange[key] = _make_exchange(settings)
        return _exchange[key]


def forget() -> None:
    """Let the next call connect anew."""
    with _lock:
        _exchange.clear()


def _make_exchange(settings: Settings) -> RoomCalendar:
    # exchangelib costs half a second and 30 MB: only those who use it pay.
    from portal.blueprints.rooms.adapters.exchange.calendar import ExchangeCalendar
    from portal.blueprints.rooms.adapters.exchange.connection import Connection

    return ExchangeCalendar(
        Connection(
            url=settings.ews_url,
            user=settings.ews_user,
            password=settings.ews_password,
            mailbox=settings.ews_mailbox,
            ca=settings.ews_ca,
            version=settings.ews_version,
            auth=settings.ews_auth,
        )
    )
