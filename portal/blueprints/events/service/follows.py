"""Who wants to hear of new evenings, and telling them: one mail a morning with what is new, each with a way to say yes.

A single evening is told of when it is new. One of a series is told of a week before, for its nights are made six weeks
ahead, and nobody wants six mails at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete

from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.models.follows import EveningFollow
from portal.blueprints.events.queries import following
from portal.blueprints.notifications import service as notifications
from portal.core import clock, privacy
from portal.core.db import db
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def follow(viewer: Viewer, kinds: Iterable[Kind]) -> None:
    """Hear of new evenings of these kinds, and of no others."""
    unfollow(viewer.id)
    db.session.add_all(EveningFollow(person_id=viewer.id, kind=kind) for kind in sorted(set(kinds)))
    db.session.flush()


def unfollow(person_id: int) -> None:
    """Hear of no new evenings."""
    db.session.execute(delete(EveningFollow).where(EveningFollow.person_id == person_id))


def announce() -> None:
    """Tell of what is new those who asked to be told; each evening once, and not to those who have signed up."""
    fresh = following.to_announce(clock.now())
    for person_id, evenings in following.who_hears_of(fresh).items():
        _tell(person_id, evenings)
    for evening in fresh:
        evening.announced_at = clock.now()


def _tell(person_id: int, evenings: Sequence[Evening]) -> None:
    notifications.send_mail(
        person_id=person_id,
        kind="events.announcement",
        params={
            "person_id": person_id,
            "evenings": [
                {
                    "evening_id": evening.id,
                    "title": evening.title,
                    "starts_at": evening.starts_at.isoformat(),
                    "where": evening.where,
                }
                for evening in evenings
            ],
            "n": len(evenings),
        },
        key=f"announcement-{person_id}-{'-'.join(str(evening.id) for evening in evenings[:12])}",
    )


privacy.register(
    "events",
    what=N_("Which kinds of evenings you want to hear of when there is a new one"),
    seen_by=N_("Nobody. You get a mail."),
    kept=N_("Until you choose otherwise or your account is erased."),
    tables=("evening_follow",),
    export=following.export,
    erase=unfollow,
)
