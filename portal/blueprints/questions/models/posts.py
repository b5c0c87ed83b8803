"""Questions, answers and comments.

A post has an author, or it is without a name: then `author_id` is empty, and `mask` holds a keyed digest of the salt of
the thread and the author. It tells the author that the post is theirs, and the readers of one thread which posts are
by the same hand; nobody can go from it to a person, or from one thread to another, without the keys of the server.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.rules import states
from portal.blueprints.questions.rules.posts import TITLE_LONGEST
from portal.blueprints.questions.rules.states import Shown, State
from portal.core import clock
from portal.core.db import Base, Timestamped

ONE_HAND = "author_id IS NULL OR mask IS NULL"
HAS_MASK = text("mask IS NOT NULL")


def few(name: str, column: str) -> Index:
    """Index a column that is empty in nearly every row."""
    there = text(f"{column} IS NOT NULL")
    return Index(name, column, sqlite_where=there, postgresql_where=there)


class Authored(Timestamped):
    """What every post has: an author or a mask, its words' version, and where it was imported from."""

    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    mask: Mapped[str | None] = mapped_column(String(64))
    salt: Mapped[str | None] = mapped_column(String(64))  # what the mask was made with: a merge does not change it
    # Of the form it came from: the same form sent twice is one post.
    key: Mapped[str | None] = mapped_column(String(40))
    origin: Mapped[str | None] = mapped_column(String(120), unique=True)  # where an import found it
    changed_at: Mapped[datetime | None]
    # Of the words and tags, and of nothing else: who changes them says which version they had read.
    version: Mapped[int] = mapped_column(default=1)
    is_hidden: Mapped[bool] = mapped_column(default=False)

    @declared_attr
    @classmethod
    def author(cls) -> Mapped[Person | None]:
        """Give the author, unless the post is without a name."""
        return relationship(Person, foreign_keys=[cls.author_id])

    @property
    def is_anonymous(self) -> bool:
        """Tell whether it is without a name."""
        return self.author_id is None


