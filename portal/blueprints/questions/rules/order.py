"""Keeping order: what posts are moved by, why they are flagged, and what is taken out of them. Values only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

NOTE_LONGEST = 300
PIECE_LONGEST = 500
REMOVED = "«[fjerna]»"
FLAGS_PER_HOUR = 20
FLAGS_STAY = timedelta(days=180)
ARTICLE = re.compile(r"\s*KB[\s-]?(\d{4,10})\s*", re.IGNORECASE | re.ASCII)
_REFERENCE = re.compile(r"(question|answer|comment)-(\d{1,9})", re.ASCII)
_QUESTION = re.compile(r"\s*#?(\d{1,9})\s*|.*/sporsmal/(\d{1,9})(?:[#?/].*)?", re.ASCII | re.DOTALL)


class Way(StrEnum):
    """Why posts went from one thread to another."""

    DUPLICATE = "duplicate"
    SPLIT = "split"
    MOVE = "move"


class Mark(StrEnum):
    """What a person had said of a question by a press, and now says of the one it was merged with."""

    FOLLOWING = "following"
    WONDERING = "wondering"


class Reason(StrEnum):
    """Why somebody flags a post."""

    PATIENT = "patient"
    UNKIND = "unkind"
    DUPLICATE = "duplicate"
    MISPLACED = "misplaced"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of a flag."""

    ACTED = "acted"
    LEFT = "left"


def may_mark_duplicate(*, is_asker: bool, may_mark: bool, is_locked: bool = False, is_moderator: bool = False) -> bool:
    """Tell whether somebody may say that a question was asked before; everybody else may suggest it."""
    return is_moderator or ((is_asker or may_mark) and not is_locked)


def may_redact(*, is_author: bool, is_moderator: bool) -> bool:
    """Tell whether somebody may take words out of a post and out of its history: what one wrote is one's own."""
    return is_author or is_moderator


def hides(reason: Reason, *, left_at: datetime | None, changed_at: datetime | None) -> bool:
    """Tell whether a flag takes a post out of sight at once, before anybody has looked.

    Patient data is urgent. What somebody has looked at and let stand stays, unless it was changed after that.
    """
    if reason is not Reason.PATIENT:
        return False
    return left_at is None or (changed_at is not None and changed_at > left_at)


def article_number(text: str) -> str:
    """Read the number of an article as people write it, or give nothing."""
    found = ARTICLE.fullmatch(text)
    return f"KB{found[1]}" if found else ""


def question_number(text: str) -> int | None:
    """Read which question somebody means: its number, or a link to it."""
    found = _QUESTION.fullmatch(text.strip()[:500])
    return int(found[1] or found[2]) if found else None


def without(piece: str, text: str) -> str:
    """Take a piece out of a text wherever it stands, however it is capitalised and however its lines are broken."""
    words = piece.split()
    if not words:
        return text
    return re.sub(r"\s+".join(map(re.escape, words)), REMOVED, text, flags=re.IGNORECASE)


def fits(text: str, longest: int) -> str:
    """Cut a text that grew longer than its column by what was put into it."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def without_pictures(text: str, tokens: Sequence[str]) -> str:
    """Take pictures out of a text."""
    for token in tokens:
        text = re.sub(rf"!?\[[^\]\n]*\]\([^)\s]*/bilete/{re.escape(token)}[^)\n]*\)", REMOVED, text)
        text = re.sub(rf"\S*/bilete/{re.escape(token)}", REMOVED, text)
    return text


def reference(kind: str, post_id: int) -> str:
    """Name a post in a form: «answer-7»."""
    return f"{kind}-{post_id}"


def read_references(values: Iterable[str], kind: str) -> list[int]:
    """Read the ids of the posts of one kind that were chosen in a form."""
    found = (_REFERENCE.fullmatch(value) for value in values)
    return sorted({int(match[2]) for match in found if match and match[1] == kind})
