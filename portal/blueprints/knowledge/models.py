"""Articles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Dialect, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from portal.blueprints.knowledge import rules
from portal.blueprints.people.models import Person
from portal.core.db import Base, Timestamped


class Tags(TypeDecorator[tuple[str, ...]]):
    """Tags in one column, «,teams,opptak,», so that a list of articles is read with one query."""

    impl = String(400)
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, _dialect: Dialect) -> str:
        """Write the tags."""
        words = list(value or ())
        return f",{','.join(words)}," if words else ""

    def process_result_value(self, value: str | None, _dialect: Dialect) -> tuple[str, ...]:
        """Read the tags."""
        return tuple(tag for tag in (value or "").split(",") if tag)


class Article(Timestamped, Base):
    """What the desk knows about something."""

    __tablename__ = "article"
    __table_args__ = (Index("ix_article_title", "is_published", "title", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    title: Mapped[str] = mapped_column(String(rules.TITLE_LONGEST))
    also_called: Mapped[str] = mapped_column(String(rules.TITLE_LONGEST), default="")
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="nb")
    tags: Mapped[tuple[str, ...]] = mapped_column(Tags(), default=())
    source: Mapped[str] = mapped_column(String(rules.SOURCE_LONGEST), default="")
    source_key: Mapped[str | None] = mapped_column(String(rules.KEY_LONGEST), unique=True)
    # Of the row it was imported from; empty once somebody has changed it here: then the import leaves it alone.
    digest: Mapped[str] = mapped_column(String(64), default="")
    reviewed_on: Mapped[date | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    is_published: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    owner: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_imported(self) -> bool:
        """Tell whether it came from another system."""
        return self.source_key is not None

    def take(self, row: rules.ArticleRow) -> None:
        """Become what a row of the import says. Whether it is shown is decided here, not there."""
        self.title, self.body, self.also_called = row.title, row.body, row.also_called
        self.language, self.source, self.tags = row.language, row.source, row.tags
        self.reviewed_on = row.reviewed_on
        self.digest = row.digest
