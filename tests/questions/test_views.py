from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.marks import Thanks
from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.questions.service import asking, marks, posting
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.questions import make_answer, make_question, make_tag

Browse = Callable[[Person], AuditingClient]
IDENTITY_NUMBER = "01010112377"


@pytest.fixture
def question(anne: Person) -> Question:
    with transaction():
        return make_question(anne, body="It **blinks**.")


@pytest.fixture
def answered(question: Question, bjarne: Person) -> Answer:
    with transaction():
        return make_answer(bjarne, question, body="Try this:\n\n```powershell\nGet-Printer\n```")


def screenshot() -> tuple[io.BytesIO, str]:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(stream, "PNG")
    stream.seek(0)
    return stream, "skjerm.png"


@pytest.mark.parametrize(
    "path", ["/sporsmal", "/sporsmal/nytt", "/sporsmal/1", "/sporsmal/liknande?title=printer", "/bilete/" + "a" * 22]
)
def test_strangers_are_sent_to_sign_in(client: AuditingClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/logg-inn")


def test_one_field_and_enter_asks(browse: Browse, anne: Person) -> None:
    answer = browse(anne).post("/sporsmal/nytt", data={"title": "The printer sulks"})
    question = db.session.scalars(select(Question)).one()
    assert (answer.status_code, answer.location) == (303, f"/sporsmal/{question.id}")
    assert (question.title, question.author_id) == ("The printer sulks", anne.id)


def test_a_double_click_asks_once(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    for _ in range(2):
        answer = browser.post("/sporsmal/nytt", data={"title": "Once", "key": "same-form"})
        assert answer.status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Question)) == 1


def test_a_form_without_its_token_changes_nothing(browse: Browse, anne: Person) -> None:
    answer = browse(anne).post("/sporsmal/nytt", data={"title": "Forged"}, csrf=False)
    assert answer.status_code == 400
    assert db.session.scalar(select(func.count()).select_from(Question)) == 0


def test_too_long_a_title_comes_back_with_the_text_kept(browse: Browse, anne: Person) -> None:
    title = "x" * 151
    answer = browse(anne).post("/sporsmal/nytt", data={"title": title, "body": "My details"})
    assert answer.status_code == 422
    assert title in answer.text
    assert "My details" in answer.text


def test_patient_data_comes_back_marked_and_is_stored_nowhere(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    form = {"title": "The journal hangs", "body": f"for patient {IDENTITY_NUMBER} since noon"}
    answer = browser.post("/sporsmal/nytt", data=form)
    assert answer.status_code == 422
    assert f"<mark>{IDENTITY_NUMBER}</mark>" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Question)) == 0
    masked = browser.post("/sporsmal/nytt", data={**form, "guard": "mask"})
    assert masked.status_code == 303
    assert IDENTITY_NUMBER not in db.session.scalars(select(Question.body)).one()


def test_the_author_may_say_that_it_is_no_identity_number(browse: Browse, anne: Person) -> None:
    answer = browse(anne).post("/sporsmal/nytt", data={"title": f"Meter {IDENTITY_NUMBER}", "guard": "keep"})
    assert answer.status_code == 303


def test_the_thread_shows_question_and_answers_as_safe_html(browse: Browse, didrik: Person, answered: Answer) -> None:
    page = browse(didrik).soup(f"/sporsmal/{answered.question_id}")
    assert page.h1.get_text() == "The printer in the ward sulks"  # type: ignore[union-attr]
    assert page.select_one("article strong").get_text() == "blinks"  # type: ignore[union-attr]
    assert "Get-Printer" in page.select_one("pre code").get_text()  # type: ignore[union-attr]


def test_a_script_in_a_text_is_only_text(browse: Browse, anne: Person) -> None:
    with transaction():
        question = make_question(anne, title="<script>alert(1)</script>", body="<img src=x onerror=alert(1)>")
    page = browse(anne).soup(f"/sporsmal/{question.id}")
    assert not page.select("article script, article img, h1 script")
    assert "<script>alert(1)</script>" in page.h1.get_text()  # type: ignore[union-attr]


def test_answering_leads_to_the_answer(browse: Browse, bjarne: Person, question: Question) -> None:
    answer = browse(bjarne).post(f"/sporsmal/{question.id}/svar", data={"body": "Off and on."})
    added = db.session.scalars(select(Answer)).one()
    assert answer.location == f"/sporsmal/{question.id}#svar-{added.id}"


