"""The reader's language in views and templates."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from flask import Flask, has_request_context, request

from portal.core import i18n
from portal.web import auth

# A page asks three hundred times which language it is in; Flask's `g` would take a millisecond of it.
_locale: ContextVar[str] = ContextVar("locale", default="")


def install(app: Flask) -> None:
    """Forget the last reader's language before and after each request."""
    app.before_request(_forget)
    app.teardown_request(_forget)


def _forget(_error: BaseException | None = None) -> None:
    _locale.set("")


def locale() -> str:
    """Give the reader's language: the person's choice, else the browser cookie, else Nynorsk."""
    return _locale.get() or _find_locale()


def speak(chosen: str) -> None:
    """Speak another language for the rest of this request: whoever opens a link from a mail need not be signed in."""
    _locale.set(chosen if chosen in i18n.LOCALES else i18n.DEFAULT)


def _find_locale() -> str:
    if not has_request_context():
        return i18n.DEFAULT
    reader = auth.find_viewer()
    chosen = reader.locale if reader else request.cookies.get("locale", "")
    found = chosen if chosen in i18n.LOCALES else i18n.DEFAULT
    _locale.set(found)
    return found


def _(message: str, **params: Any) -> str:
    """Put a message id into the reader's words."""
    return i18n.text(message, locale(), **params)


def ngettext(singular: str, plural: str, n: int, **params: Any) -> str:
    """Put a counted message into the reader's words."""
    return i18n.plural(singular, plural, n, locale(), **params)
