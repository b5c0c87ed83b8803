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
from portal.blueprints.notifications.queries import veils
from portal.blueprints.notifications.rules import Plan
from portal.blueprints.notifications.service import mails, planning, rows
from portal.blueprints.people.models import Person
from portal.core import clock, live
from portal.core.db import db
from portal.core.viewer import Viewer

CALENDAR_METHODS = frozenset({"REQUEST", "CANCEL", "PUBLISH", "REPLY"})


def notice_group(name: str, label: str, *, mail: Delivery | str = Delivery.AT_ONCE) -> None:
    """Make a group of notices known that people choose for together. The label is a message id."""
    ports.known.add_group(Group(name=name, label=label, delivery=Delivery(mail)))


def notice_kind(name: str, *, group: str, text: str, several: str = "", icon: str = "bell", label: str = "") -> None:
    """Make a kind of notice known, with its words (message ids).

    The words may use %(who)s (the actor), %(count)s, and the params of tell(). `several` is shown
    when a thread has more than one unread; without it the newest words stand alone. The label says on the page of
    choices what these notices are about; without one it is made from the words.
    """
    ports.known.add(Kind(name=name, group=group, text=text, several=several, icon=icon, label=label))


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

    Nobody is told of their own acts: who acts under their name is the `actor_id`, who acts namelessly is named in
    `but_not`, which is never written down (see queries/veils.py). What is about the same page is one unread line with
    a count (or name the `thread`). With a `key`, each person hears of it once, however often it is repeated. Params
    are ids, days, moments and short titles, never what was said.
    """
    known = ports.known.get(kind)
    told = _who_is_told(person_ids, actor_id)
    plans = planning.plans_for(told, known)
    if key and told:
        told = _not_told_before(told, f"{kind}:{key}")
    if not told:
        return []
    page = rules.page_of(endpoint, values)
    line = {
        "kind": kind,
        "params": _checked(known, params),
        "endpoint": endpoint,
        "values": dict(values),
        "actor_id": actor_id if known.names_the_actor and but_not is None else None,
        "thread": f"{kind}:{thread}" if thread else rules.thread_of(kind, page),
        "page": page,
        "veils": "" if but_not is None else veils.veil(but_not),
    }
    planning.wake(plans[person_id] for person_id in told)
    return _write(told, line, plans)


def _who_is_told(person_ids: Iterable[int], actor_id: int | None) -> Sequence[int]:
    wanted = set(person_ids) - {actor_id}
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


def _write(person_ids: Sequence[int], line: Mapping[str, Any], plans: Mapping[int, Plan]) -> list[Notice]:
    # One statement for all: two answers in the same moment meet on the unread line of the thread instead of colliding.
    written = rows.insert(Notice).values(
        [
            {"person_id": each, "told_at": clock.now(), "way": plans[each].way, "mail_at": plans[each].mail_at, **line}
            for each in person_ids
        ]
    )
    newest = {name: written.excluded[name] for name in ("told_at", "actor_id", "params", "values", "way", "mail_at")}
    written = written.on_conflict_do_update(
        index_elements=[Notice.person_id, Notice.thread],
        index_where=Notice.read_at.is_(None),
        set_={"count": Notice.count + 1, "veils": Notice.veils + written.excluded.veils, **newest},
    )
    found = db.session.scalars(written.returning(Notice), execution_options={"populate_existing": True})
    notices = sorted(found, key=lambda notice: notice.person_id)
    live.publish_all(f"person-{notice.person_id}" for notice in notices)
    return notices


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
    mails.queue({**mail, "calendar": calendar, "calendar_method": calendar_method}, key=key)


def supersede_mails(*, keys: str) -> list[str]:
    """Let the mails be that still wait and whose key begins so, because the one that comes now says it all.

    Gives their kinds. One that is on its way at this moment still arrives.
    """
    return mails.drop_keyed(keys)


def take_back(*, kind: str, thread: str) -> None:
    """Remove the lines of a named thread: what they told of is gone. A mail that waits to tell of it is then let be."""
    gone = delete(Notice).where(Notice.thread == f"{kind}:{thread}").returning(Notice.person_id)
    live.publish_all(f"person-{person_id}" for person_id in db.session.scalars(gone))


def take_back_old(*, kind: str, before: datetime) -> None:
    """Remove the lines of a kind that are older than a moment: what they told of is not to be remembered."""
    gone = delete(Notice).where(Notice.kind == kind, Notice.told_at <= before).returning(Notice.person_id)
    live.publish_all(f"person-{person_id}" for person_id in db.session.scalars(gone))


def take_back_page(*, endpoint: str, values: Mapping[str, int | str]) -> None:
    """Remove every notice that leads to a page, and with them the mails that wait to tell of it."""
    page = rules.page_of(endpoint, values)
    gone = delete(Notice).where(Notice.page == page).returning(Notice.person_id)
    live.publish_all(f"person-{person_id}" for person_id in db.session.scalars(gone))
    mails.drop_page(page)


def retitle(*, endpoint: str, values: Mapping[str, int | str], params: Mapping[str, Any]) -> None:
    """Change the words of every notice that leads to a page: a title that was hidden must not live on in an inbox.

    A mail that waits takes its words from here when it leaves.
    """
    fresh = {name: rules.stored(value) for name, value in params.items()}
    page = rules.page_of(endpoint, values)
    for notice in db.session.scalars(select(Notice).where(Notice.page == page).order_by(Notice.id)):
        notice.params = {**notice.params, **{name: value for name, value in fresh.items() if name in notice.params}}
        live.publish(f"person-{notice.person_id}")


def mark_seen(viewer: Viewer, *, endpoint: str, values: Mapping[str, int | str]) -> None:
    """Mark read what points at a page on which the viewer has just done something: they have clearly seen it.

    Never for a nameless act: the moment of reading would name who did it.
    """
    mine = select(Notice).where(Notice.person_id == viewer.id, Notice.read_at.is_(None))
    seen = db.session.scalars(mine.where(Notice.page == rules.page_of(endpoint, values))).all()
    for notice in seen:
        notice.read(clock.now())
    if seen:
        live.publish(f"person-{viewer.id}")
