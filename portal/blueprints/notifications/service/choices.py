"""What people choose: when notices come by mail, and when it is quiet. What waits already is planned again."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import delete

from portal.blueprints.notifications import ports, rules
from portal.blueprints.notifications.models import Choice, QuietSpan, QuietUntil, Scope
from portal.blueprints.notifications.ports import Delivery
from portal.blueprints.notifications.queries import choices
from portal.blueprints.notifications.rules import Quiet, Span
from portal.core import clock, jobs, live
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

OFF_DUTY = (
    Span(starts=time(16), ends=time(8), weekdays=frozenset({0, 1, 2, 3})),
    Span(starts=time(16), ends=time(8), weekdays=frozenset({4}), ends_on=0),
)


def choose(viewer: Viewer, *, group: str, delivery: Delivery) -> None:
    """Choose when a group of notices comes by mail; so do its kinds that have no choice of their own."""
    if group not in {known.name for known in ports.known.groups()}:
        raise Invalid(N_("There are no such notices."))
    db.session.merge(Choice(person_id=viewer.id, scope=Scope.GROUP, name=group, delivery=Delivery(delivery)))
    _plan_again(viewer)


def choose_kind(viewer: Viewer, *, kind: str, delivery: Delivery | None) -> None:
    """Choose when one kind of notices comes by mail; None: whenever its group does."""
    if ports.known.find(kind) is None:
        raise Invalid(N_("There are no such notices."))
    if delivery is None:
        mine = delete(Choice).where(Choice.person_id == viewer.id, Choice.scope == Scope.KIND, Choice.name == kind)
        db.session.execute(mine)
    else:
        db.session.merge(Choice(person_id=viewer.id, scope=Scope.KIND, name=kind, delivery=Delivery(delivery)))
    _plan_again(viewer)


def add_quiet_hours(viewer: Viewer, span: Span) -> None:
    """Choose hours of the week without mail, besides those there are."""
    if not span.weekdays or not span.weekdays <= frozenset(range(rules.DAYS)):
        raise Invalid(N_("Choose at least one day."), field="weekdays")
    if span.ends_on is not None and span.ends_on not in range(rules.DAYS):
        raise Invalid(N_("Choose at least one day."), field="ends_on")
    known = tuple(each for _, each in choices.spans(viewer))
    if span in known:
        return
    if len(known) >= rules.MOST_SPANS:
        raise Invalid(N_("These are many quiet hours already. Remove some first."), field="weekdays")
    if Quiet(spans=(*known, span)).has_no_end:
        raise Invalid(N_("Quiet hours need an end. To get no mail at all, choose never above."), field="ends")
    db.session.add(QuietSpan.of(viewer.id, span))
    _plan_again(viewer)


def be_quiet_off_duty(viewer: Viewer) -> None:
    """Choose evenings, nights and weekends: what most want, in one press."""
    for span in OFF_DUTY:
        add_quiet_hours(viewer, span)


def remove_quiet_hours(viewer: Viewer, span_id: int) -> None:
    """Go without some quiet hours of the viewer's own; another person's are as good as not there."""
    mine = delete(QuietSpan).where(QuietSpan.id == span_id, QuietSpan.person_id == viewer.id)
    if db.session.scalar(mine.returning(QuietSpan.id)) is None:
        raise NotFound(N_("These quiet hours are not here any more."))
    _plan_again(viewer)


def be_quiet_until(viewer: Viewer, until: datetime) -> None:
    """Want no mail until a moment, whatever the week says."""
    moment = clock.now()
    if until <= moment:
        raise Invalid(N_("Choose a time that is still to come."), field="until")
    if until > moment + rules.LONGEST_REST:
        raise Invalid(N_("Choose a time in the next half year."), field="until")
    db.session.merge(QuietUntil(person_id=viewer.id, until=until))
    _plan_again(viewer)


def be_quiet_today(viewer: Viewer) -> datetime:
    """Want no mail for the rest of today, and tonight; give when that ends."""
    until = choices.rest_of_today()
    be_quiet_until(viewer, until)
    return until


def end_quiet(viewer: Viewer) -> None:
    """Want mail again, as the week says."""
    db.session.execute(delete(QuietUntil).where(QuietUntil.person_id == viewer.id))
    _plan_again(viewer)


def _plan_again(viewer: Viewer) -> None:
    db.session.flush()
    jobs.enqueue("notifications.plan_again", key=f"plan-{viewer.id}", person_id=viewer.id)
    live.publish(f"person-{viewer.id}")
