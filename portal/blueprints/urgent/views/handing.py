"""Handing a call over: one press on a colleague who is at work. It stays with the giver until they have taken it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.shifts import queries as shifts
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules.calls import Act
from portal.blueprints.urgent.service import helping
from portal.blueprints.urgent.views import call as page
from portal.blueprints.urgent.views.blueprint import bp
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import _
from portal.web.transactions import commits


@bp.route("/hjelp/rop/<int:call_id>/overlevering", methods=["GET", "POST"])
@signed_in
@commits
def handover(call_id: int) -> ResponseReturnValue:
    """Choose who is asked to take over."""
    found = reading.get_call(viewer(), call_id)
    if request.method == "POST":
        try:
            helping.offer(viewer(), call_id, _chosen())
        except Invalid as error:
            return _page(found, refused=_(error.message, **error.params)), 422
        flash(N_("Asked. It is yours until they have taken it."))
        return go(page.address(call_id))
    if not reading.may(viewer(), found, Act.OFFER):
        raise Conflict(N_("Only the one who helps can hand it over."))
    return _page(found)


def _page(found: HelpCall, *, refused: str = "") -> str:
    return render_template("urgent/handover.html", call=found, colleagues=_at_work(found), refused=refused)


def _chosen() -> int:
    written = request.form.get("person", "")
    if not written.isdecimal():
        raise Invalid(N_("Choose a colleague."))
    return int(written[:9])


def _at_work(found: HelpCall) -> Sequence[Person]:
    """Give those at work whom one can ask: whose screens are open, and who are not in it already."""
    here = {each.person_id for each in shifts.at_work() if each.is_present and not each.takes_it_easy}
    return people.people(here - {viewer().id, found.asker_id})
