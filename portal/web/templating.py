"""What templates may use: strict names, filters in the reader's language, and hx() for every htmx attribute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from datetime import datetime
from typing import Any

from flask import Flask, current_app, g, get_flashed_messages, render_template, request
from flask.templating import Environment
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from portal.core import clock, i18n, markdown
from portal.web import assets, auth, forms, navigation, parts, security
from portal.web.i18n import _, locale, ngettext

THEMES = ("auto", "light", "dark")
_provided: dict[str, Callable[[], Any]] = {}


class Templates(Environment):
    """Gives every template the globals of the house themselves.

    Jinja lays an empty map over them for each template, and then looks through both in Python at every import of a
    macro: on a page of many pieces that was a fifth of the time. Nothing here gives a template globals of its own.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give the globals of a template."""
        return super().make_globals(d) if d else self.globals


def provide(name: str, function: Callable[[], Any]) -> None:
    """Let a slice give every page a value; it is worked out only where a template asks for it."""
    _provided[name] = function


def install(app: Flask) -> None:
    """Set up Jinja."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=_, N_=i18n.N_, ngettext=ngettext, asset=assets.asset, hx=hx, csrf_token=generate_csrf, now=clock.now
    )
    app.jinja_env.globals.update(messages=lambda: get_flashed_messages(), provided=provided, form_key=forms.form_key)
    app.jinja_env.globals.update(parts=parts.parts)
    app.jinja_env.filters.update(
        day=lambda value: i18n.format_day(value, locale()),
        short_day=lambda value: i18n.format_short_day(value, locale()),
        weekday=lambda value: i18n.format_weekday(value, locale()),
        time=lambda value: i18n.format_time(value, locale()),
        moment=lambda value: i18n.format_moment(value, locale()),
        ago=ago,
        number=lambda value: i18n.format_number(value, locale()),
        markdown=markdown.to_html,
        wall=clock.wall,
        upper_first=lambda text: text[:1].upper() + text[1:],
        web_address=web_address,
    )
    app.context_processor(_context)


def piece(template: str, **values: Any) -> Markup:
    """Write a template as a piece of another page, for whoever looks."""
    return Markup(render_template(template, **values))  # noqa: S704 - templates escape


def line(template: str, **values: Any) -> Markup:
    """Write a template from its values alone, without what belongs to a request: it may be kept for the next reader."""
    return Markup(current_app.jinja_env.get_template(template).render(values))  # noqa: S704 - templates escape


def lines(pieces: Iterable[Markup]) -> Markup:
    """Put pieces below each other."""
    return Markup("\n").join(pieces)


def provided(name: str, default: Any = None) -> Any:
    """Give a value that a slice provides, or the default where that slice is not there."""
    return _provided[name]() if name in _provided else default


def _context() -> dict[str, Any]:
    reader = auth.find_viewer()
    theme = getattr(reader, "theme", None) or request.cookies.get("theme", "")
    contrast = getattr(reader, "contrast", None) or request.cookies.get("contrast", "")
    return {
        "viewer": reader,
        "locale": locale(),
        "theme": theme if theme in THEMES else "auto",
        "contrast": "high" if contrast == "high" else "",
        "nonce": security.nonce(),
        "menu": navigation.entries(reader),
        "admin_menu": navigation.entries(reader, "admin"),
        "live_url": f"/live?since={g.asked_at * 1000:.0f}" if reader else "",
        "unread_count": _unread_count() if reader else 0,
        "here": request.full_path.rstrip("?"),
    }


def _unread_count() -> int:
    # Once a request: every piece of a page is written with a context of its own.
    if "unread_count" not in g:
        g.unread_count = provided("unread_count", 0) + provided("nameless_count", 0)
    return int(g.unread_count)


def hx(**attributes: Any) -> Markup:
    """Write htmx attributes together with the nonce without which the browser drops them."""
    written = [f'hx-nonce="{security.nonce()}"']
    for name, value in attributes.items():
        if value is not None:
            written.append(f'hx-{name.replace("_", "-")}="{escape(value)}"')
    return Markup(" ".join(written))  # noqa: S704 - every value is escaped above


def web_address(text: str) -> str:
    """Give an address that somebody wrote if it leads over the web, else nothing: whatever the row says, no script."""
    return text if text.startswith(("https://", "http://")) else ""


def ago(value: datetime) -> Markup:
    """Write how long ago something was, with the moment itself for machines and for those who point at it."""
    shown, whole = i18n.format_ago(value, locale()), i18n.format_moment(value, locale())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(clock.wall(value).isoformat(), whole, shown)
