"""What other slices say: make kinds of notices known, tell of what happened, and take it back.

A line stands in the inbox at once; a mail goes now, bundled or later. The files beside this one see to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from portal.blueprints.notifications import ports, rules
from portal.blueprints.notifications.models import Notice, ToldOnce
from portal.blueprints.notifications.ports import Delivery, Group, Kind
from portal.blueprints.notifications.service import mails, rows
from portal.blueprints.people.models import Person
from portal.core import clock, live
from portal.core.db import db
from portal.core.viewer import Viewer

CALENDAR_METHODS = frozenset({"REQUEST", "CANCEL", "PUBLISH", "REPLY"})


def notice_group(name: str, label: str, *, mail: Delivery | str = Delivery.AT_ONCE) -> None:
    """Make a group of notices known that people choose for together. The label is a message id."""
    ports.known.add_group(Group(name=name, label=label, delivery=Delivery(mail)))


def notice_kind(name: str, *, group: str, text: str, several: str = "", icon: str = "bell") -> None:
    """Make a kind of notice known, with its words (message ids).

    The words may use %(who)s (the actor), %(count)s, and the params of tell(). `several` is shown
    when a thread has more than one unread; without it the newest words stand alone.
    """
    ports.known.add(Kind(name=name, group=group, text=text, several=several, icon=icon))


def tell(
    person_id: int,
    *,
    kind: str,
    params: Mapping[str, Any],
    endpoint: str,
    values: Mapping[str, int | str],
    actor_id: int | None = None,
    but_not: int | None = None,
    thread: str | None = None,
    key: str | None = None,
) -> None:
    """Tell one person that something happened; see tell_many()."""
    tell_many(
        [person_id],
        kind=kind,
        params=params,
        endpoint=endpoint,
        values=values,
        actor_id=actor_id,
        but_not=but_not,
        thread=thread,
        key=key,
    )


def tell_many(
    person_ids: Iterable[int],
    *,
    kind: str,
    params: Mapping[str, Any],
    endpoint: str,
    values: Mapping[str, int | str],
    actor_id: int | None = None,
    but_not: int | None = None,
    thread: str | None = None,
    key: str | None = None,
) -> list[Notice]:
    """Tell people that something happened; give the lines it made or changed.

    Nobody is told of their own acts: who acts under their name is the `actor_id`, who acts namelessly is left out with
    `but_not`, which is never written down. What is about the same page is one unread line with a count (or name the
    `thread`). With a `key`, each person hears of it once, however often it is repeated. Params are ids, days, moments
    and short titles, never what was said.
    """
    known = ports.known.get(kind)
    group = ports.known.get_group(known.group)
    told = _who_is_told(person_ids, {actor_id, but_not})
    if key and told:
        told = _not_told_before(told, f"{kind}:{key}")
    if not told:
        return []
    line: dict[str, Any] = {
        "kind": kind,
        "params": _checked(known, params),
        "endpoint": endpoint,
        "values": dict(values),
        "actor_id": actor_id if known.names_the_actor else None,
        "thread": f"{kind}:{thread}" if thread else rules.thread_of(kind, endpoint=endpoint, values=values),
        "told_at": clock.now(),
    }
    notices = _write(told, line)
    mails.plan(notices, group)
    for notice in notices:
        live.publish(f"person-{notice.person_id}")
    return notices


def _who_is_told(person_ids: Iterable[int], actors: set[int | None]) -> Sequence[int]:
    wanted = set(person_ids) - actors
    active = select(Person.id).where(Person.id.in_(wanted), Person.is_active).order_by(Person.id)
    return db.session.scalars(active).all() if wanted else []


def _not_told_before(person_ids: Sequence[int], key: str) -> Sequence[int]:
    told = [{"person_id": person_id, "key": key, "told_at": clock.now()} for person_id in person_ids]
    fresh = rows.insert(ToldOnce).values(told).on_conflict_do_nothing().returning(ToldOnce.person_id)
    return sorted(db.session.scalars(fresh))


def _checked(kind: Kind, params: Mapping[str, Any]) -> dict[str, Any]:
    """Cut titles short, and find words that lack a parameter now, where the mistake is, and not in somebody's inbox."""
    kept = {name: rules.stored(value) for name, value in params.items()}
    for words in (kind.text, kind.several):
        _ = words % {"who": "", "count": 0, **kept}
    return kept


