"""Saying what one likes to be asked about, and asking those who know."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.skills import AskedByAnswers, Skill
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries import skills as reading
from portal.blueprints.questions.queries import tags as known_tags
from portal.blueprints.questions.rules.skills import Level
from portal.core import privacy
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def declare(viewer: Viewer, *, knows: Sequence[str], learning: Sequence[str], by_answers: bool) -> None:
    """Replace what the viewer has said of themselves. What is taken away leaves nothing behind."""
    db.session.execute(delete(Skill).where(Skill.person_id == viewer.id))
    levels = dict.fromkeys(known_tags.tags_by_slug(learning), Level.LEARNING)
    levels |= dict.fromkeys(known_tags.tags_by_slug(knows), Level.KNOWS)
    db.session.add_all(Skill(person_id=viewer.id, tag_id=tag.id, level=level) for tag, level in levels.items())
    if by_answers and not reading.is_asked_by_answers(viewer.id):
        db.session.add(AskedByAnswers(person_id=viewer.id))
    elif not by_answers:
        db.session.execute(delete(AskedByAnswers).where(AskedByAnswers.person_id == viewer.id))


def address(question: Question, *, addressee_id: int | None, asked_tag: str, is_easy: bool) -> None:
    """Say to whom a question is put first; everybody sees it and may answer all the same."""
    if addressee_id is not None:
        colleague = db.session.get(Person, addressee_id)
        if colleague is None or not colleague.is_active:
            raise Invalid(N_("That colleague cannot be asked now. Choose another one."), field="addressee")
        question.addressee_id = colleague.id
    if asked_tag:
        tag = next(iter(known_tags.tags_by_slug([asked_tag])), None)
        if tag is None:
            raise Invalid(N_("That subject is not here any more. Choose another one."), field="asked_tag")
        question.asked_tag_id, question.is_easy = tag.id, is_easy
        if tag not in question.tags:
            question.tags.append(tag)


def move(source: Tag, target: Tag) -> None:
    """Let those who know one tag know the one that it is merged into."""
    already = select(Skill.person_id).where(Skill.tag_id == target.id)
    others = update(Skill).where(Skill.tag_id == source.id, Skill.person_id.not_in(already))
    db.session.execute(others.values(tag_id=target.id), execution_options={"synchronize_session": False})
    db.session.execute(delete(Skill).where(Skill.tag_id == source.id))


def export(person_id: int) -> dict[str, object]:
    """Give what a person has said of themselves, for the export of their data."""
    said = {level.value: [tag.slug for tag in tags] for level, tags in reading.declared(person_id).items()}
    return {**said, "asked_by_answers": reading.is_asked_by_answers(person_id)}


def erase(person_id: int) -> None:
    """Forget what a person has said of themselves."""
    for kind in (Skill, AskedByAnswers):
        db.session.execute(delete(kind).where(kind.person_id == person_id))


privacy.register(
    "questions",
    what=N_("What you like to be asked about, and what you want to learn"),
    seen_by=N_("Only you; who asks «those who know» does not see who that is"),
    kept=N_("Until you change it"),
    tables=("skill", "asked_by_answers"),
    export=export,
    erase=erase,
)
