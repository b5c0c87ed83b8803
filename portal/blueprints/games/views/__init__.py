"""The pages of games."""

from portal.blueprints.games.views import evenings, importing, parts, plans, shelves
from portal.blueprints.games.views.blueprint import bp, bp_evening

__all__ = ["bp", "bp_evening", "evenings", "importing", "parts", "plans", "shelves"]
