"""Who is at work, what a person's shifts are, and which rotas there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from portal.blueprints.people.models import Face, Person
from portal.blueprints.shifts import rules
from portal.blueprints.shifts.models import Presence, Rota, Shift, Standing
from portal.blueprints.shifts.rules import NOTHING_SAID, AtWork, Availability, Kind, Rostered, Said, Span, Stand
from portal.core import clock
from portal.core.db import db
from portal.core.viewer import Viewer

STANDING = (
    Standing.availability,
    Standing.until,
    Standing.works_until,
    Standing.off_until,
    Standing.easy_until,
)

INSTANT = timedelta(microseconds=1)  # a shift that begins at this very moment belongs to it

LINE: tuple[Any, ...] = (Person.id, Shift.kind, Shift.starts_at, Shift.ends_at, *STANDING)


def at_work() -> list[AtWork]:
    """Give everybody who is at work now, in the order of their names."""
    moment = clock.now()
    stands = _stands(_of_everybody(moment), moment)
    working = [person_id for person_id, found in stands.items() if found.is_at_work]
    seen = _present(working, moment) if working else frozenset()
    everybody = (rules.at_work(each, stands[each], is_present=each in seen) for each in working)
    return [each for each in everybody if each]


@dataclass(frozen=True, kw_only=True)
class Around:
    """Who is around: how many are at work, how many of them are free, and some of those."""

    at_work: int
    free: int
    faces: Sequence[Face]


def around(*, but: int, stuck: Collection[int] = (), faces: int) -> Around:
    """Tell who is around besides one person: as at_work() says, without reading everybody's shifts.

    Those who are stuck are at work, and not free.
    """
    moment = clock.now()
    others = (Person.id != but, _is_at_work(moment))
    here = select(func.count()).select_from(Person).outerjoin(Standing, Standing.person_id == Person.id).where(*others)
    free = (_is_free(moment), Person.id.not_in(stuck))
    counts = select(here.scalar_subquery(), here.where(*free).scalar_subquery())
    count, count_free = db.session.execute(counts).one()
    first = select(Person.id, Person.name).outerjoin(Standing, Standing.person_id == Person.id).where(*others, *free)
    named = db.session.execute(first.order_by(Person.name, Person.id).limit(faces)) if count_free else ()
    return Around(at_work=count, free=count_free, faces=[Face(id=each, name=name) for each, name in named])


def _is_at_work(moment: datetime) -> ColumnElement[bool]:
    now = exists().where(Shift.person_id == Person.id, Shift.starts_at <= moment, Shift.ends_at > moment)
    by_rota = and_(now.where(Shift.kind == Kind.WORK), ~now.where(Shift.kind == Kind.LEAVE))
    return and_(Person.is_active, _is_past(Standing.off_until, moment), or_(Standing.works_until > moment, by_rota))


def _is_free(moment: datetime) -> ColumnElement[bool]:
    seen = exists().where(Presence.person_id == Person.id, Presence.seen_at > moment - rules.SEEN_FOR)
    said = Standing.availability
    is_available = or_(said.is_(None), said == Availability.AVAILABLE, _is_past(Standing.until, moment))
    return and_(is_available, _is_past(Standing.easy_until, moment), seen)


def _is_past(end: ColumnElement[datetime | None] | Any, moment: datetime) -> ColumnElement[bool]:
    return or_(end.is_(None), end <= moment)


def work_of(person_id: int) -> AtWork | None:
    """Tell how a person is at work now; None when they are not."""
    moment = clock.now()
    found = _stand_of(person_id, moment)
    return rules.at_work(person_id, found, is_present=bool(_present([person_id], moment))) if found.is_at_work else None


def standing_of(viewer: Viewer) -> Stand:
    """Tell how the viewer stands: for the one who has said it, in one question."""
    return _stand_of(viewer.id, clock.now())


def present() -> frozenset[int]:
    """Give who has a page open now, in any process."""
    return _present(None, clock.now())


def rota_covers_now() -> bool:
    """Tell whether any rota says something of this moment: where none does, only what people say themselves counts."""
    moment = clock.now()
    covers = select(Rota.id).where(Rota.first_at <= moment, Rota.last_at > moment).limit(1)
    return db.session.scalar(covers) is not None


def is_rostered(person_id: int, *, within: timedelta) -> bool:
    """Tell whether any rota has work or leave of a person around now: some work in the day, and stand in none."""
    moment = clock.now()
    theirs = and_(Shift.person_id == person_id, Shift.ends_at > moment - within, Shift.starts_at < moment + within)
    return bool(db.session.scalar(select(exists().where(theirs))))


def is_working_time(person_id: int, moment: datetime) -> bool:
    """Tell whether a person is at work at a moment: by the rota, and where it lies ahead by their own word too."""
    found = _rostered(person_id, Span(starts_at=moment, ends_at=moment + INSTANT))
    said = _said_of(person_id) if moment >= clock.now() else NOTHING_SAID
    return rules.stand(found, said, moment).is_at_work


def was_on_night_shift(person_id: int) -> bool:
    """Tell whether a person is on a night shift, or came off one so lately that they have to sleep."""
    moment = clock.now()
    found = _rostered(person_id, Span(starts_at=moment - rules.NIGHT_IS_FELT, ends_at=moment + INSTANT))
    return any(rules.is_night_shift(span, zone=clock.OSLO) for span in found.duty if span.starts_at <= moment)


def rested_of(person_ids: Collection[int]) -> set[int]:
    """Give those of these persons who neither are on a night shift nor came off one so lately that they sleep."""
    moment = clock.now()
    frame = Span(starts_at=moment - rules.NIGHT_IS_FELT, ends_at=moment + INSTANT)
    lines = _lines_of(person_ids, frame)
    return {each for each in person_ids if not _felt_nights(rostered(lines.get(each, ())), moment)}


def _felt_nights(found: Rostered, moment: datetime) -> bool:
    return any(rules.is_night_shift(span, zone=clock.OSLO) for span in found.duty if span.starts_at <= moment)


def working_times(person_ids: Collection[int], starts_at: datetime, ends_at: datetime) -> dict[int, list[Span]]:
    """Give when each of these persons is at work in a time ahead: by the rota, and by their own word while it holds."""
    frame, moment = Span(starts_at=starts_at, ends_at=ends_at), clock.now()
    lines, said = _lines_of(person_ids, frame), _said_of_all(person_ids)
    return {
        each: rules.within(
            rules.working_time(rostered(lines.get(each, ())), said.get(each, NOTHING_SAID), moment), frame
        )
        for each in person_ids
    }


def _lines_of(person_ids: Collection[int], frame: Span) -> dict[int, list[tuple[Kind, Span]]]:
    theirs = and_(Shift.person_id.in_(person_ids), Shift.ends_at > frame.starts_at, Shift.starts_at < frame.ends_at)
    lines: dict[int, list[tuple[Kind, Span]]] = {}
    for person_id, kind, starts, ends in db.session.execute(select(Shift.person_id, *LINE[1:4]).where(theirs)):
        lines.setdefault(person_id, []).append((Kind(kind), Span(starts_at=starts, ends_at=ends)))
    return lines


def _said_of_all(person_ids: Collection[int]) -> dict[int, Said]:
    rows = db.session.execute(select(Standing.person_id, *STANDING).where(Standing.person_id.in_(person_ids)))
    return {person_id: _said(standing) for person_id, *standing in rows}


def rota_reaches(starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether any rota says something of a time."""
    reaches = select(Rota.id).where(Rota.first_at < ends_at, Rota.last_at > starts_at).limit(1)
    return db.session.scalar(reaches) is not None


