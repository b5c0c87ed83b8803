"""What happens on the board. Ids only: who is told looks the words up, with the rights of the reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Somebody asked."""

    question_id: int
    author_id: int | None  # none: without a name
    by_id: int  # who is not told of their own act; never stored


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Somebody answered."""

    question_id: int
    answer_id: int
    author_id: int | None
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Thanked:
    """Somebody thanked for an answer."""

    answer_id: int
    question_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Solved:
    """The asker said which answer solved it."""

    question_id: int
    answer_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Changed:
    """The words, the tags or the state of a question or of one of its answers changed."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """A question was taken out of sight."""

    question_id: int
