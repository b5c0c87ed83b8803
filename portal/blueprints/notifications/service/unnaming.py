"""Taking a name out of what others were told."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.models import Notice
from portal.core.db import db


def forget_actor(person_id: int, *, endpoint: str, values: Mapping[str, int | str]) -> None:
    """Let the notices that lead to a page say «a colleague» where they name a person. Sent mails stay sent."""
    page = rules.page_of(endpoint, values)
    named = update(Notice).where(Notice.page == page, Notice.actor_id == person_id)
    db.session.execute(named.values(actor_id=None), execution_options={"synchronize_session": "fetch"})
