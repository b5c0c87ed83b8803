"""Who is told what of the breathing space. A notice says that something was shared, never what."""

from __future__ import annotations

from portal.blueprints.checkins.facts import JoyGone, JoyPosted, Shared, Withdrawn
from portal.blueprints.notifications import service as notifications
from portal.core.facts import on
from portal.core.i18n import N_

SHARED = "checkins.shared"
THANKED = "checkins.thanked"

notifications.notice_group("checkins", N_("Breathing space"))
notifications.notice_group("thanks", N_("Thanks"), mail="never")
notifications.notice_kind(SHARED, group="checkins", text=N_("%(who)s has shared something with you"), icon="leaf")
notifications.notice_kind(THANKED, group="thanks", text=N_("%(who)s thanks you among the small joys"), icon="heart")


@on(Shared)
def tell_the_reader(fact: Shared) -> None:
    """Tell the one who was chosen."""
    notifications.tell(
        fact.reader_id,
        kind=SHARED,
        params={},
        endpoint="checkins.one",
        values={"checkin_id": fact.checkin_id},
        actor_id=fact.author_id,
        thread=fact.checkin_id,
    )


@on(Withdrawn)
def take_it_back(fact: Withdrawn) -> None:
    """Leave no trace with somebody who can no longer read it: not who shared, not that there was something."""
    notifications.take_back(kind=SHARED, thread=fact.checkin_id)


@on(JoyPosted)
def tell_who_is_thanked(fact: JoyPosted) -> None:
    """Tell the colleague who is thanked."""
    if fact.to_id:
        notifications.tell(
            fact.to_id,
            kind=THANKED,
            params={},
            endpoint="checkins.joys",
            values={},
            actor_id=fact.author_id,
            thread=str(fact.joy_id),
        )


@on(JoyGone)
def take_thanks_back(fact: JoyGone) -> None:
    """Remove the notice of thanks that are no longer on the wall."""
    notifications.take_back(kind=THANKED, thread=str(fact.joy_id))
