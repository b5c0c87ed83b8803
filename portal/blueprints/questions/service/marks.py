"""What one says by one press: thanks, me too, I follow this."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from portal.blueprints.questions.facts import Thanked
from portal.blueprints.questions.models.marks import Following, Thanks, Wondering
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import authors, threads
from portal.blueprints.questions.rules import posts as rules
from portal.core import live
from portal.core.db import Base, db
from portal.core.errors import NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def thank(viewer: Viewer, question_id: int, answer_id: int) -> None:
    """Thank for an answer. Twice is once, and its author is told once."""
    thanked = threads.get_answer(viewer, question_id, answer_id)
    if not rules.may_thank(is_author=authors.is_author(viewer, thanked)):
        raise NotAllowed(N_("Thanks are for others. Your answer has surely earned some."))
    if _is_nameless_asker(viewer, thanked.question):
        # Nothing is written down that would name the asker; the thanks reach whoever answered all the same.
        record(Thanked(answer_id=thanked.id, question_id=question_id, by_id=viewer.id, is_nameless=True))
    elif add_mark(Thanks(answer_id=thanked.id, person_id=viewer.id)):
        record(Thanked(answer_id=thanked.id, question_id=question_id, by_id=viewer.id))
        live.publish(f"question-{question_id}")


def take_thanks_back(viewer: Viewer, question_id: int, answer_id: int) -> None:
    """Undo a press by mistake."""
    thanked = threads.get_answer(viewer, question_id, answer_id)
    remove_mark(Thanks, thanked.id, viewer)
    live.publish(f"question-{question_id}")


def wonder_too(viewer: Viewer, question_id: int, *, too: bool) -> None:
    """Say, or no longer say, that one wonders about the same; who does hears of the answers."""
    question = threads.get_question(viewer, question_id)
    if _is_nameless_asker(viewer, question):
        return
    if too:
        add_mark(Wondering(question_id=question.id, person_id=viewer.id))
        follow(viewer, question)
    else:
        remove_mark(Wondering, question.id, viewer)
    live.publish(f"question-{question.id}")


def choose_following(viewer: Viewer, question_id: int, *, wanted: bool) -> None:
    """Hear, or no longer hear, what comes of a question."""
    question = threads.get_question(viewer, question_id)
    if _is_nameless_asker(viewer, question):
        return  # told of everything by the mask of the thread; a list of followers would name them
    if wanted:
        follow(viewer, question)
    else:
        remove_mark(Following, question.id, viewer)


def _is_nameless_asker(viewer: Viewer, question: Question) -> bool:
    return question.is_anonymous and authors.is_author(viewer, question)


def follow(viewer: Viewer, question: Question) -> None:
    """Hear what comes of a question."""
    add_mark(Following(question_id=question.id, person_id=viewer.id))


def add_mark(mark: Base) -> bool:
    """Add a mark of a person; tell whether it was new."""
    key = [getattr(mark, column.name) for column in type(mark).__table__.primary_key]
    if db.session.get(type(mark), key) is not None:
        return False
    try:
        with db.session.begin_nested():
            db.session.add(mark)
    except IntegrityError:  # the same press from another tab came first
        return False
    return True


def remove_mark(kind: type[Base], subject_id: int, viewer: Viewer) -> None:
    """Take a mark of a person away, if it is there."""
    mark = db.session.get(kind, (subject_id, viewer.id))
    if mark is not None:
        db.session.delete(mark)
