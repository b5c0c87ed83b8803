"""What the slices are called in plain words, and when a name is typed as it is written."""

from __future__ import annotations

from datetime import timedelta

from portal.core.i18n import N_

FRESH = timedelta(minutes=10)  # after signing in, nobody is asked for the password again

TITLES = {
    "people": N_("You and your account"),
    "notifications": N_("Notices and mail"),
    "search": N_("Search"),
    "shifts": N_("Shifts and presence"),
    "rooms": N_("Rooms"),
    "questions": N_("Questions and answers"),
    "events": N_("Evenings"),
    "games": N_("Board games"),
    "cinema": N_("Cinema"),
    "meals": N_("Food"),
    "pulse": N_("The pulse"),
    "checkins": N_("Breathing space"),
    "talks": N_("Talks"),
    "coffee": N_("Coffee pairs"),
    "knowledge": N_("Articles"),
    "urgent": N_("Help now"),
    "privacy": N_("The house itself"),
}
"""The slices in the order in which people read about them."""


def is_name(typed: str, name: str) -> bool:
    """Tell whether a name was typed as it is written; capitals and spaces do not matter."""
    return " ".join(typed.casefold().split()) == " ".join(name.casefold().split())
