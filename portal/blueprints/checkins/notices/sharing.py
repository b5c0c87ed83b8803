"""Who is told that something was shared, never what."""

from __future__ import annotations

from portal.blueprints.checkins.facts import Shared, Withdrawn
from portal.blueprints.notifications import service as notifications
from portal.core.facts import on
from portal.core.i18n import N_

SHARED = "checkins.shared"

notifications.notice_group("checkins", N_("Breathing space"))
notifications.notice_kind(SHARED, group="checkins", text=N_("%(who)s has shared something with you"), icon="leaf")


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
