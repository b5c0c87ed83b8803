"""After a hard call: being asked again, for those who wish it. It begins by a press, and ends by one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from portal.blueprints.people.models import Person
from portal.blueprints.talks import rules
from portal.blueprints.talks.facts import AskedAgainNoMore, TimeToAskAgain
from portal.blueprints.talks.models import FollowUp
from portal.blueprints.talks.queries import afterwards as reading
from portal.core import clock, jobs, throttle
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

ASK_AGAIN = "talks.ask_again"
MOST_A_DAY = 20
TICK = N_("Tick the box first, if you would like to be asked again.")
UNTRACKED = {"synchronize_session": "fetch"}


def wish(viewer: Viewer, *, is_ticked: bool) -> None:
    """Be asked again after three days, and after about a month. Wished again, it counts from now."""
    if not is_ticked:
        raise Invalid(TICK, field="again")
    throttle.hit("talks.wish", str(viewer.id), limit=MOST_A_DAY, per=timedelta(days=1))
    _delete(viewer.id)
    moment = clock.now()
    wishes = [FollowUp(person_id=viewer.id, due_at=moment + wait) for wait in rules.ASKS_AGAIN_AFTER]
    db.session.add_all(wishes)
    db.session.flush()
    for each in wishes:
        jobs.enqueue(ASK_AGAIN, at=each.due_at, key=f"{ASK_AGAIN}:{each.id}", follow_up_id=each.id)


def stop(viewer: Viewer) -> None:
    """Be asked no more. Nothing comes of it."""
    _delete(viewer.id)
    record(AskedAgainNoMore(person_id=viewer.id))


def _delete(person_id: int) -> None:
    mine = delete(FollowUp).where(FollowUp.person_id == person_id)
    db.session.execute(mine, execution_options=UNTRACKED)


def ask_again(follow_up_id: str) -> datetime | None:
    """Put one gentle line in the inbox if the moment fits; give when to look again, if ever."""
    wished = select(FollowUp).where(FollowUp.id == follow_up_id).with_for_update()
    found = db.session.scalar(wished, execution_options={"populate_existing": True})
    if found is None:
        return None
    person = db.session.get_one(Person, found.person_id)
    is_wanted = person.is_active and clock.now() <= found.due_at + rules.ASKS_NO_MORE_AFTER
    later = reading.next_look_for(person) if is_wanted else None
    if later is None:
        db.session.delete(found)
        if is_wanted:
            record(TimeToAskAgain(person_id=person.id))
    return later
