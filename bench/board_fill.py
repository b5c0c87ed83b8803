"""Fill an empty portal with a big board, by rows in bulk: the same board for the same size and seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, literal_column, select, text, update

from bench.board_texts import Dice, Thread, Writer
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.marks import Following, Thanks, Wondering
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.models.tags import QuestionTag, Tag
from portal.blueprints.search import queries, service
from portal.blueprints.search.models import SearchDocument
from portal.blueprints.search.service import Document
from portal.core import clock, markdown
from portal.core.db import Base, db, is_sqlite, transaction
from portal.demo.people import make_tags

CHUNK = 1000
LEARNT_FROM = 0.05
"""The share of the board that the words of the house are counted in before the rest is folded by them."""
LIKENED = 200
FIRST_DAY, LAST_DAY = datetime(2020, 1, 6, 7, tzinfo=UTC), datetime(2026, 11, 20, 14, tzinfo=UTC)
ANSWERS = (0, 0, 1, 1, 1, 2, 2, 2, 3, 8)
"""Each as likely as the others: two on the average."""
NAMES = (
    ("Kari", "Ola", "Ingrid", "Lars", "Anne", "Per", "Silje", "Jon", "Marit", "Knut", "Eli", "Geir", "Hanne", "Odd"),
    ("Skjerdal", "Vik", "Haugen", "Dale", "Moen", "Strand", "Lie", "Berge", "Bakke", "Hauge", "Sande", "Myhre"),
)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How big a board, and which."""

    questions: int = 100_000
    people: int = 200
    long_thread: int = 300
    seed: int = 1

    @property
    def long_id(self) -> int:
        """Give the question with the long thread."""
        return self.questions // 2 + 1


def fill(size: Size, say: Callable[[str], None]) -> None:
    """Make people, tags, questions, answers and presses, and index them as they come."""
    with transaction():
        db.session.execute(insert(Person), list(_people(size.people)))
        tags = {tag.id: [tag.name_nn, tag.name_nb, tag.name_en] for tag in make_tags().values()}
    posts, done, is_learnt = Posts(size, tags), 0, False
    while chunk := list(islice(posts, CHUNK)):
        with transaction():
            _write(chunk)
            service.index_all(each.document for each in chunk)
        done += len(chunk)
        if not is_learnt and done >= LEARNT_FROM * size.questions:
            is_learnt = True
            _let_a_night_pass(is_folded_anew=True)
        if done % 10_000 == 0:
            say(f"{done} questions …")
    _let_a_night_pass(is_folded_anew=False)
    _finish()


def _people(count: int) -> Iterator[dict[str, Any]]:
    first, last = NAMES
    for number in range(count):
        name = f"{first[number % len(first)]} {last[(number // len(first)) % len(last)]}"
        name += f" {number // (len(first) * len(last)) + 1}" if number >= len(first) * len(last) else ""
        roles = frozenset({Role.PEER_SUPPORTER} if number % 10 == 0 else ())
        yield {
            "id": number + 1,
            "username": f"colleague-{number + 1}",
            "name": name,
            "email": f"colleague-{number + 1}@tunet.example",
            "roles": roles,
        }


@dataclass(frozen=True, kw_only=True)
class Post:
    """A question with all that hangs on it, as rows."""

    question: dict[str, Any]
    answers: list[dict[str, Any]]
    tags: list[dict[str, int]]
    presses: dict[type[Base], list[dict[str, Any]]]
    document: Document


