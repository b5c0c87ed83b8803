"""What happens by the clock: the rota is read from its address, and what is too old is forgotten."""

from __future__ import annotations

from datetime import timedelta

from portal.blueprints.shifts.adapters.feeds import FeedTrouble
from portal.blueprints.shifts.service import feed, upkeep
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
    fresh = yield lambda: feed.look(etag)
    if fresh is not None:
        feed.take(fresh)


@check("rota")
def address() -> Finding:
    """Try the address that the rota is read from."""
    if not current_settings().rota_url:
        return Finding(name="rota", is_well=True, words="No address is set (PORTAL_ROTA_URL): files are brought in.")
    try:
        fresh = feed.look("")
    except FeedTrouble as trouble:
        words = f"The address in PORTAL_ROTA_URL gives no calendar ({trouble}). Look at it, and at the way there."
        return Finding(name="rota", is_well=False, words=words)
    bad = fresh.found.bad if fresh else ()
    if bad:
        words = f"{len(bad)} places cannot be used, the first in line {bad[0].line} ({bad[0].fault}): nothing is read."
        return Finding(name="rota", is_well=False, words=words)
    count = len(fresh.found.entries) if fresh else 0
    return Finding(name="rota", is_well=True, words=f"{count} shifts and leaves can be read.")