def _write(person_ids: Sequence[int], line: Mapping[str, Any]) -> list[Notice]:
    # One statement for all: two answers in the same moment meet on the unread line of the thread instead of colliding.
    written = rows.insert(Notice).values([{"person_id": person_id, **line} for person_id in person_ids])
    newest = {name: line[name] for name in ("told_at", "actor_id", "params")}
    written = written.on_conflict_do_update(
        index_elements=[Notice.person_id, Notice.thread],
        index_where=Notice.read_at.is_(None),
        set_={"count": Notice.count + 1, **newest},
    )
    found = db.session.scalars(written.returning(Notice), execution_options={"populate_existing": True})
    return sorted(found, key=lambda notice: notice.person_id)


def send_mail(
    *,
    person_id: int,
    kind: str,
    params: Mapping[str, Any],
    key: str,
    calendar: bytes | None = None,
    calendar_method: str | None = None,
) -> None:
    """Queue one mail that its receiver asked for (an invitation, a confirmation): sent at once, once a key.

    The words are those of templates/mail/<kind>.txt. Moments among the params become text; the filters read them.
    """
    if (calendar is None) != (calendar_method is None) or calendar_method not in {None, *CALENDAR_METHODS}:
        raise ValueError("a calendar goes with its method")
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in params.items()}
    mail = {"person_id": person_id, "kind": kind, "params": plain}
    mails.queue({**mail, "calendar": calendar, "calendar_method": calendar_method}, key=key, at=clock.now())


def take_back(*, kind: str, thread: str) -> None:
    """Remove the lines of a named thread: what they told of is gone. A mail that waits to tell of it is then let be."""
    gone = delete(Notice).where(Notice.thread == f"{kind}:{thread}").returning(Notice.person_id)
    for person_id in db.session.scalars(gone).all():
        live.publish(f"person-{person_id}")


def take_back_page(*, endpoint: str, values: Mapping[str, int | str]) -> None:
    """Remove every notice that leads to a page, and with them the mails that wait to tell of it."""
    for notice in _of_page(endpoint, values):
        db.session.delete(notice)
        live.publish(f"person-{notice.person_id}")


def retitle(*, endpoint: str, values: Mapping[str, int | str], params: Mapping[str, Any]) -> None:
    """Change the words of every notice that leads to a page: a title that was hidden must not live on in an inbox."""
    fresh = {name: rules.stored(value) for name, value in params.items()}
    for notice in _of_page(endpoint, values):
        notice.params = {**notice.params, **{name: value for name, value in fresh.items() if name in notice.params}}
        live.publish(f"person-{notice.person_id}")


def _of_page(endpoint: str, values: Mapping[str, int | str]) -> Sequence[Notice]:
    found = db.session.scalars(select(Notice).where(Notice.endpoint == endpoint).order_by(Notice.id))
    return [notice for notice in found if notice.values == dict(values)]


def mark_seen(viewer: Viewer, *, endpoint: str, values: Mapping[str, int | str]) -> None:
    """Mark read what points at a page on which the viewer has just done something: they have clearly seen it."""
    mine = select(Notice).where(Notice.person_id == viewer.id, Notice.read_at.is_(None), Notice.endpoint == endpoint)
    seen = [notice for notice in db.session.scalars(mine) if notice.values == dict(values)]
    for notice in seen:
        notice.read(clock.now())
    if seen:
        live.publish(f"person-{viewer.id}")
