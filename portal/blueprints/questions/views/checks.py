"""What waits for a check after a system has changed, and the hand-over between shifts."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.lifecycle import CheckForm
from portal.blueprints.questions.queries import checks, shift, tags, thanks
from portal.blueprints.questions.service import checks as checking
from portal.blueprints.questions.views.blueprint import bp
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import may, signed_in, viewer
from portal.web.fragments import flash, go, page_or_fragment
from portal.web.i18n import locale
from portal.web.transactions import commits


@bp.app_template_global()
def thanks_this_month() -> int:
    """Count the thanks of the desk as a whole."""
    return thanks.thanks_this_month(viewer())


@bp.get("/sporsmal/til-sjekk")
@signed_in
def to_check() -> ResponseReturnValue:
    """Show the answers that wait for somebody who tries them."""
    tag = request.args.get("tag", "")[:40]
    return page_or_fragment(
        "questions/to_check.html",
        "questions/_to_check.html",
        page=checks.waiting(viewer(), tag=tag, cursor=request.args.get("etter")),
        checked=checks.checked_tags(),
        tag=tag,
    )


@bp.route("/sporsmal/til-sjekk/ny", methods=["GET", "POST"])
@may("questions.tags")
@commits
def new_check() -> ResponseReturnValue:
    """Say that a system has changed, so that what is written of it is tried again."""
    form = CheckForm(tag=request.args.get("tag", "")[:40])
    form.tag.choices = [(each.slug, each.name(locale())) for each in tags.tags()]
    if form.validate_on_submit():
        try:
            checking.ask_for_check(viewer(), form.tag.data, reason=form.text("reason"))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Older answers say now that they must be checked."))
            return go(url_for("questions.to_check"))
    return render_template("questions/new_check.html", form=form), 422 if form.is_submitted() else 200


@bp.post("/sporsmal/til-sjekk/<tag>/slutt")
@may("questions.tags")
@commits
def end_check(tag: str) -> ResponseReturnValue:
    """Say that nothing of a tag has to be checked any more."""
    checking.end_check(viewer(), tag)
    flash(N_("The check is over."))
    return go(url_for("questions.to_check"))


@bp.get("/sporsmal/vaktskifte")
@signed_in
def handover_page() -> ResponseReturnValue:
    """Show what the next shift takes over."""
    return page_or_fragment("questions/shift.html", "questions/_shift.html", shift=shift.shift(viewer()))
