"""Screenshots: cleaned on the way in, access checked on every way out."""

from __future__ import annotations

from datetime import timedelta
from typing import BinaryIO, cast

from flask import Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.queries import pictures
from portal.blueprints.questions.service import pictures as keeping
from portal.blueprints.questions.views.blueprint import bp
from portal.core import images, throttle
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.i18n import _
from portal.web.transactions import commits

MOST_PIXELS = 40_000_000
LONGEST_EDGE = 2400
PICTURES_PER_HOUR = 60


def _keep(stream: BinaryIO) -> str:
    throttle.hit("questions.pictures", str(viewer().id), limit=PICTURES_PER_HOUR, per=timedelta(hours=1))
    image = images.clean(
        stream,
        max_bytes=current_app.config["SETTINGS"].upload_megabytes * 1024 * 1024,
        max_pixels=MOST_PIXELS,
        max_edge=LONGEST_EDGE,
    )
    picture = keeping.add_picture(viewer(), image)
    return url_for("questions.picture", token=picture.token)


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
    sent = request.files.get("image")
    if sent is None:
        raise Invalid(N_("There was no picture in that."))
    return jsonify(url=_keep(cast(BinaryIO, sent.stream)))


@bp.get("/bilete/<token>")
@signed_in
def picture(token: str) -> ResponseReturnValue:
    """Give a picture to those who may see what it belongs to."""
    found = pictures.get_picture(viewer(), token)
    answer = Response(found.content, mimetype=found.mime)
    answer.headers["Content-Disposition"] = "inline"
    # Kept by this reader's browser only, and asked for again when the sign-in changes.
    answer.headers["Cache-Control"] = "private, max-age=3600"
    answer.vary.add("Cookie")
    return answer
