"""Which calendar this installation uses. Made lazily, so that it is made in the worker and after any fork."""

from __future__ import annotations

import threading
from collections.abc import Callable

from portal.blueprints.rooms.adapters.embedded import EmbeddedCalendar
from portal.blueprints.rooms.ports import RoomCalendar
from portal.config import Settings
from portal.core.settings import current_settings

_lock = threading.Lock()
_made: dict[tuple[str, ...], RoomCalendar] = {}


def current_calendar() -> RoomCalendar:
    """Give the calendar that the settings name; one a process, for its breaker, its token and its copy to work."""
    settings = current_settings()
    if settings.calendar == "embedded":
        return EmbeddedCalendar()
    make, key = _maker(settings)
    with _lock:
        if key not in _made:
            _made[key] = make(settings)
        return _made[key]


def forget() -> None:
    """Let the next call connect anew."""
    with _lock:
        _made.clear()


def _maker(settings: Settings) -> tuple[Callable[[Settings], RoomCalendar], tuple[str, ...]]:
    if settings.calendar == "graph":
        return _make_graph, (settings.graph_url, settings.graph_tenant, settings.graph_client, settings.graph_mailbox)
    return _make_exchange, (settings.ews_url, settings.ews_user, settings.ews_mailbox)


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
            connections=settings.calendar_connections,
        )
    )


def _make_graph(settings: Settings) -> RoomCalendar:
    from portal.blueprints.rooms.adapters.graph.calendar import GraphCalendar
    from portal.blueprints.rooms.adapters.graph.line import Connection

    return GraphCalendar(
        Connection(
            tenant=settings.graph_tenant,
            client=settings.graph_client,
            secret=settings.graph_secret,
            mailbox=settings.graph_mailbox,
            url=settings.graph_url,
            authority=settings.graph_authority,
            connections=settings.calendar_connections,
        )
    )
