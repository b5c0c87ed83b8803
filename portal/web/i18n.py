"""The reader's language in views and templates."""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context, request

from portal.core import i18n
from portal.web import auth


def locale() -> str:
    """Give the reader's language: the person's choice, else the browser cookie, else Nynorsk."""
    if not has_request_context():
        return i18n.DEFAULT
    if "locale" not in g:
        reader = auth.find_viewer()
        chosen = reader.locale if reader else request.cookies.get("locale", "")
        g.locale = chosen if chosen in i18n.LOCALES else i18n.DEFAULT
    return str(g.locale)


def _(message: str, **params: Any) -> str:
    """Put a message id into the reader's words."""
    return i18n.text(message, locale(), **params)


def ngettext(singular: str, plural: str, n: int, **params: Any) -> str:
    """Put a counted message into the reader's words."""
    return i18n.plural(singular, plural, n, locale(), **params)
