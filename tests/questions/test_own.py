"""What one has written: taken along, without one's name, or away."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.marks import Following
from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.queries import authors
from portal.blueprints.questions.service import answering, asking, commenting, own, solving
from portal.blueprints.search import queries as search
from portal.core import privacy
from portal.core.db import db, transaction
from portal.core.errors import NotAllowed
from tests.client import AuditingClient
from tests.factories.questions import make_answer, make_question

Browse = Callable[[Person], AuditingClient]


def found(viewer: Person, words: str) -> list[int]:
    return [hit.ref for hit in search.find(viewer, words)]


def test_everything_is_taken_along_without_a_name_too(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        question = make_question(anne, title="The first one", body="With **words**")
        make_question(anne, title="The quiet one", is_anonymous=True)
        make_answer(anne, make_question(bjarne, title="Of another"), "Mine")
        make_answer(bjarne, question, "Not mine")
        commenting.comment(anne, question.id, body="A remark")
    browser = browse(anne)
    document = json.loads(browser.get("/sporsmal/mine-innlegg.json").text)
    assert [(each["title"], each["without_name"]) for each in document["questions"]] == [
        ("The first one", False),
        ("The quiet one", True),
    ]
    assert [each["body"] for each in document["answers"]] == ["Mine"]
    assert [each["body"] for each in document["comments"]] == ["A remark"]
    text = browser.get("/sporsmal/mine-innlegg.md")
    assert text.headers["Content-Disposition"] == "attachment; filename=tunet.md"
    assert "With **words**" in text.text
    assert "Not mine" not in text.text
    assert "2 questions, 1 answer, 1 comment" in " ".join(browser.soup("/sporsmal/mine-innlegg").text.split())


def test_a_name_goes_off_and_nothing_beside_the_post_tells(
    browse: Browse, anne: Person, bjarne: Person, otto: Person
) -> None:
    with transaction():
        question = make_question(bjarne)
        answer = make_answer(anne, question, "First")
        answering.edit_answer(anne, question.id, answer.id, body="Second", version=1)
    browser = browse(anne)
    path = f"/sporsmal/{question.id}/mitt/svar/{answer.id}"
    assert browser.get(path).status_code == 200
    assert browser.post(f"{path}/utan-namn").status_code == 303
    db.session.expire_all()
    assert (answer.author_id, answer.created_at.minute, answer.is_anonymous) == (None, 0, True)
    assert authors.is_author(anne, answer)
    wordings = db.session.scalars(select(Revision).where(Revision.answer_id == answer.id)).all()
    assert [wording.written_by_id for wording in wordings] == [None, None]
    assert db.session.get(Following, (question.id, anne.id)) is None
    notice = db.session.scalars(select(Notice).where(Notice.person_id == bjarne.id)).first()
    assert notice is not None
    assert notice.actor_id is None
    page = browse(otto).get(f"/sporsmal/{question.id}").text
    assert anne.name not in page
    assert "Colleague 1" in page


def test_a_question_nobody_answered_leaves_nothing(anne: Person, bjarne: Person) -> None:
    with transaction():
        question = make_question(anne, title="Zebra trouble")
        asking.edit_question(anne, question.id, title="Zebra troubles", body="x", tags=[], version=1)
        commenting.comment(anne, question.id, body="To myself")
    question_id = question.id
    with transaction():
        assert own.remove(anne, question)
    for kind in (Question, Comment, Revision, Following):
        assert db.session.scalar(select(func.count()).select_from(kind)) == 0
    assert question_id not in found(bjarne, "zebra")


def test_a_question_that_others_answered_leaves_an_empty_place(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        question = make_question(anne, title="Zebra trouble", body="Secret stripes")
        answer = make_answer(bjarne, question, "Paint it.")
        solving.accept(anne, question.id, answer.id)
    with transaction():
        assert not own.remove(anne, question)
    page = browse(bjarne).get(f"/sporsmal/{question.id}").text
    assert "Paint it." in page
    assert "Zebra" not in page
    assert "stripes" not in page
    assert anne.name not in page
    assert question.author_id is None
    assert not authors.is_author(anne, question)
    told = db.session.scalars(select(Notice).where(Notice.person_id == bjarne.id)).all()
    assert all("Zebra" not in str(notice.params) for notice in told)


def test_an_answer_goes_and_the_question_is_open_again(anne: Person, bjarne: Person) -> None:
    with transaction():
        question = make_question(anne)
        answer = make_answer(bjarne, question, "Paint the zebra.")
        solving.accept(anne, question.id, answer.id)
    with transaction():
        own.remove(bjarne, answer)
    db.session.expire_all()
    assert (question.state, question.answer_count, question.accepted_answer_id) == ("open", 0, None)
    assert question.id not in found(anne, "zebra")


def test_an_answer_with_remarks_of_others_leaves_an_empty_place(anne: Person, bjarne: Person, otto: Person) -> None:
    with transaction():
        question = make_question(anne)
        answer = make_answer(bjarne, question, "Paint the zebra.")
        commenting.comment(otto, question.id, answer_id=answer.id, body="In white?")
    with transaction():
        own.remove(bjarne, answer)
    db.session.expire_all()
    assert "zebra" not in answer.body
    assert (answer.author_id, answer.mask) == (None, None)
    assert db.session.scalars(select(Comment.body)).all() == ["In white?"]


def test_pictures_go_with_the_text(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    file = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(file, "PNG")
    url = browser.post("/bilete", data={"image": (io.BytesIO(file.getvalue()), "a.png")}).json["url"]
    browser.post("/sporsmal/nytt", data={"title": "Look", "body": f"![x]({url})"})
    question = db.session.scalars(select(Question)).one()
    browser.post(f"/sporsmal/{question.id}/mitt/sporsmal/{question.id}/fjerning")
    assert db.session.scalar(select(func.count()).select_from(Picture)) == 0


def test_everything_goes_at_once_only_when_it_is_meant(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        question = make_question(bjarne)
        make_answer(anne, question, "Mine")
        make_question(anne, title="Also mine")
        make_question(anne, title="And quietly", is_anonymous=True)
    browser = browse(anne)
    assert browser.post("/sporsmal/mine-innlegg/fjerning").status_code == 422
    assert browser.post("/sporsmal/mine-innlegg/fjerning", data={"sure": "1"}).status_code == 303
    assert db.session.scalars(select(Question.id)).all() == [question.id]
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 0


def test_a_name_goes_off_everything_at_once(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        make_answer(anne, make_question(bjarne), "Mine")
        make_question(anne, title="Also mine")
    browse(anne).post("/sporsmal/mine-innlegg/utan-namn", data={"sure": "1"})
    for kind in (Question, Answer):
        assert db.session.scalar(select(func.count()).select_from(kind).where(kind.author_id == anne.id)) == 0


@pytest.mark.parametrize("verb", ["utan-namn", "fjerning"])
def test_what_is_not_ones_own_stays(browse: Browse, anne: Person, didrik: Person, verb: str) -> None:
    with transaction():
        question = make_question(anne)
        other = make_question(didrik, title="Of another")
    browser = browse(didrik)
    assert browser.post(f"/sporsmal/{question.id}/mitt/sporsmal/{question.id}/{verb}").status_code == 404
    assert browser.post(f"/sporsmal/{question.id}/mitt/sporsmal/{other.id}/{verb}").status_code == 404
    with pytest.raises(NotAllowed):
        own.remove(didrik, question)
    assert question.author_id == anne.id


def test_an_erased_colleague_is_in_no_post(anne: Person, bjarne: Person) -> None:
    with transaction():
        question = make_question(anne)
        answer = make_answer(bjarne, question)
        hidden = make_answer(bjarne, question, is_anonymous=True)
    with transaction():
        for holding in privacy.holdings():
            if holding.slice == "questions" and holding.erase:
                holding.erase(bjarne.id)
    for post in (answer, hidden):
        assert (post.author_id, post.mask) == (None, None)
    assert question.author_id == anne.id
