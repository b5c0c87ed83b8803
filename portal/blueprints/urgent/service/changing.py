"""Changing a call: one UPDATE that says what it expects to find, so that of all who press at once one is the first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select, update

from portal.blueprints.people.models import Person
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules import calls as rules
from portal.blueprints.urgent.rules.calls import Act, State
from portal.core.db import db
from portal.core.errors import Conflict, NotAllowed, NotFound, PortalError
from portal.core.i18n import N_
from portal.core.viewer import Viewer

SOMEBODY_CAME = N_("%(name)s is on the way already.")
RINGS_AGAIN = N_("The call rings again. Nobody is on the way just now.")
IS_OVER = N_("The call is over.")
NOT_YOURS = N_("Only those who are in the call can do that.")


def get(viewer: Viewer, call_id: int, act: Act) -> HelpCall:
    """Give a call that the viewer may do this with; nobody else changes it until the end of the transaction."""
    call = lock(call_id)
    if call is None:
        raise NotFound(reading.GONE)
    reading.get_call(viewer, call_id)
    if not rules.may(act, State(call.state), reading.parts(viewer, call)):
        raise refusal(call, act)
    return call


def lock(call_id: int) -> HelpCall | None:
    """Give a call as it is now, and let nobody change it meanwhile."""
    return db.session.scalar(
        select(HelpCall).where(HelpCall.id == call_id).with_for_update(of=HelpCall),
        execution_options={"populate_existing": True},
    )


def change(call: HelpCall, *is_as_expected: ColumnElement[bool], **values: Any) -> bool:
    """Change a call if it is as expected, and give whether it was; the call is then as it is now.

    Another state is reached only from those that the rules name.
    """
    if "state" in values:
        is_as_expected = (*is_as_expected, HelpCall.state.in_(rules.BECOMES_FROM[values["state"]]))
    changed = update(HelpCall).where(HelpCall.id == call.id, *is_as_expected).values(**values).returning(HelpCall.id)
    found = db.session.scalar(changed, execution_options={"synchronize_session": False})
    db.session.refresh(call)
    return found is not None


def refusal(call: HelpCall, act: Act) -> PortalError:
    """Say why this cannot be done: what the call is meanwhile, or that it is not theirs to do."""
    state = State(call.state)
    if rules.can_be_done(act, state):
        return NotAllowed(NOT_YOURS)
    if state is State.TAKEN:
        helper = db.session.get(Person, call.taken_by_id)
        return Conflict(SOMEBODY_CAME, name=helper.first_name if helper else "")
    return Conflict(RINGS_AGAIN if state is State.RINGING else IS_OVER)
