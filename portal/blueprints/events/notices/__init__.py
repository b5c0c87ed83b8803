"""Who is told what of the evenings, in which words. What a calendar invitation tells as well needs no mail besides."""

from portal.blueprints.events.notices import after, changes, crew, proposals, reminding, rooms, seats, to_whom, words

__all__ = ["after", "changes", "crew", "proposals", "reminding", "rooms", "seats", "to_whom", "words"]
