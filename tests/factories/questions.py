"""Questions for tests."""

from __future__ import annotations

from portal.blueprints.people.models import Person
from portal.blueprints.questions import service
from portal.blueprints.questions.models import Answer, Question, Tag


def make_question(author: Person, title: str = "The printer in the ward sulks", **values: object) -> Question:
    """Ask."""
    return service.ask(author, title=title, **values)  # type: ignore[arg-type]


def make_answer(author: Person, question: Question, body: str = "Turn it off and on.") -> Answer:
    """Answer."""
    return service.answer(author, question.id, body=body)


def make_tag(slug: str = "utskrift", name: str = "Utskrift") -> Tag:
    """Make a tag."""
    return service.make_tag(slug=slug, name_nn=name, name_nb=name, name_en=name, color="sun")
