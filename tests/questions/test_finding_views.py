from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.finding import FeedKey, SavedFilter, TagFollowing
from portal.blueprints.questions.models.marks import Following
from portal.blueprints.questions.models.tags import TagSynonym
from portal.blueprints.questions.queries import lists
from portal.blueprints.questions.service import filters, following, marks, skills
from portal.blueprints.questions.views import listing
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question, make_tag

Browse = Callable[[Person], AuditingClient]
IDENTITY_NUMBER = "01010112377"


def titles(browser: AuditingClient, path: str) -> list[str]:
    return [link.get_text() for link in browser.soup(path).select(".row__title a")]


def chips(browser: AuditingClient, path: str) -> list[tuple[str, str]]:
    return [(chip.contents[0].strip(), chip["href"]) for chip in browser.soup(path).select(".chip")]


def test_a_line_shows_who_when_what_about_and_how_it_stands(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        make_tag("citrix", "Citrix")
        make_answer(bjarne, make_question(anne, title="Citrix is <slow>", tags=["citrix"]))
    row = browse(bjarne).soup("/sporsmal").select_one(".row")
    assert row is not None
    assert row.select_one(".row__title a").get_text() == "Citrix is <slow>"  # type: ignore[union-attr]
    words = " ".join(row.get_text(" ").split())
    assert words == "AA Citrix is <slow> Citrix Anne Askeland · just now 1 answer"
    assert row.select_one("a.tag")["href"] == "/sporsmal/emne/citrix"  # type: ignore[index]


def test_a_line_follows_the_clock_and_the_readers_language(
    browse: Browse, anne: Person, at: Callable[[datetime], None]
) -> None:
    at(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    with transaction():
        make_question(anne)
        reader = make_person("Nora Nynorsk", locale="nn")
    assert "just now" in browse(anne).get("/sporsmal").text
    assert "no nettopp" in browse(reader).get("/sporsmal").text
    at(datetime(2026, 11, 23, 9, 5, tzinfo=UTC))
    assert "5 min ago" in browse(anne).get("/sporsmal").text
    at(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    page = browse(anne).soup("/sporsmal")
    assert page.select_one(".row time").get_text() == "yesterday"  # type: ignore[union-attr]
    assert page.select_one(".row time")["title"].startswith("yesterday at")  # type: ignore[index, union-attr]


def test_a_line_without_a_name_names_nobody(browse: Browse, anne: Person) -> None:
    with transaction():
        make_question(anne, is_anonymous=True)
    row = browse(anne).soup("/sporsmal").select_one(".row")
    assert "A colleague, no name" in row.get_text()  # type: ignore[union-attr]
    assert anne.first_name not in str(row)


def test_the_front_page_shows_the_same_lines(browse: Browse, anne: Person) -> None:
    with transaction():
        make_question(anne, title="On the front page")
    assert titles(browse(anne), "/") == ["On the front page"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/sporsmal?vis=til-meg", "Nobody has asked you in particular."),
        ("/sporsmal?vis=loyste-i-veka", "Nothing has been solved in the last seven days."),
        ("/sporsmal?vis=ventar", "All quiet."),
        ("/sporsmal?vis=mine", "You have not asked anything yet."),
        ("/sporsmal?q=zzzz", "Nothing was found"),
    ],
)
def test_an_empty_list_says_something_kind(browse: Browse, anne: Person, path: str, words: str) -> None:
    assert words in browse(anne).get(path).text


def test_a_count_past_the_bound_is_many(
    browse: Browse, anne: Person, bjarne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "COUNTED_MOST", 3)
    with transaction():
        for number in range(4):
            make_question(bjarne, title=f"Question {number}")
    page = browse(anne).soup("/sporsmal")
    assert [count.get_text() for count in page.select(".pills__count")] == ["2+"]
    assert "Quite a few are waiting." in page.get_text()


def test_a_search_shows_what_was_understood_and_each_part_can_be_taken_away(browse: Browse, anne: Person) -> None:
    with transaction():
        make_tag()
    found = chips(browse(anne), '/sporsmal?vis=ventar&q=skrivar tag:utskrift -svar:0 "raud lampe"')
    assert found == [
        ("skrivar", "/sporsmal?vis=ventar&q=tag:utskrift+-svar:0+%22raud+lampe%22"),
        ("Subject: Utskrift", "/sporsmal?vis=ventar&q=skrivar+-svar:0+%22raud+lampe%22"),
        ("Without: No answers", "/sporsmal?vis=ventar&q=skrivar+tag:utskrift+%22raud+lampe%22"),
        ("«raud lampe»", "/sporsmal?vis=ventar&q=skrivar+tag:utskrift+-svar:0"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("status:løyst", "Solved"),
        ("status:sett-på", "Someone is looking at it"),
        ("svar:0", "No answers"),
        ("svar:3", "Answers: 3"),
        ("svar:>3", "Answers: 4 or more"),
        ("svar:<3", "Answers: 2 or fewer"),
        ("etter:2025-01-01", "From Wednesday 1 January 2025 on"),
        ("før:1.2.2025", "Before Saturday 1 February 2025"),
        ("frå:meg", "From: me"),
        ("frå:Askeland", "From: Askeland"),
        ("-tag:nope", "Without: Subject: nope"),
    ],
)
def test_each_filter_is_said_in_words(browse: Browse, anne: Person, text: str, words: str) -> None:
    assert [label for label, _ in chips(browse(anne), f"/sporsmal?q={text}")] == [words]


def test_what_is_no_filter_is_said_kindly(browse: Browse, anne: Person) -> None:
    page = browse(anne).get("/sporsmal?q=outlook:krasjar tag:nope frå:nobody").text
    assert "«outlook:» is no filter here, so we look for it as words." in page
    assert "There is no subject called «nope»." in page
    assert "Nobody here is called «nobody»." in page


def test_a_search_with_patient_data_is_neither_run_nor_kept(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    answer = browser.get(f"/sporsmal?q=pasient {IDENTITY_NUMBER}")
    assert answer.status_code == 422
    assert f"<mark>{IDENTITY_NUMBER}</mark>" in answer.text
    assert not any(IDENTITY_NUMBER in statement for statement in browser.statements)
    kept = browser.post("/sporsmal/filter", data={"name": "x", "query": f"pasient {IDENTITY_NUMBER}"})
    assert kept.status_code == 422
    assert db.session.scalars(select(SavedFilter)).all() == []


def test_the_pages_of_a_search_go_on(browse: Browse, anne: Person) -> None:
    with transaction():
        make_tag()
        for number in range(25):
            make_question(anne, title=f"Printer {number}", tags=["utskrift"])
    browser = browse(anne)
    for text in ("tag:utskrift", "printer"):
        first = browser.soup(f"/sporsmal?q={text}")
        onwards = first.select_one('a[rel="next"]')["href"]  # type: ignore[index]
        seen = [link.get_text() for link in first.select(".row__title a")] + titles(browser, onwards)
        assert len(set(seen)) == 25, text


def test_a_list_fragment_is_the_one_on_the_page(browse: Browse, anne: Person) -> None:
    with transaction():
        make_question(anne)
    browser = browse(anne)
    alone = browser.get("/sporsmal?q=svar:0", headers={"HX-Request": "true"}).text
    assert alone.lstrip().startswith('<div id="question-list"')
    assert "The printer in the ward sulks" in alone


# Query ceilings

# Of these the frame of every page takes three, and the desk beside the list two.
CEILINGS = {
    "/sporsmal": 11,
    "/sporsmal?vis=ventar": 11,
    "/sporsmal?vis=mine": 13,
    "/sporsmal?vis=til-meg": 11,
    "/sporsmal?vis=loyste-i-veka": 11,
    "/sporsmal?q=tag:utskrift": 13,
    "/sporsmal?q=tag:utskrift frå:bjarne status:open svar:0 etter:2026": 14,
    "/sporsmal?q=printer": 17,
    "/sporsmal/emne": 6,
    "/sporsmal/emne/utskrift": 12,
    "/sporsmal/folgjer": 10,
    "/sporsmal/filter": 6,
    "/sporsmal/straumar": 8,
}


@pytest.mark.parametrize("path", CEILINGS)
def test_no_list_asks_more_for_more_lines(browse: Browse, anne: Person, bjarne: Person, path: str) -> None:
    with transaction():
        tag = make_tag()
        db.session.flush()
        for number in range(21):
            question = make_question([anne, bjarne][number % 2], title=f"Printer {number}", tags=[tag.slug])
            marks.choose_following(anne, question.id, wanted=True)
    browser = browse(anne)
    assert browser.get(path).status_code == 200
    assert len(browser.statements) <= CEILINGS[path], browser.statements


# Subjects


def test_a_subject_has_a_page_with_its_newest_its_template_and_a_press_to_follow(
    browse: Browse, anne: Person, bjarne: Person
) -> None:
    with transaction():
        tag = make_tag()
        tag.template = "Say **which** printer."
        make_question(bjarne, title="About printing", tags=["utskrift"])
        make_question(bjarne, title="About something else")
    browser = browse(anne)
    page = browser.soup("/sporsmal/emne/utskrift")
    assert page.h1.get_text() == "Utskrift"  # type: ignore[union-attr]
    assert [link.get_text() for link in page.select(".row__title a")] == ["About printing"]
    assert "Say which printer." in page.get_text()
    press = page.select_one(f'form[action="/sporsmal/emne/{tag.id}/folgjing"]')
    assert press is not None
    answer = browser.post(press["action"], data={"on": "1"})
    assert answer.location == "/sporsmal/emne/utskrift"
    assert db.session.get(TagFollowing, (tag.id, anne.id))
    assert "You follow this" in browser.get("/sporsmal/emne/utskrift").text
    assert browser.post(press["action"], data={"on": "0", "from": "followed"}).location == "/sporsmal/folgjer"
    assert db.session.get(TagFollowing, (tag.id, anne.id)) is None


def test_another_word_for_a_subject_leads_to_it(browse: Browse, anne: Person) -> None:
    with transaction():
        tag = make_tag()
        db.session.flush()
        db.session.add(TagSynonym(name="print", tag_id=tag.id))
    assert browse(anne).get("/sporsmal/emne/print").location == "/sporsmal/emne/utskrift"
    assert browse(anne).get("/sporsmal/emne/nope").status_code == 404
    assert browse(anne).post("/sporsmal/emne/987654/folgjing").status_code == 404


def test_old_addresses_of_a_subject_still_narrow_the_list(browse: Browse, anne: Person) -> None:
    with transaction():
        make_tag()
    assert [label for label, _ in chips(browse(anne), "/sporsmal?tag=utskrift")] == ["Subject: Utskrift"]
    assert [label for label, _ in chips(browse(anne), "/sporsmal?tag=utskrift&q=svar:0")] == [
        "Subject: Utskrift",
        "No answers",
    ]


# Colleagues


def test_a_colleagues_page_shows_what_was_asked_under_the_name_only(
    browse: Browse, anne: Person, bjarne: Person
) -> None:
    with transaction():
        make_question(bjarne, title="Under my name")
        make_question(bjarne, title="Without it", is_anonymous=True)
    for reader in (anne, bjarne):
        assert titles(browse(reader), f"/sporsmal/kollega/{bjarne.id}") == ["Under my name"]


def test_subjects_of_a_colleague_are_seen_and_followed_only_when_opened(
    browse: Browse, anne: Person, bjarne: Person
) -> None:
    with transaction():
        make_tag()
        db.session.flush()
        skills.declare(bjarne, knows=["utskrift"], learning=[], by_answers=False)
    path, press = f"/sporsmal/kollega/{bjarne.id}", f"/sporsmal/kollega/{bjarne.id}/folgjing"
    assert "Utskrift" not in browse(anne).get(path).text
    assert press not in browse(anne).get(path).text
    assert press not in browse(anne).get(f"/folk/{bjarne.id}").text
    assert browse(anne).post(press, data={"on": "1"}).status_code == 404
    assert browse(bjarne).post("/sporsmal/emna-mine/vising", data={"on": "1"}).status_code == 303
    assert "Utskrift" in browse(anne).get(path).text
    assert press in browse(anne).get(f"/folk/{bjarne.id}").text
    assert browse(anne).post(press, data={"on": "1"}).location == path
    assert "You follow this" in browse(anne).get(path).text
    assert browse(bjarne).post(f"/sporsmal/kollega/{bjarne.id}/folgjing").status_code == 409


# What one follows, and stops following


def test_what_one_follows_is_stopped_with_one_press_each(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        tag, question = make_tag(), make_question(bjarne, title="Followed")
        following.open_topics(bjarne, wanted=True)
        db.session.flush()
        following.choose_tag(anne, tag.id, wanted=True)
        following.choose_topics(anne, bjarne.id, wanted=True)
        marks.choose_following(anne, question.id, wanted=True)
    browser = browse(anne)
    page = browser.soup("/sporsmal/folgjer")
    presses = [form["action"] for form in page.select("main form")]
    assert presses == [
        f"/sporsmal/{question.id}/folgjing",
        f"/sporsmal/emne/{tag.id}/folgjing",
        f"/sporsmal/kollega/{bjarne.id}/folgjing",
    ]
    for press in presses:
        assert browser.post(press, data={"on": "0", "from": "followed"}).location == "/sporsmal/folgjer"
    assert browser.soup("/sporsmal/folgjer").select("main form") == []
    assert db.session.get(Following, (question.id, anne.id)) is None


def test_nobody_sees_what_another_follows_or_keeps(browse: Browse, anne: Person, didrik: Person) -> None:
    with transaction():
        tag = make_tag("hemmeleg", "Private subject")
        db.session.flush()
        following.choose_tag(anne, tag.id, wanted=True)
        filters.keep(anne, name="My own filter", query="tag:hemmeleg")
    assert browse(didrik).soup("/sporsmal/folgjer").select("main form") == []
    for path in ("/sporsmal", "/sporsmal/filter", "/sporsmal/straumar"):
        assert "My own filter" not in browse(didrik).get(path).text


# Kept searches


def test_a_search_is_kept_and_stands_beside_the_lists(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    assert "Keep this search" not in browser.get("/sporsmal").text
    assert "Keep this search" in browser.get("/sporsmal?q=svar:0").text
    answer = browser.post("/sporsmal/filter", data={"name": "No answers yet", "query": "svar:0"})
    assert answer.location == "/sporsmal?q=svar:0"
    page = browser.soup(answer.location)
    pill = page.select_one('.pills a[href="/sporsmal?q=svar:0"][aria-current]')
    assert pill is not None
    assert "No answers yet" in [each.get_text() for each in page.select(".pills a")]
    assert "Keep this search" not in page.get_text()


def test_a_kept_search_is_renamed_and_removed_by_its_owner_only(browse: Browse, anne: Person, didrik: Person) -> None:
    with transaction():
        kept = filters.keep(anne, name="Prints", query="tag:utskrift")
    path = f"/sporsmal/filter/{kept.id}"
    assert browse(didrik).post(path, data={"name": "Mine now"}).status_code == 404
    assert browse(didrik).post(f"{path}/fjerning").status_code == 404
    browser = browse(anne)
    assert browser.post(path, data={"name": "Paper"}).status_code == 303
    assert "Paper" in browser.get("/sporsmal/filter").text
    assert browser.post(path, data={"name": "  "}).status_code == 422
    assert browser.post(f"{path}/fjerning").status_code == 303
    assert "You keep no searches yet." in browser.get("/sporsmal/filter").text


# The addresses of feeds


def test_the_addresses_are_made_made_anew_and_closed_by_their_owner(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    assert browser.soup("/sporsmal/straumar").select(".feeds input") == []
    browser.post("/sporsmal/straumar")
    first = [field["value"] for field in browser.soup("/sporsmal/straumar").select(".feeds input")]
    assert [address.rsplit("/", 1)[1] for address in first] == ["alle.atom", "ventar.atom", "folgjer.atom"]
    assert all(address.startswith(f"http://localhost/straum/{anne.id}/") for address in first)
    browser.post("/sporsmal/straumar")
    second = [field["value"] for field in browser.soup("/sporsmal/straumar").select(".feeds input")]
    assert not set(first) & set(second)
    browser.post("/sporsmal/straumar/stenging")
    assert browser.soup("/sporsmal/straumar").select(".feeds input") == []
    assert db.session.get(FeedKey, anne.id) is None


def test_a_thread_shows_its_reader_the_address_of_its_feed(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        question = make_question(bjarne)
    browser, path = browse(anne), f"/sporsmal/{question.id}"
    assert "Your feed of this thread" not in browser.get(path).text
    browser.post("/sporsmal/straumar")
    link = browser.soup(path).select_one('a[type="application/atom+xml"]')
    assert link is not None
    assert browser.get(str(link["href"]).removeprefix("http://localhost")).mimetype == "application/atom+xml"


def test_no_page_shows_the_secret_of_another(browse: Browse, anne: Person, carla: Person) -> None:
    browse(anne).post("/sporsmal/straumar")
    address = browse(anne).soup("/sporsmal/straumar").select_one(".feeds input")["value"]  # type: ignore[index]
    secret = str(address).split("/")[5]
    for path in ("/sporsmal/straumar", "/sporsmal/folgjer", f"/sporsmal/kollega/{anne.id}", f"/folk/{anne.id}"):
        assert secret not in browse(carla).get(path).text


# Search


def test_filters_typed_in_the_search_of_the_house_lead_to_the_board_with_the_text_kept(
    browse: Browse, anne: Person
) -> None:
    page = browse(anne).soup("/sok?q=tag:utskrift skrivar")
    links = [link["href"] for link in page.select("a") if str(link["href"]).startswith("/sporsmal?q=")]
    assert links == ["/sporsmal?q=tag:utskrift+skrivar"]


def test_a_bounded_count_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [listing.bounded(count) for count in (0, 99, 100)] == ["0", "99", "99+"]


def test_moments_far_apart_stay_in_order(browse: Browse, anne: Person, at: Callable[[datetime], None]) -> None:
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for number in range(3):
        at(start + timedelta(days=number))
        with transaction():
            make_question(anne, title=f"Day {number}")
    assert titles(browse(anne), "/sporsmal") == ["Day 2", "Day 1", "Day 0"]
