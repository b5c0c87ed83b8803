"""Raising a hand, and the page where one sees who waits and who is free."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.queries import tags
from portal.blueprints.shifts import queries as shifts
from portal.blueprints.shifts.queries import Around
from portal.blueprints.urgent.forms.calls import RaiseForm
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.queries.calls import Line
from portal.blueprints.urgent.service import calls
from portal.blueprints.urgent.views.blueprint import bp
from portal.core.errors import Invalid
from portal.web import bounds
from portal.web.auth import signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import go, piece_of, wants_fragment
from portal.web.i18n import _, locale, ngettext
from portal.web.transactions import commits

SHOWN = 5  # so many of those who are free are shown
NAMED = 2  # so many of those who are free are named; the others are a number


@bp.route("/hjelp", methods=["GET", "POST"])
@signed_in
@commits
def index() -> ResponseReturnValue:
    """Raise a hand: one line, and Enter. Here one also sees who waits, and who is free."""
    form = RaiseForm(key=form_key())
    if form.is_submitted():
        bounds.raise_hand()
    if form.validate_on_submit():
        try:
            call = calls.raise_hand(
                viewer(),
                text=form.text("line"),
                tag=_slug(form.tag.data or ""),
                key=form.key.data or None,
                accepts=form.accepts,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            return _raised(url_for("urgent.call", call_id=call.id))
    if wants_fragment():
        return render_template("urgent/_raise.html", form=form, field_id=_field_id(), is_raised=False), 422
    return show(form, status=422 if form.is_submitted() else 200)


def show(form: RaiseForm | None = None, *, status: int = 200, said: str = "") -> ResponseReturnValue:
    """Show the page: the field, what waits, who is free."""
    form = form or RaiseForm(formdata=None, key=form_key())
    return render_template("urgent/index.html", form=form, lines=reading.waiting(viewer()), said=said), status


def _raised(address: str) -> ResponseReturnValue:
    """Stay where one is, with the strip at the foot of the page; or go where everything of the call stands."""
    if wants_fragment() and _field_id() == "quick-help":
        return render_template("urgent/_raise.html", form=None, field_id=_field_id(), is_raised=True)
    return go(address)


def _field_id() -> str:
    return "quick-help" if "quick" in request.form else "help"


def _slug(written: str) -> str:
    """Find what a call is about from what was written; a word that we do not know stops nobody."""
    word = written.strip().casefold()
    if not word:
        return ""
    for label in tags.labels():
        if word in {label.slug, *(label.name(each).casefold() for each in ("nn", "nb", "en"))}:
            return str(label.slug)
    return next((tag.slug for tag in tags.tags_by_slug([word])), "")


@bp.get("/hjelp/emne")
@signed_in
@piece_of("urgent.index")
def suggestions() -> ResponseReturnValue:
    """Give the names of what calls can be about."""
    return render_template("urgent/_suggestions.html", names=sorted(label.name(locale()) for label in tags.labels()))


@bp.get("/hjelp/ventar")
@signed_in
@piece_of("urgent.index")
def waiting() -> ResponseReturnValue:
    """Give the list of what waits again."""
    return render_template("urgent/_waiting.html", lines=reading.waiting(viewer()))


@bp.app_template_global()
def calls_waiting() -> Sequence[Line]:
    """Give what waits, for the front page."""
    return reading.waiting(viewer())


@bp.app_template_global()
def desk_now(waiting: Sequence[Line]) -> Around:
    """Tell who is at work now, and who of them is free: not those who wait for help themselves."""
    return shifts.around(but=viewer().id, stuck={line.asker.id for line in waiting}, faces=SHOWN)


@bp.app_template_global()
def who_is_free(desk: Around) -> str:
    """Say who is free, in words."""
    names = [each.name.split()[0] for each in desk.faces]
    if not names:
        return _("Nobody has said that they are free just now. A call still reaches everybody at work.")
    if len(names) == 1:
        return _("%(name)s is free.", name=names[0])
    more = desk.free - NAMED
    if more <= 0:
        return _("%(name)s and %(other)s are free.", name=names[0], other=names[1])
    return ngettext(
        "%(names)s and %(n)s more are free.", "%(names)s and %(n)s more are free.", more, names=", ".join(names[:NAMED])
    )
