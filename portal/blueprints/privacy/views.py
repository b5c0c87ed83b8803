"""What is held about oneself: to read, to take along, and to erase."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from flask import Blueprint, Response, make_response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.people import service as accounts
from portal.blueprints.privacy import queries, rules
from portal.blueprints.privacy.forms import EraseForm, ProveForm
from portal.blueprints.privacy.models import Erasure
from portal.blueprints.privacy.service import erasures, exports, wording
from portal.core import clock, i18n, tokens
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import N_
from portal.web import auth, bounds
from portal.web.auth import public, signed_in, viewer
from portal.web.fragments import go, page_or_fragment
from portal.web.parts import part_of
from portal.web.templating import piece
from portal.web.transactions import commits

bp = Blueprint("privacy", __name__)
IN_MEMORY = 16 * 1024 * 1024  # what is larger waits on disk, in a file without a name
PURPOSE = "erasure"
LAST_WORDS = 3600


@bp.get("/personvern")
@signed_in
def everybody() -> ResponseReturnValue:
    """Show what is held about people, who sees it and how long it stays: from the code's own list."""
    return render_template("privacy/everybody.html", groups=queries.groups())


@bp.get("/meg/opplysningar")
@signed_in
def own() -> ResponseReturnValue:
    """Show what is held about oneself, and the two things one can do about it."""
    return _own(ProveForm())


def _own(form: ProveForm) -> ResponseReturnValue:
    status = 422 if form.is_submitted() else 200
    return render_template("privacy/own.html", groups=queries.groups(), form=form, asks=_asks()), status


@bp.post("/meg/opplysningar/ta-med")
@signed_in
@commits
def archive() -> ResponseReturnValue:
    """Give everything along in one file. It is made now, for this answer, and kept nowhere."""
    form = ProveForm()
    if not _is_proved(form):
        return _own(form)
    bounds.take_along()
    person = viewer()
    target = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    try:
        exports.write_archive(person.id, cast(IO[bytes], target), index=_index)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    answer = send_file(
        cast(IO[bytes], target), mimetype="application/zip", as_attachment=True, download_name="tunet-opplysningar.zip"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _index(chapters: object) -> str:
    reader = viewer()
    words = {"label": wording.label, "silent": wording.SILENT, "shown": partial(exports.shown, locale=reader.locale)}
    written_on = i18n.format_date(clock.now(), reader.locale)
    context = {"person": reader, "written_on": written_on, "kept_back": queries.not_given(), **words}
    return render_template("privacy/archive.html", chapters=chapters, **context)


@bp.route("/meg/opplysningar/sletting", methods=["GET", "POST"])
@signed_in
@commits
def erase() -> ResponseReturnValue:
    """Say what erasing means, and erase."""
    form = EraseForm()
    if form.validate_on_submit() and _is_proved(form):
        try:
            erasure = erasures.begin(viewer(), typed=form.name.data, takes_words=form.takes_words.data)
        except Invalid as error:
            form.refuse(error)
        else:
            return _out(url_for("privacy.erasure", token=_token(erasure)), locale=viewer().locale)
    status = 422 if form.is_submitted() else 200
    # Nothing live here: what looks by itself would find itself signed out, and go to sign in before the answer comes.
    context = {"person": viewer(), "asks": _asks(), "live_url": "", **_left()}
    return render_template("privacy/erase.html", form=form, **context), status


def _left() -> dict[str, Any]:
    return {"stays": queries.what_stays(), "leaves_rows": queries.leaves_rows()}


def _out(there: str, *, locale: str) -> ResponseReturnValue:
    auth.end_session()
    answer = make_response(go(there))
    # Whoever is nobody any more still reads the last page in their own language.
    answer.set_cookie("locale", locale, max_age=LAST_WORDS, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


@bp.get("/sletta/<token>")
@public
def erasure(token: str) -> Response:
    """Tell somebody who is signed out for good how far it has come."""
    person_id, asked_at = _opened(token)
    found = queries.get_erasure(person_id, asked_at)
    context = {"erasure": found, "token": token, **_left()}
    answer = page_or_fragment("privacy/erasure.html", "privacy/_erasure.html", **context)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _token(erasure: Erasure) -> str:
    return tokens.sign(PURPOSE, [erasure.person_id, erasure.asked_at.isoformat()])


def _opened(token: str) -> tuple[int, datetime]:
    match tokens.opened(PURPOSE, token):
        case [int(person_id), str(asked_at)]:
            return person_id, datetime.fromisoformat(asked_at)
        case _:
            raise NotFound(N_("We cannot find that page"))


def _asks() -> str:
    """Tell how somebody is asked to prove who they are: not at all, by password, or by signing in again."""
    if auth.is_fresh(rules.FRESH):
        return ""
    return "password" if accounts.has_password(viewer().id) else "sign-in"


def _is_proved(form: ProveForm) -> bool:
    if not form.validate_on_submit():
        return False
    try:
        erasures.prove_who(viewer(), form.password.data or "", is_fresh=not _asks())
    except Invalid as error:
        form.refuse(error)
        return False
    return True


@part_of("me.side", order=90)
def own_card() -> Markup:
    """Lead from one's own page to what is held about oneself."""
    return piece("privacy/_me.html")
