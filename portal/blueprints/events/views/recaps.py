"""What is left of an evening: words, pictures with their way down, and thanks in one press."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, BinaryIO, cast

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.events.forms import PictureForm, RecapForm
from portal.blueprints.events.queries import recaps
from portal.blueprints.events.queries.outlooks import EveningPage
from portal.blueprints.events.service import recaps as service
from portal.blueprints.events.service.recaps import PictureWish
from portal.blueprints.events.views import wording
from portal.blueprints.events.views.blueprint import bp
from portal.core import clock, images, throttle
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.images import CleanImage
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, page_or_fragment
from portal.web.parts import part_of
from portal.web.templating import piece
from portal.web.transactions import commits

MOST_PIXELS = 40_000_000
LONGEST_EDGE = 1600
PICTURES_PER_HOUR = 60
DOWN_PER_HOUR = 60


@part_of("evening.main", order=5)
def recap(*, page: EveningPage) -> Markup | None:
    """Show on an evening's page what is left of it, once it has begun."""
    if page.evening.is_cancelled or not page.evening.has_begun(clock.now()):
        return None
    return piece("events/_recap.html", recap=recaps.recap_of(viewer(), page.evening))


@bp.get("/minne")
@signed_in
def memories() -> ResponseReturnValue:
    """Show the evenings there are words or pictures of."""
    cursor = request.args.get("etter")
    page = recaps.memories(cursor=cursor)
    context: dict[str, Any] = {"page": page, "cursor": cursor, "wording": wording}
    return render_template("events/memories.html", **context)


@bp.get("/<int:evening_id>/attersyn")
@signed_in
def recap_piece(evening_id: int) -> ResponseReturnValue:
    """Show what is left of an evening alone."""
    found = recaps.get_recap(viewer(), evening_id)
    return page_or_fragment("events/recap.html", "events/_recap.html", recap=found)


@bp.route("/<int:evening_id>/attersyn/ord", methods=["GET", "POST"])
@signed_in
@commits
def recap_words(evening_id: int) -> ResponseReturnValue:
    """Write a few words about an evening."""
    found = recaps.get_recap(viewer(), evening_id)
    if not found.part.may_write:
        raise NotAllowed(N_("Organisers and those who helped write about an evening."))
    form = RecapForm(words=found.recap.text if found.recap else "")
    if form.validate_on_submit():
        try:
            service.write(viewer(), evening_id, text=form.text("words"), accepts=form.accepts)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(_place(evening_id))
    context = {"form": form, "recap": found}
    return render_template("events/recap_words.html", **context), 422 if form.is_submitted() else 200


@bp.route("/<int:evening_id>/bilete", methods=["GET", "POST"])
@signed_in
@commits
def new_picture(evening_id: int) -> ResponseReturnValue:
    """Share a picture, with words for those who do not see it and the word of everybody in it."""
    found = recaps.get_recap(viewer(), evening_id)
    if not found.part.may_add_pictures:
        raise NotAllowed(N_("Those who were there share pictures of an evening."))
    form = PictureForm()
    if form.validate_on_submit():
        try:
            service.add_picture(viewer(), evening_id, _wish(form))
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            flash(N_("The picture is shown. Anybody in it can take it down at once."))
            is_one_more = request.form.get("act") == "more"
            return go(url_for("events.new_picture", evening_id=evening_id) if is_one_more else _place(evening_id))
    context = {"form": form, "recap": found}
    return render_template("events/new_picture.html", **context), 422 if form.is_submitted() else 200


@bp.get("/<int:evening_id>/bilete/<token>")
@signed_in
def picture(evening_id: int, token: str) -> ResponseReturnValue:
    """Give a picture to those who are signed in."""
    found = recaps.get_picture(evening_id, token)
    answer = Response(found.content, mimetype=found.mime)
    answer.headers["Content-Disposition"] = "inline"
    # Asked for each time: it may have been taken down, and must then be gone from every screen.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Cookie")
    answer.add_etag()
    return answer.make_conditional(request)


@bp.post("/<int:evening_id>/bilete/<token>/fjerning")
@signed_in
@commits
def picture_removal(evening_id: int, token: str) -> ResponseReturnValue:
    """Take a picture down at once. Nobody asks why."""
    throttle.hit("events.pictures_down", str(viewer().id), limit=DOWN_PER_HOUR, per=timedelta(hours=1))
    service.take_down(viewer(), evening_id, token)
    flash(N_("The picture is taken down and deleted. Nobody asks why."))
    return go(_place(evening_id))


@bp.post("/<int:evening_id>/takk")
@signed_in
@commits
def thanks(evening_id: int) -> ResponseReturnValue:
    """Say thanks to those who made the evening."""
    service.thank(viewer(), evening_id)
    flash(N_("Your thanks are on their way, without your name."))
    return go(_place(evening_id))


def _place(evening_id: int) -> str:
    return url_for("events.evening", evening_id=evening_id, _anchor="recap")


def _wish(form: PictureForm) -> PictureWish:
    return PictureWish(
        image=_clean(), alt=form.text("alt"), everybody_agreed=bool(form.agreed.data), accepts=form.accepts
    )


def _clean() -> CleanImage:
    sent = request.files.get("image")
    if sent is None or not sent.filename:
        raise Invalid(N_("Choose a picture."), field="image")
    throttle.hit("events.pictures", str(viewer().id), limit=PICTURES_PER_HOUR, per=timedelta(hours=1))
    try:
        return images.clean(
            cast(BinaryIO, sent.stream),
            max_bytes=current_app.config["SETTINGS"].upload_megabytes * 1024 * 1024,
            max_pixels=MOST_PIXELS,
            max_edge=LONGEST_EDGE,
        )
    except Invalid as error:
        raise Invalid(error.message, field="image", **error.params) from error