def next_work(person_id: int) -> Span | None:
    """Give when a person is at work by the rota: now, or the next time; None where it does not say."""
    moment = clock.now()
    duty = duty_of(person_id, Span(starts_at=moment, ends_at=moment + timedelta(days=400)))
    return duty[0] if duty else None


def duty_of(person_id: int, frame: Span) -> list[Span]:
    """Give a person's time at work by the rota that reaches into a frame; shifts are whole, leave is taken away."""
    return _rostered(person_id, frame).duty


def duty_and_leave_of(person_id: int, frame: Span) -> tuple[list[Span], list[Span]]:
    """Give a person's time at work and leave that reach into a frame: for nobody but that person."""
    found = _rostered(person_id, frame)
    return found.duty, rules.union(found.leave)


def _rostered(person_id: int, frame: Span) -> Rostered:
    mine = and_(Shift.person_id == person_id, Shift.ends_at > frame.starts_at, Shift.starts_at < frame.ends_at)
    rows = db.session.execute(select(Shift.kind, Shift.starts_at, Shift.ends_at).where(mine)).all()
    return rostered((Kind(kind), Span(starts_at=starts, ends_at=ends)) for kind, starts, ends in rows)


def rostered(lines: Iterable[tuple[Kind, Span]]) -> Rostered:
    """Part what the rota says of one person into work and leave."""
    known = list(lines)
    return Rostered(
        work=[span for kind, span in known if kind is Kind.WORK],
        leave=[span for kind, span in known if kind is Kind.LEAVE],
    )


