"""The inbox, the bell, and what comes by mail.

A line of the inbox leads straight to the thing, as a link should, so that it opens in a new tab and works without
scripts. Reading never changes anything by GET: with scripts a click is a POST that marks the line read and goes on;
without them «mark all as read» does it, and services that see the person act on a page call service.mark_seen().
"""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.notifications import forms
from portal.blueprints.notifications.queries import choices as found
from portal.blueprints.notifications.queries import inbox as notices
from portal.blueprints.notifications.service import choices as chosen
from portal.blueprints.notifications.service import reading
from portal.core import i18n, links
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web import templating
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, page_or_fragment, piece_of
from portal.web.transactions import commits

bp = Blueprint("notifications", __name__, url_prefix="/varsel")
templating.provide("unread_count", lambda: notices.unread_count(viewer()))


@bp.get("/")
@signed_in
def inbox() -> ResponseReturnValue:
    """Show what has happened."""
    cursor = request.args.get("etter")
    page = notices.notices(viewer(), cursor=cursor)
    return page_or_fragment("notifications/inbox.html", "notifications/_inbox.html", found=page, cursor=cursor)


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


@bp.get("/val")
@signed_in
def choices() -> ResponseReturnValue:
    """Show what comes by mail, and when it is quiet."""
    return _choices_page()


@bp.post("/val")
@signed_in
@commits
def choose() -> ResponseReturnValue:
    """Change what comes by mail."""
    known = found.choices(viewer())
    form = forms.mail_form(known)
    if not form.validate_on_submit():
        return _choices_page(mail=form), 422
    for group, delivery in form.of_groups(known).items():
        chosen.choose(viewer(), group=group, delivery=delivery)
    for kind, delivery_or_none in form.of_kinds(known).items():
        chosen.choose_kind(viewer(), kind=kind, delivery=delivery_or_none)
    flash(N_("Saved."))
    return go(url_for("notifications.choices"))


@bp.post("/stille")
@signed_in
@commits
def quiet_hours() -> ResponseReturnValue:
    """Add quiet hours of the week."""
    form = forms.quiet_hours_form()
    if form.validate_on_submit():
        try:
            chosen.add_quiet_hours(viewer(), form.span())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("notifications.choices", _anchor="quiet-hours"))
    return _choices_page(hours=form), 422


@bp.post("/stille/vanleg")
@signed_in
@commits
def usual_quiet_hours() -> ResponseReturnValue:
    """Add evenings, nights and weekends."""
    chosen.be_quiet_off_duty(viewer())
    flash(N_("Saved."))
    return go(url_for("notifications.choices", _anchor="quiet-hours"))


@bp.post("/stille/<int:span_id>/fjerning")
@signed_in
@commits
def quiet_hours_gone(span_id: int) -> ResponseReturnValue:
    """Remove quiet hours of the week."""
    chosen.remove_quiet_hours(viewer(), span_id)
    flash(N_("Saved."))
    return go(url_for("notifications.choices", _anchor="quiet-hours"))


@bp.post("/ro/i-dag")
@signed_in
@commits
def quiet_today() -> ResponseReturnValue:
    """Be quiet for the rest of today."""
    until = chosen.be_quiet_today(viewer())
    flash(N_("It is quiet until %(moment)s."), moment=i18n.format_moment(until, viewer().locale))
    return go(url_for("notifications.choices"))


@bp.post("/ro")
@signed_in
@commits
def quiet_until() -> ResponseReturnValue:
    """Be quiet until a moment."""
    form = forms.QuietUntilForm()
    if form.validate_on_submit():
        try:
            chosen.be_quiet_until(viewer(), form.moment())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("It is quiet until %(moment)s."), moment=i18n.format_moment(form.moment(), viewer().locale))
            return go(url_for("notifications.choices"))
    return _choices_page(until=form), 422


@bp.post("/ro/slutt")
@signed_in
@commits
def quiet_is_over() -> ResponseReturnValue:
    """Want mail again, as the week says."""
    chosen.end_quiet(viewer())
    flash(N_("Mail comes again as you have chosen."))
    return go(url_for("notifications.choices"))


def _choices_page(
    *,
    mail: forms.MailForm | None = None,
    hours: forms.QuietHoursForm | None = None,
    until: forms.QuietUntilForm | None = None,
) -> str:
    known = found.choices(viewer())
    return render_template(
        "notifications/choices.html",
        known=known,
        mail=mail or forms.mail_form(known),
        hours=hours or forms.quiet_hours_form(),
        until=until or forms.QuietUntilForm(),
        wrong=mail or hours or until,
        spans=[(span_id, forms.in_words(span)) for span_id, span in found.spans(viewer())],
        chosen_until=found.quiet_time(viewer()).until,
        quiet_until=found.quiet_ends(viewer().id),
        today_until=found.rest_of_today(),
    )
