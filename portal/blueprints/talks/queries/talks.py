"""Reading wishes for a talk: the two see each other, those who are told see that somebody would like one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload

from portal.blueprints.people.models import Person
from portal.blueprints.talks import rules
from portal.blueprints.talks.models import Talk, TalkTold
from portal.blueprints.talks.rules import Act, Answer, Part, State, Suits, Whom
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

# One sentence for whatever is not there: over, taken by another, or never one's own business.
GONE = N_("This talk is over, or somebody else is there for it. Nothing is kept of it.")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A talk as one of those who are in it sees it. The other one is nobody as long as they may not know."""

    id: str
    part: Part
    whom: Whom
    state: State
    suits: Suits | None
    answer: Answer | None
    other: Person | None = field(repr=False)

    @property
    def is_own(self) -> bool:
        """Tell whether it is the reader's own wish."""
        return self.part is Part.ASKER

    def can(self, act: str) -> bool:
        """Tell whether the reader may do this now: «answer» or «close»."""
        return rules.may(Act(act), self.state, self.part)


def line(viewer: Viewer, talk_id: str) -> Line:
    """Give a talk to somebody who is in it; to all others it does not exist."""
    talk = db.session.scalar(_talks().where(Talk.id == talk_id))
    if talk is None:
        raise NotFound(GONE)
    return _line(talk, get_part(viewer, talk))


def lines(viewer: Viewer) -> Sequence[Line]:
    """Give every talk that the viewer is in or is told of: one's own wishes first."""
    told = select(TalkTold.talk_id).where(TalkTold.person_id == viewer.id, TalkTold.is_passed.is_(False))
    mine = or_(Talk.asker_id == viewer.id, Talk.helper_id == viewer.id, Talk.id.in_(told))
    found = db.session.scalars(_talks().where(mine).order_by(Talk.until, Talk.id)).all()
    shown = [_line(talk, _known_part(viewer, talk)) for talk in found]
    return sorted(shown, key=lambda each: not each.is_own)


def _talks() -> Select[Talk]:
    both = (joinedload(Talk.asker), joinedload(Talk.helper))
    # What has had its time is gone, also in the minutes before it is deleted.
    is_there = or_(Talk.state == State.ASKED, Talk.until > clock.now())
    return select(Talk).options(*both).where(is_there).execution_options(populate_existing=True)


def get_part(viewer: Viewer, talk: Talk) -> Part:
    """Tell what the viewer is in a talk; for whoever is nothing in it, it does not exist."""
    if viewer.id in {talk.asker_id, talk.helper_id}:
        return _known_part(viewer, talk)
    told = exists().where(TalkTold.talk_id == talk.id, TalkTold.person_id == viewer.id, TalkTold.is_passed.is_(False))
    if talk.state != State.ASKED or not db.session.scalar(select(told)):
        raise NotFound(GONE)
    return Part.TOLD


def _known_part(viewer: Viewer, talk: Talk) -> Part:
    if viewer.id == talk.asker_id:
        return Part.ASKER
    return Part.OTHER if viewer.id == talk.helper_id else Part.TOLD


def _line(talk: Talk, part: Part) -> Line:
    others = {Part.ASKER: talk.helper, Part.OTHER: talk.asker, Part.TOLD: None}
    return Line(
        id=talk.id,
        part=part,
        whom=Whom(talk.whom),
        state=State(talk.state),
        suits=Suits(talk.suits) if talk.suits else None,
        answer=Answer(talk.answer) if talk.answer else None,
        other=others[part],
    )
