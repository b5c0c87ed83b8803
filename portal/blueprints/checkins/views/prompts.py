"""Choosing when one wants to be asked how one is."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.checkins.forms.prompts import DAYS, PromptForm
from portal.blueprints.checkins.queries import prompts as reading
from portal.blueprints.checkins.rules.prompts import Choice
from portal.blueprints.checkins.service import prompts
from portal.blueprints.checkins.views.blueprint import bp
from portal.core.i18n import N_, format_time
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import _, locale
from portal.web.parts import part_of
from portal.web.templating import piece
from portal.web.transactions import commits


@bp.get("/spor-meg")
@signed_in
def prompt() -> ResponseReturnValue:
    """Show when one is asked."""
    form = PromptForm(formdata=None, **_chosen())
    form.offer()
    return render_template("checkins/prompt.html", form=form)


@bp.post("/spor-meg")
@signed_in
@commits
def prompt_choice() -> ResponseReturnValue:
    """Choose a day and a time, or never."""
    form = PromptForm()
    form.offer()
    if not form.validate():
        return render_template("checkins/prompt.html", form=form), 422
    prompts.choose(viewer(), form.choice)
    flash(N_("Saved. You are not asked.") if form.choice.is_never else N_("Saved. You are asked in your inbox."))
    return go(url_for("checkins.index"))


@bp.post("/spor-meg/nei")
@signed_in
@commits
def prompt_refusal() -> ResponseReturnValue:
    """Never be asked, in one press."""
    prompts.choose(viewer(), Choice())
    flash(N_("All right. You are not asked."))
    return go(url_for("checkins.index"))


def _chosen() -> dict[str, object]:
    known = reading.find_prompt(viewer())
    choice = known.choice if known else Choice()
    return {"weekday": choice.weekday, "at": choice.at}


@part_of("breathing.side", order=60)
def prompt_offer() -> Markup | None:
    """Offer it once: whoever has answered, whatever they said, is not offered it again."""
    return piece("checkins/_prompt_offer.html") if reading.find_prompt(viewer()) is None else None


@part_of("me.side", order=40)
def prompt_card() -> Markup:
    """Say on one's own page when one is asked."""
    known = reading.find_prompt(viewer())
    chosen = _("Never")
    if known and known.weekday is not None:
        chosen = _("%(day)s at %(time)s", day=_(DAYS[known.weekday]), time=format_time(known.at, locale()))
    return piece("checkins/_prompt_me.html", chosen=chosen)
