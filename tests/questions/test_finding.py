from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.finding import FeedKey, SavedFilter, TagFollowing, TopicFollowing
from portal.blueprints.questions.models.marks import Following
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.tags import Tag, TagSynonym
from portal.blueprints.questions.queries import feeds as reading_feeds
from portal.blueprints.questions.queries import filters as reading_filters
from portal.blueprints.questions.queries import following as reading
from portal.blueprints.questions.queries import lists, searching
from portal.blueprints.questions.rules import operators
from portal.blueprints.questions.rules.finding import FILTERS_MOST
from portal.blueprints.questions.rules.states import Filter, Shown
from portal.blueprints.questions.service import (
    asking,
    claims,
    feeds,
    filters,
    following,
    marks,
    moderation,
    skills,
    solving,
)
from portal.core import privacy
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.patient_data import PatientData
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question, make_tag

At = Callable[[datetime], None]
MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
IDENTITY_NUMBER = "01010112377"


def shown(viewer: Person, text: str = "", wanted: Filter = Filter.ALL) -> list[str]:
    db.session.flush()
    understood = searching.understand(viewer, operators.parse(text))
    return [row.title for row in lists.questions(viewer, wanted, understood=understood).items]


def told(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


# Lists


def test_a_line_tells_what_it_shows(anne: Person, bjarne: Person) -> None:
    make_tag("citrix", "Citrix")
    question = make_question(anne, title="Slow", tags=["citrix"])
    make_answer(bjarne, question)
    row = lists.questions(bjarne, Filter.ALL).items[0]
    assert (row.id, row.title, row.shown, row.answer_count) == (question.id, "Slow", Shown.ANSWERED, 1)
    assert row.author is not None
    assert (row.author.name, row.author.initials) == (anne.name, anne.initials)
    assert row.author.color_name == anne.color_name
    assert [label.name("nn") for label in row.tags] == ["Citrix"]


def test_a_line_without_a_name_has_none(anne: Person, bjarne: Person) -> None:
    make_question(anne, is_anonymous=True)
    assert lists.questions(bjarne, Filter.ALL).items[0].author is None


def test_mine_are_also_those_without_a_name_and_nobody_elses(anne: Person, bjarne: Person) -> None:
    make_question(anne, title="Named")
    make_question(anne, title="Nameless", is_anonymous=True)
    make_question(bjarne, title="Another", is_anonymous=True)
    assert set(shown(anne, wanted=Filter.MINE)) == {"Nameless", "Named"}
    assert shown(bjarne, wanted=Filter.MINE) == ["Another"]


def test_for_me_is_what_was_put_to_me(anne: Person, bjarne: Person, didrik: Person) -> None:
    question = make_question(anne, title="For Bjarne")
    question.addressee_id = bjarne.id
    assert shown(bjarne, wanted=Filter.FOR_ME) == ["For Bjarne"]
    assert shown(didrik, wanted=Filter.FOR_ME) == []


def test_solved_this_week_forgets_after_seven_days_and_shows_the_last_solved_first(
    anne: Person, bjarne: Person, at: At
) -> None:
    at(MORNING)
    first, second = make_question(anne, title="First"), make_question(anne, title="Second")
    answers = [make_answer(bjarne, each) for each in (first, second)]
    solving.accept(anne, second.id, answers[1].id)
    at(MORNING + timedelta(hours=1))
    solving.accept(anne, first.id, answers[0].id)
    assert shown(anne, wanted=Filter.SOLVED_THIS_WEEK) == ["First", "Second"]
    at(MORNING + timedelta(days=7, minutes=30))
    assert shown(anne, wanted=Filter.SOLVED_THIS_WEEK) == ["First"]


def test_the_count_of_what_waits_stops_at_a_bound(anne: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COUNTED_MOST", 3)
    for number in range(5):
        make_question(anne, title=f"Question {number}")
    assert lists.unanswered_count(anne) == 3


@pytest.mark.parametrize("wanted", list(Filter))
def test_no_list_shows_what_is_hidden(anne: Person, carla: Person, wanted: Filter) -> None:
    question = make_question(anne)
    question.addressee_id = anne.id
    moderation.hide(carla, question.id, hidden=True)
    assert shown(anne, wanted=wanted) == []


# The search field


@pytest.fixture
def board(anne: Person, bjarne: Person, at: At) -> None:
    """Four questions with different tags, states, days and numbers of answers."""
    make_tag("citrix", "Citrix")
    tag = make_tag("utskrift", "Utskrift")
    db.session.flush()
    db.session.add(TagSynonym(name="print", tag_id=tag.id))
    at(datetime(2026, 1, 10, 12, tzinfo=UTC))
    old = make_question(bjarne, title="Old printer", body="A red lamp", tags=["utskrift"])
    solving.accept(bjarne, old.id, make_answer(anne, old).id)
    at(datetime(2026, 3, 10, 12, tzinfo=UTC))
    many = make_question(anne, title="Many answers", tags=["citrix", "utskrift"])
    for number in range(4):
        make_answer(bjarne, many, body=f"Try {number}")
    at(datetime(2026, 5, 10, 12, tzinfo=UTC))
    make_question(anne, title="Nameless printer", tags=["utskrift"], is_anonymous=True)
    make_question(bjarne, title="Looked at")
    looked_at = db.session.scalars(select(Question).where(Question.title == "Looked at")).one()
    claims.claim(anne, looked_at.id)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tag:citrix", {"Many answers"}),
        ("tag:Citrix", {"Many answers"}),
        ("emne:print", {"Old printer", "Many answers", "Nameless printer"}),
        ("-tag:utskrift", {"Looked at"}),
        ("tag:utskrift -tag:citrix", {"Old printer", "Nameless printer"}),
        ("tag:nope", set()),
        ("-tag:nope", {"Old printer", "Many answers", "Nameless printer", "Looked at"}),
        ("frå:bjarne", {"Old printer", "Looked at"}),
        ("from:svartveit", {"Old printer", "Looked at"}),
        ('frå:"Bjarne Svartveit"', {"Old printer", "Looked at"}),
        ("frå:nobody", set()),
        ("-frå:bjarne", {"Many answers", "Nameless printer"}),
        ("status:løyst", {"Old printer"}),
        ("status:open", {"Nameless printer", "Looked at"}),
        ("status:sett-på", {"Looked at"}),
        ("status:svart", {"Many answers"}),
        ("-status:open", {"Old printer", "Many answers"}),
        ("status:duplikat", set()),
        ("svar:0", {"Nameless printer", "Looked at"}),
        ("svar:>3", {"Many answers"}),
        ("svar:<2", {"Old printer", "Nameless printer", "Looked at"}),
        ("-svar:0", {"Old printer", "Many answers"}),
        ("etter:2026-03-10", {"Many answers", "Nameless printer", "Looked at"}),
        ("før:2026-03-10", {"Old printer"}),
        ("etter:2026-02-01 før:2026-04", {"Many answers"}),
        ("lamp", {"Old printer"}),
        ("printer status:løyst", {"Old printer"}),
        ('"red lamp"', {"Old printer"}),
        ("printer -nameless -many", {"Old printer"}),
        ("-printer", {"Many answers", "Looked at"}),
        ('-"red lamp" tag:utskrift', {"Many answers", "Nameless printer"}),
    ],
)
def test_filters_narrow_what_is_shown(board: None, anne: Person, text: str, expected: set[str]) -> None:
    assert set(shown(anne, text)) == expected


