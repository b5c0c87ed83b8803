"""Reading what people chose: when notices come by mail, and when it is quiet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select

from portal.blueprints.notifications import ports, rules
from portal.blueprints.notifications.models import Choice, QuietSpan, QuietUntil, Scope
from portal.blueprints.notifications.ports import Delivery, Group, Kind
from portal.core import clock
from portal.core.db import db
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A group of notices with what somebody chose for it, and for each of its kinds: None follows the group."""

    group: Group
    delivery: Delivery
    kinds: Sequence[tuple[Kind, Delivery | None]]


def deliveries(person_ids: Iterable[int], kind: Kind) -> Mapping[int, Delivery]:
    """Give how each of these persons wants a kind by mail: as they said of it, else of its group, else as it is."""
    persons = list(person_ids)
    about_group = and_(Choice.scope == Scope.GROUP, Choice.name == kind.group)
    about_kind = and_(Choice.scope == Scope.KIND, Choice.name == kind.name)
    rows = db.session.execute(
        select(Choice.person_id, Choice.scope, Choice.delivery).where(
            Choice.person_id.in_(persons), or_(about_group, about_kind)
        )
    )
    said = {(person_id, Scope(scope)): Delivery(delivery) for person_id, scope, delivery in rows}
    usual = ports.known.get_group(kind.group).delivery
    return {
        person_id: said.get((person_id, Scope.KIND)) or said.get((person_id, Scope.GROUP)) or usual
        for person_id in persons
    }


def choices(viewer: Viewer) -> Sequence[Chosen]:
    """Give every group and kind of notices with what the viewer chose, or what holds for who has not chosen."""
    rows = db.session.scalars(select(Choice).where(Choice.person_id == viewer.id))
    said = {(Scope(row.scope), row.name): Delivery(row.delivery) for row in rows}
    return [
        Chosen(
            group=group,
            delivery=said.get((Scope.GROUP, group.name), group.delivery),
            kinds=[(kind, said.get((Scope.KIND, kind.name))) for kind in ports.known.kinds(group.name)],
        )
        for group in ports.known.groups()
    ]


def quiet_times(person_ids: Iterable[int]) -> Mapping[int, rules.Quiet]:
    """Give the quiet times of those persons who have any."""
    persons = list(person_ids)
    spans: dict[int, list[rules.Span]] = {}
    rows = db.session.scalars(select(QuietSpan).where(QuietSpan.person_id.in_(persons)).order_by(QuietSpan.id))
    for row in rows:
        spans.setdefault(row.person_id, []).append(row.span)
    until = {row.person_id: row.until for row in db.session.scalars(_until(persons))}
    return {
        person_id: rules.Quiet(spans=tuple(spans.get(person_id, ())), until=until.get(person_id))
        for person_id in spans.keys() | until.keys()
    }


def in_quiet_time(person_ids: Iterable[int]) -> set[int]:
    """Give those of these persons who want quiet now."""
    moment = clock.now()
    times = quiet_times(person_ids).items()
    return {person_id for person_id, quiet in times if rules.quiet_until(moment, quiet, zone=clock.OSLO) is not None}


def _until(person_ids: Sequence[int]) -> Select[QuietUntil]:
    return select(QuietUntil).where(QuietUntil.person_id.in_(person_ids), QuietUntil.until > clock.now())


def quiet_time(viewer: Viewer) -> rules.Quiet:
    """Give the viewer's quiet time."""
    return quiet_times([viewer.id]).get(viewer.id, rules.NO_QUIET)


def spans(viewer: Viewer) -> Sequence[tuple[int, rules.Span]]:
    """Give the viewer's quiet hours of the week, with their ids."""
    mine = select(QuietSpan).where(QuietSpan.person_id == viewer.id).order_by(QuietSpan.id)
    return [(row.id, row.span) for row in db.session.scalars(mine)]


def quiet_ends(person_id: int) -> datetime | None:
    """Give when the quiet time ends in which a person is now, if it is one."""
    moment = clock.now()
    end = rules.after_quiet(moment, quiet_times([person_id]).get(person_id, rules.NO_QUIET), zone=clock.OSLO)
    return end if end > moment else None


def rest_of_today() -> datetime:
    """Give when «quiet for the rest of today» would end."""
    return rules.rest_of_today(clock.now(), zone=clock.OSLO)
