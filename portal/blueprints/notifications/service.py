"""Tells people what happened: a line in the inbox at once, and a mail now, bundled or later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.notifications import ports, queries, rules
from portal.blueprints.notifications.models import Mail, MailState, Notice, Preference, QuietHours, ToldOnce
from portal.blueprints.notifications.ports import Delivery, Draft, Group, Kind
from portal.blueprints.people.models import Person
from portal.core import audit, clock, jobs, live, privacy
from portal.core.db import db, is_sqlite
from portal.core.errors import Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.settings import current_settings
from portal.core.viewer import Viewer

READ_NOTICES_STAY = timedelta(days=90)
UNREAD_NOTICES_STAY = timedelta(days=365)
REFUSED_MAILS_STAY = timedelta(days=90)
MAILS_STAY = timedelta(days=400)  # their keys keep the same mail from being written twice
CALENDAR_METHODS = frozenset({"REQUEST", "CANCEL", "PUBLISH", "REPLY"})
DIGEST = "digest"


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
    thread: str | None = None,
    key: str | None = None,
) -> list[Notice]:
    """Tell people that something happened; give the lines it made or changed.

    Nobody is told of their own acts. What is about the same page is one unread line with a count (or name the
    `thread`). With a `key`, each person hears of it once, however often it is repeated. Params are ids, days, moments
    and short titles, never what was said.
    """
    known = ports.known.get(kind)
    group = ports.known.get_group(known.group)
    told = _who_is_told(person_ids, actor_id)
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
    _plan_mails(notices, group)
    for notice in notices:
        live.publish(f"person-{notice.person_id}")
    return notices


def _who_is_told(person_ids: Iterable[int], actor_id: int | None) -> Sequence[int]:
    wanted = {person_id for person_id in person_ids if rules.is_told(person_id=person_id, actor_id=actor_id)}
    active = select(Person.id).where(Person.id.in_(wanted), Person.is_active).order_by(Person.id)
    return db.session.scalars(active).all() if wanted else []


def _not_told_before(person_ids: Sequence[int], key: str) -> Sequence[int]:
    rows = [{"person_id": person_id, "key": key, "told_at": clock.now()} for person_id in person_ids]
    fresh = _insert(ToldOnce).values(rows).on_conflict_do_nothing().returning(ToldOnce.person_id)
    return sorted(db.session.scalars(fresh))


def _insert(model: type[Notice | Mail | ToldOnce]) -> Any:
    return (sqlite.insert if is_sqlite() else postgresql.insert)(model)


def _checked(kind: Kind, params: Mapping[str, Any]) -> dict[str, Any]:
    """Cut titles short, and find words that lack a parameter now, where the mistake is, and not in somebody's inbox."""
    kept = {name: rules.stored(value) for name, value in params.items()}
    for words in (kind.text, kind.several):
        _ = words % {"who": "", "count": 0, **kept}
    return kept


def _write(person_ids: Sequence[int], line: Mapping[str, Any]) -> list[Notice]:
    # One statement for all: two answers in the same moment meet on the unread line of the thread instead of colliding.
    written = _insert(Notice).values([{"person_id": person_id, **line} for person_id in person_ids])
    newest = {name: line[name] for name in ("told_at", "actor_id", "params")}
    written = written.on_conflict_do_update(
        index_elements=[Notice.person_id, Notice.thread],
        index_where=Notice.read_at.is_(None),
        set_={"count": Notice.count + 1, **newest},
    )
    found = db.session.scalars(written.returning(Notice), execution_options={"populate_existing": True})
    return sorted(found, key=lambda notice: notice.person_id)


def _plan_mails(notices: Sequence[Notice], group: Group) -> None:
    people = [notice.person_id for notice in notices]
    chosen, quiet = queries.deliveries(people, group), queries.quiet_hours(people)
    mailed = queries.latest_mails(notice.id for notice in notices if notice.count > 1)
    for notice in notices:
        last = mailed.get(notice.id)
        if last and last.is_waiting:
            continue  # that mail will be put into words when it leaves, and will tell of this too
        plan = rules.plan(
            delivery=chosen.get(notice.person_id, group.delivery),
            moment=clock.now(),
            zone=clock.OSLO,
            quiet=quiet.get(notice.person_id),
            mailed_at=last.sent_at if last else None,
        )
        notice.is_bundled = plan.is_bundled
        if plan.mail_at:
            _mail_notice(notice, plan.mail_at)


def _mail_notice(notice: Notice, at: datetime) -> None:
    mail = {"person_id": notice.person_id, "notice_id": notice.id, "kind": notice.kind, "params": {}}
    _queue(mail, key=f"notice-{notice.id}-{notice.told_at:%Y%m%d%H%M%S}-{notice.count}", at=at)


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
    _queue({**mail, "calendar": calendar, "calendar_method": calendar_method}, key=key, at=clock.now())


