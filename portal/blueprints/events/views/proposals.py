"""What colleagues would like: seen by all, proposed by anybody, answered by organisers."""

from __future__ import annotations

from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.events.forms import KINDS, ProposalForm, WordForm
from portal.blueprints.events.models.evenings import Kind
from portal.blueprints.events.queries import proposals
from portal.blueprints.events.queries.proposals import ProposalView
from portal.blueprints.events.service import proposals as service
from portal.blueprints.events.service.proposals import ProposalWish
from portal.blueprints.events.views import wording
from portal.blueprints.events.views.blueprint import bp
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.core.paging import LARGEST
from portal.web.auth import may, signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import flash, go, page_or_fragment, wants_fragment
from portal.web.transactions import commits

SERIES_MADE = N_("The series is made, and its next evenings are on the list.")


@bp.get("/framlegg")
@signed_in
def all_proposals() -> ResponseReturnValue:
    """Show what colleagues would like, and what became of one's own."""
    views, answered = proposals.open_proposals(viewer()), proposals.answered_proposals(viewer())
    context: dict[str, Any] = {"views": views, "answered": answered, "wording": wording, "is_list": True}
    return page_or_fragment("events/proposals.html", "events/_proposals.html", **context)


@bp.route("/framlegg/nytt", methods=["GET", "POST"])
@signed_in
@commits
def new_proposal() -> ResponseReturnValue:
    """Propose an evening."""
    form = ProposalForm(kind=Kind.BOARD_GAMES, key=form_key(), is_named=True)
    wording.offer(form.kind, KINDS)
    if form.validate_on_submit():
        try:
            made = service.propose(viewer(), _wish(form), key=form.key.data or None)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            flash(N_("Your proposal is out. The organisers are told."))
            return go(url_for("events.proposal", proposal_id=made.id))
    address = url_for("events.new_proposal")
    context = {"form": form, "address": address, "proposal": None}
    return render_template("events/propose.html", **context), 422 if form.is_submitted() else 200


@bp.get("/framlegg/<int:proposal_id>")
@signed_in
def proposal(proposal_id: int) -> ResponseReturnValue:
    """Show a proposal; to its proposer also the word that came with the answer."""
    view = proposals.get_proposal(viewer(), proposal_id)
    context: dict[str, Any] = {"view": view, "wording": wording, "is_list": False}
    return page_or_fragment("events/proposal.html", "events/_proposal.html", **context)


@bp.route("/framlegg/<int:proposal_id>/endring", methods=["GET", "POST"])
@signed_in
@commits
def proposal_change(proposal_id: int) -> ResponseReturnValue:
    """Write one's own proposal anew."""
    view = proposals.get_proposal(viewer(), proposal_id)
    if not view.is_mine or not view.proposal.is_open:
        raise NotFound(N_("That proposal is not here."))
    known = view.proposal
    form = ProposalForm(obj=known)
    wording.offer(form.kind, KINDS)
    if form.validate_on_submit():
        try:
            service.reword(viewer(), proposal_id, _wish(form))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("events.proposal", proposal_id=proposal_id))
    address = url_for("events.proposal_change", proposal_id=proposal_id)
    context = {"form": form, "address": address, "proposal": known}
    return render_template("events/propose.html", **context), 422 if form.is_submitted() else 200


@bp.post("/framlegg/<int:proposal_id>/lyst")
@signed_in
@commits
def would_come(proposal_id: int) -> ResponseReturnValue:
    """Say that one would come, or take it back."""
    service.choose_would_come(viewer(), proposal_id, wanted=request.form.get("on") != "0")
    if not wants_fragment():
        if request.form.get("from") == "list":
            return go(url_for("events.all_proposals", _anchor=f"proposal-{proposal_id}"))
        return go(url_for("events.proposal", proposal_id=proposal_id))
    view = proposals.get_proposal(viewer(), proposal_id)
    context = {"view": view, "wording": wording, "is_list": request.form.get("from") == "list"}
    return make_response(render_template("events/_proposal.html", **context))


@bp.post("/framlegg/<int:proposal_id>/tilbaketrekking")
@signed_in
@commits
def proposal_withdrawal(proposal_id: int) -> ResponseReturnValue:
    """Take one's own proposal back."""
    service.withdraw(viewer(), proposal_id)
    flash(N_("Your proposal is taken back. Nothing of it is kept."))
    return go(url_for("events.all_proposals"))


@bp.route("/framlegg/<int:proposal_id>/kvile", methods=["GET", "POST"])
@may("events.organise")
@commits
def proposal_rest(proposal_id: int) -> ResponseReturnValue:
    """Let a proposal rest, with a kind word."""
    view = proposals.get_proposal(viewer(), proposal_id)
    form = WordForm()
    if form.validate_on_submit():
        try:
            service.let_rest(viewer(), proposal_id, word=form.text("word"), accepts=form.accepts)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("The proposal rests. Only the one who proposed it reads what you wrote."))
            return go(url_for("events.all_proposals"))
    return render_template("events/rest.html", form=form, view=view), 422 if form.is_submitted() else 200


@bp.post("/framlegg/<int:proposal_id>/vekking")
@may("events.organise")
@commits
def proposal_waking(proposal_id: int) -> ResponseReturnValue:
    """Take a proposal that rests up again."""
    service.wake(viewer(), proposal_id)
    flash(N_("The proposal is on the list again."))
    return go(url_for("events.proposal", proposal_id=proposal_id))


def find_wanted() -> ProposalView | None:
    """Give the open proposal that a form for a new evening was opened from, if it was."""
    number = request.args.get("framlegg", type=int)
    if number is None or not 0 < number <= LARGEST:
        return None
    view = proposals.get_proposal(viewer(), number)
    return view if view.proposal.is_open else None


def shown(wanted: ProposalView | None) -> dict[str, Any]:
    """Give what a form for a new evening begins with."""
    if wanted is None:
        return {}
    return {"kind": wanted.proposal.kind, "title": wanted.proposal.title, "details": wanted.proposal.why}


def note_made(wanted: ProposalView | None, *, evening_id: int | None = None, series_id: int | None = None) -> None:
    """Let the one who proposed it, and those who would come, hear of it; and say so."""
    if wanted is None:
        flash(N_("The evening is on the list.") if evening_id else SERIES_MADE)
        return
    service.fulfil(viewer(), wanted.proposal.id, evening_id=evening_id, series_id=series_id)
    flash(N_("It is on the list. The one who proposed it and those who would come are told."))


def _wish(form: ProposalForm) -> ProposalWish:
    return ProposalWish(
        title=form.text("title"),
        kind=Kind(form.kind.data),
        why=form.text("why"),
        timing=form.text("timing"),
        is_named=bool(form.is_named.data),
        accepts=form.accepts,
    )
