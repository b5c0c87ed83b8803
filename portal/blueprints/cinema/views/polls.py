"""Film polls: all of them, one of them, and what organisers do with it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.blueprints.cinema.forms import NewPollForm, PollForm
from portal.blueprints.cinema.models.polls import FilmPoll, PollState
from portal.blueprints.cinema.queries import polls as queries
from portal.blueprints.cinema.service import polls, settling
from portal.blueprints.cinema.views import wording
from portal.blueprints.cinema.views.blueprint import bp
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.queries import outlooks
from portal.core import clock
from portal.core.errors import Invalid
from portal.core.i18n import N_, format_day
from portal.web.auth import may, signed_in, viewer
from portal.web.fragments import flash, go, page_or_fragment, piece_of
from portal.web.i18n import _, locale
from portal.web.transactions import commits

ENDS_AT = time(12)


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Show the polls that run, and what earlier ones gave."""
    return render_template("cinema/index.html", running=queries.running(), earlier=queries.earlier(), wording=wording)


@bp.get("/<int:poll_id>")
@signed_in
def poll(poll_id: int) -> ResponseReturnValue:
    """Show a poll."""
    return page_or_fragment("cinema/poll.html", "cinema/_ballot.html", **context_of(poll_id))


@bp.get("/<int:poll_id>/framlegga")
@signed_in
@piece_of("cinema.poll")
def ballot(poll_id: int) -> ResponseReturnValue:
    """Give the proposals again when something has changed: never because somebody ticked."""
    return render_template("cinema/_ballot.html", **context_of(poll_id))


@bp.route("/ny", methods=["GET", "POST"])
@may("events.organise")
@commits
def new_poll() -> ResponseReturnValue:
    """Open a poll."""
    form = NewPollForm(title=_("Which film?"), day=clock.today() + timedelta(days=7), at=ENDS_AT)
    _offer_nights(form)
    if form.validate_on_submit():
        try:
            made = polls.make(
                viewer(),
                title=form.text("title"),
                closes_at=_end(form),
                evening_id=form.evening_id.data or None,
                accepts=form.accepts,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("The poll is open. Everybody can propose films and tick them."))
            return go(url_for("cinema.poll", poll_id=made.id))
    return render_template("cinema/new_poll.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/<int:poll_id>/endring", methods=["GET", "POST"])
@may("events.organise")
@commits
def change_poll(poll_id: int) -> ResponseReturnValue:
    """Give a poll another title or end."""
    known = queries.get_poll(poll_id)
    ends = clock.wall(known.closes_at)
    form = PollForm(title=known.title, day=ends.date(), at=ends.time())
    if form.validate_on_submit():
        try:
            polls.change(viewer(), poll_id, title=form.text("title"), closes_at=_end(form), accepts=form.accepts)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("cinema.poll", poll_id=poll_id))
    return render_template("cinema/change_poll.html", form=form, poll=known), 422 if form.is_submitted() else 200


@bp.post("/<int:poll_id>/slutt")
@may("events.organise")
@commits
def poll_end(poll_id: int) -> ResponseReturnValue:
    """End a poll now."""
    ended = settling.close_now(viewer(), poll_id)
    flash(_said(ended))
    return go(url_for("cinema.poll", poll_id=poll_id))


@bp.post("/<int:poll_id>/val/<int:showing_id>")
@may("events.organise")
@commits
def choice(poll_id: int, showing_id: int) -> ResponseReturnValue:
    """Choose among those that stand equal."""
    flash(_said(settling.choose(viewer(), poll_id, showing_id)))
    return go(url_for("cinema.poll", poll_id=poll_id))


@bp.post("/<int:poll_id>/avlysing")
@may("events.organise")
@commits
def poll_removal(poll_id: int) -> ResponseReturnValue:
    """Let there be no poll."""
    polls.call_off(viewer(), poll_id)
    flash(N_("The poll is gone, and what was ticked in it."))
    return go(url_for("events.index"))


def context_of(poll_id: int) -> dict[str, Any]:
    """Give what the page of a poll shows, and the piece of it."""
    page = queries.poll_page(viewer(), poll_id)
    settled = page.poll.state == PollState.SETTLED and page.poll.evening_id
    return {
        "page": page,
        "poll": page.poll,
        "outlook": outlooks.outlook(viewer(), page.poll.evening_id) if settled and page.poll.evening_id else None,
        "wording": wording,
    }


def _end(form: PollForm) -> datetime:
    return clock.at_wall(form.day.data, form.at.data)


def _offer_nights(form: NewPollForm) -> None:
    nights = queries.nights_without_film()
    form.evening_id.choices = [SelectChoice(0, _("An evening of its own")), *(_night(night) for night in nights)]
    if not form.is_submitted():
        asked = request.args.get("kveld", "")
        form.evening_id.data = next((night.id for night in nights if str(night.id) == asked), 0)


def _night(night: Evening) -> SelectChoice:
    return SelectChoice(night.id, f"{night.title}, {format_day(night.starts_at, locale())}")


def _said(ended: FilmPoll) -> str:
    if ended.state == PollState.SETTLED:
        return N_("The film is chosen and the evening is on the list. Those who ticked it are told.")
    if ended.state == PollState.TIED:
        return N_("Some stand equal. You may choose among them.")
    return N_("No film can be an evening. You can open the poll again with a later end.")
