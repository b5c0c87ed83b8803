"""One talk, as each of the two sees it. The two have addresses of their own, see notices.py."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.people import queries as people
from portal.blueprints.talks.queries import talks as reading
from portal.blueprints.talks.queries.talks import Line
from portal.blueprints.talks.rules import Answer, State
from portal.blueprints.talks.service import answering
from portal.blueprints.talks.views import asking
from portal.blueprints.talks.views.blueprint import bp
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, page_or_fragment, wants_fragment
from portal.web.transactions import commits

FORGOTTEN = N_("It is over, and nothing of it is kept.")
SAID = {
    Answer.NOW: N_("You have said yes. Below you see how to reach each other."),
    Answer.TODAY: N_("You have said yes, for later today."),
    Answer.TOMORROW: N_("You have said yes, for tomorrow."),
    Answer.NO: N_("That is quite all right. Others can be asked, and nobody is told why."),
}


@bp.get("/prat/mi/<string(length=22):talk_id>")
@signed_in
def own(talk_id: str) -> ResponseReturnValue:
    """Show a talk to who asked for it."""
    return _show(talk_id, is_own=True)


@bp.get("/prat/bedt/<string(length=22):talk_id>")
@signed_in
def asked(talk_id: str) -> ResponseReturnValue:
    """Show a talk to who is asked."""
    return _show(talk_id, is_own=False)


def _show(talk_id: str, *, is_own: bool) -> ResponseReturnValue:
    try:
        line = reading.line(viewer(), talk_id)
    except NotFound:
        if wants_fragment():
            return render_template("talks/_gone.html")
        return render_template("talks/gone.html"), 404
    if line.is_own != is_own:
        return redirect(address(line), 303)
    more = asking.choices() if line.state is State.PASSED else {}
    return page_or_fragment("talks/talk.html", "talks/_talk.html", talk=line, ways=_ways(line), **more)


def _ways(line: Line) -> list[people.Way]:
    return people.ways_to_talk(line.other) if line.other and line.state is State.AGREED else []


@bp.app_template_global("talk_address")
def address(line: Line) -> str:
    """Give the address of a talk for one of those who are in it."""
    return url_for("talks.own" if line.is_own else "talks.asked", talk_id=line.id)


@bp.post("/prat/<string(length=22):talk_id>/svar")
@signed_in
@commits
def answer(talk_id: str) -> ResponseReturnValue:
    """Say yes, now or later, or «not this time»."""
    try:
        said = Answer(request.form.get("answer", ""))
    except ValueError as error:
        raise Invalid(N_("Choose one of the answers.")) from error
    try:
        answering.answer(viewer(), talk_id, said)
    except NotFound as error:
        return _is_over(error)
    flash(SAID[said])
    return go(url_for("talks.index") if said is Answer.NO else url_for("talks.asked", talk_id=talk_id))


@bp.post("/prat/<string(length=22):talk_id>/slutt")
@signed_in
@commits
def close(talk_id: str) -> ResponseReturnValue:
    """Close a talk, as either: nothing of it is left."""
    try:
        answering.close(viewer(), talk_id, calls_off="off" in request.form)
    except NotFound as error:
        return _is_over(error)
    flash(FORGOTTEN)
    return go(url_for("talks.index"))


def _is_over(error: NotFound) -> ResponseReturnValue:
    """Say calmly that another was first, or that it was pressed twice; to strangers the same."""
    flash(error.message, **error.params)
    return go(url_for("talks.index"))
