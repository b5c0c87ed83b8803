"""How often one person may press, look something up, and take along what is theirs.

Far above what the most hurried person does, far below what a program does. Counted in the memory of each process, so
that reading writes nothing and a press too many takes no lock: several processes let through that many times more.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, request, session

from portal.core import db, throttle
from portal.core.errors import TooMany
from portal.web.auth import viewer
from portal.web.transactions import SAFE

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PRESSES_PER_MINUTE = 120  # two a second, without a pause
LOOK_UPS_PER_MINUTE = 300  # a list under the field asks while one types
TAKEN_PER_HOUR = 10
CALLS_PER_MINUTE = 6  # each rings at many; nobody is stuck more often than that


def install(app: Flask) -> None:
    """Bound every change; stands behind the check of the token, so that nobody's forged presses count."""
    app.before_request(_bound_presses)


def _bound_presses() -> None:
    # What the session remembers is signed: no question to the database is needed to know whose press it is.
    who = session.get("_user_id")
    if who is None or request.method in SAFE:
        return
    try:
        throttle.hit_here("web.presses", who, limit=PRESSES_PER_MINUTE, per=MINUTE)
    except TooMany:
        db.expect_writes(False)
        raise


def look_up() -> None:
    """Count one look through the texts of the house; raise TooMany past the bound."""
    throttle.hit_here("web.look_ups", str(viewer().id), limit=LOOK_UPS_PER_MINUTE, per=MINUTE)


def take_along() -> None:
    """Count one export of what is one's own; raise TooMany past the bound."""
    throttle.hit_here("web.taken", str(viewer().id), limit=TAKEN_PER_HOUR, per=HOUR)


def raise_hand() -> None:
    """Count one call for help; raise TooMany past the bound."""
    throttle.hit_here("web.calls", str(viewer().id), limit=CALLS_PER_MINUTE, per=MINUTE)
