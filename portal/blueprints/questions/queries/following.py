"""Reading what is followed. Ids of followers are for telling, never for showing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, and_, bindparam, select, union

from portal.blueprints.people.models import Face, Person
from portal.blueprints.questions.models.finding import OpenTopics, TagFollowing, TopicFollowing
from portal.blueprints.questions.models.marks import Following
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.skills import Skill
from portal.blueprints.questions.models.tags import QuestionTag, Tag
from portal.blueprints.questions.queries import lists, rows
from portal.blueprints.questions.queries.rows import LABELS, Label, Row
from portal.blueprints.questions.rules.skills import Level
from portal.core.db import db
from portal.core.paging import Page
from portal.core.viewer import Viewer

NEWEST_MOST = 200

_MINE = and_(TagFollowing.tag_id == Tag.id, TagFollowing.person_id == bindparam("viewer_id"))
_ALL_TAGS = select(TagFollowing.person_id, *LABELS).outerjoin_from(Tag, TagFollowing, _MINE).order_by(Tag.name_nn)


def tags_followed(viewer: Viewer) -> list[Label]:
    """Give the tags that the viewer follows, by name."""
    own = select(*LABELS).join(TagFollowing, TagFollowing.tag_id == Tag.id).where(TagFollowing.person_id == viewer.id)
    return [rows.label(values) for values in db.session.execute(own.order_by(Tag.name_nn))]


def all_tags(viewer: Viewer) -> list[tuple[Label, bool]]:
    """Give every tag by name, each with whether the viewer follows it."""
    found = db.session.execute(_ALL_TAGS, {"viewer_id": viewer.id})
    return [(rows.label(values), person_id is not None) for person_id, *values in found]


def follows_tag(viewer: Viewer, tag_id: int) -> bool:
    """Tell whether the viewer follows a tag."""
    return db.session.get(TagFollowing, (tag_id, viewer.id)) is not None


def people_followed(viewer: Viewer) -> list[Face]:
    """Give those whose topics the viewer follows, by name; who has left the desk is not among them."""
    own = select(Person.id, Person.name).join(TopicFollowing, TopicFollowing.of_id == Person.id)
    own = own.where(TopicFollowing.person_id == viewer.id, Person.is_active)
    return [Face(id=person_id, name=name) for person_id, name in db.session.execute(own.order_by(Person.name))]


def follows_topics(viewer: Viewer, of_id: int) -> bool:
    """Tell whether the viewer follows the topics of a person."""
    return db.session.get(TopicFollowing, (of_id, viewer.id)) is not None


def questions_followed(viewer: Viewer, *, cursor: str | None = None) -> Page[Row]:
    """Give a page of the questions that the viewer follows, the one that was last written in first."""
    own = lists.visible().where(Question.id.in_(_questions_of(viewer.id)))
    return rows.page(own, *lists.NEWEST_ACTIVE, cursor=cursor, size=lists.PAGE)


def newest_followed(viewer: Viewer) -> list[int]:
    """Give the ids of the newest that the viewer follows in any way: the question, its tags, or somebody's topics."""
    tags = union(
        select(TagFollowing.tag_id).where(TagFollowing.person_id == viewer.id),
        _topics().where(TopicFollowing.person_id == viewer.id).with_only_columns(Skill.tag_id),
    )
    about = select(QuestionTag.question_id).where(QuestionTag.tag_id.in_(tags))
    newest = about.order_by(QuestionTag.question_id.desc()).limit(NEWEST_MOST)
    followed = _questions_of(viewer.id).order_by(Following.question_id.desc()).limit(NEWEST_MOST)
    return sorted({*db.session.scalars(newest), *db.session.scalars(followed)})


def followers_of_subjects(question_id: int) -> Sequence[int]:
    """Give who wants to hear of a question for its tags: their own choice, or that of somebody whom they follow."""
    about = select(QuestionTag.tag_id).where(QuestionTag.question_id == question_id)
    found = union(
        select(TagFollowing.person_id).where(TagFollowing.tag_id.in_(about)),
        _topics().where(Skill.tag_id.in_(about)).with_only_columns(TopicFollowing.person_id),
    )
    return db.session.scalars(found).all()


def _questions_of(person_id: int) -> Select[int]:
    return select(Following.question_id).where(Following.person_id == person_id)


def _topics() -> Select[TopicFollowing]:
    """Join those who follow a person's topics with what that person knows, as long as it is open and they are here."""
    said = select(TopicFollowing).join(Skill, Skill.person_id == TopicFollowing.of_id).where(Skill.level == Level.KNOWS)
    said = said.join(OpenTopics, OpenTopics.person_id == TopicFollowing.of_id)
    return said.join(Person, Person.id == TopicFollowing.of_id).where(Person.is_active)


def has_open_topics(person_id: int) -> bool:
    """Tell whether a person lets the others see and follow what they know."""
    return db.session.get(OpenTopics, person_id) is not None


def open_topics(person_id: int) -> list[Label]:
    """Give what a person lets the others see of what they know, by name."""
    said = select(*LABELS).join(Skill, Skill.tag_id == Tag.id).join(OpenTopics, OpenTopics.person_id == Skill.person_id)
    said = said.where(Skill.person_id == person_id, Skill.level == Level.KNOWS)
    return [rows.label(values) for values in db.session.execute(said.order_by(Tag.name_nn))]


def export(person_id: int) -> dict[str, list[str] | bool]:
    """Give what a person follows besides single questions, for the export of their data."""
    tags = select(Tag.slug).join(TagFollowing, TagFollowing.tag_id == Tag.id).where(TagFollowing.person_id == person_id)
    people = select(Person.name).join(TopicFollowing, TopicFollowing.of_id == Person.id)
    people = people.where(TopicFollowing.person_id == person_id)
    return {
        "tags": list(db.session.scalars(tags.order_by(Tag.slug))),
        "topics_of": list(db.session.scalars(people.order_by(Person.name))),
        "topics_are_open": has_open_topics(person_id),
    }
