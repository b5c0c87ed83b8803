"""Reading calls for help: the strip on every page, what waits, and one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, Select, and_, bindparam, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Face, Person
from portal.blueprints.people.queries import Way
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries.rows import Label
from portal.blueprints.urgent.models.calls import HelpCall, Helping, Rung
from portal.blueprints.urgent.models.choices import RingChoice
from portal.blueprints.urgent.rules import calls as rules
from portal.blueprints.urgent.rules import ring
from portal.blueprints.urgent.rules.calls import Act, Part, State, TalkBy
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

GONE = N_("We cannot find that call. It may be over.")

VIEWER_ID = bindparam("viewer_id", type_=Integer)
IS_OPEN = HelpCall.state != literal_column(f"'{State.OVER}'")  # as the index of open calls says it: no parameter
ASKER, HELPER, OFFERED = aliased(Person), aliased(Person), aliased(Person)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One call as a strip or a list shows it, seen by one person."""

    id: int
    text: str
    tag: Label | None
    state: State
    asker: Face
    taken_by: Face | None
    offered_to: Face | None
    raised_at: datetime
    rung_at: datetime  # when the present ringing began: the clock on the screen runs from here
    taken_at: datetime | None
    is_talking: bool
    offered_until: datetime | None
    rung: int  # how many screens ring
    is_nobody_free: bool
    is_own: bool
    is_rung: bool  # the viewer's screen rings
    is_silent: bool  # it does so without a sound
    is_declined: bool  # the viewer has said «not now»
    is_second: bool  # the viewer helps too


@dataclass(frozen=True, kw_only=True)
class Strip:
    """What stands on every page of one person: nothing, where all is quiet."""

    own: Line | None = None
    ringing: Sequence[Line] = ()
    helping: Line | None = None
    offered: Sequence[Line] = ()

    @property
    def is_quiet(self) -> bool:
        """Tell whether there is nothing to show."""
        return not (self.own or self.ringing or self.helping or self.offered)


def find_call(call_id: int) -> HelpCall | None:
    """Give a call, whoever asks: for services and jobs."""
    return db.session.get(HelpCall, call_id, populate_existing=True)


def get_call(viewer: Viewer, call_id: int) -> HelpCall:
    """Give a call: everybody's while it is open, and of those who were in it once it is over."""
    call = find_call(call_id)
    if call is None or (call.state == State.OVER and not parts(viewer, call) & rules.THOSE_IN_IT):
        raise NotFound(GONE)
    return call


def parts(viewer: Viewer, call: HelpCall) -> frozenset[Part]:
    """Tell what the viewer is in a call."""
    if viewer.id == call.asker_id:
        return rules.ASKER
    if viewer.id == call.taken_by_id:
        return rules.HELPER
    is_second = db.session.scalar(select(exists().where(Helping.call_id == call.id, Helping.person_id == viewer.id)))
    found = {Part.SECOND if is_second else Part.COLLEAGUE}
    if is_offered(viewer, call):
        found.add(Part.OFFERED)
    return frozenset(found)


def is_offered(viewer: Viewer, call: HelpCall) -> bool:
    """Tell whether the viewer is asked now to take a call over."""
    return call.offered_to_id == viewer.id and call.offered_until is not None and call.offered_until > clock.now()


def may(viewer: Viewer, call: HelpCall, act: str) -> bool:
    """Tell whether the viewer may do this with a call as it is now: «come», «end», «keep», as the rules name it."""
    return rules.may(Act(act), State(call.state), parts(viewer, call))


def beside(call_id: int) -> Sequence[Person]:
    """Give those who help too, in the order in which they came."""
    too = select(Person).join(Helping, Helping.person_id == Person.id).where(Helping.call_id == call_id)
    return db.session.scalars(too.order_by(Helping.joined_at, Person.id)).all()


