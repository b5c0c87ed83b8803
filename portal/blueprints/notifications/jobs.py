"""Carries mails out of the house, writes the daily ones, and clears up."""

from __future__ import annotations

from datetime import time, timedelta

from portal.blueprints.notifications.channels import letters, mail
from portal.blueprints.notifications.ports import Refused
from portal.blueprints.notifications.service import bundles, mails, upkeep
from portal.blueprints.people.facts import PersonLeft
from portal.core import health
from portal.core.facts import on
from portal.core.health import Finding
from portal.core.jobs import Steps, daily, job


@job("notifications.deliver", deadline=timedelta(seconds=mail.SECONDS))
def deliver(mail_id: int) -> Steps:
    """Send one mail. After any doubt it is sent again under the same Message-ID; only a refusal for good ends that."""
    draft = mails.prepare(mail_id)
    if draft is None:
        return
    letter, channel = letters.write(draft), mail.channel()
    try:
        yield lambda: channel.deliver(letter)
    except Refused as refused:
        mails.note_refused(mail_id, code=refused.code)
        return
    mails.note_sent(mail_id, count=draft.count)


@job("notifications.digest")
@daily(time(8, 30))
def digest() -> None:
    """Write the daily mails."""
    bundles.bundle()


@job("notifications.expire")
@daily(time(3, 40))
def expire() -> None:
    """Delete what is too old to matter."""
    upkeep.expire()


@on(PersonLeft)
def let_go(fact: PersonLeft) -> None:
    """Send nothing more to somebody who has left."""
    mails.drop_all(fact.person_id)


@health.check("mail")
def check_mail() -> Finding:
    """Try the way that mails take."""
    try:
        mail.channel().greet()
    except Exception as error:  # the doctor says what is wrong, whatever it is
        words = f"Mail cannot leave ({type(error).__name__}). Look at PORTAL_MAIL, and whether its server answers."
        return Finding(name="mail", is_well=False, words=words)
    return Finding(name="mail", is_well=True, words="Mail can leave.")
