"""Patterns, and the version of everything that becomes a link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, Dialect, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from portal.blueprints.references.rules import patterns
from portal.blueprints.references.rules.patterns import Case
from portal.core.db import Base, Timestamped


class Cases(TypeDecorator[tuple[Case, ...]]):
    """Test cases in one column: they are read, run and written together with their pattern, never alone."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Iterable[Case] | None, _dialect: Dialect) -> list[dict[str, Any]]:
        """Write the cases."""
        return [{"text": case.text, "links": list(case.links)} for case in value or ()]

    def process_result_value(self, value: list[dict[str, Any]] | None, _dialect: Dialect) -> tuple[Case, ...]:
        """Read the cases."""
        return tuple(Case(text=each["text"], links=tuple(each["links"])) for each in value or ())


class ReferencePattern(Timestamped, Base):
    """What a number looks like, and where it leads."""

    __tablename__ = "reference_pattern"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(patterns.NAME_LONGEST), unique=True)
    pattern: Mapped[str] = mapped_column(String(patterns.PATTERN_LONGEST))
    url: Mapped[str] = mapped_column(String(patterns.URL_LONGEST))
    cases: Mapped[tuple[Case, ...]] = mapped_column(Cases(), default=())
    position: Mapped[int] = mapped_column(default=0)  # where two patterns would have the same words, the first has them
    is_active: Mapped[bool] = mapped_column(default=True)


class ReferenceVersion(Base):
    """One row with one word, another word after each change of a pattern or of a name that may be mentioned.

    A word and not a number: a change that is undone must not leave its number to the next one.
    """

    __tablename__ = "reference_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(32))
