"""Questions, answers, and what colleagues say of them by a press."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.blueprints.questions import rules
from portal.blueprints.questions.rules import Shown, State
from portal.core import clock
from portal.core.db import Base, Timestamped


class Tag(Base):
    """A system or a subject that questions are about."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name_nn: Mapped[str] = mapped_column(String(40))
    name_nb: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(40))
    color: Mapped[str] = mapped_column(String(10), default="neutral")

    def name(self, locale: str) -> str:
        """Give the name in a language."""
        return {"nb": self.name_nb, "en": self.name_en}.get(locale, self.name_nn)


class QuestionTag(Base):
    """A question is about a tag."""

    __tablename__ = "question_tag"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True)


class Question(Timestamped, Base):
    """Something a colleague wonders about."""

    __tablename__ = "question"
    __table_args__ = (
        Index("ix_question_state", "state", "created_at", "id"),
        Index("ix_question_author", "author_id", "created_at", "id"),
        Index("ix_question_created", "created_at", "id"),
        UniqueConstraint("author_id", "key"),
        CheckConstraint("(state = 'solved') = (accepted_answer_id IS NOT NULL)", name="solved_by_an_answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str | None] = mapped_column(
        String(40)
    )  # of the form it came from: the same form sent twice is one post
    title: Mapped[str] = mapped_column(String(rules.TITLE_LONGEST))
    body: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[State] = mapped_column(String(10), default=State.OPEN)
    answer_count: Mapped[int] = mapped_column(default=0)
    accepted_answer_id: Mapped[int | None] = mapped_column(
        ForeignKey("answer.id", use_alter=True, name="fk_question_accepted_answer_id")
    )
    solved_at: Mapped[datetime | None]
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_until: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)  # of the words and tags; answers and presses do not raise it
    is_hidden: Mapped[bool] = mapped_column(default=False)

    author: Mapped[Person] = relationship(foreign_keys=author_id)
    claimed_by: Mapped[Person | None] = relationship(foreign_keys=claimed_by_id)
    tags: Mapped[list[Tag]] = relationship(secondary="question_tag", order_by=Tag.name_nn)
    answers: Mapped[list[Answer]] = relationship(
        back_populates="question", foreign_keys="Answer.question_id", order_by="Answer.id"
    )

    @property
    def shown(self) -> Shown:
        """Give the state that a reader sees now."""
        return rules.shown(State(self.state), claimed_until=self.claimed_until, now=clock.now())

    @property
    def solved_in(self) -> tuple[str, int] | None:
        """Give how long it took, in one unit."""
        return rules.solved_in(self.created_at, self.solved_at) if self.solved_at else None

    def count_answer(self) -> None:
        """Take a new answer into account; whoever was looking at it has been heard."""
        self.answer_count += 1
        self.claimed_by_id = self.claimed_until = None
        self._settle()

    def accept(self, answer_id: int, moment: datetime) -> None:
        """Say which answer solved it."""
        self.accepted_answer_id, self.solved_at = answer_id, moment
        self._settle()

    def reopen(self) -> None:
        """Say that it is not solved after all."""
        self.accepted_answer_id = self.solved_at = None
        self._settle()

    def _settle(self) -> None:
        self.state = rules.state(answers=self.answer_count, is_solved=self.accepted_answer_id is not None)


class Answer(Timestamped, Base):
    """What a colleague answered."""

    __tablename__ = "answer"
    __table_args__ = (Index("ix_answer_question_id", "question_id", "id"), UniqueConstraint("author_id", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str | None] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[Person] = relationship()
    question: Mapped[Question] = relationship(back_populates="answers", foreign_keys=question_id)


class Thanks(Timestamped, Base):
    """A colleague thanked for an answer; only its author sees who."""

    __tablename__ = "thanks"

    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Wondering(Timestamped, Base):
    """A colleague wonders about the same."""

    __tablename__ = "wondering"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Following(Timestamped, Base):
    """A colleague wants to hear what comes of a question."""

    __tablename__ = "following"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Picture(Timestamped, Base):
    """A picture of a post: cleaned, kept in the database so that it is backed up and removed together with it."""

    __tablename__ = "picture"

    token: Mapped[str] = mapped_column(String(22), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mime: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
