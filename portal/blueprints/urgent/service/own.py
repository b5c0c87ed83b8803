"""What urgent help holds about a person, while it does: given and erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from portal.blueprints.urgent.models.calls import HelpCall, Helping, Rung
from portal.blueprints.urgent.models.choices import RingChoice
from portal.blueprints.urgent.service import ending, leaving
from portal.core import privacy
from portal.core.db import db
from portal.core.i18n import N_

UNTRACKED = {"synchronize_session": "fetch"}


def _raised(person_id: int) -> list[dict[str, object]]:
    mine = select(HelpCall).where(HelpCall.asker_id == person_id).order_by(HelpCall.id)
    return [
        {"text": call.text, "about": call.tag.slug if call.tag else "", "ending": call.ending or "", **_when(call)}
        for call in db.session.scalars(mine)
    ]


def _when(call: HelpCall) -> dict[str, object]:
    return {"raised_at": call.created_at.isoformat(), "ended_at": _iso(call.ended_at)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _helped(person_id: int) -> dict[str, object]:
    came = or_(HelpCall.taken_by_id == person_id, HelpCall.offered_to_id == person_id)
    beside = select(Helping.call_id, Helping.joined_at).where(Helping.person_id == person_id)
    written = select(HelpCall.solution).where(HelpCall.solution_by_id == person_id)
    rung = select(Rung.call_id, Rung.rung_at).where(Rung.person_id == person_id)
    return {
        "came": _moments(db.session.execute(select(HelpCall.id, HelpCall.taken_at).where(came))),
        "joined": _moments(db.session.execute(beside)),
        "solutions": list(db.session.scalars(written)),
        "rings_now": _moments(db.session.execute(rung)),
    }


def _moments(rows: Iterable[Any]) -> list[dict[str, object]]:
    return [{"call": call_id, "at": _iso(moment)} for call_id, moment in rows]


def _erase_raised(person_id: int) -> None:
    leaving.go(person_id)
    mine = select(HelpCall.id).where(HelpCall.asker_id == person_id)
    ending.delete_calls(list(db.session.scalars(mine)))


def _erase_helped(person_id: int) -> None:
    leaving.go(person_id)
    taken = update(HelpCall).where(HelpCall.taken_by_id == person_id).values(taken_by_id=None)
    offered = update(HelpCall).where(HelpCall.offered_to_id == person_id).values(offered_to_id=None)
    written = update(HelpCall).where(HelpCall.solution_by_id == person_id).values(solution="", solution_by_id=None)
    for each in (taken, offered, written):
        db.session.execute(each, execution_options=UNTRACKED)
    for table in (Rung, Helping):
        db.session.execute(delete(table).where(table.person_id == person_id), execution_options=UNTRACKED)


def _chosen(person_id: int) -> dict[str, object] | None:
    choice = db.session.get(RingChoice, person_id)
    if choice is None:
        return None
    return {
        "sound": choice.sound,
        "loudness": choice.loudness,
        "notifies": choice.notifies,
        "talk_by": str(choice.talk_by),
        "extension": choice.extension,
    }


def _erase_chosen(person_id: int) -> None:
    db.session.execute(delete(RingChoice).where(RingChoice.person_id == person_id), execution_options=UNTRACKED)


privacy.register(
    "urgent",
    what=N_("Your calls for help"),
    seen_by=N_("Everybody at the desk while the call is open; then only those who were in it."),
    kept=N_("At most a day after the call, unless you keep it as a question."),
    tables=("help_call.asker_id", "help_call.text", "help_call.key"),
    export=_raised,
    erase=_erase_raised,
)
privacy.register(
    "urgent",
    what=N_("Calls that you help in, and that your screen rings"),
    seen_by=N_("Who came is seen by everybody while the call is open. Whose screen rings is shown to nobody."),
    kept=N_("At most a day after the call; that a screen rang, until somebody comes."),
    tables=(
        "help_call.taken_by_id",
        "help_call.offered_to_id",
        "help_call.solution_by_id",
        "help_call.solution",
        "helping",
        "rung",
    ),
    export=_helped,
    erase=_erase_helped,
)
privacy.register(
    "urgent",
    what=N_("How your screen rings, and how you like to be spoken with"),
    seen_by=N_("Only you; those who are in a call with you see the way to talk."),
    kept=N_("Until you change it"),
    tables=("ring_choice",),
    export=_chosen,
    erase=_erase_chosen,
)
