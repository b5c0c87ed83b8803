"""Keeping the subjects in order: names, synonyms, texts to begin from, merging."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.finding import TagFollowing
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries import skills as reading_skills
from portal.blueprints.questions.queries import tags as reading
from portal.blueprints.questions.service import skills, tags
from portal.blueprints.search import queries as search
from portal.core import jobs
from portal.core.audit import AuditEntry
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed
from tests.client import AuditingClient
from tests.factories.questions import make_question, make_tag

Browse = Callable[[Person], AuditingClient]
NEW = {
    "name_nn": "Journal",
    "name_nb": "Journal",
    "name_en": "Record",
    "slug": "journal",
    "synonyms": "dips, epj",
    "color": "info",
    "template": "Kva står det øvst i biletet?",
}


def keep(viewer: Person, tag: Tag, **changed: object) -> Tag:
    """Save a tag with some of it changed."""
    values: dict[str, object] = {
        "slug": tag.slug,
        "names": (tag.name_nn, tag.name_nb, tag.name_en),
        "color": tag.color,
        "template": tag.template,
        "synonyms": [],
    }
    return tags.save(viewer, tag.id, **(values | changed))  # type: ignore[arg-type]


def test_an_organiser_makes_a_subject_with_other_words_for_it(browse: Browse, otto: Person, anne: Person) -> None:
    assert browse(otto).post("/styring/emne/nytt", data=NEW).status_code == 303
    assert [tag.slug for tag in reading.tags_by_slug(["EPJ"])] == ["journal"]
    with transaction():
        question = make_question(anne, tags=["dips", "journal"])
    assert [tag.slug for tag in question.tags] == ["journal"]


def test_its_text_is_where_a_question_begins(browse: Browse, otto: Person, anne: Person) -> None:
    browse(otto).post("/styring/emne/nytt", data=NEW)
    page = browse(anne).soup("/sporsmal/nytt?mal=journal")
    assert page.find("textarea", attrs={"name": "body"}).text.strip() == "Kva står det øvst i biletet?"
    assert page.select_one("input[name=tags][checked]")["value"] == "journal"


def test_asking_about_a_subject_has_it_chosen_and_nothing_written(browse: Browse, otto: Person, anne: Person) -> None:
    browse(otto).post("/styring/emne/nytt", data=NEW)
    page = browse(anne).soup("/sporsmal/nytt?tag=journal")
    assert page.find("textarea", attrs={"name": "body"}).text.strip() == ""
    assert page.select_one("input[name=tags][checked]")["value"] == "journal"


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"slug": "Two words"}, "Use small letters, digits and hyphens."),
        ({"slug": "utskrift"}, "«utskrift» is already a tag, or another word for one."),
        ({"synonyms": "Utskrift"}, "«utskrift» is already a tag, or another word for one."),
        ({"name_nn": ""}, "Give it a name."),
    ],
)
def test_what_cannot_be_kept_is_said_and_the_text_stays(
    browse: Browse, otto: Person, changed: dict[str, str], complaint: str
) -> None:
    with transaction():
        make_tag()
    answer = browse(otto).post("/styring/emne/nytt", data=NEW | changed)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert "Kva står det øvst i biletet?" in answer.text


def test_merging_moves_everything_and_doubles_nothing(anne: Person, bjarne: Person, otto: Person) -> None:
    with transaction():
        old, new = make_tag("dips", "DIPS"), make_tag("journal", "Journal")
        make_question(anne, title="In both", tags=["dips", "journal"])
        make_question(anne, title="In the old one", tags=["dips"], asked_tag="dips")
        for person, slugs in ((anne, ["dips", "journal"]), (bjarne, ["dips"])):
            skills.declare(person, knows=slugs, learning=[], by_answers=False)
        for tag, person in ((old, anne), (new, anne), (old, bjarne)):
            db.session.add(TagFollowing(tag_id=tag.id, person_id=person.id))
        keep(otto, old, synonyms=["epj"])
    with transaction():
        tags.merge(otto, old.id, new.id)
    db.session.expire_all()
    assert {q.title: [tag.slug for tag in q.tags] for q in db.session.scalars(select(Question))} == {
        "In both": ["journal"],
        "In the old one": ["journal"],
    }
    assert reading_skills.those_who_know(new.id) == {anne.id, bjarne.id}
    followers = select(TagFollowing.person_id).order_by(TagFollowing.person_id)
    assert set(db.session.scalars(followers)) == {anne.id, bjarne.id}
    assert [tag.id for tag in reading.tags_by_slug(["dips"])] == [new.id]
    assert reading.synonyms(new.id) == ["dips", "epj"]
    assert db.session.scalar(select(func.count()).where(Question.asked_tag_id == new.id)) == 1


def test_a_subject_is_not_put_into_itself(otto: Person) -> None:
    with transaction():
        tag = make_tag()
    with pytest.raises(Conflict):
        tags.merge(otto, tag.id, tag.id)


def test_questions_are_found_by_the_new_name(anne: Person, otto: Person) -> None:
    with transaction():
        tag = make_tag("dips", "DIPS")
        question = make_question(anne, title="It does not start", tags=["dips"])
    with transaction():
        keep(otto, tag, names=("Pasientjournal", "Pasientjournal", "Patient record"))
    jobs.run_due()
    assert question.id in [hit.ref for hit in search.find(anne, "pasientjournal")]


def test_others_are_refused(browse: Browse, didrik: Person, otto: Person) -> None:
    with transaction():
        tag, other = make_tag(), make_tag("journal", "Journal")
    with pytest.raises(NotAllowed):
        tags.merge(didrik, tag.id, other.id)
    browser = browse(didrik)
    for path in ("/styring/emne", "/styring/emne/nytt", f"/styring/emne/{tag.id}"):
        assert browser.get(path).status_code == 403
    for path in ("samanslaing", "sjekk"):
        assert browser.post(f"/styring/emne/{tag.id}/{path}", data={"target": other.id}).status_code == 403


def test_the_audit_log_knows(otto: Person) -> None:
    with transaction():
        old, new = make_tag(), make_tag("journal", "Journal")
    with transaction():
        tags.merge(otto, old.id, new.id)
    acts = list(db.session.scalars(select(AuditEntry.act).where(AuditEntry.viewer_id == otto.id)))
    assert acts == ["questions.merge_tags"]


def test_answers_are_looked_at_again_after_an_upgrade(browse: Browse, otto: Person) -> None:
    with transaction():
        tag = make_tag()
    browser = browse(otto)
    assert browser.post(f"/styring/emne/{tag.id}/sjekk", data={"reason": ""}).status_code == 422
    assert browser.post(f"/styring/emne/{tag.id}/sjekk", data={"reason": "New drivers"}).status_code == 303
    assert "New drivers" in browser.get(f"/styring/emne/{tag.id}").text
    assert browser.post(f"/styring/emne/{tag.id}/sjekk", data={"on": "0"}).status_code == 303
    assert "New drivers" not in browser.get(f"/styring/emne/{tag.id}").text


def test_a_synonym_is_one_word_for_one_subject(otto: Person) -> None:
    with transaction():
        first, second = make_tag("dips", "DIPS"), make_tag("journal", "Journal")
        keep(otto, first, synonyms=["epj"])
        with pytest.raises(Invalid):
            keep(otto, second, synonyms=["EPJ"])
