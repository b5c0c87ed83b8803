"""What a colleague follows besides single questions, which filters they keep, and what opens their feeds."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.rules.finding import NAME_LONGEST, QUERY_LONGEST
from portal.core.db import Base, Timestamped

Index("ix_question_solved", Question.solved_at, Question.id)
Index("ix_question_active", Question.active_at, Question.id)


class TagFollowing(Timestamped, Base):
    """A colleague wants to hear of new questions about a tag."""

    __tablename__ = "tag_following"

    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class TopicFollowing(Timestamped, Base):
    """A colleague wants to hear of new questions about what another one is good at, whatever that is at the time."""

    __tablename__ = "topic_following"

    of_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class OpenTopics(Timestamped, Base):
    """A colleague lets the others see and follow what they know. Who does not has no row."""

    __tablename__ = "open_topics"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class SavedFilter(Timestamped, Base):
    """A search of the board that a colleague keeps under a name."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(NAME_LONGEST))
    query: Mapped[str] = mapped_column(String(QUERY_LONGEST))


class FeedKey(Timestamped, Base):
    """What the secret of a colleague's feeds is made with. The secret itself is kept nowhere."""

    __tablename__ = "feed_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))  # never used twice: an address that was closed stays closed
