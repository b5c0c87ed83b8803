"""Helping with an evening, and handing it over. Nobody is given work without a yes."""

from __future__ import annotations

from sqlalchemy import delete, or_, update

from portal.blueprints.events.facts import HandoverAnswered, HandoverAsked, HelpOffered, HelpTakenBack
from portal.blueprints.events.models.crew import EveningHelp, Handover
from portal.blueprints.events.models.evenings import Evening, Series
from portal.blueprints.events.queries import crew, finding
from portal.blueprints.events.service import wishes
from portal.core import audit, clock, live, privacy
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def help_out(viewer: Viewer, evening_id: int) -> None:
    """Help with an evening, shown by name. Twice is once."""
    evening = _lock_ahead(evening_id)
    if evening.organiser_id == viewer.id:
        raise Conflict(N_("You organise it already."))
    if crew.find_help(evening_id, viewer.id) is None:
        db.session.add(EveningHelp(evening_id=evening_id, person_id=viewer.id))
        db.session.flush()
        record(HelpOffered(evening_id=evening_id, person_id=viewer.id))
        live.publish(f"evening-{evening.id}")


def stop_helping(viewer: Viewer, evening_id: int) -> None:
    """Take one's help back; the organiser is told, and nobody asks why."""
    evening = _lock_ahead(evening_id)
    mine = crew.find_help(evening_id, viewer.id)
    if mine is not None:
        db.session.delete(mine)
        db.session.flush()
        record(HelpTakenBack(evening_id=evening_id, person_id=viewer.id))
        live.publish(f"evening-{evening.id}")


def ask_to_take_over(viewer: Viewer, evening_id: int, *, to_id: int, whole_series: bool = False) -> None:
    """Ask another organiser to take an evening over, perhaps with the rest of its series."""
    wishes.check_organiser(viewer)
    evening = _lock_ahead(evening_id)
    if evening.organiser_id != viewer.id:
        raise NotAllowed(N_("Only its organiser can hand an evening over."))
    if to_id not in {person.id for person in crew.could_take_over(evening)}:
        raise Invalid(N_("Choose another organiser."), field="to")
    _forget_question(evening_id)
    is_whole = whole_series and evening.series_id is not None
    db.session.add(Handover(evening_id=evening_id, from_id=viewer.id, to_id=to_id, whole_series=is_whole))
    db.session.flush()
    record(HandoverAsked(evening_id=evening_id, from_id=viewer.id, to_id=to_id))
    live.publish(f"evening-{evening.id}")


def take_over(viewer: Viewer, evening_id: int) -> None:
    """Say yes to taking an evening over, or take on one that nobody organises."""
    wishes.check_organiser(viewer)
    evening, asked = _lock_ahead(evening_id), crew.find_handover(evening_id)
    is_asked = asked is not None and asked.to_id == viewer.id and asked.from_id == evening.organiser_id
    if not is_asked and evening.organiser and evening.organiser.is_active:
        raise Conflict(N_("It is not on its way to you any more."))
    if is_asked and asked is not None:
        record(HandoverAnswered(evening_id=evening_id, from_id=asked.from_id, to_id=viewer.id, is_taken=True))
    if is_asked and asked is not None and asked.whole_series and evening.series_id is not None:
        _give_series(evening.series_id, from_id=asked.from_id, to_id=viewer.id)
    _give(evening, viewer.id)
    audit.note(viewer.id, "events.take_over", evening_id=evening_id)
    live.publish(f"evening-{evening.id}")


def decline(viewer: Viewer, evening_id: int) -> None:
    """Say not this time; whoever asked keeps the evening and is told."""
    evening, asked = finding.lock_evening(evening_id), crew.find_handover(evening_id)
    if asked is not None and asked.to_id == viewer.id:
        _forget_question(evening_id)
        record(HandoverAnswered(evening_id=evening_id, from_id=asked.from_id, to_id=viewer.id, is_taken=False))
        live.publish(f"evening-{evening.id}")


def keep(viewer: Viewer, evening_id: int) -> None:
    """Take the question back and keep the evening."""
    evening, asked = finding.lock_evening(evening_id), crew.find_handover(evening_id)
    if asked is not None and asked.from_id == viewer.id:
        _forget_question(evening_id)
        live.publish(f"evening-{evening.id}")


def leave_all(person_id: int) -> None:
    """Give back what somebody who has left had promised to do."""
    for helper in crew.help_ahead(person_id, clock.now()):
        db.session.delete(helper)
    db.session.execute(delete(Handover).where(or_(Handover.from_id == person_id, Handover.to_id == person_id)))


def _lock_ahead(evening_id: int) -> Evening:
    evening = finding.lock_evening(evening_id)
    if evening.is_cancelled:
        raise Conflict(N_("This evening is called off."))
    if evening.ends_at <= clock.now():
        raise Conflict(N_("This evening is over."))
    return evening


def _forget_question(evening_id: int) -> None:
    db.session.execute(delete(Handover).where(Handover.evening_id == evening_id))


def _give(evening: Evening, to_id: int) -> None:
    evening.organiser_id = to_id
    _forget_question(evening.id)
    db.session.execute(delete(EveningHelp).where(EveningHelp.evening_id == evening.id, EveningHelp.person_id == to_id))
    db.session.flush()
    db.session.expire(evening, ["organiser"])


def _give_series(series_id: int, *, from_id: int, to_id: int) -> None:
    series = finding.lock_series(series_id)
    if series.organiser_id == from_id:
        series.organiser_id = to_id
    for evening in finding.planned_of_series(series_id, after=clock.now()):
        if evening.organiser_id == from_id:
            _give(evening, to_id)


def erase(person_id: int) -> None:
    """Forget what a person made and helped with, and the questions between them and others."""
    db.session.execute(delete(EveningHelp).where(EveningHelp.person_id == person_id))
    db.session.execute(delete(Handover).where(or_(Handover.from_id == person_id, Handover.to_id == person_id)))
    for kind in (Evening, Series):
        db.session.execute(update(kind).where(kind.organiser_id == person_id).values(organiser_id=None))


privacy.register(
    "events",
    what=N_("Evenings you organise or help with, and that you were asked to take one over"),
    seen_by=N_("All colleagues see who helps. A question about taking over is between the two of you."),
    kept=N_("With the evening, until you take it back or your account is erased; a question until its answer."),
    tables=("evening_helper", "evening_handover", "evening.organiser_id", "series.organiser_id"),
    stays=N_("The evening itself, without your name."),
    export=crew.export_help,
    erase=erase,
)
