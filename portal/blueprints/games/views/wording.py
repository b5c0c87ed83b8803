"""Words for games and plans, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.blueprints.games.models import Game
from portal.blueprints.games.queries.plans import PlanPage
from portal.blueprints.games.rules import shelf
from portal.blueprints.games.rules.tables import Trouble, Wish
from portal.core.i18n import N_
from portal.web.i18n import _, ngettext

WISHES = {
    Wish.LOVE: N_("I'd love to"),
    Wish.LIKE: N_("Gladly"),
    None: N_("It is all the same to me"),
    Wish.RATHER_NOT: N_("Rather not"),
}
TROUBLES = {
    Trouble.NOBODY: N_("Nobody has a seat at this evening yet."),
    Trouble.NO_GAMES: N_("No game is brought yet, or all that are brought are put aside."),
    Trouble.TOO_FEW_SEATS: N_("%(needs)s people come, and the games that are brought have room for %(has)s."),
    Trouble.TOO_FEW_PEOPLE: N_("%(has)s people come, and even %(game)s needs %(needs)s."),
    Trouble.PARTY_TOO_LARGE: N_(
        "Somebody comes with guests, %(needs)s in all, and no game has room for more than %(has)s."
    ),
    Trouble.PINNED_TO_CLOSED: N_("Somebody is given a place at %(game)s, which is put aside."),
    Trouble.PINNED_TOO_MANY: N_("%(needs)s people are given a place at %(game)s, which has room for %(has)s."),
    Trouble.OPEN_NEED_MORE: N_("The games that must be played need %(needs)s people together, and %(has)s come."),
    Trouble.TOO_LARGE: N_("With so many people and games no seating was found in time. Put some of the games aside."),
    Trouble.DOES_NOT_ADD_UP: N_("The numbers do not add up: %(has)s people cannot be shared out among these games."),
}


def players(game: Game) -> str:
    """Say how many can play."""
    if game.players_max == shelf.MOST_PLAYERS:
        return _("%(least)s players or more", least=game.players_min)
    if game.players_min == game.players_max:
        return ngettext("%(n)s player", "%(n)s players", game.players_max)
    return _("%(least)s–%(most)s players", least=game.players_min, most=game.players_max)


def brief(game: Game) -> str:
    """Say what one must know of a game at a glance."""
    return f"{players(game)} · {_('%(n)s min', n=game.minutes)}" if game.minutes else players(game)


def facts(game: Game) -> str:
    """Say in a line what a game is like."""
    said = [players(game)]
    if game.players_best and game.players_min < game.players_max:
        said.append(_("best with %(n)s", n=game.players_best))
    if game.minutes:
        said.append(_("%(n)s min", n=game.minutes))
    if game.language:
        said.append(game.language)
    return " · ".join(said)


def names(people: Sequence[str]) -> str:
    """Put names side by side."""
    if len(people) < 2:
        return "".join(people)
    return _("%(some)s and %(last)s", some=", ".join(people[:-1]), last=people[-1])


def why(page: PlanPage) -> str:
    """Say why not everybody can be seated."""
    said: dict[str, Any] = page.plan.why if page.plan else {}
    name = next((copy.game.name for copy in page.around.copies if copy.game_id == said.get("game_id")), "")
    trouble = Trouble(said.get("trouble", Trouble.DOES_NOT_ADD_UP))
    return _(TROUBLES[trouble], has=said.get("has", 0), needs=said.get("needs", 0), game=name or _("the game"))


def ways(page: PlanPage) -> list[str]:
    """Say what would make it work."""
    said: dict[str, Any] = page.plan.why if page.plan else {}
    found = []
    if said.get("works_unpinned"):
        found.append(_("Without the places and games that you have decided on, everybody has a seat."))
    if said.get("left_out"):
        found.append(
            ngettext(
                "One more game that %(n)s person can play, and everybody has a seat.",
                "One more game that %(n)s people can play, and everybody has a seat.",
                said["left_out"],
            )
        )
    if said.get("people_more"):
        found.append(
            ngettext(
                "With %(n)s more who comes, it adds up.", "With %(n)s more who come, it adds up.", said["people_more"]
            )
        )
    return found