def rung_count(call_id: int) -> int:
    """Count the screens that ring for a call now."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Rung).where(Rung.call_id == call_id, Rung.declined.is_(False))
        )
        or 0
    )


def is_nobody_free(call: HelpCall) -> bool:
    """Tell whether to say plainly that nobody is free just now."""
    seconds = (clock.now() - call.rung_at).total_seconds()
    return call.state == State.RINGING and ring.is_nobody_free(seconds, rung_count(call.id))


def waiting(viewer: Viewer) -> Sequence[Line]:
    """Give the calls that nobody has come to yet, the longest waiting first; everybody may see and take them."""
    return [_line(viewer, row) for row in db.session.execute(_waiting(), {"viewer_id": viewer.id})]


def strip(viewer: Viewer) -> Strip:
    """Give what stands on every page of the viewer, in one statement."""
    lines = [_line(viewer, row) for row in db.session.execute(_mine(), {"viewer_id": viewer.id})]
    others = [line for line in lines if not line.is_own]
    moment = clock.now()
    return Strip(
        own=next((line for line in lines if line.is_own), None),
        ringing=[line for line in others if line.state is State.RINGING and line.is_rung],
        helping=max((line for line in others if _helps(viewer, line)), key=_came_at, default=None),
        offered=[line for line in others if _is_asked(viewer, line, moment)],
    )


def _helps(viewer: Viewer, line: Line) -> bool:
    is_helper = line.taken_by is not None and line.taken_by.id == viewer.id
    return line.state is State.TAKEN and (is_helper or line.is_second)


def _came_at(line: Line) -> tuple[datetime, int]:
    return line.taken_at or line.raised_at, line.id


def _is_asked(viewer: Viewer, line: Line, moment: datetime) -> bool:
    is_theirs = line.offered_to is not None and line.offered_to.id == viewer.id
    return is_theirs and line.offered_until is not None and line.offered_until > moment


# Each is put together once: that takes longer than asking, and the strip is asked for on every page.
@cache
def _waiting() -> Select[Any]:
    return _lines().where(HelpCall.state == State.RINGING)


@cache
def _mine() -> Select[Any]:
    is_part = (HelpCall.asker_id, HelpCall.taken_by_id, HelpCall.offered_to_id)
    is_beside = (Rung.person_id.is_not(None), Helping.person_id.is_not(None))
    return _lines().where(or_(*(column == VIEWER_ID for column in is_part), *is_beside))


def _lines() -> Select[Any]:
    others = aliased(Rung)
    rings = and_(others.call_id == HelpCall.id, others.declined.is_(False))
    rung = select(func.count()).select_from(others).where(rings).scalar_subquery()
    names = (ASKER.name.label("asker"), HELPER.name.label("helper"), OFFERED.name.label("offered"))
    return (
        select(HelpCall, Rung, Helping.person_id.label("second"), Tag, *names, rung.label("rung"))
        .join(ASKER, ASKER.id == HelpCall.asker_id)
        .outerjoin(HELPER, HELPER.id == HelpCall.taken_by_id)
        .outerjoin(OFFERED, OFFERED.id == HelpCall.offered_to_id)
        .outerjoin(Tag, Tag.id == HelpCall.tag_id)
        .outerjoin(Rung, and_(Rung.call_id == HelpCall.id, Rung.person_id == VIEWER_ID))
        .outerjoin(Helping, and_(Helping.call_id == HelpCall.id, Helping.person_id == VIEWER_ID))
        .where(IS_OPEN)
        .order_by(HelpCall.created_at, HelpCall.id)
        .execution_options(populate_existing=True)
    )


def _line(viewer: Viewer, row: Row[Any]) -> Line:
    call, mine = row.HelpCall, row.Rung
    seconds = (clock.now() - call.rung_at).total_seconds()
    return Line(
        id=call.id,
        text=call.text,
        tag=_label(row.Tag),
        state=State(call.state),
        asker=Face(id=call.asker_id, name=row.asker),
        taken_by=_face(call.taken_by_id, row.helper),
        offered_to=_face(call.offered_to_id, row.offered),
        raised_at=call.created_at,
        rung_at=call.rung_at,
        taken_at=call.taken_at,
        is_talking=call.talking_at is not None,
        offered_until=call.offered_until,
        rung=row.rung,
        is_nobody_free=ring.is_nobody_free(seconds, row.rung),
        is_own=call.asker_id == viewer.id,
        is_rung=mine is not None and not mine.declined,
        is_silent=mine is not None and mine.is_silent,
        is_declined=mine is not None and mine.declined,
        is_second=row.second is not None,
    )


def _face(person_id: int | None, name: str | None) -> Face | None:
    return None if person_id is None else Face(id=person_id, name=name or "")


def _label(tag: Tag | None) -> Label | None:
    if tag is None:
        return None
    names = {name: getattr(tag, name) for name in ("id", "slug", "name_nn", "name_nb", "name_en", "color")}
    return Label(**names)


def choice_of(person_id: int) -> RingChoice:
    """Give what somebody has chosen, or the first of each where they have chosen nothing."""
    return db.session.get(RingChoice, person_id) or RingChoice(
        person_id=person_id, sound="", loudness=60, notifies=False, talk_by=TalkBy.TEAMS, extension=""
    )


def way_to_talk(person: Person) -> Way:
    """Give how to speak with somebody, as they chose; by Teams where there is no number."""
    choice = choice_of(person.id)
    ways = people.ways_to_talk(person, number=choice.extension)
    return next((way for way in ways if way.kind == choice.talk_by), ways[0])
