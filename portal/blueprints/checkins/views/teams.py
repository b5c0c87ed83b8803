"""The team's wall: what colleagues say under their names, and the signs that answer."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.checkins.forms.checkins import AudienceForm, WordsForm
from portal.blueprints.checkins.queries import teams as queries
from portal.blueprints.checkins.queries.teams import Hanging
from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.rules.teams import Sign
from portal.blueprints.checkins.service import saying
from portal.blueprints.checkins.service import teams as service
from portal.blueprints.checkins.views import wording
from portal.blueprints.checkins.views.blueprint import bp, colleagues, shared_days
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import may, signed_in, viewer
from portal.web.fragments import flash, go, page_or_fragment
from portal.web.transactions import commits

ONE = "/teamet/<string(length=22):hanging>"


@bp.get("/teamet")
@signed_in
def team_wall() -> ResponseReturnValue:
    """Show how colleagues of the team say they are."""
    cursor = request.args.get("etter")
    page, team = queries.wall(viewer(), cursor=cursor), queries.team_name(viewer())
    return page_or_fragment("checkins/team.html", "checkins/_team_wall.html", page=page, team=team, cursor=cursor)


@bp.get(ONE)
@signed_in
def team_one(hanging: str) -> ResponseReturnValue:
    """Show one check-in of the wall; its author sees the signs, and can change it."""
    checkin = queries.one(viewer(), hanging)
    return _one(checkin, 200)


def _one(
    checkin: Hanging, status: int, *, form: AudienceForm | None = None, words: WordsForm | None = None
) -> ResponseReturnValue:
    context: dict[str, Any] = {"checkin": checkin, "days": shared_days(), "team": queries.team_name(viewer())}
    if checkin.is_mine:
        said = checkin.said
        form = form or AudienceForm(formdata=None, audience=Audience.TEAM)
        words = words or WordsForm(formdata=None, face=said.face if said else None, words=said.words if said else "")
        form.offer(colleagues())
        words.offer_faces()
    return render_template("checkins/team_one.html", form=form, words=words, **context), status


@bp.post(f"{ONE}/ord")
@signed_in
@commits
def team_words(hanging: str) -> ResponseReturnValue:
    """Say it otherwise."""
    form = WordsForm()
    form.offer_faces()
    if not form.validate():
        return _one(queries.one(viewer(), hanging), 422, words=form)
    try:
        service.change(viewer(), hanging, said=form.said, accepts=form.accepts)
    except Invalid as error:
        form.refuse(error)
        return _one(queries.one(viewer(), hanging), 422, words=form)
    flash(N_("Saved."))
    return go(url_for("checkins.team_one", hanging=hanging))


@bp.post(f"{ONE}/lesar")
@signed_in
@commits
def team_audience(hanging: str) -> ResponseReturnValue:
    """Take it off the wall, and keep it for oneself or for one colleague."""
    form, others = AudienceForm(), colleagues()
    form.offer(others)
    if not form.validate():
        return _one(queries.one(viewer(), hanging), 422, form=form)
    chosen = Audience(form.audience.data)
    try:
        saying.move_from_team(viewer(), hanging, audience=chosen, reader_id=form.reader_id)
    except Invalid as error:
        form.refuse(error)
        return _one(queries.one(viewer(), hanging), 422, form=form)
    wording.say_who_reads(chosen, form.reader_id, others)
    return go(url_for("checkins.mine"))


@bp.post(f"{ONE}/sletting")
@signed_in
@commits
def team_deletion(hanging: str) -> ResponseReturnValue:
    """Take one's own down for good."""
    service.delete(viewer(), hanging)
    flash(N_("Deleted."))
    return go(url_for("checkins.team_wall"))


@bp.post(f"{ONE}/svar")
@signed_in
@commits
def team_sign(hanging: str) -> ResponseReturnValue:
    """Answer with a sign, or take it back."""
    chosen = request.form.get("sign", "")
    service.give_sign(viewer(), hanging, Sign(chosen) if chosen in set(Sign) else None)
    return go(url_for("checkins.team_wall", _anchor=f"said-{hanging}"))


@bp.post(f"{ONE}/skjuling")
@may("checkins.moderate")
@commits
def team_hiding(hanging: str) -> ResponseReturnValue:
    """Take it out of sight."""
    service.hide(viewer(), hanging, hidden=True)
    return go(url_for("checkins.team_wall"))


@bp.post(f"{ONE}/framvising")
@may("checkins.moderate")
@commits
def team_showing(hanging: str) -> ResponseReturnValue:
    """Bring it back."""
    service.hide(viewer(), hanging, hidden=False)
    return go(url_for("checkins.team_wall"))
