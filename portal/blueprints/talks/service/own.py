"""What is held of a person's talks while they are: given, erased, and let go of when somebody leaves."""

from __future__ import annotations

from sqlalchemy import delete, or_, select

from portal.blueprints.talks.models import Buddy, FollowUp, Talk, TalkTold
from portal.blueprints.talks.rules import State
from portal.blueprints.talks.service import buddies, changing, course, forgetting
from portal.core import privacy
from portal.core.db import db
from portal.core.i18n import N_

UNTRACKED = {"synchronize_session": "fetch"}


def go(person_id: int) -> None:
    """Let go of everything of somebody who leaves: their wishes are forgotten, what they were asked goes to others."""
    told = select(TalkTold.talk_id).where(TalkTold.person_id == person_id)
    theirs = or_(Talk.asker_id == person_id, Talk.helper_id == person_id, Talk.id.in_(told))
    for talk_id in db.session.scalars(select(Talk.id).where(theirs).order_by(Talk.id)).all():
        talk = changing.lock(talk_id)
        if talk is not None:
            _leave(talk, person_id)
    _drop_bonds(person_id)
    db.session.execute(delete(FollowUp).where(FollowUp.person_id == person_id), execution_options=UNTRACKED)


def _leave(talk: Talk, person_id: int) -> None:
    if talk.asker_id == person_id:
        forgetting.forget(talk)
        return
    if talk.helper_id == person_id:
        course.pass_on(talk)
        return
    for row in changing.told(talk):
        if row.person_id == person_id:
            course.let_be(talk, row)
            db.session.delete(row)
    db.session.flush()
    if talk.state == State.ASKED:
        course.look(talk)


def _drop_bonds(person_id: int) -> None:
    theirs = or_(Buddy.person_id == person_id, Buddy.buddy_id == person_id)
    for bond in db.session.scalars(select(Buddy).where(theirs).order_by(Buddy.id).with_for_update()).all():
        buddies.drop(bond, tells=bond.buddy_id == person_id)


def talks(person_id: int) -> list[dict[str, object]]:
    """Give the talks that a person is in now; the name of the other one is the other one's."""
    mine = select(Talk).where(or_(Talk.asker_id == person_id, Talk.helper_id == person_id)).order_by(Talk.until)
    told = select(Talk).join(TalkTold).where(TalkTold.person_id == person_id, TalkTold.is_passed.is_(False))
    return [_exported(talk, person_id) for query in (mine, told) for talk in db.session.scalars(query)]


def _exported(talk: Talk, person_id: int) -> dict[str, object]:
    return {
        "asked_by_me": talk.asker_id == person_id,
        "suits": talk.suits or None,
        "answer": talk.answer or None,
        "state": str(talk.state),
        "kept_until": talk.until.isoformat(),
    }


def bonds(person_id: int) -> list[dict[str, object]]:
    """Give that a person has a buddy, or is one."""
    theirs = or_(Buddy.person_id == person_id, Buddy.buddy_id == person_id)
    found = db.session.scalars(select(Buddy).where(theirs).order_by(Buddy.id))
    return [{"asked_by_me": bond.person_id == person_id, "agreed": bond.is_agreed} for bond in found]


def wishes(person_id: int) -> list[str]:
    """Give when a person is asked again after a hard call."""
    mine = select(FollowUp.due_at).where(FollowUp.person_id == person_id).order_by(FollowUp.due_at)
    return [due_at.isoformat() for due_at in db.session.scalars(mine)]


privacy.register(
    "talks",
    what=N_("Talks that you have asked for or said yes to: with whom and for when, and no word of what about"),
    seen_by=N_("The two of you. Of the peer supporters who are asked, only the one who says yes sees who you are"),
    kept=N_("Until one of you closes it; a wish that came to nothing for less than a day, and none longer than a week"),
    tables=("talk", "talk_told"),
    export=talks,
    erase=go,
)
privacy.register(
    "talks",
    what=N_("Your buddy, and whose buddy you are"),
    seen_by=N_("The two of you"),
    kept=N_("Until one of you ends it; a question that nobody answers for 14 days"),
    tables=("buddy",),
    export=bonds,
    erase=go,
)
privacy.register(
    "talks",
    what=N_("That you wish to be asked again after a hard call: the two days, and nothing of the call"),
    seen_by=N_("Only you"),
    kept=N_("Until we have asked, or until you press stop"),
    tables=("follow_up",),
    export=wishes,
    erase=go,
)
