"""Screenshots: cleaned on the way in, access checked on every way out."""

from __future__ import annotations

from datetime import timedelta
from typing import BinaryIO, cast

from flask import Response, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.queries import pictures
from portal.blueprints.questions.service import pictures as keeping
from portal.blueprints.questions.views.blueprint import bp
from portal.core import images, throttle
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.images import CleanImage
from portal.web.auth import signed_in, viewer
from portal.web.fragments import piece_of
from portal.web.i18n import _
from portal.web.transactions import commits

MOST_PIXELS = 40_000_000
LONGEST_EDGE = 2400
PICTURES_PER_HOUR = 60


def _clean(stream: BinaryIO) -> CleanImage:
    throttle.hit("questions.pictures", str(viewer().id), limit=PICTURES_PER_HOUR, per=timedelta(hours=1))
    return images.clean(
        stream,
        max_bytes=current_app.config["SETTINGS"].upload_megabytes * 1024 * 1024,
        max_pixels=MOST_PIXELS,
        max_edge=LONGEST_EDGE,
    )


def _keep(stream: BinaryIO) -> str:
    picture = keeping.add_picture(viewer(), _clean(stream))
    return url_for("questions.picture", token=picture.token)


def _sent() -> BinaryIO:
    sent = request.files.get("image")
    if sent is None:
        raise Invalid(N_("There was no picture in that."))
    return cast(BinaryIO, sent.stream)


def with_picture(text: str) -> str:
    """Add the picture of a form that was sent without scripts to the end of its text."""
    sent = request.files.get("image")
    if sent is None or not sent.filename:
        return text
    return f"{text}\n\n![{_('screenshot')}]({_keep(cast(BinaryIO, sent.stream))})".strip()


@bp.post("/bilete")
@signed_in
@commits
def upload() -> ResponseReturnValue:
    """Take a pasted or dropped picture and tell where it is."""
    return jsonify(url=_keep(_sent()))


@bp.get("/bilete/verktoy")
@signed_in
@piece_of("questions.ask")
def cover() -> ResponseReturnValue:
    """Give the tool that covers what nobody should see, before a picture is sent."""
    return render_template("questions/_cover.html", edge=LONGEST_EDGE)


@bp.post("/bilete/<token>/dekking")
@signed_in
@commits
def covering(token: str) -> ResponseReturnValue:
    """Put a covered picture in the place of one that shows too much; what was there is gone."""
    keeping.cover(viewer(), token, _clean(_sent()))
    return jsonify(url=url_for("questions.picture", token=token))


@bp.get("/bilete/<token>")
@signed_in
def picture(token: str) -> ResponseReturnValue:
    """Give a picture to those who may see what it belongs to."""
    found = pictures.get_picture(viewer(), token)
    answer = Response(found.content, mimetype=found.mime)
    answer.headers["Content-Disposition"] = "inline"
    # Kept by this reader's browser only, and asked for each time: it may have been covered, or be theirs no longer.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Cookie")
    answer.add_etag()
    return answer.make_conditional(request)
