"""Taking one's name off what one wrote, or taking it away; nobody else is asked, and what others wrote stays."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, select, update

from portal.blueprints.notifications import service as notifications
from portal.blueprints.notifications.service import unnaming
from portal.blueprints.people.models import Person
from portal.blueprints.questions.facts import Changed, Hidden
from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.marks import Following
from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import authors, own, wordings
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.service import posting, redacting, traces
from portal.core import privacy
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def take_name_off(viewer: Viewer, post: Post) -> None:
    """Let a post of the viewer's own stand without a name from now on; it is still theirs to change."""
    _must_be_author(viewer, post)
    question = _locked(post)
    if post.author_id is None:
        return
    question.salt = question.salt or secrets.token_hex(16)
    mask = authors.masks(viewer.id, question.salt)[0]
    post.author_id, post.salt, post.mask, post.key = None, question.salt, mask, None
    _blur(viewer, post, question)
    if not isinstance(post, Question):
        posting.number_hand(post)
    _tell(question)


def remove(viewer: Viewer, post: Post) -> bool:
    """Take a post of the viewer's own away, with all that it said before. Tell whether the whole page is gone.

    A question that others have answered, and an answer that others have commented on, leave an empty place behind,
    so that what the others wrote stays readable.
    """
    _must_be_author(viewer, post)
    question = _locked(post)
    match post:
        case Question() if not own.has_others(viewer, post):
            _remove_thread(post)
            return True
        case Answer() if not own.has_remarks(viewer, post):
            _remove_answer(question, post)
        case Comment():
            db.session.delete(post)
        case _:
            redacting.redact(viewer, post, is_all=True, with_pictures=True)
            _detach(viewer, post, question)
    db.session.flush()
    _tell(question)
    return False


def take_name_off_all(viewer: Viewer) -> None:
    """Take the viewer's name off everything they have written here."""
    for post in (*own.questions(viewer), *own.replies(viewer)):
        take_name_off(viewer, post)


def remove_all(viewer: Viewer) -> None:
    """Take everything away that the viewer has written here: comments first, so that fewer empty places are left."""
    for reply in reversed(list(own.replies(viewer))):
        remove(viewer, reply)
    for question in own.questions(viewer):
        remove(viewer, question)


def _must_be_author(viewer: Viewer, post: Post) -> None:
    if not authors.is_author(viewer, post):
        raise NotAllowed(N_("Only the one who wrote this can take it away."))


def _locked(post: Post) -> Question:
    question_id = post.id if isinstance(post, Question) else post.question_id
    query = select(Question).where(Question.id == question_id).with_for_update()
    question = db.session.scalars(query.execution_options(populate_existing=True)).one()
    db.session.refresh(post)
    return question


def _remove_thread(question: Question) -> None:
    question.reopen()
    db.session.flush()
    record(Hidden(question_id=question.id))
    notifications.take_back_page(endpoint="questions.thread", values={"question_id": question.id})
    db.session.execute(delete(Comment).where(Comment.question_id == question.id))
    db.session.execute(delete(Answer).where(Answer.question_id == question.id))
    db.session.delete(question)
    posting.publish(question)
    db.session.flush()


def _remove_answer(question: Question, answer: Answer) -> None:
    if question.accepted_answer_id == answer.id:
        question.reopen()
    _delete_pictures(answer, question)
    if not answer.is_hidden:
        question.count_answers(-1)
    db.session.flush()
    db.session.execute(delete(Comment).where(Comment.answer_id == answer.id))
    db.session.delete(answer)


def _delete_pictures(post: Post, question: Question) -> None:
    tokens = rules.picture_tokens(post.body)
    db.session.execute(delete(Picture).where(Picture.token.in_(tokens), Picture.question_id == question.id))


def _detach(viewer: Viewer, post: Post, question: Question) -> None:
    """Cut the last thread between an empty place and whoever wrote there."""
    post.author_id = post.mask = post.salt = post.key = post.origin = None
    _blur(viewer, post, question)


def _blur(viewer: Viewer, post: Post, question: Question) -> None:
    """Let nothing beside a post tell whose it was: times, earlier wordings, pictures, followers, notices."""
    post.created_at = rules.coarse(post.created_at)
    post.changed_at = rules.coarse(post.changed_at) if post.changed_at else None
    for wording in db.session.scalars(select(Revision).where(wordings.of(post), Revision.written_by_id == viewer.id)):
        wording.written_by_id, wording.written_at = None, rules.coarse(wording.written_at)
    mine = update(Picture).where(Picture.question_id == question.id, Picture.owner_id == viewer.id)
    shown = mine.where(Picture.token.in_(rules.picture_tokens(post.body)))
    db.session.execute(shown.values(owner_id=None), execution_options={"synchronize_session": False})
    followed = delete(Following).where(Following.question_id == question.id, Following.person_id == viewer.id)
    db.session.execute(followed)
    unnaming.forget_actor(viewer.id, endpoint="questions.thread", values={"question_id": question.id})


def _tell(question: Question) -> None:
    record(Changed(question_id=question.id))
    posting.publish(question)


def export(person_id: int) -> dict[str, object]:
    """Give all that a person has written here, for the export of their data."""
    return own.document(db.session.get_one(Person, person_id))


def erase(person_id: int) -> None:
    """Take a person's name off everything, and cut what is left between the posts and them."""
    person = db.session.get_one(Person, person_id)
    for post in (*own.questions(person), *own.replies(person)):
        # Also in a thread that is out of sight for its author.
        question = db.session.get_one(Question, post.id if isinstance(post, Question) else post.question_id)
        _detach(person, post, question)


def remove_for_good(person_id: int) -> None:
    """Take everything away that a person has written, before their name goes."""
    remove_all(db.session.get_one(Person, person_id))


privacy.register(
    "questions",
    what=N_("What you have asked, answered and commented, and how you worded it before"),
    seen_by=N_("All colleagues; without your name if you chose that"),
    kept=N_("Until you take it away"),
    stays=N_(
        "The words stay without your name, because others lean on them; unless you choose to have them taken away too."
    ),
    tables=("question", "answer", "comment", "revision"),
    export=export,
    erase=erase,
    remove=remove_for_good,
)
privacy.register(
    "questions",
    what=N_("What you have pressed and been asked: thanks, «me too», what you follow; and pictures you have posted"),
    seen_by=N_("Only you see what you follow. Whoever wrote the answer sees your thanks; the others see a number"),
    kept=N_("Until you take it back or your account is erased."),
    stays=N_("A picture that a post shows stays with the words, without your name."),
    tables=(
        "thanks",
        "wondering",
        "following",
        "question.addressee_id",
        "transfer_item",
        "picture",
        "revision.written_by_id",
        "nameless_hand",
        "nameless_news",
    ),
    export=traces.export,
    files=traces.pictures,
    erase=traces.erase,
)
