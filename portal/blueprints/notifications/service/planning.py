"""When and how notices are mailed: planned when told, planned again when somebody chooses otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select, update

from portal.blueprints.notifications import ports, rules
from portal.blueprints.notifications.models import Notice
from portal.blueprints.notifications.ports import Delivery, Kind, Way
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

    What comes to be mailed at once by this comes in one mail: ending a long quiet time is no reason for forty.
    """
    waiting = mails.pending(person_id)
    plans = _plans_now(waiting)
    for notice in _held(waiting):
        plan = plans[notice.id]
        stays_together = plan.way == Way.ALONE and notice.way == Way.TOGETHER
        notice.way, notice.mail_at = Way.TOGETHER if stays_together else plan.way, plan.mail_at
    wake(plans.values())


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
    moment, quiet = clock.now(), choices.quiet_times({notice.person_id for notice in notices})
    plans: dict[int, Plan] = {}
    for name, found in by_kind.items():
        kind = ports.known.find(name)
        chosen = choices.deliveries({notice.person_id for notice in found}, kind) if kind else {}
        for notice in found:
            plans[notice.id] = rules.plan(
                delivery=chosen.get(notice.person_id, Delivery.NEVER),
                moment=moment,
                told_at=notice.told_at,
                zone=clock.OSLO,
                quiet=quiet.get(notice.person_id, NO_QUIET),
            )
    return plans


def _held(notices: Sequence[Notice]) -> Sequence[Notice]:
    """Hold rows to change them, but for those that somebody else holds: who tells of something new plans it anew."""
    ids = sorted(notice.id for notice in notices)
    held = select(Notice).where(Notice.id.in_(ids)).order_by(Notice.id)
    return db.session.scalars(held.with_for_update(key_share=True, skip_locked=True)).all() if ids else []