def _said_of(person_id: int) -> Said:
    row = db.session.execute(select(*STANDING).where(Standing.person_id == person_id)).first()
    return _said(tuple(row)) if row else NOTHING_SAID


def _said(row: Sequence[Any]) -> Said:
    availability, until, works_until, off_until, easy_until = row
    if availability is None:
        return NOTHING_SAID
    return Said(
        availability=rules.Availability(availability),
        until=until,
        works_until=works_until,
        off_until=off_until,
        easy_until=easy_until,
    )


def _lines(moment: datetime) -> Select[Any]:
    # What a person has said stands beside each of their shifts, and alone where there is none: one question for both.
    near = and_(Shift.person_id == Person.id, Shift.ends_at > moment, Shift.starts_at < moment + rules.LOOKS_AHEAD)
    return select(*LINE).outerjoin(Standing, Standing.person_id == Person.id).outerjoin(Shift, near)


def _of_everybody(moment: datetime) -> Select[Any]:
    said = or_(Shift.id.is_not(None), Standing.works_until > moment)
    return _lines(moment).where(Person.is_active, said).order_by(Person.name, Person.id)


def _stands(query: Select[Any], moment: datetime) -> dict[int, Stand]:
    lines: dict[int, list[tuple[Kind, Span]]] = {}
    said: dict[int, Said] = {}
    for person_id, kind, starts_at, ends_at, *standing in db.session.execute(query):
        mine = lines.setdefault(person_id, [])
        said.setdefault(person_id, _said(standing))
        if kind is not None:
            mine.append((Kind(kind), Span(starts_at=starts_at, ends_at=ends_at)))
    return {each: rules.stand(rostered(mine), said[each], moment) for each, mine in lines.items()}


def _stand_of(person_id: int, moment: datetime) -> Stand:
    query = _lines(moment).where(Person.id == person_id, Person.is_active)
    return _stands(query, moment).get(person_id, Stand(is_at_work=False))


def _present(person_ids: Sequence[int] | None, moment: datetime) -> frozenset[int]:
    query = select(Presence.person_id).where(Presence.seen_at > moment - rules.SEEN_FOR).distinct()
    if person_ids is not None:
        query = query.where(Presence.person_id.in_(person_ids))
    return frozenset(db.session.scalars(query))


def find_rota(name: str) -> Rota | None:
    """Find a rota by its name."""
    return db.session.scalar(select(Rota).where(Rota.name == name))


def get_rota_locked(name: str) -> Rota:
    """Give a rota, and let nobody bring it in meanwhile."""
    wanted = select(Rota).where(Rota.name == name).with_for_update()
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()


def rotas() -> Sequence[Rota]:
    """Give every rota, the one that was read last first."""
    return db.session.scalars(select(Rota).order_by(Rota.read_at.desc(), Rota.id)).all()


def shifts_of(rota: Rota | None) -> Sequence[Shift]:
    """Give everything that one rota says."""
    return db.session.scalars(select(Shift).where(Shift.rota_id == rota.id)).all() if rota else []


def persons_by_word() -> dict[str, int]:
    """Give by what words the active persons may stand in a rota: user name, e-mail, or a name nobody else has."""
    rows = db.session.execute(select(Person.id, Person.username, Person.email, Person.name).where(Person.is_active))
    words: dict[str, int] = {}
    names: dict[str, set[int]] = {}
    for person_id, username, email, name in rows:
        words |= {username.casefold(): person_id, email.casefold(): person_id}
        names.setdefault(name.casefold(), set()).add(person_id)
    return {name: next(iter(ids)) for name, ids in names.items() if len(ids) == 1} | words


def kept_of(person_id: int) -> tuple[Sequence[Shift], Standing | None, Sequence[Presence]]:
    """Give everything that is kept here of a person."""
    mine = select(Shift).where(Shift.person_id == person_id).order_by(Shift.starts_at)
    seen = select(Presence).where(Presence.person_id == person_id)
    return db.session.scalars(mine).all(), db.session.get(Standing, person_id), db.session.scalars(seen).all()
