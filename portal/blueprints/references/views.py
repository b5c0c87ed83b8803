"""Names to choose from while somebody writes an @."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal.blueprints.references import queries
from portal.blueprints.references.ports import PERSON
from portal.core import throttle
from portal.web.auth import signed_in, viewer
from portal.web.i18n import _

bp = Blueprint("references", __name__)
ASKED_PER_MINUTE = 240  # a letter four times a second: nobody types so fast for long


@bp.get("/nemning")
@signed_in
def names() -> ResponseReturnValue:
    """Give the people and tags that may be meant, for the list under the text field."""
    throttle.hit_here("references.names", str(viewer().id), limit=ASKED_PER_MINUTE, per=timedelta(minutes=1))
    typed = request.args.get("q", "")[:60]
    return jsonify(
        [
            {
                "insert": f"@{one.name.word}",
                "label": one.name.label,
                "detail": _("colleague") if one.kind == PERSON else _("tag"),
            }
            for one in queries.suggestions(typed)
        ]
    )