class Posts(Iterator[Post]):
    """The posts of a board, oldest first; ids rise with time."""

    def __init__(self, size: Size, tags: dict[int, list[str]]) -> None:
        self.size, self.tags = size, tags
        self.writer, self.dice = Writer(size.seed), Dice(size.seed + 1)
        self.number = self.last_answer = 0

    def __next__(self) -> Post:
        """Give the next one."""
        if self.number == self.size.questions:
            raise StopIteration
        self.number += 1
        count = self.dice.random.choice(ANSWERS) if self.number != self.size.long_id else self.size.long_thread
        return self._post(self.writer.thread(count))

    def _post(self, thread: Thread) -> Post:
        asked_at = FIRST_DAY + (LAST_DAY - FIRST_DAY) * (self.number / self.size.questions)
        answers = [self._answer(body, asked_at + timedelta(minutes=7 * place + 5), place) for place, body in
                   enumerate(thread.answers)]  # fmt: skip
        tags = list(dict.fromkeys(sorted(self.tags)[self.dice.place(len(self.tags))] for _ in range(2)))
        question = {
            "id": self.number,
            "author_id": self._person(),
            "title": thread.title,
            "body": thread.body,
            "state": "answered" if answers else "open",
            "answer_count": len(answers),
            "created_at": asked_at,
            "active_at": answers[-1]["created_at"] if answers else asked_at,
        }
        return Post(
            question=question,
            answers=answers,
            tags=[{"question_id": self.number, "tag_id": tag} for tag in tags],
            presses=self._presses(question, answers),
            document=self._document(thread, tags),
        )

    def _answer(self, body: str, moment: datetime, _place: int) -> dict[str, Any]:
        self.last_answer += 1
        return {
            "id": self.last_answer,
            "question_id": self.number,
            "author_id": self._person(),
            "body": body,
            "created_at": moment,
        }

    def _presses(self, question: dict[str, Any], answers: Sequence[dict[str, Any]]) -> dict[type[Base], list[Any]]:
        moment = question["active_at"]
        pressed = {"question_id": self.number, "created_at": moment}
        thanked = [each for each in answers if self.dice.random.random() < 0.4]
        return {
            Following: [{**pressed, "person_id": question["author_id"]}],
            Wondering: [{**pressed, "person_id": self._person()}] if self.dice.random.random() < 0.2 else [],
            Thanks: [{"answer_id": each["id"], "person_id": self._person(), "created_at": moment} for each in thanked],
        }

    def _person(self) -> int:
        return self.dice.place(self.size.people) + 1

    def _document(self, thread: Thread, tags: Sequence[int]) -> Document:
        """Say how it is found, as the board itself does."""
        texts = (markdown.plain(each) if "```" in each else each for each in (thread.body, *thread.answers) if each)
        names = [name for tag in tags for name in dict.fromkeys(self.tags[tag])]
        return {
            "kind": "question",
            "ref": self.number,
            "title": thread.title,
            "body": "\n".join(texts),
            "tags": names,
        }


def _write(chunk: Sequence[Post]) -> None:
    # Only what differs from post to post is said: columns that come to the tables later take their own defaults.
    db.session.execute(insert(Question), [post.question for post in chunk])
    rows: dict[type[Base], list[Any]] = {
        Answer: [answer for post in chunk for answer in post.answers],
        QuestionTag: [tag for post in chunk for tag in post.tags],
    }
    for post in chunk:
        for model, presses in post.presses.items():
            rows.setdefault(model, []).extend(presses)
    for model, each in rows.items():
        if each:
            db.session.execute(insert(model), each)
    _solve([post.question["id"] for post in chunk if post.answers and post.question["id"] % 10 < 7])


def _solve(ids: Sequence[int]) -> None:
    first = select(func.min(Answer.id)).where(Answer.question_id == Question.id).scalar_subquery()
    solved = {"state": "solved", "solved_at": Question.active_at, "accepted_answer_id": first}
    db.session.execute(update(Question).where(Question.id.in_(ids)).values(solved).execution_options(
        synchronize_session=False))  # fmt: skip


def _let_a_night_pass(*, is_folded_anew: bool) -> None:
    with transaction():
        service.rebuild_vocabulary()
    if is_folded_anew:
        for _chunk in service.refold():
            with transaction():
                pass


def _finish() -> None:
    """Look up what the newest are like, as the worker does; the rest is called done, with nothing kept for it."""
    with transaction():
        service.keep_like(queries.look_up_like(LIKENED))
        waiting = SearchDocument.likened_at.is_(None)
        db.session.execute(update(SearchDocument).where(waiting).values(likened_at=clock.now()))
        service.sweep()
        if is_sqlite():
            db.session.execute(text("ANALYZE"))
            return
        for model in (Person, Tag, Question, Answer):
            name = model.__tablename__
            last = select(func.max(literal_column("id"))).select_from(text(name)).scalar_subquery()
            db.session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))
        db.session.execute(text("ANALYZE"))


def count() -> dict[str, int]:
    """Count what stands on the board."""
    counted = {model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) or 0 for model in
               (Person, Question, Answer)}  # fmt: skip
    return {**counted, "indexed": queries.count()}
