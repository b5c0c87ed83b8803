"""The course of a wish for a talk: who is told when, and when it is let be. It looks, and does what is missing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from secrets import SystemRandom

from sqlalchemy import delete

from portal.blueprints.talks import rules
from portal.blueprints.talks.facts import AskedNoMore, ColleagueAsked, LetBe, PassedOn, PeerTold
from portal.blueprints.talks.models import Talk, TalkTold
from portal.blueprints.talks.queries import peers
from portal.blueprints.talks.rules import State, Suits, Whom
from portal.blueprints.talks.service import changing
from portal.core import clock, jobs
from portal.core.db import db
from portal.core.facts import record

STEP = "talks.step"
NIGHT_ENDS = time(4)  # «today» lasts until nobody's shift of the evening does any more
UNTRACKED = {"synchronize_session": "fetch"}


def tonight() -> datetime:
    """Give when «today» is over."""
    return clock.at_wall(clock.today() + timedelta(days=1), NIGHT_ENDS)


def begin(talk: Talk) -> None:
    """Tell the one who was chosen, or the first peer supporters; what becomes of it is seen by the asker at once."""
    if talk.helper_id:
        record(ColleagueAsked(talk_id=talk.id, person_id=talk.helper_id))
        changing.tell_pages(talk)
        plan(talk, talk.until)
        return
    plan(talk, _tell_peers(talk, is_watched=True))


def step(talk_id: str) -> datetime | None:
    """Do what is missing for a wish; give when to look again, if ever."""
    talk = changing.lock(talk_id)
    if talk is None or talk.state != State.ASKED:
        return None
    if talk.until <= clock.now():
        pass_on(talk)
        return None
    return talk.until if talk.whom == Whom.ONE else _tell_peers(talk)


def look(talk: Talk) -> None:
    """Look again now at a wish that is locked: one of those who were told does not have time."""
    moment = step(talk.id)
    if moment:
        plan(talk, moment)


def plan(talk: Talk, moment: datetime | None) -> None:
    """See that a wish is looked at when something happens next."""
    if moment:
        jobs.enqueue(STEP, at=moment, key=f"{STEP}:{talk.id}", talk_id=talk.id)


def plan_no_more(talk: Talk) -> None:
    """Leave no work that names a talk: whoever knew its id could tell which mails were sent of it, to both."""
    db.session.flush()
    db.session.execute(delete(jobs.Job).where(jobs.Job.key == f"{STEP}:{talk.id}"), execution_options=UNTRACKED)


def pass_on(talk: Talk, *, is_watched: bool = False) -> None:
    """Let a wish be: it does not suit with whom was asked. Who that was is forgotten, and the asker offered others."""
    before, talk.helper_id = talk.helper_id, None
    talk.state, talk.answer, talk.until = State.PASSED, None, clock.now() + rules.KEPT
    changing.tell_pages(talk, *ask_no_more(talk), before or talk.asker_id)
    if not is_watched:
        record(PassedOn(talk_id=talk.id, asker_id=talk.asker_id))


def ask_no_more(talk: Talk) -> list[int]:
    """Forget who was told, and take back what they were told; give who they were."""
    db.session.flush()
    gone = delete(TalkTold).where(TalkTold.talk_id == talk.id).returning(TalkTold.person_id)
    told = list(db.session.scalars(gone, execution_options=UNTRACKED))
    record(AskedNoMore(talk_id=talk.id))
    return told


def _tell_peers(talk: Talk, *, is_watched: bool = False) -> datetime | None:
    """Let those be who have said nothing for a while, and tell others; give when to look again."""
    moment = clock.now()
    rows = changing.told(talk)
    for row in rows:
        if not row.is_passed and row.told_at + rules.PATIENCE <= moment:
            let_be(talk, row)
    asked = [row for row in rows if not row.is_passed]
    there = peers.available(but=talk.asker_id)
    SystemRandom().shuffle(there)  # so that it is not always the same ones
    chosen = rules.whom_to_tell(there, told=len(asked), before={row.person_id for row in rows})
    for person_id in sorted(chosen):
        db.session.add(TalkTold(talk_id=talk.id, person_id=person_id, told_at=moment))
        record(PeerTold(talk_id=talk.id, person_id=person_id))
    db.session.flush()
    changing.tell_pages(talk, *chosen)
    if asked or chosen:
        return min([row.told_at for row in asked] + [moment] * bool(chosen)) + rules.PATIENCE
    if rules.waits_for_others(Suits(talk.suits) if talk.suits else None):
        return min(moment + rules.LOOKS_EVERY, talk.until)
    pass_on(talk, is_watched=is_watched)
    return None


def let_be(talk: Talk, row: TalkTold) -> None:
    """Ask one of those who were told no more in this talk."""
    row.is_passed = True
    db.session.flush()
    record(LetBe(talk_id=talk.id, person_id=row.person_id))
    changing.tell_pages(talk, row.person_id)
