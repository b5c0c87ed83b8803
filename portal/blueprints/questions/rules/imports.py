"""What a row of another board must be to become a post here. Values only; what stood in a bad row is never repeated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from portal.blueprints.questions.rules.posts import COMMENT_LONGEST, TAGS_MOST, TITLE_LONGEST

BODY_LONGEST = 10_000  # what is shown as Markdown; longer texts of other boards would be shown as they are written
KEY_LONGEST = 40
TAG_LONGEST = 40


class Fault(StrEnum):
    """What is wrong with a row."""

    NOT_A_ROW = "not_a_row"
    NO_KEY = "no_key"
    NO_TITLE = "no_title"
    NO_BODY = "no_body"
    LONG_TITLE = "long_title"
    LONG_BODY = "long_body"
    NO_MOMENT = "no_moment"
    NO_QUESTION = "no_question"
    TWICE = "twice"
    PATIENT_DATA = "patient_data"


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A row that cannot be used."""

    line: int
    fault: Fault


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """A question of another board."""

    line: int
    key: str
    title: str
    body: str
    written_at: datetime
    author: str = ""
    tags: tuple[str, ...] = ()
    accepted: str = ""  # the key of the answer that solved it


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """An answer of another board."""

    line: int
    key: str
    question: str
    body: str
    written_at: datetime
    author: str = ""
    is_accepted: bool = False


@dataclass(frozen=True, kw_only=True)
class CommentRow:
    """A comment of another board."""

    line: int
    key: str
    post: str
    body: str
    written_at: datetime
    author: str = ""


@dataclass(frozen=True, kw_only=True)
class LinkRow:
    """A question of another board is the same as an earlier one."""

    line: int
    duplicate: str
    original: str


Row = QuestionRow | AnswerRow | CommentRow | LinkRow


class BadRow(Exception):
    """Refuse a row."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def text(values: Mapping[str, str | None], name: str) -> str:
    """Give a value without what no database takes."""
    return (values.get(name) or "").replace("\0", "").encode("utf-8", "replace").decode().strip()


def moment(written: str) -> datetime:
    """Read a moment; without a zone it is UTC, as the dumps of other boards write it."""
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise BadRow(Fault.NO_MOMENT) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def tags(written: str) -> tuple[str, ...]:
    """Read tags as «<a><b>», «|a|b|», «a, b» or «a b»; small letters, each once, five at most."""
    words = (re.sub(r"[^\wæøå-]+", "-", word.casefold()).strip("-_") for word in re.split(r"[<>|,;\s]+", written))
    return tuple(dict.fromkeys(word.replace("_", "-")[:TAG_LONGEST] for word in words if word))[:TAGS_MOST]


def checked(row: Row) -> Row:
    """Give a row that can be used, or raise BadRow."""
    for fault in _faults(row):
        raise BadRow(fault)
    return row


def _faults(row: Row) -> Iterable[Fault]:
    if isinstance(row, LinkRow):
        return [Fault.NO_KEY] if not row.duplicate or not row.original else []
    longest = COMMENT_LONGEST if isinstance(row, CommentRow) else BODY_LONGEST
    is_question = isinstance(row, QuestionRow)
    checks = {
        Fault.NO_KEY: not row.key or len(row.key) > KEY_LONGEST,
        Fault.NO_TITLE: is_question and not getattr(row, "title", ""),
        Fault.LONG_TITLE: is_question and len(getattr(row, "title", "")) > TITLE_LONGEST,
        Fault.NO_BODY: not is_question and not row.body,
        Fault.LONG_BODY: len(row.body) > longest,
    }
    return (fault for fault, is_so in checks.items() if is_so)


def credit(body: str, *, author: str, source: str, licence: str) -> str:
    """Say below a text who wrote it, where, and on which terms, where it has an author whom nobody here is."""
    said: Sequence[str] = [part for part in (author, source, licence) if part]
    return f"{body}\n\n— {' · '.join(said)}" if said else body
