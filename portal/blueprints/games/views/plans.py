"""The table plan: by table, to be printed and hung up, and the organisers' word on it."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.games.queries import plans
from portal.blueprints.games.service import plans as service
from portal.blueprints.games.views import wording
from portal.blueprints.games.views.blueprint import bp_evening
from portal.core.i18n import N_
from portal.web.auth import may, signed_in, viewer
from portal.web.fragments import flash, go, piece_of
from portal.web.transactions import commits

SEAT, GAME, OPEN, CLOSED = "seat-", "game-", "open", "closed"


@bp_evening.get("/plan")
@signed_in
def plan(evening_id: int) -> ResponseReturnValue:
    """Show who sits at which table; to colleagues once it is shown."""
    return render_template("games/plan.html", page=plans.page(viewer(), evening_id), wording=wording)


@bp_evening.get("/plan/bord")
@signed_in
@piece_of("games_evening.plan")
def tables(evening_id: int) -> ResponseReturnValue:
    """Give the tables again when the plan has changed."""
    return render_template("games/_plan.html", page=plans.page(viewer(), evening_id), wording=wording)


@bp_evening.post("/plan/oppsett")
@may("events.organise")
@commits
def laying(evening_id: int) -> ResponseReturnValue:
    """Have the tables laid, by one's own word where one has given it."""
    if request.form.get("decides") == "1":
        service.ask(viewer(), evening_id, seat_pins=_seats(), table_pins=_games())
    else:
        service.ask(viewer(), evening_id)
    return go(url_for("games_evening.plan", evening_id=evening_id))


@bp_evening.post("/plan/vising")
@may("events.organise")
@commits
def showing(evening_id: int) -> ResponseReturnValue:
    """Let everybody see the plan, or take it back."""
    shown = request.form.get("on") == "1"
    service.show(viewer(), evening_id, shown=shown)
    flash(N_("Everybody can see the table plan now.") if shown else N_("Only organisers see the table plan now."))
    return go(url_for("games_evening.plan", evening_id=evening_id))


def _seats() -> dict[int, int]:
    """Read where people are given a place; an empty choice leaves it to the plan."""
    pairs = ((_number(name.removeprefix(SEAT)), _number(request.form[name])) for name in _named(SEAT))
    return {person_id: game_id for person_id, game_id in pairs if person_id and game_id}


def _games() -> dict[int, bool]:
    """Read which games must be played, and which are put aside."""
    words = {OPEN: True, CLOSED: False}
    said = {_number(name.removeprefix(GAME)): words.get(request.form[name]) for name in _named(GAME)}
    return {game_id: is_open for game_id, is_open in said.items() if game_id and is_open is not None}


def _named(start: str) -> list[str]:
    return [name for name in request.form if name.startswith(start)]


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None
