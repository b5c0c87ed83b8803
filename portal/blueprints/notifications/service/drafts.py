"""What a mail says when it leaves: about one page, or of all that came together, or what a slice has sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.models import BUNDLE, NEWS, Mail, Notice
from portal.blueprints.notifications.ports import Draft, Way
from portal.blueprints.notifications.queries import choices, inbox, veils
from portal.blueprints.notifications.queries import mails as found
from portal.blueprints.notifications.service import mails, planning
from portal.blueprints.people.models import Person
from portal.core import clock, jobs
from portal.core.db import db

MOST_IN_A_BUNDLE = 50


def of_mail(mail_id: int) -> Draft | None:
    """Say what a mail tells that a slice has sent, or None when nobody needs it any more."""
    mail = found.find_mail(mail_id)
    if mail is None or not mail.is_waiting:
        return None
    if not mail.person.is_active:
        mail.drop()
        return None
    return _draft(mail, template=f"mail/{mail.kind}.txt", params=mail.params)


def of_page(person_id: int, page: str) -> Draft | None:
    """Say what is new on a page, or None when there is nothing to mail. A thread that was mailed just now waits."""
    mail = found.find_waiting(person_id, kind=NEWS, page=page)
    fresh = planning.still_alone(found.pending(person_id, way=Way.ALONE, page=page))
    if not _is_somebody(person_id) or not fresh:
        _let_go(mail)
        return None
    mailed, moment = found.last_mailed(notice.id for notice in fresh), clock.now()
    mail_at = min(rules.after_pause(moment, mailed.get(notice.id)) for notice in fresh)
    if mail_at > moment:
        raise jobs.Later(mail_at - moment)
    return _news(mail or mails.write(person_id, kind=NEWS, page=page), fresh)


def of_bundle(person_id: int) -> Draft | None:
    """Say what has come together for a person, or None when there is nothing to mail. Quiet time puts it off."""
    mail = found.find_waiting(person_id, kind=BUNDLE, page=None)
    fresh = planning.still_wanted([one for one in found.pending(person_id, way=Way.TOGETHER) if _is_due(one, mail)])
    if not _is_somebody(person_id) or not fresh:
        _let_go(mail)
        return None
    end = choices.quiet_ends(person_id)
    if end:
        raise jobs.Later(end - clock.now())
    return _news(mail or mails.write(person_id, kind=BUNDLE, page=None), fresh)


def _let_go(mail: Mail | None) -> None:
    if mail:
        mail.drop()


def _is_somebody(person_id: int) -> bool:
    person = db.session.get(Person, person_id)
    return person is not None and person.is_active


def _is_due(notice: Notice, mail: Mail | None) -> bool:
    # A bundle that could not leave when it should takes along whatever has come since.
    return mail is not None or notice.mail_at is None or notice.mail_at <= clock.now()


def _news(mail: Mail, fresh: Sequence[Notice]) -> Draft | None:
    told = {notice.id: notice.count for notice in fresh}
    threads = _threads(fresh)
    if not threads:  # nothing but their own nameless acts: noted as if it had been sent, as the others' mails are
        mails.note_sent(mail.id, told=told)
        return None
    lines = [inbox.lines(notices, mail.person.locale) for notices in threads.values()]
    if len(threads) == 1:
        (page,) = threads
        root = rules.root_id(page, host=mails.host())
        return _draft(mail, template="mail/notice.txt", params={"lines": lines[0]}, told=told, root_id=root)
    params = {"threads": lines[:MOST_IN_A_BUNDLE], "more": max(0, len(lines) - MOST_IN_A_BUNDLE), "n": len(lines)}
    return _draft(mail, template="mail/digest.txt", params=params, told=told)


def _threads(fresh: Sequence[Notice]) -> Mapping[str, Sequence[Notice]]:
    """Put what is about the same page together, in the order in which it came."""
    threads: dict[str, list[Notice]] = {}
    for notice in fresh:
        if veils.news(notice) > 0:
            threads.setdefault(notice.page, []).append(notice)
    return threads


def _draft(
    mail: Mail, *, template: str, params: Mapping[str, Any], told: Mapping[int, int] | None = None, root_id: str = ""
) -> Draft:
    return Draft(
        mail_id=mail.id,
        message_id=mail.message_id,
        template=template,
        name=mail.person.name,
        address=mail.person.email,
        locale=mail.person.locale,
        params=params,
        told=told or {},
        root_id=root_id,
        calendar=mail.calendar,
        calendar_method=mail.calendar_method,
    )
