"""One view, two shapes: the whole page, or the piece of it that is replaced."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask import flash as flask_flash
from flask.typing import ResponseReturnValue

from portal.web.i18n import _

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def wants_fragment() -> bool:
    """Tell whether a piece of the page is asked for."""
    return request.headers.get("HX-Request") == "true"


def page_or_fragment(page: str, fragment: str, /, *, status: int = 200, **context: Any) -> Response:
    """Render the fragment for a piece of the page, else the page that includes it."""
    template = fragment if wants_fragment() else page
    answer = make_response(render_template(template, **context), status)
    answer.vary.add("HX-Request")
    return answer


def piece_of(endpoint: str) -> Callable[[View], View]:
    """Mark a view that gives only a piece of a page: opened on its own, it leads to the page, whose ids it has too."""

    def mark(view: View) -> View:
        @wraps(view)
        def piece(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not wants_fragment():
                rule = next(current_app.url_map.iter_rules(endpoint))
                return redirect(url_for(endpoint, **{name: kwargs[name] for name in rule.arguments}), 303)
            return view(*args, **kwargs)

        return cast(View, piece)

    return mark


def flash(message: str, **params: Any) -> None:
    """Say something kind on the next page; the words are put together now, in the reader's language."""
    flask_flash(_(message, **params), "polite")


def go(url: str) -> ResponseReturnValue:
    """Go on to another page of ours after something was done."""
    if wants_fragment():
        return "", 204, {"HX-Redirect": url}
    return redirect(url, 303)
