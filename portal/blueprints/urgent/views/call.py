"""The page of one call, as each of those who are in it sees it."""

from __future__ import annotations

from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.people.queries import Way
from portal.blueprints.urgent.forms.calls import SolutionForm
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules import calls as rules
from portal.blueprints.urgent.rules import ring
from portal.blueprints.urgent.rules.calls import KEPT_AFTER_END, Act, Part, State
from portal.blueprints.urgent.views import raising, strips
from portal.blueprints.urgent.views.blueprint import bp
from portal.core import clock
from portal.core.errors import Conflict, NotAllowed, NotFound, PortalError
from portal.core.i18n import N_
from portal.web import errors
from portal.web.auth import signed_in, viewer
from portal.web.fragments import wants_fragment
from portal.web.i18n import _, locale

# How wide it rings, in words: with a system that it is about, and without.
WIDENS = (
    N_("those who know %(tag)s"),
    N_("also those who want to learn it"),
    N_("everybody who is free"),
    N_("everybody at work"),
)


@bp.get("/hjelp/rop/<int:call_id>")
@signed_in
def call(call_id: int) -> ResponseReturnValue:
    """Show a call."""
    return show(call_id)


def show(
    call_id: int, *, form: SolutionForm | None = None, status: int = 200, said: str = "", is_refusal: bool = False
) -> ResponseReturnValue:
    """Show a call as it is now, with what became of a press."""
    template = "urgent/_call.html" if wants_fragment() else "urgent/call.html"
    page = render_template(template, said=said, is_refusal=is_refusal, **_context(call_id, form))
    answer = make_response(page, status)
    answer.vary.add("HX-Request")
    return answer


def _context(call_id: int, form: SolutionForm | None) -> dict[str, Any]:
    found = reading.get_call(viewer(), call_id)
    parts = reading.parts(viewer(), found)
    state = State(found.state)
    if form is None:
        form = SolutionForm(formdata=None, solution=found.solution)
    return {
        "call": found,
        "state": state,
        "can": {str(act) for act in Act if rules.may(act, state, parts)},
        "is_asker": Part.ASKER in parts,
        "is_in_it": bool(parts & rules.THOSE_IN_IT),
        "helpers": reading.beside(call_id) if state is not State.RINGING else (),
        "rung": reading.rung_count(call_id) if state is State.RINGING else 0,
        "is_nobody_free": reading.is_nobody_free(found),
        "way": _way(found, parts),
        "widening": _widening(found) if state is State.RINGING else (),
        "form": form,
        "written_by": _written_by(found),
        "gone_at": found.ended_at + KEPT_AFTER_END if found.ended_at else None,
    }


def _way(found: HelpCall, parts: frozenset[Part]) -> Way | None:
    """Give the way to the other one, to those who are in it."""
    if found.taken_by is None or found.state != State.TAKEN or not parts & rules.THOSE_IN_IT:
        return None
    return reading.way_to_talk(found.taken_by if Part.ASKER in parts else found.asker)


def _widening(found: HelpCall) -> list[tuple[str, bool, bool]]:
    """Give how wide it has rung, rings and will ring: words, whether past, whether now."""
    now = ring.circle((clock.now() - found.rung_at).total_seconds())
    if found.tag is None:  # everybody who is free is rung from the beginning
        steps = [(_(WIDENS[2]), 2), (_(WIDENS[3]), 3)]
        now = max(now, 2)
    else:
        name = found.tag.name(locale())
        steps = [(_(words, tag=name) if "%" in words else _(words), number) for number, words in enumerate(WIDENS)]
    return [(words, number < now, number == now) for words, number in steps]


def _written_by(found: HelpCall) -> Person | None:
    return people.get_person(found.solution_by_id) if found.solution_by_id else None


def is_from_strip() -> bool:
    """Tell whether a press was made in the strip, whatever page it stands on."""
    return request.form.get("from") == "strip"


@bp.errorhandler(Conflict)
@bp.errorhandler(NotFound)
@bp.errorhandler(NotAllowed)
def _refused(error: PortalError) -> ResponseReturnValue:
    """Say what came in between, and show how things stand now: who came first is no fault of anybody's."""
    words = _(error.message, **error.params)
    call_id = (request.view_args or {}).get("call_id")
    if request.method != "POST" or call_id is None:
        return errors.show(error.status, words)
    if wants_fragment() and is_from_strip():
        return strips.again(words, is_refusal=True), error.status
    try:
        return show(call_id, status=error.status, said=words, is_refusal=True)
    except NotFound:
        if not isinstance(error, Conflict) or wants_fragment():
            return errors.show(error.status, words)
        return raising.show(status=error.status, said=words)


def address(call_id: int) -> str:
    """Give the address of a call."""
    return url_for("urgent.call", call_id=call_id)
