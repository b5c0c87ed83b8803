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


LABELS = {
    "about": N_("About"),
    "at": N_("When"),
    "answers": N_("Answers"),
    "body": N_("Text"),
    "changed_at": N_("Changed"),
    "comments": N_("Comments"),
    "created_at": N_("Made"),
    "email": N_("E-mail"),
    "ends_at": N_("Ends"),
    "evening": N_("Evening"),
    "face": N_("Face"),
    "game": N_("Game"),
    "kind": N_("Kind"),
    "locale": N_("Language"),
    "name": N_("Name"),
    "phone": N_("Phone"),
    "question": N_("Question"),
    "questions": N_("Questions"),
    "reason": N_("Reason"),
    "roles": N_("Roles"),
    "since": N_("Since"),
    "starts_at": N_("Starts"),
    "state": N_("State"),
    "text": N_("Text"),
    "title": N_("Title"),
    "until": N_("Until"),
    "username": N_("User name"),
    "when": N_("When"),
    "words": N_("Words"),
    "written_at": N_("Written"),
}
"""The names of values that people meet most often; the others are shown as the code calls them."""


def label(name: str) -> str:
    """Give the message id for the name of a value."""
    return LABELS.get(name, name.replace("_", " "))


def is_name(typed: str, name: str) -> bool:
    """Tell whether a name was typed as it is written; capitals and spaces do not matter."""
    return " ".join(typed.casefold().split()) == " ".join(name.casefold().split())