class Question(Authored, Base):
    """Something a colleague wonders about."""

    __tablename__ = "question"
    __table_args__ = (
        Index("ix_question_state", "state", "created_at", "id"),
        Index("ix_question_author", "author_id", "created_at", "id"),
        Index("ix_question_created", "created_at", "id"),
        Index("ix_question_mask", "mask"),
        *(few(f"ix_question_{name}", name) for name in ("claimed_by_id", "info_given_at", "reopened_at")),
        UniqueConstraint("author_id", "key"),
        UniqueConstraint("mask", "key"),
        Index("ix_question_nameless_key", "key", sqlite_where=HAS_MASK, postgresql_where=HAS_MASK),
        CheckConstraint(ONE_HAND, name="one_hand"),
        CheckConstraint("(state = 'solved') = (accepted_answer_id IS NOT NULL)", name="solved_by_an_answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_LONGEST))
    body: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[State] = mapped_column(String(10), default=State.OPEN)
    answer_count: Mapped[int] = mapped_column(default=0)
    accepted_answer_id: Mapped[int | None] = mapped_column(
        ForeignKey("answer.id", use_alter=True, name="fk_question_accepted_answer_id")
    )
    accepted_by_peer: Mapped[bool] = mapped_column(default=False)  # the asker has been silent for days
    solved_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    active_at: Mapped[datetime] = mapped_column(default=clock.now)  # when something was last written
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_until: Mapped[datetime | None]
    addressee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_tag_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id", ondelete="SET NULL"), index=True)
    is_easy: Mapped[bool] = mapped_column(default=False)  # those who want to learn are asked first
    info_wanted_at: Mapped[datetime | None]  # somebody needs to know more before they can answer
    info_given_at: Mapped[datetime | None]  # the asker has told more, and nobody has answered since
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="SET NULL"), index=True)
    duplicate_article: Mapped[str] = mapped_column(String(20), default="")  # the number of the article that answers it
    is_locked: Mapped[bool] = mapped_column(default=False)

    claimed_by: Mapped[Person | None] = relationship(foreign_keys=claimed_by_id)
    addressee: Mapped[Person | None] = relationship(foreign_keys=addressee_id)
    asked_tag: Mapped[Tag | None] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary="question_tag", order_by=Tag.name_nn)
    answers: Mapped[list[Answer]] = relationship(
        back_populates="question", foreign_keys="Answer.question_id", order_by="Answer.id"
    )
    comments: Mapped[list[Comment]] = relationship(
        foreign_keys="Comment.question_id", order_by="Comment.id", viewonly=True
    )
    duplicate_of: Mapped[Question | None] = relationship(remote_side="Question.id", foreign_keys=duplicate_of_id)

    @property
    def shown(self) -> Shown:
        """Give the state that a reader sees now."""
        return states.shown(
            State(self.state),
            claimed_until=self.claimed_until,
            is_info_wanted=self.info_wanted_at is not None,
            is_duplicate=self.is_duplicate,
            is_reopened=self.reopened_at is not None,
            now=clock.now(),
        )

    @property
    def is_duplicate(self) -> bool:
        """Tell whether the answer stands somewhere else."""
        return self.duplicate_of_id is not None or bool(self.duplicate_article)

    @property
    def solved_in(self) -> tuple[str, int] | None:
        """Give how long it took, in one unit."""
        if self.solved_at is None or self.is_anonymous:  # of what has no name only the hours are known
            return None
        return states.solved_in(self.created_at, self.solved_at)

    def count_answers(self, difference: int) -> None:
        """Take answers into account that came or went; whoever was looking at it has been heard."""
        self.answer_count += difference
        if difference > 0:
            self.claimed_by_id = self.claimed_until = None
            self.reopened_at = self.info_given_at = None
        self._settle()

    def recount(self, answers: int) -> None:
        """Take into account that answers went to another thread or came back: nothing new was said by that."""
        self.answer_count = answers
        self._settle()

    def accept(self, answer_id: int, moment: datetime, *, by_peer: bool = False) -> None:
        """Say which answer solved it."""
        self.accepted_answer_id, self.solved_at, self.accepted_by_peer = answer_id, moment, by_peer
        self.info_wanted_at = self.info_given_at = self.reopened_at = None
        self.claimed_by_id = self.claimed_until = None
        self._settle()

    def want_more(self, moment: datetime) -> None:
        """Say that somebody needs to know more."""
        self.info_wanted_at, self.info_given_at = moment, None

    def tell_more(self, moment: datetime) -> None:
        """Say that the asker has told more."""
        if self.info_wanted_at is not None:
            self.info_wanted_at, self.info_given_at = None, moment

    def reopen(self, moment: datetime | None = None) -> None:
        """Say that it is not solved after all."""
        self.accepted_answer_id = self.solved_at = None
        self.accepted_by_peer, self.reopened_at = False, moment
        self._settle()

    def _settle(self) -> None:
        self.state = states.state(answers=self.answer_count, is_solved=self.accepted_answer_id is not None)


class Answer(Authored, Base):
    """What a colleague answered."""

    __tablename__ = "answer"
    __table_args__ = (
        Index("ix_answer_question_id", "question_id", "id"),
        UniqueConstraint("author_id", "key"),
        UniqueConstraint("mask", "key"),
        Index("ix_answer_nameless_key", "key", sqlite_where=HAS_MASK, postgresql_where=HAS_MASK),
        CheckConstraint(ONE_HAND, name="one_hand"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(Text)

    question: Mapped[Question] = relationship(back_populates="answers", foreign_keys=question_id)


class Comment(Authored, Base):
    """A short remark to a question, or to one of its answers."""

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_question_id", "question_id", "id"),
        UniqueConstraint("author_id", "key"),
        UniqueConstraint("mask", "key"),
        Index("ix_comment_nameless_key", "key", sqlite_where=HAS_MASK, postgresql_where=HAS_MASK),
        CheckConstraint(ONE_HAND, name="one_hand"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(Text)

    question: Mapped[Question] = relationship(foreign_keys=question_id)


Post = Question | Answer | Comment
