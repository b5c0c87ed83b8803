"""What happens by the clock: the rota is read from its address, and what is too old is forgotten."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from portal.blueprints.shifts.adapters import feeds
from portal.blueprints.shifts.adapters.feeds import FeedTrouble
from portal.blueprints.shifts.service import feed, reading, upkeep
from portal.blueprints.shifts.service.feed import Fresh
from portal.core.health import Finding, check
from portal.core.jobs import Steps, every, job
from portal.core.settings import current_settings


@job("shifts.forget")
@every(timedelta(minutes=10))
def forget() -> None:
    """Forget who was here an hour ago, words that no longer hold, and shifts long past."""
    upkeep.forget()


@job("shifts.read_rota", deadline=timedelta(seconds=60))
@every(timedelta(hours=1))
def read_rota() -> Steps:
    """Read the rota from the address in the settings, if there is one."""
    if not current_settings().rota_url:
        return
    etag = feed.known_etag()
    fresh = yield lambda: look(etag)
    if fresh is not None:
        feed.take(fresh)


def look(etag: str) -> Fresh | None:
    """Fetch and read what the address gives; None where it is as before. Stands outside transactions."""
    fetched = feeds.fetch(current_settings().rota_url, etag=etag)
    if fetched.content is None:
        return None
    digest = hashlib.sha256(fetched.content).hexdigest()
    return Fresh(found=reading.read(fetched.content), etag=fetched.etag, digest=digest)


@check("rota")
def address() -> Finding:
    """Try the address that the rota is read from."""
    if not current_settings().rota_url:
        return Finding(name="rota", is_well=True, words="No address is set (PORTAL_ROTA_URL): files are brought in.")
    try:
        fresh = look("")
    except FeedTrouble as trouble:
        words = f"The address in PORTAL_ROTA_URL gives no calendar ({trouble}). Look at it, and at the way there."
        return Finding(name="rota", is_well=False, words=words)
    bad = fresh.found.bad if fresh else ()
    if bad:
        words = f"{len(bad)} places cannot be used, the first in line {bad[0].line} ({bad[0].fault}): nothing is read."
        return Finding(name="rota", is_well=False, words=words)
    count = len(fresh.found.entries) if fresh else 0
    return Finding(name="rota", is_well=True, words=f"{count} shifts and leaves can be read.")
