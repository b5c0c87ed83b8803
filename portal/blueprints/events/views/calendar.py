"""One's own calendar address, and what it gives."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.ical import feed as written_feed
from portal.blueprints.events.queries import calendars
from portal.blueprints.events.service import feeds
from portal.blueprints.events.views.blueprint import bp, bp_feed
from portal.core import links, throttle
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.web.auth import public, signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits

HOUR = timedelta(hours=1)
FETCHES_PER_HOUR = 120  # ten devices that look every five minutes
MISSES_PER_HOUR = 60


@bp.get("/kalender")
@signed_in
def calendar() -> ResponseReturnValue:
    """Tell how to have one's evenings in a calendar."""
    return render_template("events/calendar.html", feed=calendars.find_feed(viewer().id), address=None)


@bp.post("/kalender/ny")
@signed_in
@commits
def new_calendar() -> ResponseReturnValue:
    """Make an address, show it this once; an older one stops working."""
    address = links.absolute("events_feed.feed", {"secret": feeds.make_secret(viewer())})
    return render_template("events/calendar.html", feed=calendars.find_feed(viewer().id), address=address)


@bp.post("/kalender/fjerning")
@signed_in
@commits
def calendar_removal() -> ResponseReturnValue:
    """Close the address."""
    feeds.remove_secret(viewer())
    flash(N_("The address is closed."))
    return go(url_for("events.calendar"))


@bp_feed.get("/kalender/<string(length=43):secret>.ics")
@public
def feed(secret: str) -> ResponseReturnValue:
    """Give a person's evenings to the calendar program that holds their secret."""
    try:
        person = calendars.get_subscriber(secret)
    except NotFound:
        throttle.hit_here("events.feed_miss", request.remote_addr or "", limit=MISSES_PER_HOUR, per=HOUR)
        raise
    throttle.hit_here("events.feed", str(person.id), limit=FETCHES_PER_HOUR, per=HOUR)
    written = written_feed.feed(calendars.feed(person.id), person)
    answer = make_response(written)
    answer.mimetype = "text/calendar"
    answer.headers["Cache-Control"] = "private, no-cache"  # kept, and asked about each time
    answer.set_etag(hashlib.sha256(written).hexdigest()[:32])
    return answer.make_conditional(request)
