from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.history import Revision
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.queries import comments, threads
from portal.blueprints.questions.queries.threads import Window
from portal.blueprints.questions.service import answering, commenting, moderation
from portal.blueprints.search import queries as search
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.patient_data import PatientData
from tests.client import AuditingClient
from tests.factories.questions import make_answer, make_question

Browse = Callable[[Person], AuditingClient]


@pytest.fixture
def question(anne: Person) -> Question:
    with transaction():
        return make_question(anne)


@pytest.fixture
def answered(question: Question, bjarne: Person) -> Answer:
    with transaction():
        return make_answer(bjarne, question)


def told(person: Person) -> list[tuple[str, int]]:
    rows = db.session.execute(select(Notice.kind, Notice.count).where(Notice.person_id == person.id))
    return [(kind, count) for kind, count in rows if kind in {"questions.commented", "questions.mentioned"}]


def test_the_author_of_a_post_and_those_who_commented_there_are_told_once_a_thread(
    anne: Person, bjarne: Person, didrik: Person, otto: Person, answered: Answer
) -> None:
    place = {"question_id": answered.question_id, "answer_id": answered.id}
    commenting.comment(didrik, body="Which plug?", **place)
    commenting.comment(otto, body="The white one.", **place)
    commenting.comment(didrik, body="Thank you.", **place)
    assert told(bjarne) == [("questions.commented", 3)]
    assert told(otto) == [("questions.commented", 1)]
    assert told(didrik) == [("questions.commented", 1)], "not of their own"
    assert told(anne) == [], "the question is another post"


def test_the_asker_is_told_of_comments_on_the_question(anne: Person, bjarne: Person, question: Question) -> None:
    commenting.comment(bjarne, question.id, body="Which ward?")
    assert told(anne) == [("questions.commented", 1)]


def test_the_same_form_sent_twice_is_one_comment(bjarne: Person, question: Question) -> None:
    first = commenting.comment(bjarne, question.id, body="Which ward?", key="form")
    assert commenting.comment(bjarne, question.id, body="Which ward?", key="form").id == first.id
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 1


def test_the_same_form_sent_twice_is_one_comment_without_a_name_too(bjarne: Person, question: Question) -> None:
    first = commenting.comment(bjarne, question.id, body="Which ward?", key="form", is_anonymous=True)
    assert commenting.comment(bjarne, question.id, body="Which ward?", key="form", is_anonymous=True).id == first.id
    assert first.key != "form"


@pytest.mark.parametrize("body", ["", "   "])
def test_an_empty_comment_is_refused(bjarne: Person, question: Question, body: str) -> None:
    with pytest.raises(Invalid):
        commenting.comment(bjarne, question.id, body=body.strip())


def test_patient_data_is_refused_in_comments(bjarne: Person, question: Question) -> None:
    with pytest.raises(PatientData):
        commenting.comment(bjarne, question.id, body="It is about 01010112377")


def test_nothing_is_written_in_a_thread_that_is_closed(bjarne: Person, question: Question) -> None:
    question.is_locked = True
    db.session.flush()
    with pytest.raises(Conflict):
        commenting.comment(bjarne, question.id, body="One more thing")


def test_a_comment_that_is_taken_away_leaves_nothing(anne: Person, bjarne: Person, question: Question) -> None:
    written = commenting.comment(bjarne, question.id, body="Kanarifugl")
    commenting.edit_comment(bjarne, question.id, written.id, body="Kanarifuglen", version=1)
    with pytest.raises(NotAllowed):
        commenting.remove_comment(anne, question.id, written.id)
    commenting.remove_comment(bjarne, question.id, written.id)
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(Comment)) == 0
    assert db.session.scalar(select(func.count()).select_from(Revision)) == 0
    assert search.find(anne, "kanarifuglen") == []


def test_a_comment_is_found_with_its_thread(anne: Person, bjarne: Person, question: Question) -> None:
    commenting.comment(bjarne, question.id, body="Toner cartridge kanarifugl")
    assert [hit.ref for hit in search.find(anne, "kanarifugl")] == [question.id]


def test_only_the_newly_mentioned_are_told(
    anne: Person, bjarne: Person, didrik: Person, otto: Person, question: Question
) -> None:
    written = commenting.comment(bjarne, question.id, body=f"@{didrik.username} knows, I am @{bjarne.username}")
    assert told(didrik) == [("questions.mentioned", 1)]
    body = f"@{didrik.username} and @{otto.username} know"
    commenting.edit_comment(bjarne, question.id, written.id, body=body, version=1)
    assert told(didrik) == [("questions.mentioned", 1)]
    assert told(otto) == [("questions.mentioned", 1)]
    assert ("questions.mentioned", 1) not in told(bjarne)


def test_a_post_that_is_out_of_sight_mentions_nobody(
    anne: Person, carla: Person, didrik: Person, answered: Answer
) -> None:
    moderation.hide(carla, answered.question_id, hidden=True)
    answering.edit_answer(carla, answered.question_id, answered.id, body=f"Ask @{didrik.username}", version=1)
    assert told(didrik) == []


def test_who_mentions_without_a_name_stays_without_one(bjarne: Person, didrik: Person, question: Question) -> None:
    commenting.comment(bjarne, question.id, body=f"@{didrik.username} knows", is_anonymous=True)
    notice = db.session.scalars(select(Notice).where(Notice.person_id == didrik.id)).one()
    assert notice.actor_id is None


