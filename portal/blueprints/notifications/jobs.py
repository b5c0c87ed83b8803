"""Carries mails out of the house, gathers what comes together, refuses what comes back, and clears up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractContextManager
from datetime import time, timedelta
from functools import partial

from portal.blueprints.notifications.channels import door, letters, mail, mime
from portal.blueprints.notifications.ports import Draft, Refused
from portal.blueprints.notifications.service import drafts, mails, planning, replies, upkeep
from portal.blueprints.people import queries as people
from portal.blueprints.people.facts import PersonLeft
from portal.core import health, privacy
from portal.core.facts import on
from portal.core.health import Finding
from portal.core.i18n import N_
from portal.core.jobs import Steps, daily, every, job
from portal.core.settings import current_settings

Opened = Callable[[int], None]
DEADLINE = timedelta(seconds=mail.SECONDS)


@job("notifications.deliver", deadline=DEADLINE)
def deliver(mail_id: int) -> Steps:
    """Send one mail that a slice has written."""
    yield from _carry(drafts.of_mail(mail_id))


@job("notifications.post", deadline=DEADLINE)
def post(person_id: int, page: str) -> Steps:
    """Mail what is new on a page. What comes while the mail is on its way is wished for anew, and so is not lost."""
    yield from _carry(drafts.of_page(person_id, page))


@job("notifications.bundle", deadline=DEADLINE)
def bundle(person_id: int) -> Steps:
    """Mail what has come together for a person."""
    yield from _carry(drafts.of_bundle(person_id))


def _carry(draft: Draft | None) -> Steps:
    """Send a mail. After any doubt it is sent again under the same Message-ID; only a refusal for good ends that."""
    if draft is None:
        return
    letter, channel = letters.write(draft), mail.channel()
    try:
        yield lambda: channel.deliver(letter)
    except Refused as refused:
        mails.note_refused(draft.mail_id, code=refused.code)
        return
    mails.note_sent(draft.mail_id, told=draft.told)


@job("notifications.send_out")
def send_out() -> None:
    """Wish for the mails whose time has come, now that somebody was told of something."""
    planning.send_out()


@job("notifications.look")
@every(timedelta(minutes=1))
def look() -> None:
    """Wish for the mails whose time has come: bundles, and what quiet time has held back."""
    planning.send_out()


@job("notifications.plan_again")
def plan_again(person_id: int) -> None:
    """Plan what waits for somebody who has chosen otherwise."""
    planning.plan_again(person_id)


@job("notifications.expire")
@daily(time(3, 40))
def expire() -> None:
    """Delete what is too old to matter."""
    upkeep.expire()


@on(PersonLeft)
def let_go(fact: PersonLeft) -> None:
    """Send nothing more to somebody who has left."""
    mails.drop_all(fact.person_id)


def letters_naming(person_id: int) -> Callable[[], None]:
    """Give what removes the letters that name a person, once no transaction is open."""
    person = people.get_person(person_id)
    return partial(mail.remove_naming, (person.email, person.name))


privacy.register(
    "notifications",
    what=N_("Letters in a folder of the server, where the portal has no mail server"),
    seen_by=N_("Whoever runs the server"),
    kept=N_("Until somebody empties the folder; those that name you, until your account is erased"),
    stays=N_("Mails that have been sent lie with those who got them."),
    letters=letters_naming,
)


@health.check("mail")
def check_mail() -> Finding:
    """Try the way that mails take."""
    try:
        mail.channel().greet()
    except Exception as error:  # the doctor says what is wrong, whatever it is
        words = f"Mail cannot leave ({type(error).__name__}). Look at PORTAL_MAIL, and whether its server answers."
        return Finding(name="mail", is_well=False, words=words)
    return Finding(name="mail", is_well=True, words="Mail can leave.")


def keep_door(
    context: Callable[[], AbstractContextManager[object]],
    *,
    host: str,
    port: int,
    limits: door.Limits | None = None,
    stop: asyncio.Event,
    opened: Opened,
) -> Coroutine[None, None, None]:
    """Refuse replies by mail until stopped; each is looked up in a context of its own."""

    def refuse(sender: str, message_ids: Sequence[str]) -> str:
        with context():
            return replies.refusal(sender, message_ids)

    address = mime.sender_of(current_settings().mail_from).addr_spec
    made = door.Door(address=address, host=mails.host(), refuse=refuse, limits=limits)
    return made.keep(host, port, stop=stop, opened=lambda: opened(made.port))
