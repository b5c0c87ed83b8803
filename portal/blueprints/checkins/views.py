"""The breathing space: checking in, what one has said, what others let one read, and small joys."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.checkins import queries, service
from portal.blueprints.checkins.forms import AudienceForm, CheckInForm, JoyForm
from portal.blueprints.checkins.models import CheckIn
from portal.blueprints.checkins.rules import Audience, Face
from portal.blueprints.people import queries as people
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, safe_path, signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import flash, go, page_or_fragment, wants_fragment
from portal.web.transactions import commits

bp = Blueprint("checkins", __name__, url_prefix="/pusterom")
navigation.register("checkins.index", N_("Breathing space"), icon="leaf", order=40)


def _colleagues() -> dict[int, str]:
    return dict(people.others(viewer()))


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Ask how one is, and say who can see what."""
    form = CheckInForm(formdata=None, audience=Audience.ME, key=form_key())
    form.offer(_colleagues())
    return _index(form, 200)


def _index(form: CheckInForm, status: int) -> ResponseReturnValue:
    joys = queries.latest_joys(viewer())
    return render_template("checkins/index.html", form=form, joys=joys), status


@bp.post("/innsjekk")
@signed_in
@commits
def check_in() -> ResponseReturnValue:
    """Keep how one is. From the front page a face comes alone, and is for oneself."""
    form = CheckInForm()
    form.offer(_colleagues())
    if not form.validate():
        return _index(form, 422)
    try:
        checkin = service.check_in(
            viewer(),
            face=Face(form.face.data),
            words=form.text("words"),
            reader_id=form.reader_id,
            key=form.key.data or None,
            accepts=form.accepts,
        )
    except Invalid as error:
        form.refuse(error)
        return _index(form, 422)
    _say_who_reads(checkin)
    return go(safe_path(form.back.data) if form.back.data else url_for("checkins.index"))


def _say_who_reads(checkin: CheckIn) -> None:
    if checkin.reader:
        flash(N_("Saved. %(name)s is told that you have shared something, and can read it."), name=checkin.reader.name)
    else:
        flash(N_("Saved. Only you see it."))


@bp.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """List one's own check-ins."""
    cursor = request.args.get("etter")
    return render_template("checkins/mine.html", page=queries.mine(viewer(), cursor=cursor), cursor=cursor)


@bp.get("/delt")
@signed_in
def shared() -> ResponseReturnValue:
    """List what colleagues let one read."""
    cursor = request.args.get("etter")
    return render_template("checkins/shared.html", page=queries.shared_with(viewer(), cursor=cursor), cursor=cursor)


@bp.get("/innsjekk/<string(length=22):checkin_id>")
@signed_in
def one(checkin_id: str) -> ResponseReturnValue:
    """Show one check-in to one of the two who may read it."""
    checkin = queries.opened(viewer(), checkin_id)
    audience = Audience.ONE if checkin.reader else Audience.ME
    form = AudienceForm(formdata=None, audience=audience, reader=checkin.reader.id if checkin.reader else None)
    return _one(checkin, form, 200)


def _one(checkin: queries.Opened, form: AudienceForm, status: int) -> ResponseReturnValue:
    form.offer(_colleagues() if checkin.is_mine else {})
    return render_template("checkins/one.html", checkin=checkin, form=form), status


@bp.post("/innsjekk/<string(length=22):checkin_id>/lesar")
@signed_in
@commits
def audience(checkin_id: str) -> ResponseReturnValue:
    """Choose again who may read it."""
    checkin = queries.opened(viewer(), checkin_id)
    form = AudienceForm()
    form.offer(_colleagues())
    if not form.validate():
        return _one(checkin, form, 422)
    try:
        changed = service.choose_reader(viewer(), checkin_id, reader_id=form.reader_id)
    except Invalid as error:
        form.refuse(error)
        return _one(checkin, form, 422)
    _say_who_reads(changed)
    return go(url_for("checkins.one", checkin_id=checkin_id))


@bp.post("/innsjekk/<string(length=22):checkin_id>/sletting")
@signed_in
@commits
def deletion(checkin_id: str) -> ResponseReturnValue:
    """Delete one's own check-in."""
    service.delete(viewer(), checkin_id)
    flash(N_("Deleted."))
    return go(url_for("checkins.mine"))


@bp.route("/gleder", methods=["GET", "POST"])
@signed_in
@commits
def joys() -> ResponseReturnValue:
    """Show the wall of small joys, and put one up."""
    form = JoyForm(key=form_key())
    form.offer(_colleagues())
    if form.validate_on_submit():
        try:
            service.post_joy(
                viewer(), text=form.text("words"), to_id=form.to.data, key=form.key.data or None, accepts=form.accepts
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("It is on the wall."))
            return go(url_for("checkins.joys"))
    cursor = request.args.get("etter")
    page = queries.joys(viewer(), cursor=cursor)
    status = 422 if form.is_submitted() else 200
    context = {"form": form, "page": page, "cursor": cursor}
    return page_or_fragment("checkins/joys.html", "checkins/_joy_wall.html", status=status, **context)


@bp.get("/gleder/siste")
@signed_in
def latest_joys() -> ResponseReturnValue:
    """Give the newest joys again when something has changed; as a page of its own it is the wall."""
    if not wants_fragment():
        return go(url_for("checkins.joys"))
    return render_template("checkins/_joys.html", joys=queries.latest_joys(viewer()))


@bp.post("/gleder/<int:joy_id>/sletting")
@signed_in
@commits
def joy_deletion(joy_id: int) -> ResponseReturnValue:
    """Take one's own joy down."""
    service.delete_joy(viewer(), joy_id)
    flash(N_("Deleted."))
    return go(url_for("checkins.joys"))


@bp.post("/gleder/<int:joy_id>/skjuling")
@may("checkins.moderate")
@commits
def joy_hiding(joy_id: int) -> ResponseReturnValue:
    """Take a joy out of sight."""
    service.hide_joy(viewer(), joy_id, hidden=True)
    return go(url_for("checkins.joys"))


@bp.post("/gleder/<int:joy_id>/framvising")
@may("checkins.moderate")
@commits
def joy_showing(joy_id: int) -> ResponseReturnValue:
    """Bring a hidden joy back."""
    service.hide_joy(viewer(), joy_id, hidden=False)
    return go(url_for("checkins.joys"))
