"""The inbox, the bell, and what comes by mail.

A line of the inbox leads straight to the thing, as a link should, so that it opens in a new tab and works without
scripts. Reading never changes anything by GET: with scripts a click is a POST that marks the line read and goes on;
without them «mark all as read» does it, and services that see the person act on a page call service.mark_seen().
"""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.notifications import forms, queries
from portal.blueprints.notifications.service import choices as chosen
from portal.blueprints.notifications.service import reading
from portal.core import links
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web import templating
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, page_or_fragment, piece_of
from portal.web.transactions import commits

bp = Blueprint("notifications", __name__, url_prefix="/varsel")
templating.provide("unread_count", lambda: queries.unread_count(viewer()))


@bp.get("/")
@signed_in
def inbox() -> ResponseReturnValue:
    """Show what has happened."""
    cursor = request.args.get("etter")
    found = queries.notices(viewer(), cursor=cursor)
    return page_or_fragment("notifications/inbox.html", "notifications/_inbox.html", found=found, cursor=cursor)


@bp.get("/bjolle")
@signed_in
@piece_of("notifications.inbox")
def bell() -> ResponseReturnValue:
    """Show the bell again."""
    return render_template("notifications/_bell.html")


@bp.post("/lest")
@signed_in
@commits
def all_read() -> ResponseReturnValue:
    """Mark everything read."""
    reading.mark_all_read(viewer())
    return go(url_for("notifications.inbox"))


@bp.post("/<int:notice_id>/opna")
@signed_in
@commits
def opened(notice_id: int) -> ResponseReturnValue:
    """Mark one notice read, and go on to what it is about."""
    notice = reading.mark_read(viewer(), notice_id)
    return go(links.path(notice.endpoint, notice.values))


@bp.route("/val", methods=["GET", "POST"])
@signed_in
@commits
def choices() -> ResponseReturnValue:
    """Show and change what comes by mail, and when it is quiet."""
    form = forms.choices_form(queries.choices(viewer()), queries.find_quiet_hours(viewer()))
    if form.validate_on_submit():
        try:
            _save(form)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("notifications.choices"))
    return render_template("notifications/choices.html", form=form), 422 if form.is_submitted() else 200


def _save(form: forms.ChoicesForm) -> None:
    # The quiet hours come first: they can be refused, and then nothing else may have changed.
    if form.is_quiet.data:
        chosen.set_quiet_hours(
            viewer(), starts=form.starts.data, ends=form.ends.data, weekdays=form.weekdays.data or ()
        )
    else:
        chosen.end_quiet_hours(viewer())
    for group, delivery in form.deliveries().items():
        chosen.set_preference(viewer(), group=group, delivery=delivery)
