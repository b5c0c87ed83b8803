"""The personal secret of the feeds: opened, made anew, closed."""

from __future__ import annotations

import secrets

from sqlalchemy import delete

from portal.blueprints.questions.models.finding import FeedKey
from portal.blueprints.questions.queries import feeds
from portal.core import clock, privacy
from portal.core.db import db
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def open_feeds(viewer: Viewer) -> None:
    """Give the viewer's feeds a new secret; addresses with an older one stop working at once."""
    db.session.merge(FeedKey(person_id=viewer.id, salt=secrets.token_hex(16), created_at=clock.now()))
    db.session.flush()


def close_feeds(viewer: Viewer) -> None:
    """Let no address of the viewer's feeds work any more."""
    erase(viewer.id)


def erase(person_id: int) -> None:
    """Forget what a person's secret was made with."""
    db.session.execute(delete(FeedKey).where(FeedKey.person_id == person_id))


privacy.register(
    "questions",
    what=N_("That you read the board in a feed reader; the secret of the addresses is kept nowhere"),
    seen_by=N_("Only you. Whoever you give an address to reads what you can read there"),
    kept=N_("Until you close the feeds or your account is erased."),
    tables=("feed_key",),
    export=feeds.export,
    erase=erase,
)
