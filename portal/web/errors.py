"""Refusals and faults in the reader's language: a page, a fragment, or problem+json."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from portal.core.db import db
from portal.core.errors import PortalError, TooMany
from portal.core.i18n import DEFAULT, N_, text
from portal.web.i18n import _

log = logging.getLogger(__name__)
SECRETS = {"password", "old"}  # the fields of a form that are never written on a page

WORDS: dict[int, tuple[str, str]] = {
    400: (
        N_("We did not understand that"),
        N_("Something in the request was not as it should be. Go back and try again."),
    ),
    403: (N_("This is not open to you"), N_("If you think it should be, ask an administrator.")),
    404: (N_("We cannot find that page"), N_("It may have moved, or it was never here. Try the search.")),
    405: (N_("That cannot be done here"), N_("Go back and try again.")),
    409: (N_("Somebody came first"), N_("Load the page again to see how things stand now.")),
    413: (N_("That was too large"), N_("Try a smaller picture or a shorter text.")),
    422: (N_("Something needs a second look"), N_("Go back and look at what is marked.")),
    429: (N_("That was a lot at once"), N_("Wait a little and try again.")),
    500: (
        N_("That did not work"),
        N_("The fault is ours. Your text is still in your browser if you go back. Try again in a moment."),
    ),
    503: (N_("A system we need does not answer"), N_("Nothing is lost. Try again in a moment.")),
}


def install(app: Flask) -> None:
    """Give every refusal and fault its page."""
    app.register_error_handler(PortalError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DataError, _unusable)
    app.register_error_handler(OverflowError, _unusable)
    app.register_error_handler(Exception, _fault)


def _refused(error: PortalError) -> ResponseReturnValue:
    words = _(error.message, **error.params)
    if not isinstance(error, TooMany):
        return show(error.status, words)
    answer = make_response(_pressed_too_often(words) if request.method == "POST" else show(error.status, words))
    answer.headers["Retry-After"] = str(math.ceil(error.wait.total_seconds()))
    return answer


def _pressed_too_often(words: str) -> ResponseReturnValue:
    """Refuse a change so that nothing that was written for it is lost."""
    if _wants_json() or not request.headers.get("HX-Request"):
        return show(TooMany.status, words, kept=_kept())
    # Said in the corner: in the place of the form it would take the text away with it.
    line = render_template("errors/_line.html", title=_(WORDS[TooMany.status][0]), words=words)
    return line, TooMany.status, {"HX-Retarget": "#toast", "HX-Reswap": "beforeend"}


def _kept() -> list[tuple[str, str]]:
    """Give what was sent, to be sent again; what holds a password or a file is chosen anew."""
    if SECRETS & set(request.form) or any(file.filename for file in request.files.values()):
        return []
    return [(name, words) for name, words in request.form.items(multi=True) if name != "csrf_token"]


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    return show(400, _("The page had been open for long. Load it again, and send once more."))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    answer = make_response(show(error.code))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.allow.update(error.valid_methods)
    return answer


def _unusable(error: Exception) -> ResponseReturnValue:
    # A number too large for its column, or signs that the engine does not take: the asker's fault, but worth a line.
    log.warning("request.unusable", extra={"fault": type(error).__name__, "place": _place(error)})
    db.session.rollback()
    return show(400)


def _fault(error: Exception) -> ResponseReturnValue:
    # The words of the exception may quote a person; the place in the code and the request id are enough to find it.
    log.error("request.fault", extra={"fault": type(error).__name__, "place": _place(error)})
    try:
        return _page_of_fault()
    except Exception:  # the page itself asks the database who reads it: when that is away, plain words must do
        return Response(_plain_words(), 500, mimetype="text/plain")


def _page_of_fault() -> ResponseReturnValue:
    db.session.rollback()  # PostgreSQL answers nothing more in a transaction that has failed
    return show(500)


def _plain_words() -> str:
    title, advice = (text(words, DEFAULT) for words in WORDS[500])
    return f"{title}. {advice}\n{g.get('request_id', '')}\n"


def _place(error: Exception) -> str:
    trace = error.__traceback__
    ours = ""
    while trace:
        name = trace.tb_frame.f_globals.get("__name__", "")
        ours = f"{name}:{trace.tb_lineno}" if name.startswith("portal") else ours
        trace = trace.tb_next
    return ours


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def show(status: int, words: str | None = None, *, kept: Sequence[tuple[str, str]] = ()) -> ResponseReturnValue:
    """Show a refusal in the shape that was asked for; a page gives back what is kept of a form."""
    title, advice = WORDS.get(status, WORDS[500] if status >= 500 else WORDS[400])
    context = {"status": status, "title": _(title), "words": words or _(advice), "request_id": g.get("request_id", "")}
    if _wants_json():
        answer = jsonify(
            status=status, title=context["title"], detail=context["words"], request_id=context["request_id"]
        )
        answer.mimetype = "application/problem+json"
        return answer, status
    template = "errors/_fragment.html" if request.headers.get("HX-Request") else "errors/page.html"
    return render_template(template, kept=kept, **context), status
