"""What a draft is: where it belongs, what of a form is kept, and who may write over it. Values only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

Fields = Mapping[str, Sequence[str]]

PLACE_LONGEST = 40
KEY_LONGEST = 40
LONGEST = 40_000  # characters; every form of the house holds less
FIELDS_MOST = 40
STAYS = timedelta(days=30)
PLACE = re.compile(r"[a-z]{3,20}(-[0-9]{1,9}){0,2}")
FIELD = re.compile(r"[a-z_]{1,30}")
# What belongs to one showing of a form, and not to what is written in it.
NOT_WRITTEN = frozenset({"csrf_token", "key", "version", "draft", "draft_version", "guard", "back", "quick", "image"})


def is_place(word: str) -> bool:
    """Tell whether a draft can belong there."""
    return len(word) <= PLACE_LONGEST and PLACE.fullmatch(word) is not None


def written(form: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    """Give what of a form is worth keeping."""
    return {name: list(values) for name, values in form if name not in NOT_WRITTEN and FIELD.fullmatch(name)}


def is_too_long(fields: Fields) -> bool:
    """Tell whether it is more than any form holds."""
    length = sum(len(value) for values in fields.values() for value in values)
    return length > LONGEST or sum(len(values) for values in fields.values()) > FIELDS_MOST


def may_write_over(*, stands: int, known: int, key: str, writers_key: str) -> bool:
    """Tell whether a text may take the place of the one that stands: it knew of it, or the same form wrote it."""
    return stands == known or (bool(key) and key == writers_key)
