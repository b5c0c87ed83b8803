"""When and how notices are mailed: planned when told, planned again when somebody chooses otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select, update

from portal.blueprints.notifications import ports, rules
from portal.blueprints.notifications.models import Notice
from portal.blueprints.notifications.ports import Kind, Way
from portal.blueprints.notifications.queries import choices, mails
from portal.blueprints.notifications.rules import NO_QUIET, Plan
from portal.core import clock, jobs
from portal.core.db import db

BATCH = 100


def plans_for(person_ids: Sequence[int], kind: Kind) -> Mapping[int, Plan]:
    """Say for each of these persons how and when a notice of this kind is mailed that comes now."""
    moment, quiet = clock.now(), choices.quiet_times(person_ids)
    return {
        person_id: rules.plan(delivery=delivery, moment=moment, zone=clock.OSLO, quiet=quiet.get(person_id, NO_QUIET))
        for person_id, delivery in choices.deliveries(person_ids, kind).items()
    }


def wake(plans: Iterable[Plan]) -> None:
    """Have the worker look at once, if one of these is for now.

    Without a key: one row that everybody writes to would be a queue before which all who post stand in line.
    """
    if any(plan.mail_at and plan.mail_at <= clock.now() for plan in plans):
        jobs.enqueue("notifications.send_out")


def send_out() -> None:
    """Wish for the mails whose time has come: one a page, and one a person for what comes together."""
    due = mails.due(BATCH)
    for person_id, page, way in sorted({(row.person_id, row.page, row.way) for row in due}):
        if way == Way.ALONE:
            jobs.enqueue("notifications.post", key=f"post-{person_id}-{page}", person_id=person_id, page=page)
        else:
            jobs.enqueue("notifications.bundle", key=f"bundle-{person_id}", person_id=person_id)
    db.session.execute(update(Notice).where(Notice.id.in_([row.id for row in due])).values(mail_at=None))
    if len(due) == BATCH:
        jobs.enqueue("notifications.send_out")


def plan_again(person_id: int) -> None:
    """Plan what waits to be mailed by what the person wants now.

    What would be mailed at once by this comes in one mail: ending a long quiet time is no reason for forty. What had
    its turn already keeps it.
    """
    waiting, moment = mails.pending(person_id), clock.now()
    plans, free_at = _plans_now(waiting), choices.quiet_ends(person_id) or moment
    for notice in _held(waiting):
        plan, had_its_turn = plans[notice.id], notice.mail_at is None or notice.mail_at <= moment
        if notice.way == Way.TOGETHER and plan.way != Way.NONE:
            is_next = had_its_turn or plan.way == Way.ALONE
            plan = Plan(way=Way.TOGETHER, mail_at=free_at if is_next else plan.mail_at)
        notice.way, notice.mail_at = plan.way, plan.mail_at
    if waiting:
        jobs.enqueue("notifications.send_out")


def still_alone(notices: Sequence[Notice]) -> list[Notice]:
    """Give those that are still to be mailed at once, and put the others where they belong by now."""
    plans = _plans_now(notices)
    others = [notice for notice in notices if plans[notice.id].way != Way.ALONE]
    for notice in _held(others):
        notice.way, notice.mail_at = plans[notice.id].way, plans[notice.id].mail_at
    return [notice for notice in notices if notice not in others]


def still_wanted(notices: Sequence[Notice]) -> list[Notice]:
    """Give those that their receiver wants by mail at all."""
    plans = _plans_now(notices)
    return [notice for notice in notices if plans[notice.id].way != Way.NONE]


def _plans_now(notices: Sequence[Notice]) -> Mapping[int, Plan]:
    by_kind: dict[str, list[Notice]] = {}
    for notice in notices:
        by_kind.setdefault(notice.kind, []).append(notice)
    plans: dict[int, Plan] = {}
    for name, found in by_kind.items():
        kind = ports.known.find(name)
        wanted = plans_for(sorted({notice.person_id for notice in found}), kind) if kind else {}
        plans |= {notice.id: wanted.get(notice.person_id, Plan()) for notice in found}
    return plans


def _held(notices: Sequence[Notice]) -> Sequence[Notice]:
    """Hold rows to change them, but for those that somebody else holds: who tells of something new plans it anew."""
    ids = sorted(notice.id for notice in notices)
    held = select(Notice).where(Notice.id.in_(ids)).order_by(Notice.id)
    return db.session.scalars(held.with_for_update(key_share=True, skip_locked=True)).all() if ids else []