def test_a_name_never_finds_what_was_asked_without_one_not_even_for_its_asker(board: None, anne: Person) -> None:
    for text in ("frå:anne", "frå:meg", "frå:askeland", f"frå:{anne.username}"):
        assert shown(anne, text) == ["Many answers"]
        assert shown(anne, text, Filter.MINE) == ["Many answers"]


@pytest.mark.parametrize("name", ["anne", "bjarne"])
def test_leaving_out_a_name_leaves_out_nothing_without_one(board: None, didrik: Person, name: str) -> None:
    assert "Nameless printer" in shown(didrik, f"-frå:{name}")


def test_what_is_not_there_is_said(board: None, anne: Person) -> None:
    unknown = searching.understand(anne, operators.parse("tag:nope frå:nobody tag:citrix")).unknown
    assert [term.text for term in unknown] == ["nope", "nobody"]


def test_a_pattern_in_a_name_is_only_letters(board: None, anne: Person) -> None:
    assert shown(anne, "frå:%") == shown(anne, "frå:%%x") == []
    assert shown(anne, "-%") == shown(anne, "")


@pytest.mark.parametrize("rare", [0, 2000])
def test_a_common_tag_and_a_rare_one_give_the_same(
    board: None, anne: Person, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "RARE", rare)
    assert set(shown(anne, "tag:utskrift")) == {"Old printer", "Many answers", "Nameless printer"}


