"""One's own calendar address, and what it gives."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.forms import REMINDERS, ReminderForm
from portal.blueprints.events.ical import feed as written_feed
from portal.blueprints.events.queries import calendars
from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.events.service import feeds
from portal.blueprints.events.views import wording
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
    """Tell how to have one's evenings in a calendar, and let one choose when to be reminded."""
    return _page()


@bp.post("/kalender/ny")
@signed_in
@commits
def new_calendar() -> ResponseReturnValue:
    """Make an address, show it this once; an older one stops working."""
    return _page(address=links.absolute("events_feed.feed", {"secret": feeds.make_secret(viewer())}))


@bp.post("/kalender/fjerning")
@signed_in
@commits
def calendar_removal() -> ResponseReturnValue:
    """Close the address."""
    feeds.remove_secret(viewer())
    flash(N_("The address is closed."))
    return go(url_for("events.calendar"))


@bp.post("/kalender/paaminning")
@signed_in
@commits
def reminder() -> ResponseReturnValue:
    """Choose when to be reminded."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form=form)
    feeds.choose_reminder(viewer(), Reminder(form.reminder.data))
    flash(N_("Saved. Invitations that are sent from now on have their alarm then."))
    return go(url_for("events.calendar"))


def _page(*, address: str = "", form: ReminderForm | None = None) -> ResponseReturnValue:
    context = {"feed": calendars.find_feed(viewer().id), "address": address, "form": form or _form()}
    subscribe = f"webcal://{address.partition('://')[2]}" if address else ""
    return render_template("events/calendar.html", subscribe=subscribe, **context), 422 if form else 200


def _form() -> ReminderForm:
    form = ReminderForm(reminder=calendars.reminders_of([viewer().id])[viewer().id])
    wording.offer(form.reminder, REMINDERS)
    return form


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
    sign_ups = calendars.feed(person.id)
    written = written_feed.feed(sign_ups, person)
    answer = make_response(written)
    answer.mimetype = "text/calendar"
    answer.headers["Cache-Control"] = "private, no-cache"  # kept, and asked about each time
    answer.set_etag(hashlib.sha256(written).hexdigest()[:32])
    answer.make_conditional(request)
    # Told, and not compared with: who leaves an evening leaves no trace, so that no date says that it went.
    answer.last_modified = max((each.evening.changed_at for each in sign_ups), default=None)
    return answer
