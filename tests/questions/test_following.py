"""Following subjects, colleagues and questions: who hears of what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.finding import FeedKey, SavedFilter, TagFollowing, TopicFollowing
from portal.blueprints.questions.models.marks import Following
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries import feeds as reading_feeds
from portal.blueprints.questions.queries import following as reading
from portal.blueprints.questions.service import (
    asking,
    feeds,
    filters,
    following,
    marks,
    skills,
)
from portal.core import privacy
from portal.core.db import db, transaction
from portal.core.errors import Conflict, NotFound
from tests.client import AuditingClient
from tests.factories.questions import make_answer, make_question, make_tag

At = Callable[[datetime], None]

MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def told(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def know(person: Person, *slugs: str) -> None:
    skills.declare(person, knows=list(slugs), learning=[], by_answers=False)
    db.session.flush()


def test_a_follower_of_a_tag_hears_of_a_new_question_once_however_many_tags_fit(
    anne: Person, bjarne: Person, didrik: Person
) -> None:
    tags = [make_tag("citrix", "Citrix"), make_tag()]
    db.session.flush()
    for tag in tags:
        following.choose_tag(bjarne, tag.id, wanted=True)
    make_question(anne, tags=["citrix", "utskrift"])
    assert told(bjarne) == ["questions.asked"]
    assert told(anne) == told(didrik) == []


def test_a_subject_that_is_named_later_is_told_of_and_nothing_is_told_twice(
    anne: Person, bjarne: Person, at: At
) -> None:
    at(MORNING)
    tag = make_tag()
    db.session.flush()
    following.choose_tag(bjarne, tag.id, wanted=True)
    question = make_question(anne)
    assert told(bjarne) == []
    for _ in range(2):
        asking.edit_question(
            anne, question.id, title="Now with a tag", body="", tags=["utskrift"], version=question.version
        )
    assert told(bjarne) == ["questions.asked"]


def test_an_old_question_is_no_news(anne: Person, bjarne: Person, at: At) -> None:
    at(MORNING)
    tag, question = make_tag(), make_question(anne)
    db.session.flush()
    following.choose_tag(bjarne, tag.id, wanted=True)
    at(MORNING + timedelta(days=2))
    asking.edit_question(anne, question.id, title="x", body="", tags=["utskrift"], version=question.version)
    assert told(bjarne) == []


def test_ones_own_question_is_no_news(anne: Person) -> None:
    tag = make_tag()
    db.session.flush()
    following.choose_tag(anne, tag.id, wanted=True)
    make_question(anne, tags=["utskrift"])
    assert told(anne) == []


def test_the_lines_of_the_followers_do_not_tell_who_asked_without_a_name(
    browse: Callable[[Person], AuditingClient], anne: Person, bjarne: Person
) -> None:
    """All followers get the same line: the one that was missing would say who asked. The asker does not see it."""
    with transaction():
        tag = make_tag()
        db.session.flush()
        for person in (anne, bjarne):
            following.choose_tag(person, tag.id, wanted=True)
        make_question(anne, title="Nameless", tags=["utskrift"], is_anonymous=True)
    lines = db.session.execute(
        select(Notice.person_id, Notice.kind, Notice.actor_id, Notice.count, Notice.veils, Notice.params)
    ).all()
    assert sorted(line.person_id for line in lines) == sorted([anne.id, bjarne.id])
    assert len({str(line[1:]) for line in lines}) == 1
    assert {line.actor_id for line in lines} == {None}
    assert "Nameless" in browse(bjarne).get("/varsel/").text
    assert "Nameless" not in browse(anne).get("/varsel/").text


def test_who_was_asked_by_name_does_not_hear_of_it_as_a_follower_too(anne: Person, bjarne: Person) -> None:
    tag = make_tag()
    db.session.flush()
    following.choose_tag(bjarne, tag.id, wanted=True)
    make_question(anne, tags=["utskrift"], addressee_id=bjarne.id)
    assert told(bjarne) == ["questions.asked_you"]


def test_a_colleagues_subjects_are_followed_whatever_they_are_at_the_time(
    anne: Person, bjarne: Person, didrik: Person
) -> None:
    make_tag("citrix", "Citrix")
    make_tag()
    db.session.flush()
    know(bjarne, "citrix")
    following.open_topics(bjarne, wanted=True)
    db.session.flush()
    following.choose_topics(didrik, bjarne.id, wanted=True)
    make_question(anne, tags=["citrix"])
    assert told(didrik) == ["questions.asked"]
    know(bjarne, "utskrift")
    make_question(anne, title="Again", tags=["citrix"])
    assert told(didrik) == ["questions.asked"]
    make_question(anne, title="Prints", tags=["utskrift"])
    assert told(didrik) == ["questions.asked", "questions.asked"]


def test_what_one_knows_is_followed_only_where_one_has_opened_it(anne: Person, bjarne: Person, didrik: Person) -> None:
    make_tag()
    db.session.flush()
    know(bjarne, "utskrift")
    with pytest.raises(NotFound):
        following.choose_topics(didrik, bjarne.id, wanted=True)
    assert reading.open_topics(bjarne.id) == []
    following.open_topics(bjarne, wanted=True)
    db.session.flush()
    following.choose_topics(didrik, bjarne.id, wanted=True)
    assert [label.slug for label in reading.open_topics(bjarne.id)] == ["utskrift"]
    following.open_topics(bjarne, wanted=False)
    db.session.flush()
    make_question(anne, tags=["utskrift"])
    assert told(didrik) == []
    assert db.session.scalar(select(func.count()).select_from(TopicFollowing)) == 0


def test_nobody_follows_themselves_or_somebody_who_has_left(anne: Person, bjarne: Person) -> None:
    following.open_topics(bjarne, wanted=True)
    bjarne.deactivate()
    db.session.flush()
    for of in (anne, bjarne):
        with pytest.raises(Conflict):
            following.choose_topics(anne, of.id, wanted=True)


def test_what_one_follows_is_listed_and_stopped(anne: Person, bjarne: Person, didrik: Person) -> None:
    tag, question = make_tag(), make_question(bjarne)
    following.open_topics(bjarne, wanted=True)
    db.session.flush()
    following.choose_tag(anne, tag.id, wanted=True)
    following.choose_topics(anne, bjarne.id, wanted=True)
    marks.choose_following(anne, question.id, wanted=True)
    db.session.flush()
    assert [label.slug for label in reading.tags_followed(anne)] == ["utskrift"]
    assert [face.name for face in reading.people_followed(anne)] == [bjarne.name]
    assert [row.id for row in reading.questions_followed(anne).items] == [question.id]
    assert [(label.slug, mine) for label, mine in reading.all_tags(anne)] == [("utskrift", True)]
    assert [(label.slug, mine) for label, mine in reading.all_tags(didrik)] == [("utskrift", False)]
    following.choose_tag(anne, tag.id, wanted=False)
    following.choose_topics(anne, bjarne.id, wanted=False)
    marks.choose_following(anne, question.id, wanted=False)
    db.session.flush()
    assert reading.tags_followed(anne) == reading.people_followed(anne) == []
    assert reading.questions_followed(anne).items == []


def test_the_question_that_was_written_in_last_stands_first(anne: Person, bjarne: Person, at: At) -> None:
    at(MORNING)
    first, second = make_question(bjarne, title="First"), make_question(bjarne, title="Second")
    for question in (first, second):
        marks.choose_following(anne, question.id, wanted=True)
    at(MORNING + timedelta(hours=2))
    make_answer(anne, first)
    assert [row.title for row in reading.questions_followed(anne).items] == ["First", "Second"]


def test_all_of_it_is_exported_and_erased(anne: Person, bjarne: Person) -> None:
    tag = make_tag()
    following.open_topics(bjarne, wanted=True)
    following.open_topics(anne, wanted=True)
    db.session.flush()
    following.choose_tag(anne, tag.id, wanted=True)
    following.choose_topics(anne, bjarne.id, wanted=True)
    following.choose_topics(bjarne, anne.id, wanted=True)
    filters.keep(anne, name="Prints", query="tag:utskrift")
    feeds.open_feeds(anne)
    db.session.flush()
    mine = [each for each in privacy.holdings() if each.slice == "questions"]
    given = [each.export(anne.id) for each in mine if each.export]
    assert {"tags": ["utskrift"], "topics_of": [bjarne.name], "topics_are_open": True} in given
    assert [{"name": "Prints", "query": "tag:utskrift"}] in given
    for each in mine:
        if each.erase and each.export in {reading.export, filters.export, reading_feeds.export}:
            each.erase(anne.id)
    db.session.expire_all()
    for table in (TagFollowing, SavedFilter, FeedKey):
        assert db.session.scalar(select(func.count()).select_from(table).where(table.person_id == anne.id)) == 0
    assert db.session.scalar(select(func.count()).select_from(TopicFollowing)) == 0
    assert not reading.has_open_topics(anne.id)
    assert reading.has_open_topics(bjarne.id)


def test_a_tag_that_goes_takes_its_followers_along(anne: Person) -> None:
    tag = make_tag()
    db.session.flush()
    following.choose_tag(anne, tag.id, wanted=True)
    db.session.flush()
    db.session.delete(db.session.get_one(Tag, tag.id))
    db.session.flush()
    assert db.session.scalar(select(func.count()).select_from(TagFollowing)) == 0


def test_nameless_askers_stand_in_no_list_of_followers(anne: Person) -> None:
    make_question(anne, is_anonymous=True)
    assert db.session.scalar(select(func.count()).select_from(Following)) == 0
    assert reading.questions_followed(anne).items == []
