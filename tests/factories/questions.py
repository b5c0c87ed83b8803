"""Questions for tests."""

from __future__ import annotations

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.service import answering, asking, tags


def make_question(author: Person, title: str = "The printer in the ward sulks", **values: object) -> Question:
    """Ask."""
    return asking.ask(author, title=title, **values)  # type: ignore[arg-type]


def make_answer(author: Person, question: Question, body: str = "Turn it off and on.", **values: object) -> Answer:
    """Answer."""
    return answering.answer(author, question.id, body=body, **values)  # type: ignore[arg-type]


def make_tag(slug: str = "utskrift", name: str = "Utskrift") -> Tag:
    """Make a tag."""
    return tags.make_tag(slug=slug, name_nn=name, name_nb=name, name_en=name, color="sun")
