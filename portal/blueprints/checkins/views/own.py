"""What one has said, what others let one read, and choosing again who reads it."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.checkins.forms.checkins import AudienceForm, WordsForm
from portal.blueprints.checkins.queries import confidences, teams
from portal.blueprints.checkins.queries.confidences import Opened
from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.service import checking_in, saying
from portal.blueprints.checkins.views import wording
from portal.blueprints.checkins.views.blueprint import bp, colleagues, shared_days
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """List one's own check-ins: what hangs on the team's wall, and what is in confidence."""
    cursor = request.args.get("etter")
    page = confidences.mine(viewer(), cursor=cursor)
    hanging = [] if cursor else teams.mine(viewer())
    return render_template("checkins/mine.html", page=page, hanging=hanging, cursor=cursor)


@bp.get("/delt")
@signed_in
def shared() -> ResponseReturnValue:
    """List what colleagues let one read."""
    cursor = request.args.get("etter")
    page = confidences.shared_with(viewer(), cursor=cursor)
    return render_template("checkins/shared.html", page=page, cursor=cursor, days=shared_days())


@bp.get("/innsjekk/<string(length=22):checkin_id>")
@signed_in
def one(checkin_id: str) -> ResponseReturnValue:
    """Show one check-in to one of the two who may read it."""
    checkin = confidences.opened(viewer(), checkin_id)
    return _one(checkin, _audience_of(checkin), _words_of(checkin), 200)


def _audience_of(checkin: Opened) -> AudienceForm:
    chosen = Audience.ONE if checkin.reader else Audience.ME
    return AudienceForm(formdata=None, audience=chosen, reader=checkin.reader.id if checkin.reader else None)


def _words_of(checkin: Opened) -> WordsForm:
    said = checkin.said
    return WordsForm(formdata=None, face=said.face if said else None, words=said.words if said else "")


def _one(checkin: Opened, form: AudienceForm, words: WordsForm, status: int) -> ResponseReturnValue:
    form.offer(colleagues() if checkin.is_mine else {})
    words.offer_faces()
    context = {"checkin": checkin, "form": form, "words": words, "days": shared_days()}
    return render_template("checkins/one.html", team=teams.team_name(viewer()), **context), status


@bp.post("/innsjekk/<string(length=22):checkin_id>/lesar")
@signed_in
@commits
def audience(checkin_id: str) -> ResponseReturnValue:
    """Choose again who may read it."""
    checkin = confidences.opened(viewer(), checkin_id)
    form, others = AudienceForm(), colleagues()
    form.offer(others)
    if not form.validate():
        return _one(checkin, form, _words_of(checkin), 422)
    chosen = Audience(form.audience.data)
    try:
        saying.move_shared(viewer(), checkin_id, audience=chosen, reader_id=form.reader_id)
    except Invalid as error:
        form.refuse(error)
        return _one(checkin, form, _words_of(checkin), 422)
    wording.say_who_reads(chosen, form.reader_id, others)
    is_here = confidences.is_there(viewer(), checkin_id)
    return go(url_for("checkins.one", checkin_id=checkin_id) if is_here else url_for("checkins.mine"))


@bp.post("/innsjekk/<string(length=22):checkin_id>/ord")
@signed_in
@commits
def words(checkin_id: str) -> ResponseReturnValue:
    """Say it otherwise, to the same two."""
    checkin = confidences.opened(viewer(), checkin_id)
    form = WordsForm()
    form.offer_faces()
    if not form.validate():
        return _one(checkin, _audience_of(checkin), form, 422)
    try:
        checking_in.change_words(viewer(), checkin_id, said=form.said, accepts=form.accepts)
    except Invalid as error:
        form.refuse(error)
        return _one(checkin, _audience_of(checkin), form, 422)
    flash(N_("Saved."))
    return go(url_for("checkins.one", checkin_id=checkin_id))


@bp.post("/innsjekk/<string(length=22):checkin_id>/sletting")
@signed_in
@commits
def deletion(checkin_id: str) -> ResponseReturnValue:
    """Delete one's own check-in."""
    checking_in.delete(viewer(), checkin_id)
    flash(N_("Deleted."))
    return go(url_for("checkins.mine"))
