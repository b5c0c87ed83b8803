from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.jobs.drafts import sweep_drafts
from portal.blueprints.questions.jobs.pictures import sweep_pictures
from portal.blueprints.questions.models.drafts import Draft
from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import drafts as reading
from portal.blueprints.questions.rules import drafts as rules
from portal.blueprints.questions.service import drafts, pictures
from portal.blueprints.search import queries as search
from portal.core import audit, facts, jobs, live, privacy
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from portal.core.images import CleanImage
from portal.core.patient_data import PatientData
from tests.client import AuditingClient
from tests.factories.questions import make_answer, make_question, make_tag

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]

IDENTITY_NUMBER = "01010112377"
NOON = datetime(2026, 11, 26, 12, 5, tzinfo=UTC)  # five past one in Oslo
JSON = {"Accept": "application/json"}
WORDS = {"title": ["The printer sulks"], "body": ["It blinks at me."], "tags": ["utskrift"]}


def keep(person: Person, place: str = "question", *, known: int = 0, key: str = "here", **fields: str) -> Draft:
    with transaction():
        return drafts.keep(person, place, {name: [text] for name, text in fields.items()}, known=known, key=key)


def count(model: type[Draft | Question | Picture | Notice]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def picture_of(owner: Person) -> Picture:
    with transaction():
        return pictures.add_picture(owner, an_image("teal"))


def an_image(colour: str) -> CleanImage:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "WEBP", lossless=True)
    return CleanImage(content=stream.getvalue(), mime="image/webp", width=8, height=8, digest="")


def sent(colour: str) -> tuple[io.BytesIO, str]:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    stream.seek(0)
    return stream, "skjerm.png"


# ----- what a draft is


@pytest.mark.parametrize("place", ["question", "answer-17", "comment-17-3", "quick"])
def test_a_place_is_a_word_and_at_most_two_numbers(place: str) -> None:
    assert rules.is_place(place)


@pytest.mark.parametrize("place", ["", "Question", "answer-", "a-1-2-3", "../x", "answer-1\n", "x" * 41, "answer-٣"])
def test_nothing_else_is_a_place(place: str) -> None:
    assert not rules.is_place(place)


def test_what_belongs_to_the_form_and_not_to_the_words_is_not_kept() -> None:
    form = {"title": ["A"], "csrf_token": ["t"], "key": ["k"], "draft": ["question"], "Odd Name": ["x"]}
    assert rules.written(form.items()) == {"title": ["A"]}


# ----- kept, found again, gone


def test_a_draft_is_found_again_by_the_one_who_wrote_it_and_by_nobody_else(anne: Person, bjarne: Person) -> None:
    keep(anne, title="The printer sulks")
    found = reading.find_draft(anne, "question")
    assert found
    assert found.fields == {"title": ["The printer sulks"]}
    assert reading.find_draft(bjarne, "question") is None
    assert reading.find_draft(anne, "answer-1") is None


def test_there_is_one_draft_in_each_place(anne: Person) -> None:
    first = keep(anne, title="A")
    keep(anne, known=first.version, title="B")
    keep(anne, "answer-3", body="C")
    assert [kept.text for kept in reading.drafts(anne)] == ["C", "B"] or count(Draft) == 2
    found = reading.find_draft(anne, "question")
    assert found
    assert found.text == "B"


def test_what_is_stored_tells_neither_the_words_nor_the_place(anne: Person, bjarne: Person) -> None:
    row = keep(anne, "answer-17", body="The printer sulks")
    assert b"printer" not in row.sealed
    assert "answer" not in row.place
    assert row.place not in reading.marks(bjarne, "answer-17")


def test_words_that_are_moved_to_another_place_or_person_do_not_open(anne: Person, bjarne: Person) -> None:
    row = keep(anne, title="Mine")
    other = keep(bjarne, title="Theirs")
    with transaction():
        other.sealed = row.sealed
    assert reading.find_draft(bjarne, "question") is None
    with transaction():
        row.place = reading.marks(anne, "answer-1")[0]
    assert reading.find_draft(anne, "answer-1") is None


