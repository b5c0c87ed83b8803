"""Answering a wish for a talk, and closing it: in one press, by either, and without a why."""

from __future__ import annotations

from portal.blueprints.talks import rules
from portal.blueprints.talks.facts import Answered, CalledOff
from portal.blueprints.talks.models import Talk
from portal.blueprints.talks.rules import Act, Answer, State
from portal.blueprints.talks.service import changing, course, forgetting
from portal.core import clock
from portal.core.facts import record
from portal.core.viewer import Viewer

LATER = {Answer.TODAY, Answer.TOMORROW}


def answer(viewer: Viewer, talk_id: str, said: Answer) -> None:
    """Say yes, now or later, or «not this time». Of several peer supporters who say yes the first is there."""
    talk = changing.get(viewer, talk_id, Act.ANSWER)
    if said is Answer.NO:
        _not_this_time(viewer, talk)
    elif talk.answer != said:
        _say_yes(viewer, talk, said)


def _say_yes(viewer: Viewer, talk: Talk, said: Answer) -> None:
    talk.helper_id, talk.state, talk.answer = viewer.id, State.AGREED, said
    talk.until = rules.agreed_until(said, moment=clock.now(), tonight=course.tonight())
    told = course.ask_no_more(talk)
    record(Answered(talk_id=talk.id, asker_id=talk.asker_id))
    changing.tell_pages(talk, *told)


def _not_this_time(viewer: Viewer, talk: Talk) -> None:
    if talk.helper_id == viewer.id:
        course.pass_on(talk)
        return
    for row in changing.told(talk):
        if row.person_id == viewer.id:
            course.let_be(talk, row)
    course.look(talk)


def close(viewer: Viewer, talk_id: str, *, calls_off: bool = False) -> None:
    """Close a talk, as either: it is over, or not wanted any more. Nothing of it is left.

    Whoever has said yes for later hears that it was called off, and from nobody.
    """
    talk = changing.get(viewer, talk_id, Act.CLOSE)
    waits = talk.helper_id if talk.asker_id == viewer.id and talk.answer in LATER else None
    forgetting.forget(talk)
    if calls_off and waits:
        record(CalledOff(person_id=waits))
