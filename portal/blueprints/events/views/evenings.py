"""One evening, and coming or not."""

from __future__ import annotations

from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.forms import SHOWN_AS, SignUpForm
from portal.blueprints.events.models.signups import ShownAs, SignUp
from portal.blueprints.events.queries import outlooks
from portal.blueprints.events.queries.outlooks import Outlook
from portal.blueprints.events.service import signups
from portal.blueprints.events.views import wording
from portal.blueprints.events.views.blueprint import bp
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, page_or_fragment, piece_of, wants_fragment
from portal.web.transactions import commits

PIECES = {
    "kort": "events/_sign_up.html",
    "plassar": "events/_seats.html",
    "desse-kjem": "events/_coming.html",
}


@bp.get("/neste")
@signed_in
@piece_of("home.front")
def agenda() -> ResponseReturnValue:
    """Give the next evenings again when something has changed: a piece of the front page."""
    return render_template("events/_agenda.html", evenings=outlooks.next_evenings(viewer()))


@bp.get("/<int:evening_id>")
@signed_in
def evening(evening_id: int) -> ResponseReturnValue:
    """Show an evening."""
    return _evening(evening_id)


@bp.get(f"/<int:evening_id>/<any({', '.join(repr(piece) for piece in PIECES)}):piece>")
@signed_in
@piece_of("events.evening")
def piece(evening_id: int, piece: str) -> ResponseReturnValue:
    """Give a piece of an evening's page again when something has changed."""
    page = outlooks.evening_page(viewer(), evening_id)
    context = {"page": page, "outlook": page.outlook, "form": _form(page.outlook), "wording": wording}
    return render_template(PIECES[piece], **context)


@bp.post("/<int:evening_id>/paamelding")
@signed_in
@commits
def sign_up(evening_id: int) -> ResponseReturnValue:
    """Come, or wait in line; also change how one is shown and what the organisers know."""
    before = outlooks.outlook(viewer(), evening_id)
    form = _form(before, sent=True)
    if not form.validate():
        return _refused(evening_id, form)
    try:
        mine = signups.sign_up(
            viewer(),
            evening_id,
            guests=form.guests.data if "guests" in request.form else None,
            shown_as=ShownAs(form.shown_as.data),
            note=form.text("note") if "note" in request.form else None,
            accepts=form.accepts,
        )
    except Invalid as error:
        form.refuse(error)
        return _refused(evening_id, form)
    flash(_said(mine, is_change=before.mine is not None))
    return done(evening_id)


@bp.post("/<int:evening_id>/tilbod")
@signed_in
@commits
def accept(evening_id: int) -> ResponseReturnValue:
    """Say yes to the seat one was offered."""
    signups.accept(viewer(), evening_id)
    flash(N_("You are on the list. The calendar invitation comes by mail."))
    return done(evening_id)


@bp.post("/<int:evening_id>/avmelding")
@signed_in
@commits
def give_up(evening_id: int) -> ResponseReturnValue:
    """Leave, in one press and with no reason asked."""
    signups.give_up(viewer(), evening_id)
    flash(N_("You have dropped out. Nobody asks why."))
    return done(evening_id)


def _form(outlook: Outlook, *, sent: bool = False) -> SignUpForm:
    mine = outlook.mine
    kept: dict[str, Any] = {
        "guests": mine.guests if mine else 0,
        "shown_as": mine.shown_as if mine else ShownAs.NAME,
        "note": outlook.my_note,
    }
    form = SignUpForm(**kept) if sent else SignUpForm(formdata=None, **kept)
    wording.offer(form.shown_as, SHOWN_AS)
    wording.offer_guests(form.guests)
    return form


def _evening(evening_id: int, form: SignUpForm | None = None, status: int = 200) -> ResponseReturnValue:
    page = outlooks.evening_page(viewer(), evening_id)
    context = {"page": page, "outlook": page.outlook, "form": form or _form(page.outlook), "wording": wording}
    return page_or_fragment("events/evening.html", "events/_sign_up_answer.html", status=status, **context)


def _refused(evening_id: int, form: SignUpForm) -> ResponseReturnValue:
    return _evening(evening_id, form, 422)


def _said(mine: SignUp, *, is_change: bool) -> str:
    if is_change:
        return N_("Saved.")
    if mine.is_in:
        return N_("You are on the list. The calendar invitation comes by mail.")
    return N_("You are on the waiting list. When it is your turn, you are asked, and the place is kept for you.")


def done(evening_id: int) -> ResponseReturnValue:
    """Give what follows a press: the piece it was made on, or the page."""
    if not wants_fragment():
        return go(url_for("events.evening", evening_id=evening_id))
    if request.form.get("piece") == "agenda":
        evenings = outlooks.next_evenings(viewer())
        return make_response(render_template("events/_agenda_answer.html", evenings=evenings))
    return _evening(evening_id)