def test_a_draft_is_told_to_nobody(anne: Person, bjarne: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []
    monkeypatch.setattr(live, "publish", heard.append)
    monkeypatch.setattr(facts, "record", heard.append)
    before = db.session.scalar(select(func.count()).select_from(jobs.Job))
    keep(anne, title="The printer sulks")
    assert heard == []
    assert count(Notice) == 0
    assert db.session.scalar(select(func.count()).select_from(jobs.Job)) == before
    assert search.find(bjarne, "printer sulks") == []
    assert search.find(anne, "printer sulks") == []


def test_a_newer_draft_from_another_window_is_never_written_over(anne: Person) -> None:
    first = keep(anne, key="office", title="At the office")
    keep(anne, key="home", known=first.version, title="At home")
    with pytest.raises(Conflict):
        keep(anne, key="office", known=1, title="At the office, still")
    with pytest.raises(Conflict):
        keep(anne, key="third", known=0, title="Somewhere else")
    found = reading.find_draft(anne, "question")
    assert found
    assert found.text == "At home"


def test_the_same_form_may_save_again_before_it_has_heard_of_the_first_time(anne: Person) -> None:
    keep(anne, key="office", title="A")
    assert keep(anne, key="office", known=0, title="AB").version == 2


def test_two_forms_without_a_key_are_two(anne: Person) -> None:
    keep(anne, key="", title="A")
    with pytest.raises(Conflict):
        keep(anne, key="", title="B")


def test_patient_data_is_not_even_kept_as_a_draft(anne: Person) -> None:
    with pytest.raises(PatientData) as refusal:
        keep(anne, title="Fine", body=f"about {IDENTITY_NUMBER}")
    assert refusal.value.field == "body"
    assert count(Draft) == 0


def test_places_that_are_none_and_texts_without_end_are_refused(anne: Person) -> None:
    with pytest.raises(Invalid):
        keep(anne, "../../x", title="A")
    with pytest.raises(Invalid):
        keep(anne, body="x" * (rules.LONGEST + 1))
    with pytest.raises(Invalid), transaction():
        drafts.keep(anne, "question", {"tags": ["x"] * (rules.FIELDS_MOST + 1)}, known=0)
    assert count(Draft) == 0


def test_there_is_a_bound_on_how_often(anne: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "SAVES", 2)
    for known in (0, 1):
        keep(anne, known=known, title="A")
    with pytest.raises(TooMany):
        keep(anne, known=2, title="A")


def test_a_draft_lies_for_thirty_days_and_no_longer(anne: Person, at: At) -> None:
    at(NOON)
    keep(anne, title="Old")
    keep(anne, "answer-1", body="Older")
    at(NOON + timedelta(days=20))
    keep(anne, "answer-1", known=1, body="Written on")
    at(NOON + timedelta(days=30, minutes=1))
    with transaction():
        sweep_drafts()
    assert [kept.place for kept in reading.drafts(anne)] == ["answer-1"]


def test_pictures_of_a_draft_stay_as_long_as_it_does(anne: Person, at: At) -> None:
    at(NOON)
    kept, loose = picture_of(anne), picture_of(anne)
    keep(anne, body=f"Look: ![screenshot](/bilete/{kept.token})")
    at(NOON + timedelta(days=3))
    with transaction():
        sweep_pictures()
    assert list(db.session.scalars(select(Picture.token))) == [kept.token]
    with transaction():
        drafts.throw_away(anne, "question")
        sweep_pictures()
    assert count(Picture) == 0
    assert loose.token != kept.token


def test_ones_drafts_are_exported_to_oneself_and_erased(anne: Person, bjarne: Person) -> None:
    keep(anne, title="Mine")
    keep(bjarne, title="Theirs")
    held = next(one for one in privacy.holdings() if one.slice == "questions" and one.what.startswith("Drafts"))
    assert held.export
    assert held.erase
    assert [line["text"] for line in held.export(anne.id)] == ["Mine"]
    with transaction():
        held.erase(anne.id)
    assert [row.person_id for row in db.session.scalars(select(Draft))] == [bjarne.id]


# ----- in the browser


def save(browser: AuditingClient, **fields: str) -> object:
    return browser.post("/utkast", data={"draft": "question", "key": "here", **fields}, headers=JSON)


def test_what_is_written_here_is_brought_back_there(browse: Browse, anne: Person, at: At) -> None:
    at(NOON)
    with transaction():
        make_tag()
    answer = browse(anne).post(
        "/utkast",
        data={"draft": "question", "key": "here", "title": "The printer", "body": "Blinks", "tags": "utskrift"},
        headers=JSON,
    )
    assert answer.json == {"version": 1, "words": "Draft kept at 13:05."}
    page = browse(anne).soup("/sporsmal/nytt")
    assert page.find("input", {"name": "title"})["value"] == "The printer"  # type: ignore[index]
    assert page.find("textarea").text.strip() == "Blinks"  # type: ignore[union-attr]
    assert page.find("input", {"name": "tags"}).has_attr("checked")  # type: ignore[union-attr]
    assert "Your draft from 13:05 is brought back." in page.text
    assert page.find("input", {"name": "draft_version"})["value"] == "1"  # type: ignore[index]
    assert "brought back" not in browse(anne).soup("/folk").text


def test_a_title_that_one_comes_with_is_not_written_over(browse: Browse, anne: Person) -> None:
    keep(anne, title="Another matter")
    page = browse(anne).soup("/sporsmal/nytt?title=The+lift")
    assert page.find("input", {"name": "title"})["value"] == "The lift"  # type: ignore[index]
    assert "You have a draft from" in page.text
    assert "Another matter" in page.text
    assert page.find("input", {"name": "draft_version"})["value"] == "0"  # type: ignore[index]


def test_posting_takes_the_draft_away(browse: Browse, anne: Person) -> None:
    keep(anne, key="here", title="The printer")
    browse(anne).post(
        "/sporsmal/nytt", data={"title": "The printer", "key": "there", "draft": "question", "draft_version": "1"}
    )
    assert count(Question) == 1
    assert count(Draft) == 0


def test_posting_takes_away_what_the_same_form_saved_last_whatever_it_has_heard(browse: Browse, anne: Person) -> None:
    keep(anne, key="here", title="The printer")
    browse(anne).post(
        "/sporsmal/nytt", data={"title": "The printer", "key": "here", "draft": "question", "draft_version": "0"}
    )
    assert count(Draft) == 0


@pytest.mark.parametrize("form", [{}, {"draft": "quick"}, {"draft": "question", "draft_version": "0"}])
def test_posting_from_another_field_leaves_the_draft(browse: Browse, anne: Person, form: dict[str, str]) -> None:
    keep(anne, key="here", title="Half a thought")
    browse(anne).post("/sporsmal/nytt", data={"title": "Something else", "key": "there", **form})
    assert count(Question) == 1
    assert count(Draft) == 1


def test_what_is_refused_is_still_a_draft(browse: Browse, anne: Person) -> None:
    keep(anne, key="here", title="The printer")
    form = {"title": "The printer", "body": IDENTITY_NUMBER, "key": "here", "draft": "question", "draft_version": "1"}
    answer = browse(anne).post("/sporsmal/nytt", data=form)
    assert answer.status_code == 422
    assert count(Draft) == 1
    assert 'name="draft_version" value="1"' in answer.text


def test_the_newer_one_is_shown_beside_the_older(browse: Browse, anne: Person, at: At) -> None:
    at(NOON)
    keep(anne, key="home", title="At home")
    answer = browse(anne).post(
        "/utkast", data={"draft": "question", "key": "office", "title": "At the office"}, headers=JSON
    )
    assert answer.status_code == 409
    assert answer.json["fields"] == {"title": ["At home"]}  # type: ignore[index]
    assert answer.json["words"] == "There is a newer draft from another window, kept at 13:05."  # type: ignore[index]
    again = {"draft": "question", "draft_version": str(answer.json["version"]), "key": "office", "title": "Mine"}  # type: ignore[index]
    assert browse(anne).post("/utkast", data=again, headers=JSON).status_code == 200


def test_the_field_is_told_that_patient_data_is_not_kept(browse: Browse, anne: Person) -> None:
    answer = browse(anne).post("/utkast", data={"draft": "question", "title": IDENTITY_NUMBER}, headers=JSON)
    assert answer.status_code == 422
    assert answer.json["detail"] == "This looks like a national identity number. Remove it before sending."  # type: ignore[index]
    assert count(Draft) == 0


def test_without_scripts_a_button_keeps_the_draft_and_leads_back(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    page = browser.soup("/sporsmal/nytt")
    button = page.find("button", {"formaction": "/utkast"})
    assert button
    answer = browser.post("/utkast", data={"draft": "question", "title": "Half", "back": button["value"]})
    assert (answer.status_code, answer.location) == (303, "/sporsmal/nytt")
    page = browser.soup("/sporsmal/nytt")
    assert page.find("input", {"name": "title"})["value"] == "Half"  # type: ignore[index]
    away = page.find("button", {"formaction": "/utkast/kasting"})
    assert away
    browser.post("/utkast/kasting", data={"draft": "question", "back": away["value"]})
    assert count(Draft) == 0
    # Enter in the title presses the first button of the form: one that asks, not one that throws away.
    first = next(each for each in page.find("main").form.find_all("button") if each.get("type") == "submit")  # type: ignore[union-attr]
    assert not first.get("formaction")


def test_nobody_is_led_to_another_house(browse: Browse, anne: Person) -> None:
    answer = browse(anne).post("/utkast", data={"draft": "question", "title": "A", "back": "//evil.example"})
    assert answer.location == "/"


def test_the_field_over_any_page_asks_what_was_kept(browse: Browse, anne: Person, bjarne: Person) -> None:
    keep(anne, "quick", title="Half a thought")
    found = browse(anne).get("/utkast?stad=quick").json
    assert found["fields"] == {"title": ["Half a thought"]}  # type: ignore[index]
    assert browse(bjarne).get("/utkast?stad=quick").json == {}
    assert browse(anne).get("/utkast?stad=" + "%00").status_code in {200, 400}


def test_answers_and_comments_are_kept_and_gone_when_they_are_posted(
    browse: Browse, anne: Person, bjarne: Person
) -> None:
    with transaction():
        question = make_question(anne)
    keep(bjarne, f"answer-{question.id}", body="Half an answer")
    keep(bjarne, f"comment-{question.id}-0", body="Half a remark")
    browser = browse(bjarne)
    page = browser.soup(f"/sporsmal/{question.id}")
    assert page.select_one("#answer-form textarea").text.strip() == "Half an answer"  # type: ignore[union-attr]
    kept_in = {keeper["data-place"] for keeper in page.select("draft-keeper")}
    assert {f"answer-{question.id}", f"comment-{question.id}-0"} <= kept_in
    form = {"body": "A whole one", "draft": f"answer-{question.id}", "draft_version": "1"}
    assert browser.post(f"/sporsmal/{question.id}/svar", data=form).status_code == 303
    assert [kept.place for kept in reading.drafts(bjarne)] == [f"comment-{question.id}-0"]
    form = {"body": "A remark", "draft": f"comment-{question.id}-0", "draft_version": "1"}
    assert browser.post(f"/sporsmal/{question.id}/kommentar", data=form).status_code == 303
    assert count(Draft) == 0


# ----- the field that opens over any page


QUICK = {"HX-Request": "true"}


def test_every_page_has_the_field_and_the_page_for_asking_has_its_own(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    for path in ("/", "/sporsmal", "/folk", "/meg"):
        assert browser.soup(path).select("#ask-dialog input[name=title]"), path
    assert not browser.soup("/sporsmal/nytt").select("#ask-dialog")


def test_asking_over_a_page_leaves_one_there_with_a_link(browse: Browse, anne: Person) -> None:
    answer = browse(anne).post(
        "/sporsmal/nytt", data={"title": "The lift", "quick": "1", "key": "k", "draft": "quick"}, headers=QUICK
    )
    question = db.session.scalars(select(Question)).one()
    assert answer.status_code == 200
    assert "Your question is out" in answer.text
    assert f"/sporsmal/{question.id}" in answer.text
    assert 'value="The lift"' not in answer.text
    assert 'name="key" value="k"' not in answer.text, "the next question is another form"


def test_asking_twice_over_a_page_asks_once(browse: Browse, anne: Person) -> None:
    for _ in range(2):
        browse(anne).post("/sporsmal/nytt", data={"title": "The lift", "quick": "1", "key": "k"}, headers=QUICK)
    assert count(Question) == 1


def test_patient_data_over_a_page_comes_back_in_the_field(browse: Browse, anne: Person) -> None:
    form = {"title": f"Who is {IDENTITY_NUMBER}?", "quick": "1", "key": "k"}
    answer = browse(anne).post("/sporsmal/nytt", data=form, headers=QUICK)
    assert answer.status_code == 422
    assert "<mark>" in answer.text
    assert 'name="key" value="k"' in answer.text
    assert count(Question) == 0


def test_without_scripts_the_field_over_a_page_leads_to_the_question(browse: Browse, anne: Person) -> None:
    answer = browse(anne).post("/sporsmal/nytt", data={"title": "The lift", "quick": "1"})
    assert answer.location == f"/sporsmal/{db.session.scalars(select(Question)).one().id}"


# ----- what is alike, in short


def test_what_is_alike_opens_in_place(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        question = make_question(anne, title="The printer sulks", body="It **blinks**.")
        make_answer(bjarne, question, body="Turn it off.")
    hits = browse(anne).get("/sporsmal/liknande?title=the+printer+sulks", headers=QUICK)
    assert f"/sporsmal/{question.id}/kort" in hits.text
    assert "1 looks like it" in hits.text
    short = browse(anne).get(f"/sporsmal/{question.id}/kort", headers=QUICK)
    assert "<strong>blinks</strong>" in short.text
    assert "Turn it off." in short.text
    assert "Bjarne" not in short.text, "who wrote it is not what one looks for, and may be hidden"


def test_the_solution_is_what_is_shown(browse: Browse, anne: Person, bjarne: Person) -> None:
    from portal.blueprints.questions.service import solving

    with transaction():
        question = make_question(anne)
        make_answer(bjarne, question, body="Wrong")
        right = make_answer(bjarne, question, body="Right")
    with transaction():
        solving.accept(anne, question.id, right.id)
    short = browse(anne).get(f"/sporsmal/{question.id}/kort", headers=QUICK).text
    assert "Right" in short
    assert "Wrong" not in short


def test_two_letters_are_like_everything_and_so_like_nothing(browse: Browse, anne: Person) -> None:
    with transaction():
        make_question(anne, title="PC")
    assert "/kort" not in browse(anne).get("/sporsmal/liknande?title=PC", headers=QUICK).text


def test_an_article_opens_in_place(browse: Browse, anne: Person) -> None:
    from tests.factories.knowledge import make_article

    article = make_article("Skrivaren", "Slå **av**")
    short = browse(anne).get(f"/kunnskap/{article.id}/kort", headers=QUICK)
    assert "<strong>av</strong>" in short.text


# ----- pictures that showed too much


def colour(picture: Picture) -> tuple[int, ...]:
    return Image.open(io.BytesIO(picture.content)).convert("RGB").getpixel((1, 1))  # type: ignore[return-value]


def test_a_covered_picture_takes_the_place_of_what_showed_too_much(browse: Browse, anne: Person) -> None:
    picture = picture_of(anne)
    browser = browse(anne)
    before = browser.get(f"/bilete/{picture.token}")
    answer = browser.post(f"/bilete/{picture.token}/dekking", data={"image": sent("black")}, headers=JSON)
    assert answer.json == {"url": f"/bilete/{picture.token}"}
    assert colour(db.session.scalars(select(Picture)).one()) == (0, 0, 0)
    after = browser.get(f"/bilete/{picture.token}", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200, "the old one is asked for anew"
    again = browser.get(f"/bilete/{picture.token}", headers={"If-None-Match": after.headers["ETag"]})
    assert again.status_code == 304


def test_others_cannot_cover_a_picture_but_those_who_keep_order_can(
    browse: Browse, anne: Person, bjarne: Person, carla: Person
) -> None:
    picture = picture_of(anne)
    with pytest.raises(NotFound):
        pictures.cover(bjarne, picture.token, an_image("black"))
    with transaction():
        question = make_question(anne, body=f"![screenshot](/bilete/{picture.token})")
    with pytest.raises(NotAllowed):
        pictures.cover(bjarne, picture.token, an_image("black"))
    assert browse(bjarne).post(f"/bilete/{picture.token}/dekking", data={"image": sent("red")}).status_code == 403
    with transaction():
        pictures.cover(carla, picture.token, an_image("black"))
    assert [(entry.act, entry.ids) for entry in audit.entries()] == [
        ("questions.cover_picture", {"question_id": question.id})
    ]


def test_whoever_asked_without_a_name_can_cover_their_own_picture(anne: Person, bjarne: Person) -> None:
    picture = picture_of(anne)
    with transaction():
        make_question(anne, body=f"![screenshot](/bilete/{picture.token})", is_anonymous=True)
    db.session.expire_all()
    with transaction():
        pictures.cover(anne, picture.token, an_image("black"))
    with pytest.raises(NotAllowed):
        pictures.cover(bjarne, picture.token, an_image("white"))
    assert audit.entries() == []
