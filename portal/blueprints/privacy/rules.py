"""How long a sign-in counts as fresh, and when a name is typed as it is written."""

from __future__ import annotations

from datetime import timedelta

FRESH = timedelta(minutes=10)  # after signing in, nobody is asked for the password again


def is_name(typed: str, name: str) -> bool:
    """Tell whether a name was typed as it is written; capitals and spaces do not matter."""
    return " ".join(typed.casefold().split()) == " ".join(name.casefold().split())
