"""Fills an empty database with the demo desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.search import service as search
from portal.core import jobs
from portal.core.db import db, transaction
from portal.demo import articles, breathing, evenings, incidents, marks, memories, shifts, together, wall
from portal.demo.people import make_people, make_tags
from portal.demo.questions import make_questions


def is_empty(app: Flask) -> bool:
    """Tell whether nobody lives there yet."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Person)) == 0


def fill(app: Flask, *, knowledge: Path | None, say: Callable[[str], None]) -> None:
    """Make the desk in one transaction: a start that is broken off leaves nothing half made."""
    with app.app_context(), transaction():
        say("Making the colleagues and what they have asked …")
        people, tags = make_people(), make_tags()
        make_questions(people, tags)
        marks.make_marks(people, tags)
        incidents.make_incidents(people)
        evenings.make_rooms(next(person for person in people.values() if Role.ADMINISTRATOR in person.roles))
        evenings.make_evenings(people)
        together.make_together(people)
        memories.make_memories(people)
        wall.make_joys(people)
        shifts.make_rota(people)
        breathing.make_breathing(people)
        say("Reading the articles …")
        articles.make_articles(people, knowledge)
        say("Building the search index …")
        for document in search.sources["question"].documents():  # articles are indexed as they come in
            search.index(**document)
        search.rebuild_vocabulary()
        # Splitting compounds by the words of this house takes as long again: the worker does it while one looks round.
        jobs.enqueue("search.keep_up", key="schedule:search.keep_up")
