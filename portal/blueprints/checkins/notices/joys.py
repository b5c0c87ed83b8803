"""Who is told of thanks among the small joys."""

from __future__ import annotations

from portal.blueprints.checkins.facts import JoyGone, JoyPosted
from portal.blueprints.notifications import service as notifications
from portal.core.facts import on
from portal.core.i18n import N_

THANKED = "checkins.thanked"

notifications.notice_group("thanks", N_("Thanks"), mail="never")
notifications.notice_kind(THANKED, group="thanks", text=N_("%(who)s thanks you among the small joys"), icon="heart")


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
