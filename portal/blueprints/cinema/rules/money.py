"""Money in whole øre. The portal handles none of it: it divides, and shows what was divided."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST = 10_000_000  # a hundred thousand kroner: more is a slip of the finger
_KRONER = re.compile(
    r"(?:kr|nok)?\.?\s*([0-9]{1,6}|[0-9]{1,3}(?:[ .\u00a0\u202f][0-9]{3}))(?:,-|[,.]([0-9]{1,2}))?\s*(?:kr\.?)?"
)
_PHONE = re.compile(r"(?:\+|00)?[0-9](?:[ .\-]?[0-9]){4,14}")


def read(text: str) -> int | None:
    """Read «149», «149,50», «kr 1 149,-» as øre; None for what is no amount, or too much."""
    found = _KRONER.fullmatch(text.strip().lower())
    if found is None:
        return None
    kroner = int(re.sub(r"\D", "", found[1]))
    amount = kroner * 100 + int((found[2] or "").ljust(2, "0"))
    return amount if amount <= MOST else None


def written(amount: int) -> str:
    """Write øre as a form shows it: «149», «149,50»."""
    kroner, rest = divmod(amount, 100)
    return f"{kroner},{rest:02}" if rest else str(kroner)


def split(total: int, seats: Sequence[int]) -> list[int]:
    """Divide an amount by seats: whole øre that sum to it exactly, nobody more than one øre from their part.

    Each gets what the seats up to and with theirs have cost, less what those before have paid: the øre that are left
    over fall evenly along the row, and always on the same.
    """
    all_seats = sum(seats)
    if total < 0 or any(count < 1 for count in seats):
        raise ValueError("an amount and seats are needed")
    parts, before = [], 0
    for count in seats:
        parts.append(total * (before + count) // all_seats - total * before // all_seats)
        before += count
    return parts


def phone(text: str) -> str | None:
    """Read a phone number as it is dialled, «900 00 000» as «90000000»; None for what is none."""
    text = text.strip()
    return re.sub(r"[ .\-]", "", text) if _PHONE.fullmatch(text) else None


def phone_in_groups(number: str) -> str:
    """Write a Norwegian number as people read it aloud; others stay as they are."""
    bare = number.removeprefix("+47").removeprefix("0047")
    if len(bare) != 8 or not bare.isdigit():
        return number
    return f"{bare[:3]} {bare[3:5]} {bare[5:]}"
