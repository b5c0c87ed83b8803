"""The shelf: looking, putting a game there, changing it, taking it away."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.games.forms import GameForm
from portal.blueprints.games.models import Game
from portal.blueprints.games.queries import shelves
from portal.blueprints.games.queries.shelves import Look
from portal.blueprints.games.rules import shelf
from portal.blueprints.games.service import evenings, importing
from portal.blueprints.games.service import shelves as service
from portal.blueprints.games.views import wording
from portal.blueprints.games.views.blueprint import bp
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.core.paging import LARGEST
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Show the games that there are, one's own or all."""
    look, cursor = _look(), request.args.get("etter")
    every, mine = shelves.count(viewer())
    return render_template(
        "games/index.html",
        page=shelves.page(viewer(), look, cursor=cursor),
        look=look,
        cursor=cursor,
        every=every,
        mine=mine,
        wording=wording,
        may_change=_may_change,
    )


@bp.route("/nytt", methods=["GET", "POST"])
@signed_in
@commits
def new_game() -> ResponseReturnValue:
    """Put a game on the shelf, and take it along at once to the evening one came from."""
    form = GameForm(players_min=2, players_max=4, can_teach=True, evening=request.args.get("kveld", ""))
    if form.validate_on_submit():
        try:
            game = service.add(viewer(), form.entry, is_common=form.is_common.data, accepts=form.accepts)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            service.teach(viewer(), game.title, can=form.can_teach.data)
            return _brought_or_shelved(form, game)
    return _form_page(form, None)


@bp.route("/<int:game_id>/endring", methods=["GET", "POST"])
@signed_in
@commits
def change(game_id: int) -> ResponseReturnValue:
    """Say something else of a game, or take it away."""
    game = service.get_mine(viewer(), game_id)
    form = GameForm(obj=game, can_teach=game.title in shelves.taught_by(viewer().id))
    if form.validate_on_submit():
        try:
            service.change(viewer(), game_id, form.entry, accepts=form.accepts)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            service.teach(viewer(), game.title, can=form.can_teach.data)
            flash(N_("Saved."))
            return go(url_for("games.index", mine=1))
    return _form_page(form, game)


@bp.post("/<int:game_id>/fjerning")
@signed_in
@commits
def removal(game_id: int) -> ResponseReturnValue:
    """Take a game from the shelf."""
    service.remove(viewer(), game_id)
    flash(N_("The game is off the shelf."))
    return go(url_for("games.index", mine=1))


@bp.get("/hylla.csv")
@signed_in
def export() -> ResponseReturnValue:
    """Give one's own shelf as a table."""
    answer = Response("\ufeff" + importing.export(viewer()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=spelhylla.csv"
    return answer


def _look() -> Look:
    written = request.args.get("spelarar", "")
    players = int(written) if written.isascii() and written.isdigit() and len(written) < 3 else None
    text = shelf.folded(request.args.get("q", "")[: shelf.NAME].replace("\x00", ""))
    return Look(text=text, players=players or None, is_mine=request.args.get("mine") == "1")


def _may_change(game: Game) -> bool:
    return service.may_change(viewer(), game)


def _brought_or_shelved(form: GameForm, game: Game) -> ResponseReturnValue:
    evening_id = form.evening_id
    if evening_id is None or evening_id > LARGEST:
        flash(N_("The game is on the shelf."))
        return go(url_for("games.index", mine=1))
    try:
        evenings.bring(viewer(), evening_id, game.id)
    except (Conflict, NotFound):
        flash(N_("The game is on the shelf. That evening cannot have it any more."))
        return go(url_for("games.index", mine=1))
    flash(N_("The game is on the shelf, and you bring it."))
    return go(url_for("games_evening.games", evening_id=evening_id))


def _form_page(form: GameForm, game: Game | None) -> ResponseReturnValue:
    context: dict[str, Any] = {"form": form, "game": game, "may_be_common": viewer().may(service.COMMON)}
    return render_template("games/game.html", **context), 422 if form.is_submitted() else 200
