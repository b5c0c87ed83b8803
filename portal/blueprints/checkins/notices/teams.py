"""Who is told of a sign on the team's wall: the one it is for, in the portal only."""

from __future__ import annotations

from portal.blueprints.checkins.facts import Signed, TeamGone, Unsigned
from portal.blueprints.notifications import service as notifications
from portal.core.facts import on
from portal.core.i18n import N_

SIGNED = "checkins.signed"

notifications.notice_group("signs", N_("Signs on the team's wall"), mail="never")
notifications.notice_kind(SIGNED, group="signs", text=N_("%(who)s has sent you a sign"), icon="heart")


@on(Signed)
def tell_the_author(fact: Signed) -> None:
    """Tell the one whose check-in it is."""
    notifications.tell(
        fact.author_id,
        kind=SIGNED,
        params={},
        endpoint="checkins.team_one",
        values={"hanging": fact.checkin_id},
        actor_id=fact.person_id,
        thread=_thread(fact.checkin_id, fact.person_id),
    )


@on(Unsigned)
def take_it_back(fact: Unsigned) -> None:
    """Take the line away when the sign is taken back."""
    notifications.take_back(kind=SIGNED, thread=_thread(fact.checkin_id, fact.person_id))


@on(TeamGone)
def take_all_back(fact: TeamGone) -> None:
    """Leave no line that leads to nothing."""
    notifications.take_back_page(endpoint="checkins.team_one", values={"hanging": fact.checkin_id})


def _thread(checkin_id: str, person_id: int) -> str:
    return f"{checkin_id}-{person_id}"