def _queue(mail: Mapping[str, Any], *, key: str, at: datetime) -> None:
    message_id = rules.message_id(key, host=current_settings().hosts[0])
    row = _insert(Mail).values(**mail, key=key, message_id=message_id).on_conflict_do_nothing()
    mail_id = db.session.scalar(row.returning(Mail.id))
    if mail_id is not None:
        _enqueue(mail_id, at)


def _enqueue(mail_id: int, at: datetime) -> None:
    jobs.enqueue("notifications.deliver", at=at, key=f"mail-{mail_id}", mail_id=mail_id)


def prepare(mail_id: int) -> Draft | None:
    """Say what a mail tells now, or None when there is nothing to send. Quiet time that has begun puts it off."""
    mail = queries.find_mail(mail_id)
    if mail is None or not mail.is_waiting:
        return None
    draft = _draft(mail) if mail.person.is_active else None
    if draft is None:
        mail.drop()
    return draft


def _draft(mail: Mail) -> Draft | None:
    if mail.kind == DIGEST:
        lines = queries.unread_lines(mail)
        return queries.draft(mail, kind=DIGEST, params={"lines": lines}) if lines else None
    if mail.notice is None:
        return queries.draft(mail, kind=mail.kind, params=mail.params)
    if not mail.notice.is_unread or not _is_wanted_now(mail.notice):
        return None
    locale = mail.person.locale
    params = {**queries.params(mail.notice, locale), "line": queries.line(mail.notice, locale)}
    return queries.draft(mail, kind=mail.kind, params=params, count=mail.notice.count)


def _is_wanted_now(notice: Notice) -> bool:
    """Look at the receiver's choices again: they may have changed while the mail waited."""
    kind = ports.known.find(notice.kind)
    if kind is None:
        return False
    group, moment = ports.known.get_group(kind.group), clock.now()
    plan = rules.plan(
        delivery=queries.deliveries([notice.person_id], group).get(notice.person_id, group.delivery),
        moment=moment,
        zone=clock.OSLO,
        quiet=queries.quiet_hours([notice.person_id]).get(notice.person_id),
    )
    notice.is_bundled = plan.is_bundled
    if plan.mail_at and plan.mail_at > moment:
        raise jobs.Later(plan.mail_at - moment)
    return plan.mail_at is not None


def note_sent(mail_id: int, *, count: int) -> None:
    """Remember that a mail was taken, which told of so many; what came while it was on its way gets the next one."""
    mail = queries.find_mail(mail_id)
    if mail is None:
        return
    mail.note_sent(clock.now())
    db.session.flush()
    kind = ports.known.find(mail.notice.kind) if mail.notice else None
    if kind and mail.notice and mail.notice.is_unread and mail.notice.count > count:
        _plan_mails([mail.notice], ports.known.get_group(kind.group))


def note_refused(mail_id: int, *, code: int) -> None:
    """Remember that a mail will never be taken; administrators see it."""
    mail = queries.find_mail(mail_id)
    if mail:
        mail.note_refused(code)


def try_again(viewer: Viewer, mail_id: int) -> None:
    """Send a refused mail once more, under the same Message-ID."""
    if not viewer.may("jobs.manage"):
        raise NotAllowed(N_("This is not open to you."))
    mail = queries.get_mail(mail_id)
    if mail.state != MailState.FAILED:
        return
    mail.wait_again()
    audit.note(viewer.id, "notifications.try_again", mail_id=mail.id)
    _enqueue(mail.id, clock.now())


def bundle() -> None:
    """Write the daily mails: one for each person with something that waited for it."""
    waiting, moment = queries.bundled(), clock.now()
    quiet = queries.quiet_hours(waiting)
    for person_id, notice_ids in waiting.items():
        mail = {"person_id": person_id, "kind": DIGEST, "params": {"notices": notice_ids}}
        at = rules.after_quiet(moment, quiet.get(person_id), zone=clock.OSLO)
        _queue(mail, key=f"{DIGEST}-{person_id}-{moment:%Y%m%d%H%M%S}", at=at)
    db.session.execute(update(Notice).where(Notice.is_bundled).values(is_bundled=False))


def mark_read(viewer: Viewer, notice_id: int) -> Notice:
    """Mark one notice of the viewer's own read, and give it."""
    notice = queries.get_notice(viewer, notice_id)
    notice.read(clock.now())
    live.publish(f"person-{viewer.id}")
    return notice


