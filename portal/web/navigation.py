"""The menu: each slice registers its entries; every endpoint is in it, or says why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from portal.core.viewer import Viewer
from portal.web.i18n import _


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One place in a menu. The label is a message id."""

    endpoint: str
    label: str
    icon: str
    order: int
    menu: str = "main"
    permission: str | None = None

    @property
    def key(self) -> str:
        """Give the slice that the entry leads to."""
        return self.endpoint.split(".")[0]

    @property
    def url(self) -> str:
        """Give the address."""
        return url_for(self.endpoint)

    @property
    def words(self) -> str:
        """Give the label in the reader's language."""
        return _(self.label)

    @property
    def is_current(self) -> bool:
        """Tell whether the reader is there, or somewhere below it."""
        here = request.blueprint or ""
        return _below.get(here, here) == self.key if self.menu == "main" else request.endpoint == self.endpoint


def page_of(endpoint: str, ref: int) -> str:
    """Give the address of the page of one thing; the endpoint takes its id alone, whatever it calls it."""
    rule = next(current_app.url_map.iter_rules(endpoint))
    values: dict[str, Any] = dict.fromkeys(rule.arguments, ref)
    return url_for(endpoint, **values)


_entries: dict[tuple[str, str], Entry] = {}
_below: dict[str, str] = {}


def register(
    endpoint: str, label: str, *, icon: str, order: int, menu: str = "main", permission: str | None = None
) -> None:
    """Put an entry in a menu («main» or «admin»)."""
    _entries[menu, endpoint] = Entry(
        endpoint=endpoint, label=label, icon=icon, order=order, menu=menu, permission=permission
    )


def put_below(key: str, blueprint: str) -> None:
    """Let the pages of a blueprint count as below the entry of a slice, such as games below «Together»."""
    _below[blueprint] = key


def entries(viewer: Viewer | None, menu: str = "main") -> list[Entry]:
    """Give the entries that a person may open, in their order."""
    if viewer is None:
        return []
    shown = (entry for (name, _endpoint), entry in _entries.items() if name == menu)
    allowed = (entry for entry in shown if entry.permission is None or viewer.may(entry.permission))
    return sorted(allowed, key=lambda entry: entry.order)
