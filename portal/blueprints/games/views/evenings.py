"""The games of an evening: what is on the table, what one would like, and what one brings."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.games.queries import evenings
from portal.blueprints.games.rules.tables import Wish
from portal.blueprints.games.service import evenings as service
from portal.blueprints.games.views import wording
from portal.blueprints.games.views.blueprint import bp_evening
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go, piece_of
from portal.web.transactions import commits

WISH, TEACH = "wish-", "teach-"


@bp_evening.get("")
@signed_in
def games(evening_id: int) -> ResponseReturnValue:
    """Show the games of an evening, with what one may say and bring."""
    page = evenings.games(viewer(), evening_id)
    return render_template("games/evening.html", page=page, wording=wording)


@bp_evening.get("/kort")
@signed_in
@piece_of("events.evening")
def card(evening_id: int) -> ResponseReturnValue:
    """Give the games on the evening's own page again when something has changed."""
    found = evenings.games_of(viewer(), evenings.get_evening(evening_id))
    return render_template("games/_card.html", games=found, wording=wording)


@bp_evening.post("/ynske")
@signed_in
@commits
def wishes(evening_id: int) -> ResponseReturnValue:
    """Say what one would like to play and can teach."""
    service.wish(viewer(), evening_id, _wishes(), teaches=_teaches())
    flash(N_("Saved. Nobody but the table plan reads what you wish for."))
    return go(url_for("games_evening.games", evening_id=evening_id))


@bp_evening.post("/<int:game_id>/medbrakt")
@signed_in
@commits
def bringing(evening_id: int, game_id: int) -> ResponseReturnValue:
    """Take a game along, or leave it at home after all."""
    if request.form.get("on") == "1":
        service.bring(viewer(), evening_id, game_id)
        flash(N_("You bring it. Thank you."))
    else:
        service.take_home(viewer(), evening_id, game_id)
        flash(N_("It stays at home. That is fine."))
    return go(url_for("games_evening.games", evening_id=evening_id))


def _wishes() -> dict[int, Wish | None]:
    """Read the wishes; a word that is none says that it is all the same."""
    words = {wish.value: wish for wish in Wish}
    return {
        game_id: words.get(request.form[name])
        for name in request.form
        if name.startswith(WISH) and (game_id := _number(name.removeprefix(WISH)))
    }


def _teaches() -> dict[int, bool]:
    """Read what one can teach: a box that is not ticked is not sent, so that the wish beside it says it was there."""
    return {game_id: f"{TEACH}{game_id}" in request.form for game_id in _wishes()}


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None