def test_an_empty_answer_is_refused_with_words(browse: Browse, bjarne: Person, question: Question) -> None:
    answer = browse(bjarne).post(f"/sporsmal/{question.id}/svar", data={"body": "  "})
    assert answer.status_code == 422
    assert "Write an answer first." in answer.text


def test_a_press_gives_the_fragment_with_scripts_and_the_page_without(
    browse: Browse, anne: Person, answered: Answer
) -> None:
    browser = browse(anne)
    url = f"/sporsmal/{answered.question_id}/svar/{answered.id}/takk"
    plain = browser.post(url, data={"on": "1"})
    assert plain.location == f"/sporsmal/{answered.question_id}#svar-{answered.id}"
    fragment = browser.post(url, data={"on": "0"}, headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith('<div id="thread"')
    assert db.session.scalar(select(func.count()).select_from(Thanks)) == 0


def test_the_page_includes_the_very_fragment_that_is_swapped(browse: Browse, didrik: Person, answered: Answer) -> None:
    from bs4 import BeautifulSoup

    browser = browse(didrik)
    url = f"/sporsmal/{answered.question_id}"
    on_page = browser.soup(url).select_one("#thread")
    alone = BeautifulSoup(browser.get(url, headers={"HX-Request": "true"}).text, "html.parser").select_one("#thread")

    def text(element: object) -> str:
        return " ".join(element.get_text(" ").split())  # type: ignore[attr-defined]

    assert text(on_page) == text(alone)


def test_only_the_asker_sees_and_may_press_this_solved_it(
    browse: Browse, anne: Person, didrik: Person, answered: Answer
) -> None:
    url = f"/sporsmal/{answered.question_id}/svar/{answered.id}/loysing"
    assert browse(didrik).post(url).status_code == 403
    assert url not in browse(didrik).get(f"/sporsmal/{answered.question_id}").text
    assert url in browse(anne).get(f"/sporsmal/{answered.question_id}").text
    assert browse(anne).post(url).status_code == 303
    assert "This solved it" in browse(didrik).get(f"/sporsmal/{answered.question_id}").text


@pytest.mark.parametrize("noun", ["endring", "svar/{answer}/endring"])
def test_nobody_changes_what_another_wrote(browse: Browse, didrik: Person, answered: Answer, noun: str) -> None:
    url = f"/sporsmal/{answered.question_id}/{noun.format(answer=answered.id)}"
    question = db.session.get_one(Question, answered.question_id)
    form = {"title": "Mine now", "body": "Mine", "version": question.version}
    assert browse(didrik).post(url, data=form).status_code == 403


def test_hiding_is_for_those_who_keep_order(browse: Browse, didrik: Person, carla: Person, question: Question) -> None:
    url = f"/sporsmal/{question.id}/goyming"
    assert browse(didrik).post(url).status_code == 403
    assert browse(carla).post(url).status_code == 303
    assert browse(didrik).get(f"/sporsmal/{question.id}").status_code == 404
    assert browse(carla).get(f"/sporsmal/{question.id}").status_code == 200


def test_a_late_change_is_refused_with_the_text_kept(
    browse: Browse, anne: Person, carla: Person, question: Question
) -> None:
    opened = question.version
    with transaction():
        asking.edit_question(carla, question.id, title="Tidied", body="", tags=[], version=opened)
    form = {"title": "My own title", "body": "My own words", "version": opened}
    answer = browse(anne).post(f"/sporsmal/{question.id}/endring", data=form)
    assert answer.status_code == 422
    assert "Somebody has changed this meanwhile. Your text is kept." in answer.text
    assert "My own words" in answer.text


def test_an_answer_that_comes_meanwhile_is_no_reason_to_refuse_a_change(
    browse: Browse, anne: Person, bjarne: Person, question: Question
) -> None:
    opened = question.version
    with transaction():
        make_answer(bjarne, question)
    form = {"title": "The printer in the ward sulks", "body": "More details", "version": opened}
    assert browse(anne).post(f"/sporsmal/{question.id}/endring", data=form).status_code == 303


def test_a_pasted_picture_is_cleaned_and_shown_to_others_once_posted(
    browse: Browse, anne: Person, bjarne: Person
) -> None:
    browser = browse(anne)
    url = browser.post("/bilete", data={"image": screenshot()}, headers={"Accept": "application/json"}).json["url"]  # type: ignore[index]
    assert browse(bjarne).get(url).status_code == 404
    browser.post("/sporsmal/nytt", data={"title": "See this", "body": f"![screenshot]({url})"})
    seen = browse(bjarne).get(url)
    assert (seen.status_code, seen.mimetype.split("/")[0]) == (200, "image")
    assert "private" in seen.headers["Cache-Control"]
    assert "sandbox" in seen.headers["Content-Security-Policy"]


def test_without_scripts_the_picture_comes_with_the_form(browse: Browse, anne: Person) -> None:
    browse(anne).post("/sporsmal/nytt", data={"title": "See this", "body": "Look:", "image": screenshot()})
    token = db.session.scalars(select(Picture.token)).one()
    assert db.session.scalars(select(Question.body)).one() == f"Look:\n\n![screenshot](/bilete/{token})"


def test_what_is_no_picture_is_refused_with_words(browse: Browse, anne: Person) -> None:
    sent = (io.BytesIO(b"<svg onload='alert(1)'/>"), "x.png")
    answer = browse(anne).post("/bilete", data={"image": sent}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["detail"]  # type: ignore[index]


def test_too_large_a_form_is_refused_with_a_kind_page(browse: Browse, anne: Person) -> None:
    answer = browse(anne).post("/sporsmal/nytt", data={"title": "x", "body": "y" * 2_200_000})
    assert answer.status_code == 413
    assert "That was too large" in answer.text


def test_the_lists_can_be_narrowed(browse: Browse, anne: Person, bjarne: Person, question: Question) -> None:
    with transaction():
        make_tag("citrix", "Citrix")
        make_question(bjarne, title="Citrix is slow", tags=["citrix"])
    browser = browse(anne)
    assert [link.get_text() for link in browser.soup("/sporsmal?vis=mine").select(".row__title a")] == [question.title]
    assert [link.get_text() for link in browser.soup("/sporsmal?tag=citrix").select(".row__title a")] == [
        "Citrix is slow"
    ]
    assert not browser.soup("/sporsmal?vis=loyste").select(".row__title a")


def test_nonsense_in_the_address_is_no_fault(browse: Browse, anne: Person) -> None:
    for query in ("vis=x", "tag=%27%3B--", "etter=zzzz", "etter=" + "A" * 400, "etter=WzEsMl0"):
        assert browse(anne).get(f"/sporsmal?{query}").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_list(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        tag = make_tag()
        for number in range(20):
            make_question(bjarne, title=f"Question {number}", tags=[tag.slug])
    browser = browse(anne)
    browser.get("/sporsmal")
    assert len(browser.statements) <= 11, browser.statements


def test_the_number_of_queries_does_not_grow_with_the_thread(
    browse: Browse, anne: Person, bjarne: Person, didrik: Person, question: Question
) -> None:
    with transaction():
        for number in range(12):
            added = make_answer([bjarne, didrik][number % 2], question, body=f"Answer {number}")
            marks.thank(anne, question.id, added.id)
    browser = browse(anne)
    browser.get(f"/sporsmal/{question.id}")
    assert len(browser.statements) <= 18, browser.statements


def test_articles_that_answers_speak_of_stand_beside_them(
    browse: Browse, didrik: Person, bjarne: Person, question: Question
) -> None:
    from tests.factories.knowledge import make_article

    with transaction():
        article = make_article(title="When the printer sulks")
        make_answer(bjarne, question, body=f"See {article.number}, it is all there.")
    page = browse(didrik).soup(f"/sporsmal/{question.id}")
    links = [link.get_text() for link in page.select(f'aside a[href="/kunnskap/{article.number}"]')]
    assert links == [f"{article.number}: When the printer sulks"]


def test_a_flood_of_posts_is_stopped_with_a_kind_page(
    browse: Browse, anne: Person, bjarne: Person, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "POSTS_PER_HOUR", 2)
    browser = browse(bjarne)
    assert browser.post("/sporsmal/nytt", data={"title": "One"}).status_code == 303
    assert browser.post(f"/sporsmal/{question.id}/svar", data={"body": "Two"}).status_code == 303
    for url, form in (("/sporsmal/nytt", {"title": "Three"}), (f"/sporsmal/{question.id}/svar", {"body": "Three"})):
        assert browser.post(url, data=form).status_code == 429
    assert db.session.scalars(select(Question.title).where(Question.author_id == bjarne.id)).all() == ["One"]
    assert browse(anne).post("/sporsmal/nytt", data={"title": "Mine"}).status_code == 303
