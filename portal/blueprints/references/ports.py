"""What may be mentioned: each slice that has names says which, where they lead, and when they have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

PERSON, TAG = "person", "tag"


@dataclass(frozen=True, kw_only=True)
class Name:
    """A word that may be written after an @, in lower case, and what it stands for."""

    word: str
    ref: int | str  # the id of a person, the slug of a tag
    label: str  # the whole name, for people
    is_offered: bool = True  # while somebody writes; not for those who have left, whom nobody needs to reach


@dataclass(frozen=True, kw_only=True)
class Source:
    """A kind of names."""

    kind: str
    names: Callable[[], Iterable[Name]]
    url: Callable[[int | str], str]


sources: dict[str, Source] = {}
# Which columns of which table change what becomes a link, beside the patterns themselves.
watched: dict[type, Sequence[str]] = {}
