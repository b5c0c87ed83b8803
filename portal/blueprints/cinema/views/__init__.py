"""The pages of films and seats, and their parts of the pages of evenings."""

from portal.blueprints.cinema.views import ballots, parts, polls, tickets
from portal.blueprints.cinema.views.blueprint import bp

__all__ = ["ballots", "bp", "parts", "polls", "tickets"]
