"""Every route of the portal, found from the app itself: a new one is attacked without anybody thinking of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

SAFE = {"GET", "HEAD", "OPTIONS"}

PUBLIC: Mapping[str, str] = {
    "static": "styles, scripts and icons: the sign-in page wears them, and they hold nothing of anybody's",
    "robots": "a page that asks search engines to stay away",
    "favicon": "the mark in the browser's tab",
    "styleguide": "components with made-up content; only installed in demo mode and tests",
    "home.health": "says «ok» to whoever watches over the portal, and nothing more",
    "people.sign_in": "the door of the house itself",
    "people.pick": "the door of demo mode; not found otherwise",
    "people.one_time_link": "opened by its secret, once",
    "people.appearance": "strangers choose language and colours too; it changes the asker's own cookies only",
    **dict.fromkeys(
        (
            "questions_feeds.everything",
            "questions_feeds.unanswered",
            "questions_feeds.followed",
            "questions_feeds.tag",
            "questions_feeds.filtered",
            "questions_feeds.thread",
        ),
        "feed readers cannot sign in: a secret of 256 bits opens what its one owner may read on the board",
    ),
    **dict.fromkeys(
        ("events.answer", "events.give_answer"),
        "one press from a mail: a token signed for one person, one evening and one answer opens that answer alone",
    ),
    "privacy.erasure": "who has erased themselves is nobody any more: a signed word opens how far it has come, no more",
    "events_feed.feed": "calendar programs cannot sign in: a secret of 256 bits opens one person's own evenings",
}


@dataclass(frozen=True, kw_only=True)
class Route:
    """One way to ask for one endpoint."""

    endpoint: str
    method: str
    path: str
    access: str

    def __str__(self) -> str:
        return f"{self.method} {self.path} ({self.endpoint})"


def sample(rule: Rule, name: str, ids: Mapping[str, Any]) -> Any:
    """Give a value that the place in the address accepts."""
    converter = rule._converters[name]
    if name in ids:
        return ids[name]
    kind = type(converter).__name__
    if kind in {"IntegerConverter", "Id"}:
        return 1
    if kind == "AnyConverter":
        return sorted(converter.items)[0]  # type: ignore[attr-defined]
    length = converter.regex.partition("{")[2].rstrip("}")
    return "a" * int(length) if length.isdigit() else "x"


def path_of(rule: Rule, ids: Mapping[str, Any]) -> str:
    """Fill the places of a rule."""
    built = rule.build({name: sample(rule, name, ids) for name in rule.arguments})
    assert built
    return built[1]


def access_of(app: Flask, endpoint: str) -> str:
    """Tell what a route says of who may call it."""
    view: Any = app.view_functions[endpoint]
    while not hasattr(view, "access"):
        view = view.__wrapped__
    return str(view.access)


def routes(app: Flask, ids: Mapping[str, Any] | None = None) -> list[Route]:
    """Give every method of every rule."""
    found = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path = path_of(rule, ids or {})
            access = access_of(app, rule.endpoint)
            found.append(Route(endpoint=rule.endpoint, method=method, path=path, access=access))
    return found