def mark_all_read(viewer: Viewer) -> None:
    """Mark everything in the viewer's inbox read."""
    mine = update(Notice).where(Notice.person_id == viewer.id, Notice.read_at.is_(None))
    db.session.execute(mine.values(read_at=clock.now()))
    live.publish(f"person-{viewer.id}")


def mark_seen(viewer: Viewer, *, endpoint: str, values: Mapping[str, int | str]) -> None:
    """Mark read what points at a page on which the viewer has just done something: they have clearly seen it."""
    mine = select(Notice).where(Notice.person_id == viewer.id, Notice.read_at.is_(None), Notice.endpoint == endpoint)
    seen = [notice for notice in db.session.scalars(mine) if notice.values == dict(values)]
    for notice in seen:
        notice.read(clock.now())
    if seen:
        live.publish(f"person-{viewer.id}")


def set_preference(viewer: Viewer, *, group: str, delivery: Delivery) -> None:
    """Choose when a group of notices comes by mail."""
    if group not in {known.name for known in ports.known.groups()}:
        raise Invalid(N_("There are no such notices."))
    db.session.merge(Preference(person_id=viewer.id, group=group, delivery=Delivery(delivery)))


def set_quiet_hours(viewer: Viewer, *, starts: time, ends: time, weekdays: Iterable[int]) -> None:
    """Choose the hours without mail; mails that wait are looked at again when they are due."""
    quiet = rules.Quiet(starts=starts, ends=ends, weekdays=frozenset(weekdays))
    if not quiet.weekdays or not quiet.weekdays <= frozenset(range(7)):
        raise Invalid(N_("Choose at least one day."), field="weekdays")
    if quiet.has_no_end:
        raise Invalid(N_("Quiet hours need an end. To get no mail at all, choose never above."), field="ends")
    row = QuietHours(person_id=viewer.id, starts=starts, ends=ends, weekdays=QuietHours.bits(quiet))
    db.session.merge(row)


def end_quiet_hours(viewer: Viewer) -> None:
    """Go without quiet hours."""
    db.session.execute(delete(QuietHours).where(QuietHours.person_id == viewer.id))


def take_back(*, kind: str, thread: str) -> None:
    """Remove the lines of a named thread: what they told of is gone. A mail that waits to tell of it is then let be."""
    gone = delete(Notice).where(Notice.thread == f"{kind}:{thread}").returning(Notice.person_id)
    for person_id in db.session.scalars(gone).all():
        live.publish(f"person-{person_id}")


def drop_mails(person_id: int) -> None:
    """Let the mails be that wait for somebody who has left."""
    waiting = select(Mail).where(Mail.person_id == person_id, Mail.state.in_([MailState.WAITING, MailState.FAILED]))
    for mail in db.session.scalars(waiting):
        mail.drop()


def expire() -> None:
    """Delete notices and mails that are too old to matter."""
    moment = clock.now()
    is_old = or_(Notice.read_at < moment - READ_NOTICES_STAY, Notice.told_at < moment - UNREAD_NOTICES_STAY)
    db.session.execute(delete(Notice).where(is_old))
    db.session.execute(delete(Mail).where(Mail.created_at < moment - MAILS_STAY))
    db.session.execute(delete(ToldOnce).where(ToldOnce.told_at < moment - MAILS_STAY))
    given_up = update(Mail).where(Mail.state == MailState.FAILED, Mail.created_at < moment - REFUSED_MAILS_STAY)
    nothing: dict[str, Any] = {"params": {}, "calendar": None, "calendar_method": None}
    db.session.execute(given_up.values(state=MailState.DROPPED, **nothing))


def erase(person_id: int) -> None:
    """Delete everything that is kept for a person."""
    for model in (Mail, Notice, ToldOnce, Preference, QuietHours):
        db.session.execute(delete(model).where(model.person_id == person_id))
    db.session.execute(update(Notice).where(Notice.actor_id == person_id).values(actor_id=None))


privacy.register(
    "notifications",
    what=N_("Notices: what you were told, as titles and links"),
    seen_by=N_("Only you"),
    kept=N_("90 days after you read them, a year at most"),
    export=queries.export_inbox,
    erase=erase,
)
privacy.register(
    "notifications",
    what=N_("Mails to you: that they were sent, and what they said until then"),
    seen_by=N_("Administrators see that a mail was refused, never what it said"),
    kept=N_("The words until the mail is sent, the fact for 400 days"),
    export=queries.export_mails,
)
privacy.register(
    "notifications",
    what=N_("What you chose: which notices come by mail, and your quiet hours"),
    seen_by=N_("Only you"),
    kept=N_("As long as you have an account"),
    export=queries.export_choices,
)