def test_of_many_comments_the_first_five_stand_there_and_the_rest_on_demand(
    bjarne: Person, question: Question, browse: Browse
) -> None:
    with transaction():
        for number in range(17):
            commenting.comment(bjarne, question.id, body=f"Remark {number}")
    browser = browse(bjarne)
    page = browser.soup(f"/sporsmal/{question.id}")
    assert len(page.select(".remark")) == 5
    more = page.find("a", string=lambda text: text and "12 more comments" in text) or page.select_one(".remarks__more")
    assert more
    assert "12 more comments" in more.get_text()
    opened = browser.soup(more["href"])
    assert len(opened.select(".remark")) == 17
    state = opened.select_one("input.thread-state[name=kommentarar]")
    assert state, "what was opened stays open when the page fetches itself again"
    assert state["value"] == "0"


def test_a_comment_is_written_without_scripts_and_leads_back_to_itself(
    browse: Browse, didrik: Person, answered: Answer
) -> None:
    path = f"/sporsmal/{answered.question_id}/svar/{answered.id}/kommentar"
    sent = browse(didrik).post(path, data={"body": "Which plug?", "key": "one"})
    comment = db.session.scalars(select(Comment)).one()
    assert sent.status_code == 303
    assert sent.location.endswith(f"#kommentar-{comment.id}")
    shown = browse(didrik).soup(sent.location).select_one(f"#kommentar-{comment.id}")
    assert shown
    assert "Which plug?" in shown.get_text()


def test_a_refused_comment_comes_back_with_its_words(browse: Browse, didrik: Person, question: Question) -> None:
    sent = browse(didrik).post(f"/sporsmal/{question.id}/kommentar", data={"body": "x" * 1001})
    assert sent.status_code == 422
    assert "x" * 1001 in sent.text
    guarded = browse(didrik).post(f"/sporsmal/{question.id}/kommentar", data={"body": "of 01010112377 it is"})
    assert guarded.status_code == 422
    assert "Nothing is stored yet" in guarded.text


def test_others_cannot_change_or_remove_a_comment(
    browse: Browse, anne: Person, didrik: Person, question: Question
) -> None:
    with transaction():
        comment = commenting.comment(anne, question.id, body="Mine")
    here = f"/sporsmal/{question.id}/kommentar/{comment.id}"
    assert browse(didrik).get(f"{here}/endring").status_code == 403
    assert browse(didrik).post(f"{here}/fjerning").status_code == 403
    assert browse(anne).post(f"{here}/fjerning").status_code == 303
    assert browse(anne).get(f"{here}/endring").status_code == 404


def test_a_comment_of_another_thread_is_not_there(anne: Person, question: Question) -> None:
    other = make_question(anne, title="Another")
    comment = commenting.comment(anne, other.id, body="There")
    with pytest.raises(NotFound):
        threads.get_comment(anne, question.id, comment.id)


def test_comments_of_an_answer_out_of_sight_are_out_of_sight(
    anne: Person, didrik: Person, carla: Person, answered: Answer
) -> None:
    comment = commenting.comment(anne, answered.question_id, answer_id=answered.id, body="Here")
    answered.is_hidden = True
    db.session.flush()
    with pytest.raises(NotFound):
        threads.get_comment(didrik, answered.question_id, comment.id)
    assert threads.get_comment(carla, answered.question_id, comment.id)


def test_who_writes_without_a_name_goes_on_so_unless_they_choose(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        question = make_question(anne, is_anonymous=True)
        make_answer(bjarne, question)

    def is_chosen(person: Person) -> bool:
        boxes = browse(person).soup(f"/sporsmal/{question.id}").select("#thread ~ form [name=is_anonymous]")
        boxes += browse(person).soup(f"/sporsmal/{question.id}").select("[name=is_anonymous]")
        return all(box.has_attr("checked") for box in boxes)

    assert is_chosen(anne)
    assert not is_chosen(bjarne)


def test_labels_stay_as_comments_and_answers_come(anne: Person, bjarne: Person, didrik: Person, at) -> None:  # type: ignore[no-untyped-def]
    at(datetime(2026, 11, 26, 9, 5, tzinfo=UTC))
    question = make_question(anne)
    comment = commenting.comment(bjarne, question.id, body="First", is_anonymous=True)
    answer = make_answer(didrik, question, is_anonymous=True)
    again = commenting.comment(didrik, question.id, answer_id=answer.id, body="Mine", is_anonymous=True)
    db.session.flush()
    names = threads.thread(anne, question.id).aliases
    assert [names[post.mask or ""].number for post in (comment, answer, again)] == [1, 2, 2]


def test_the_first_comments_of_every_post_are_read_at_once(anne: Person, question: Question) -> None:
    answer = make_answer(anne, question)
    for number in range(7):
        commenting.comment(anne, question.id, body=f"On the question {number}")
        commenting.comment(anne, question.id, answer_id=answer.id, body=f"On the answer {number}")
    shown = threads.thread(anne, question.id, Window(open_remarks=frozenset({answer.id})))
    assert (len(shown.remarks_on(0).shown), shown.remarks_on(0).more) == (comments.FIRST, 2)
    assert (len(shown.remarks_on(answer.id).shown), shown.remarks_on(answer.id).more) == (7, 0)
