"""One view, two shapes: the whole page, or the piece of it that is replaced."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request
from flask import flash as flask_flash
from flask.typing import ResponseReturnValue

from portal.web.i18n import _


def wants_fragment() -> bool:
    """Tell whether a piece of the page is asked for."""
    return request.headers.get("HX-Request") == "true"


def page_or_fragment(page: str, fragment: str, /, *, status: int = 200, **context: Any) -> Response:
    """Render the fragment for a piece of the page, else the page that includes it."""
    template = fragment if wants_fragment() else page
    answer = make_response(render_template(template, **context), status)
    answer.vary.add("HX-Request")
    return answer


def flash(message: str, **params: Any) -> None:
    """Say something kind on the next page; the words are put together now, in the reader's language."""
    flask_flash(_(message, **params), "polite")


def go(url: str) -> ResponseReturnValue:
    """Go on to another page of ours after something was done."""
    if wants_fragment():
        return "", 204, {"HX-Redirect": url}
    return redirect(url, 303)
