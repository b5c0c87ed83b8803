"""How long notices and mails stay, and what is kept about people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, update

from portal.blueprints.notifications.models import Choice, Mail, MailState, Notice, QuietSpan, QuietUntil, ToldOnce
from portal.blueprints.notifications.queries import exports
from portal.core import clock, privacy
from portal.core.db import db
from portal.core.i18n import N_

READ_NOTICES_STAY = timedelta(days=90)
UNREAD_NOTICES_STAY = timedelta(days=365)
REFUSED_MAILS_STAY = timedelta(days=90)
MAILS_STAY = timedelta(days=400)  # their keys keep the same mail from being written twice


def expire() -> None:
    """Delete notices and mails that are too old to matter."""
    moment = clock.now()
    is_old = or_(Notice.read_at < moment - READ_NOTICES_STAY, Notice.told_at < moment - UNREAD_NOTICES_STAY)
    db.session.execute(delete(Notice).where(is_old))
    db.session.execute(delete(Mail).where(Mail.created_at < moment - MAILS_STAY))
    db.session.execute(delete(ToldOnce).where(ToldOnce.told_at < moment - MAILS_STAY))
    db.session.execute(delete(QuietUntil).where(QuietUntil.until < moment))
    given_up = update(Mail).where(Mail.state == MailState.FAILED, Mail.created_at < moment - REFUSED_MAILS_STAY)
    nothing: dict[str, Any] = {"params": {}, "calendar": None, "calendar_method": None}
    db.session.execute(given_up.values(state=MailState.DROPPED, **nothing))


def erase(person_id: int) -> None:
    """Delete everything that is kept for a person."""
    for model in (Mail, Notice, ToldOnce, Choice, QuietSpan, QuietUntil):
        db.session.execute(delete(model).where(model.person_id == person_id))
    db.session.execute(update(Notice).where(Notice.actor_id == person_id).values(actor_id=None))


privacy.register(
    "notifications",
    what=N_("Notices: what you were told, as titles and links"),
    seen_by=N_("Only you"),
    kept=N_("90 days after you read them, a year at most"),
    tables=("notice", "told_once"),
    export=exports.inbox,
    erase=erase,
)
privacy.register(
    "notifications",
    what=N_("Mails to you: that they were sent, and what they said until then"),
    seen_by=N_("Administrators see that a mail was refused, never what it said"),
    kept=N_("The words until the mail is sent, the fact for 400 days"),
    tables=("mail", "mail_line"),
    export=exports.mails,
    erase=erase,
)
privacy.register(
    "notifications",
    what=N_("What you chose: which notices come by mail, and your quiet hours"),
    seen_by=N_("Only you"),
    kept=N_("As long as you have an account"),
    tables=("notice_choice", "quiet_span", "quiet_until"),
    export=exports.chosen,
    erase=erase,
)