def test_words_are_paged_by_how_well_they_fit(anne: Person) -> None:
    for number in range(45):
        make_question(anne, title=f"The printer sulks {number}")
    understood = searching.understand(anne, operators.parse("printer"))
    seen, cursor = [], None
    while True:
        page = lists.questions(anne, Filter.ALL, understood=understood, cursor=cursor)
        seen += [row.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize("shown_as", list(Shown))
def test_each_state_is_found_by_the_words_of_the_state_that_is_shown(
    board: None, anne: Person, carla: Person, shown_as: Shown
) -> None:
    """SQL and rules.states.shown() say the same of every question."""
    moment = datetime(2026, 5, 10, 12, tzinfo=UTC)
    by_title = {each.title: each for each in db.session.scalars(select(Question))}
    by_title["Many answers"].reopened_at = moment
    lacking = make_question(anne, title="Lacking")
    lacking.info_wanted_at = moment
    double = make_question(anne, title="Double")
    double.duplicate_article = "K-12"
    db.session.flush()
    rows = lists.questions(anne, Filter.ALL).items
    expected = {row.title for row in rows if row.shown is shown_as}
    if shown_as is Shown.OPEN:  # whoever looks for what is open means all that waits
        expected |= {"Looked at", "Lacking"}
    assert set(shown(anne, f'status:"{operators.STATUSES[shown_as][0]}"')) == expected


# Kept searches


def test_a_search_is_kept_for_its_owner_only(anne: Person, bjarne: Person) -> None:
    kept = filters.keep(anne, name="  Prints  ", query="tag:utskrift svar:0")
    assert [(each.name, each.query) for each in reading_filters.filters(anne)] == [("Prints", "tag:utskrift svar:0")]
    assert reading_filters.filters(bjarne) == []
    for act in (lambda: filters.remove(bjarne, kept.id), lambda: filters.rename(bjarne, kept.id, name="x")):
        with pytest.raises(NotFound):
            act()


def test_the_same_search_is_kept_once_and_a_name_means_one_thing(anne: Person) -> None:
    first = filters.keep(anne, name="Prints", query="tag:utskrift")
    assert filters.keep(anne, name="Prints", query="tag:utskrift").id == first.id
    with pytest.raises(Conflict):
        filters.keep(anne, name="Prints", query="tag:citrix")
    second = filters.keep(anne, name="Citrix", query="tag:citrix")
    with pytest.raises(Conflict):
        filters.rename(anne, second.id, name="Prints")
    filters.rename(anne, second.id, name="Sessions")
    assert [each.name for each in reading_filters.filters(anne)] == ["Prints", "Sessions"]


def test_twenty_searches_are_enough(anne: Person) -> None:
    for number in range(FILTERS_MOST):
        filters.keep(anne, name=f"Filter {number}", query="svar:0")
    with pytest.raises(Conflict):
        filters.keep(anne, name="One more", query="svar:0")


@pytest.mark.parametrize(("name", "query"), [("", "svar:0"), ("x" * 41, "svar:0"), ("Empty", "  "), ("Minus", "-")])
def test_a_search_needs_a_name_and_something_to_look_for(anne: Person, name: str, query: str) -> None:
    with pytest.raises(Invalid):
        filters.keep(anne, name=name, query=query)


@pytest.mark.parametrize(("name", "query"), [(IDENTITY_NUMBER, "svar:0"), ("Mine", f"pasient {IDENTITY_NUMBER}")])
def test_patient_data_is_not_kept(anne: Person, name: str, query: str) -> None:
    with pytest.raises(PatientData):
        filters.keep(anne, name=name, query=query)


# Following


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


# The secret of the feeds


def test_a_secret_opens_its_owners_feeds_until_a_new_one_is_made(anne: Person, bjarne: Person) -> None:
    feeds.open_feeds(anne)
    feeds.open_feeds(bjarne)
    key = reading_feeds.find_key(anne.id)
    assert key is not None
    secret = reading_feeds.secrets_of(key)[0]
    assert reading_feeds.get_subscriber(anne.id, secret).id == anne.id
    with pytest.raises(NotFound):
        reading_feeds.get_subscriber(bjarne.id, secret)
    feeds.open_feeds(anne)
    with pytest.raises(NotFound):
        reading_feeds.get_subscriber(anne.id, secret)


def test_a_closed_address_stays_closed_when_new_ones_are_made(anne: Person) -> None:
    feeds.open_feeds(anne)
    old = reading_feeds.secrets_of(db.session.get_one(FeedKey, anne.id))[0]
    feeds.close_feeds(anne)
    with pytest.raises(NotFound):
        reading_feeds.get_subscriber(anne.id, old)
    feeds.open_feeds(anne)
    with pytest.raises(NotFound):
        reading_feeds.get_subscriber(anne.id, old)


def test_no_secret_lies_in_the_database(anne: Person) -> None:
    feeds.open_feeds(anne)
    key = db.session.get_one(FeedKey, anne.id)
    secret = reading_feeds.secrets_of(key)[0]
    assert len(secret) == 64
    assert key.salt not in secret
    assert secret not in str(db.session.execute(select(FeedKey.__table__)).all())


def test_the_feeds_of_somebody_who_has_left_are_closed(anne: Person) -> None:
    feeds.open_feeds(anne)
    secret = reading_feeds.secrets_of(db.session.get_one(FeedKey, anne.id))[0]
    anne.deactivate()
    db.session.flush()
    with pytest.raises(NotFound):
        reading_feeds.get_subscriber(anne.id, secret)


@pytest.mark.parametrize("person_id", [0, 987_654])
def test_nobody_without_a_key_is_guessed_into(session: object, person_id: int) -> None:
    for secret in ("a" * 64, reading_feeds.secrets_of(FeedKey(person_id=0, salt=""))[0]):
        with pytest.raises(NotFound):
            reading_feeds.get_subscriber(person_id, secret)


# What is held about a person


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


def test_a_person_of_many_is_found_by_any_part_of_the_name(session: object, anne: Person) -> None:
    make_person("Øyvind Ås")
    for text in ("frå:øyvind", "frå:ÅS", 'frå:"Øyvind Ås"'):
        assert searching.understand(anne, operators.parse(text)).unknown == ()


def test_a_question_that_becomes_nameless_or_is_gone_is_known_at_once(anne: Person, bjarne: Person) -> None:
    """What was tried is remembered: it must be tried again when anything has changed."""
    first = make_question(anne, title="First", is_anonymous=True)
    assert shown(anne, wanted=Filter.MINE) == ["First"]
    make_question(bjarne, title="Another", is_anonymous=True)
    make_question(anne, title="Second", is_anonymous=True)
    assert set(shown(anne, wanted=Filter.MINE)) == {"First", "Second"}
    db.session.delete(first)
    db.session.flush()
    assert shown(anne, wanted=Filter.MINE) == ["Second"]
    assert shown(bjarne, wanted=Filter.MINE) == ["Another"]
