"""What is done with a call by one press. Each works without scripts, in the strip and on the page of the call."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.urgent.forms.calls import SolutionForm
from portal.blueprints.urgent.service import calls, ending, helping
from portal.blueprints.urgent.views import call as page
from portal.blueprints.urgent.views import strips
from portal.blueprints.urgent.views.blueprint import bp
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import safe_path, signed_in, viewer
from portal.web.fragments import flash, go, wants_fragment
from portal.web.i18n import _
from portal.web.transactions import commits


def shown(call_id: int, said: str = "") -> ResponseReturnValue:
    """Show how things stand after a press: in the strip, on the page of the call, or where one was."""
    if wants_fragment():
        return strips.again(_(said) if said else "") if page.is_from_strip() else page.show(call_id)
    if said:
        flash(said)
    return redirect(page.address(call_id), 303)


def left(said: str = "") -> ResponseReturnValue:
    """Go back to where one was: the call is no longer one's own business."""
    if wants_fragment() and page.is_from_strip():
        return strips.again(_(said) if said else "")
    if said:
        flash(said)
    return go(safe_path(request.form.get("back")) if page.is_from_strip() else url_for("urgent.index"))


@bp.post("/hjelp/rop/<int:call_id>/hjelpar")
@signed_in
@commits
def come(call_id: int) -> ResponseReturnValue:
    """Say that one comes."""
    calls.come(viewer(), call_id)
    return shown(call_id)


@bp.post("/hjelp/rop/<int:call_id>/ikkje-no")
@signed_in
@commits
def not_now(call_id: int) -> ResponseReturnValue:
    """Let the others come: it is still here, and nobody sees it."""
    calls.not_now(viewer(), call_id)
    return left()


@bp.post("/hjelp/rop/<int:call_id>/avbrot")
@signed_in
@commits
def cancel(call_id: int) -> ResponseReturnValue:
    """Take one's hand down."""
    calls.cancel(viewer(), call_id)
    return left(N_("Your call is taken back. It rings nowhere any more."))


@bp.post("/hjelp/rop/<int:call_id>/prat")
@signed_in
@commits
def talk(call_id: int) -> ResponseReturnValue:
    """Say that the two talk."""
    calls.talk(viewer(), call_id)
    return shown(call_id)


@bp.post("/hjelp/rop/<int:call_id>/ring")
@signed_in
@commits
def ring_again(call_id: int) -> ResponseReturnValue:
    """Ring again: who said that they come has not been heard from."""
    calls.ring_again(viewer(), call_id)
    return shown(call_id)


@bp.post("/hjelp/rop/<int:call_id>/overtaking")
@signed_in
@commits
def take_over(call_id: int) -> ResponseReturnValue:
    """Take over from the one who helps."""
    helping.take_over(viewer(), call_id)
    return shown(call_id)


@bp.post("/hjelp/rop/<int:call_id>/nei")
@signed_in
@commits
def refuse_offer(call_id: int) -> ResponseReturnValue:
    """Say that one cannot take over now."""
    helping.refuse_offer(viewer(), call_id)
    return left()


@bp.post("/hjelp/rop/<int:call_id>/med")
@signed_in
@commits
def join(call_id: int) -> ResponseReturnValue:
    """Help too."""
    helping.join(viewer(), call_id)
    return shown(call_id)


@bp.post("/hjelp/rop/<int:call_id>/ut")
@signed_in
@commits
def leave(call_id: int) -> ResponseReturnValue:
    """Help no longer."""
    helping.leave(viewer(), call_id)
    return left(N_("You have left it."))


@bp.post("/hjelp/rop/<int:call_id>/slutt")
@signed_in
@commits
def end(call_id: int) -> ResponseReturnValue:
    """Say that it is sorted."""
    ending.end(viewer(), call_id)
    if wants_fragment() and page.is_from_strip():
        return strips.again(_("It is sorted."), over_id=call_id)
    return shown(call_id)


@bp.post("/hjelp/rop/<int:call_id>/loysing")
@signed_in
@commits
def solution(call_id: int) -> ResponseReturnValue:
    """Write what solved it."""
    form = SolutionForm()
    if form.validate_on_submit():
        try:
            ending.write_solution(viewer(), call_id, form.text("solution"), accepts=form.accepts)
        except Invalid as error:
            form.refuse(error)
        else:
            return go(page.address(call_id))
    return page.show(call_id, form=form, status=422)


@bp.post("/hjelp/rop/<int:call_id>/sporsmal")
@signed_in
@commits
def keep(call_id: int) -> ResponseReturnValue:
    """Keep it as a question, under the asker's name."""
    question = ending.keep_as_question(viewer(), call_id)
    flash(N_("Kept as a question. Now it helps the next one too."))
    return go(url_for("questions.thread", question_id=question.id))


@bp.post("/hjelp/rop/<int:call_id>/sletting")
@signed_in
@commits
def throw_away(call_id: int) -> ResponseReturnValue:
    """Delete everything of it now."""
    ending.throw_away(viewer(), call_id)
    flash(N_("Deleted. Nothing of it is left."))
    return go(url_for("urgent.index"))
