"""What the index holds: documents with their audience, the words of the house, and which words mean the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.db import Base

LONGEST_TITLE = 300
LONGEST_BODY = 20_000
EVERYBODY = "all"
UNLIKENED = "likened_at IS NULL"


class SearchDocument(Base):
    """One text that can be found, and who may find it: «all», «person:7» or «role:organiser».

    The engines keep their own tables beside this one (search_index, search_trigram), made by the migration.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        UniqueConstraint("kind", "ref"),
        Index("ix_search_document_unlikened", "id", sqlite_where=text(UNLIKENED), postgresql_where=text(UNLIKENED)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    ref: Mapped[int]
    audience: Mapped[str] = mapped_column(String(60), default=EVERYBODY)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    body: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[str] = mapped_column(String(500), default="")
    title_keys: Mapped[str] = mapped_column(Text, default="")
    body_keys: Mapped[str] = mapped_column(Text, default="")
    title_words: Mapped[str] = mapped_column(Text, default="")
    body_words: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    leads_to_kind: Mapped[str | None] = mapped_column(String(40))  # a duplicate leads to its original
    leads_to_ref: Mapped[int | None]
    likened_at: Mapped[datetime | None]  # when what it is like was looked up; never, since it was last changed


class SearchLikeness(Base):
    """Two texts for everybody are like each other: kept, so that a page need not look it up each time it is opened."""

    __tablename__ = "search_likeness"

    document_id: Mapped[int] = mapped_column(ForeignKey("search_document.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        ForeignKey("search_document.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    score: Mapped[float] = mapped_column(Double)


class SearchWord(Base):
    """A key and in how many texts for everybody it stands."""

    __tablename__ = "search_word"

    word: Mapped[str] = mapped_column(String(80), primary_key=True)
    documents: Mapped[int]


class SearchSynonym(Base):
    """A group of terms that mean the same, as people write them, with commas between."""

    __tablename__ = "search_synonym"

    id: Mapped[int] = mapped_column(primary_key=True)
    terms: Mapped[str] = mapped_column(String(500))


class SearchState(Base):
    """What the index was made with: the version of the folding rules, of the vocabulary and of the synonyms."""

    __tablename__ = "search_state"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(80))
