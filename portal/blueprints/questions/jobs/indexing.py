"""Keeping the index in step with the board."""

from __future__ import annotations

from collections.abc import Iterator

from portal.blueprints.questions.facts import Answered, Asked, Changed, Hidden
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import duplicates, lists
from portal.blueprints.search import service as search
from portal.blueprints.search.service import Document
from portal.core import markdown
from portal.core.db import db
from portal.core.facts import on
from portal.core.i18n import N_


@on(Asked, Answered, Changed)
def index(fact: Asked | Answered | Changed) -> None:
    """Put the question with its answers into the index, in the same transaction: what is posted is found at once."""
    question = db.session.get(Question, fact.question_id)
    if question and not question.is_hidden:
        db.session.flush()
        db.session.refresh(question, ["answers", "comments", "tags"])
        search.index(**document(question))


@on(Hidden)
def forget(fact: Hidden) -> None:
    """Take a hidden question out of the index."""
    search.forget("question", fact.question_id)


def document(question: Question) -> Document:
    """Say how a question is found."""
    answers = [answer for answer in question.answers if not answer.is_hidden]
    places = {None, *(answer.id for answer in answers)}
    remarks = [each for each in question.comments if each.answer_id in places and not each.is_hidden]
    texts = [question.body, *(answer.body for answer in answers), *(remark.body for remark in remarks)]
    return {
        "kind": "question",
        "ref": question.id,
        "title": question.title,
        "body": "\n".join(markdown.plain(text) for text in texts if text),
        "tags": [name for tag in question.tags for name in {tag.name_nn, tag.name_nb, tag.name_en}],
        "leads_to": ("question", duplicates.end_of(question.id)) if question.duplicate_of_id else None,
    }


@search.source("question", endpoint="questions.thread", label=N_("Asked before"))
def documents() -> Iterator[Document]:
    """Give every question to the index, in chunks."""
    last = 0
    while chunk := lists.changed_after(last, 200):
        yield from (document(question) for question in chunk)
        last = chunk[-1].id
