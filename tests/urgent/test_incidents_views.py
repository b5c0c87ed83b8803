"""The banner on every page, the head of a thread, the list, and the forms of those who lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from portal.blueprints.people.models import Person
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.models.incidents import Affected, Incident
from portal.blueprints.urgent.queries import banners
from portal.blueprints.urgent.queries import incidents as reading
from portal.blueprints.urgent.rules.calls import Ending
from portal.blueprints.urgent.service import calls, following, incidents
from portal.core import jobs
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.incidents import make_incident
from tests.factories.people import make_person
from tests.factories.questions import make_question, make_tag
from tests.factories.urgent import make_call

At = Callable[[datetime], None]
Browse = Callable[[Person], AuditingClient]
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
PIECE = {"HX-Request": "true"}
BANNER = "/hjelp/hendingar/banner"


@pytest.fixture
def incident(anne: Person) -> Incident:
    with transaction():
        make_tag()
        return make_incident(anne, words="All printers of the ward.", tag="utskrift")


def test_nothing_is_shown_and_nothing_is_asked_while_nothing_is_on(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    page = browser.soup("/meg")
    assert page.select_one("#incidents") is not None
    assert page.select(".incident") == []
    assert not [statement for statement in browser.statements if "incident" in statement]


def test_everybody_sees_it_on_every_page(browse: Browse, incident: Incident, didrik: Person) -> None:
    for path in ("/", "/meg", "/sporsmal", "/varsel/", "/hjelp"):
        (section,) = browse(didrik).soup(path).select("section.incident")
        text = section.get_text(" ", strip=True)
        assert "Printing is down" in text
        assert "All printers of the ward." in text
        assert section.select_one(f'a[href="/sporsmal/{incident.question_id}"]') is not None


def test_strangers_see_nothing(client: AuditingClient, incident: Incident) -> None:
    assert "Printing is down" not in client.get("/logg-inn").text
    assert client.get(BANNER, headers=PIECE).status_code == 401


def test_while_something_is_on_a_page_asks_one_question_more(
    browse: Browse, incident: Incident, didrik: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banners, "SETTLES", 0.0)
    browser = browse(didrik)
    browser.get("/meg")
    browser.get("/meg")
    assert len([each for each in browser.statements if "incident" in each or "affected" in each]) == 1


def test_the_newest_word_stands_in_the_banner_with_the_next(
    browse: Browse, at: At, anne: Person, didrik: Person
) -> None:
    at(NOW)
    with transaction():
        found = make_incident(anne)
        incidents.say(anne, found.id, words="We restart the server.", next_word_in=30)
    browser = browse(didrik)
    text = browser.soup("/meg").select_one(".incident").get_text(" ", strip=True)
    assert "We restart the server." in text
    assert "next word at 10:30" in text
    at(NOW + timedelta(minutes=31))
    assert "next word" not in browser.soup("/meg").select_one(".incident").get_text(" ", strip=True)


def test_what_is_new_is_said_aloud_once(browse: Browse, incident: Incident, didrik: Person) -> None:
    browser = browse(didrik)
    page = browser.soup("/meg")
    assert page.select_one("#incidents-say").get_text() == "", "a page that is opened is read by its reader"
    heard = page.select_one(".incident-heard")["value"]
    again = browser.soup(BANNER, headers=PIECE, query_string={"heard": heard})
    assert again.select_one("#incidents-say").get_text() == ""
    first = browser.soup(BANNER, headers=PIECE)
    assert "Big incident: Printing is down" in first.select_one("#incidents-say").get_text()


def test_each_reader_folds_it_until_something_new_is_said(browse: Browse, at: At, anne: Person, didrik: Person) -> None:
    at(NOW)
    with transaction():
        found = make_incident(anne, words="All printers of the ward.")
    browser = browse(didrik)
    signature = browser.soup("/meg").select_one(".incident-heard")["value"]
    answer = browser.post("/hjelp/hendingar/brett", data={"signature": signature, "on": "1", "back": "/meg"})
    assert (answer.status_code, answer.location) == (303, "/meg")
    folded = browser.soup("/meg").select_one(".incident")
    assert "All printers" not in folded.get_text()
    assert "Printing is down" in folded.get_text(), "it stays in one line"
    assert "All printers" in browse(anne).soup("/meg").select_one(".incident").get_text()
    at(NOW + timedelta(minutes=5))
    with transaction():
        incidents.say(anne, found.id, words="Solved for some.")
    assert "Solved for some." in browser.soup("/meg").select_one(".incident").get_text()
    signature = browser.soup("/meg").select_one(".incident-heard")["value"]
    piece = browser.post("/hjelp/hendingar/brett", data={"signature": signature, "on": "1"}, headers=PIECE)
    assert "Solved for some." not in piece.text
    browser.post("/hjelp/hendingar/brett", data={"signature": signature, "on": "0"}, headers=PIECE)
    assert "Solved for some." in browser.soup("/meg").select_one(".incident").get_text()


@pytest.mark.parametrize("odd", ["x" * 3000, "1-2", "", "....", "%00"])
def test_a_cookie_holds_only_what_is_on(browse: Browse, incident: Incident, didrik: Person, odd: str) -> None:
    browser = browse(didrik)
    browser.set_cookie("folded", odd)
    assert browser.get("/meg").status_code == 200
    answer = browser.post("/hjelp/hendingar/brett", data={"signature": odd, "on": "1"})
    assert "folded=;" in answer.headers["Set-Cookie"]


def test_two_stand_in_the_banner_and_the_rest_is_a_link(browse: Browse, incident: Incident, otto: Person) -> None:
    with transaction():
        for headline in ("The lines are dead", "Nobody can sign in"):
            make_incident(otto, headline=headline)
    page = browse(otto).soup("/meg")
    assert len(page.select("#incidents section.incident")) == 2
    assert "1 more incident is on" in page.select_one("#incidents").get_text()


def test_one_press_follows_along_and_one_takes_it_back(browse: Browse, incident: Incident, didrik: Person) -> None:
    browser = browse(didrik)
    url = f"/hjelp/hending/{incident.id}/med"
    piece = browser.post(url, data={"on": "1"}, headers=PIECE)
    assert 'aria-pressed="true"' in piece.text
    assert reading.followed_by(didrik) == {incident.id}
    answer = browser.post(url, data={"on": "0", "back": "/meg"})
    assert answer.location == "/meg"
    assert reading.followed_by(didrik) == frozenset()


def test_without_scripts_the_press_leads_to_the_thread(browse: Browse, incident: Incident, didrik: Person) -> None:
    answer = browse(didrik).post(f"/hjelp/hending/{incident.id}/med", data={"on": "1"})
    assert answer.location == f"/sporsmal/{incident.question_id}"


def test_a_hand_that_is_up_joins_by_one_press(browse: Browse, incident: Incident, didrik: Person) -> None:
    with transaction():
        call = make_call(didrik, tag="utskrift")
    page = browse(didrik).soup(f"/hjelp/rop/{call.id}")
    assert "Is it about this?" in page.select_one("main").get_text()
    answer = browse(didrik).post(f"/hjelp/hending/{incident.id}/med", data={"on": "1", "rop": str(call.id)})
    assert answer.location == f"/sporsmal/{incident.question_id}"
    assert db.session.get_one(HelpCall, call.id).ending == Ending.JOINED


def test_before_a_hand_is_raised_one_is_asked_whether_it_is_this(
    browse: Browse, incident: Incident, didrik: Person
) -> None:
    page = browse(didrik).soup("/hjelp")
    assert "Is it about this?" in page.select_one("main").get_text()
    assert page.select_one(f'main form[action="/hjelp/hending/{incident.id}/med"]') is not None


def test_a_call_about_something_else_is_not_asked(browse: Browse, incident: Incident, didrik: Person) -> None:
    with transaction():
        call = make_call(didrik, text="How do I order a taxi")
    assert "Is it about this?" not in browse(didrik).soup(f"/hjelp/rop/{call.id}").select_one("main").get_text()


def test_a_call_in_the_words_of_an_incident_is_asked(browse: Browse, incident: Incident, didrik: Person) -> None:
    jobs.run_due(50)  # the thread is found by its words once the worker has read it
    with transaction():
        call = make_call(didrik, text="Printing is down here")
    assert "Is it about this?" in browse(didrik).soup(f"/hjelp/rop/{call.id}").select_one("main").get_text()


def test_the_strip_asks_on_every_page_where_the_system_is_the_same(
    browse: Browse, incident: Incident, didrik: Person
) -> None:
    with transaction():
        make_call(didrik, tag="utskrift")
    strip = browse(didrik).soup("/meg").select_one("#help-strip")
    assert strip.select_one(f'form[action="/hjelp/hending/{incident.id}/med"] input[name=rop]') is not None


def test_the_head_of_the_thread_tells_how_it_goes(
    browse: Browse, incident: Incident, anne: Person, didrik: Person
) -> None:
    with transaction():
        incidents.say(anne, incident.id, words="We look at it.")
        incidents.say(anne, incident.id, words="It is the server.")
    page = browse(didrik).soup(f"/sporsmal/{incident.question_id}")
    head = page.select_one(".incident-head")
    assert [each.get_text(" ", strip=True).split(".")[0] for each in head.select("li")] == [
        "It is the server",
        "We look at it",
    ]
    assert "Anne Askeland" in head.get_text()
    assert page.select_one("#incident-word") is None, "who does not lead has no form"
    assert browse(anne).soup(f"/sporsmal/{incident.question_id}").select_one("#incident-word form") is not None


def test_on_its_own_thread_it_is_not_said_twice(browse: Browse, incident: Incident, didrik: Person) -> None:
    browser = browse(didrik)
    page = browser.soup(f"/sporsmal/{incident.question_id}")
    assert page.select("section.incident") == []
    assert page.select_one(".incident-head") is not None
    there = {**PIECE, "HX-Current-URL": f"http://localhost/sporsmal/{incident.question_id}"}
    assert browser.soup(BANNER, headers=there).select("section.incident") == []
    assert len(browser.soup(BANNER, headers=PIECE).select("section.incident")) == 1


def test_a_thread_that_is_none_asks_the_database_nothing_of_it(browse: Browse, anne: Person) -> None:
    with transaction():
        question = make_question(anne)
    browser = browse(anne)
    page = browser.soup(f"/sporsmal/{question.id}")
    assert page.select_one(".incident-head") is None
    assert not [statement for statement in browser.statements if "incident" in statement]
    assert page.select_one(f'a[href="/hjelp/hending/ny?sporsmal={question.id}"]') is not None


def test_a_question_becomes_one_in_two_presses(browse: Browse, anne: Person, didrik: Person) -> None:
    with transaction():
        question = make_question(anne, title="The printers sulk")
    browser = browse(didrik)
    url = f"/hjelp/hending/ny?sporsmal={question.id}"
    assert browser.soup(url).select_one("#headline")["value"] == "The printers sulk"
    answer = browser.post(url, data={"headline": "All printers sulk"})
    assert answer.location == f"/sporsmal/{question.id}"
    assert [banner.headline for banner in reading.open_now()] == ["All printers sulk"]


def test_afresh_with_a_system_and_the_first_words(browse: Browse, didrik: Person) -> None:
    with transaction():
        make_tag()
    browser = browse(didrik)
    form = browser.soup("/hjelp/hending/ny?emne=utskrift")
    assert form.select_one("option[selected]")["value"] == "utskrift"
    sent = {"headline": "Printing is down", "tag": "utskrift", "words": "Since ten.", "key": "a-form"}
    first = browser.post("/hjelp/hending/ny", data=sent)
    assert browser.post("/hjelp/hending/ny", data=sent).location == first.location
    (banner,) = reading.open_now()
    assert (banner.headline, banner.words) == ("Printing is down", "Since ten.")


def test_a_second_one_about_the_same_system_is_asked_about(browse: Browse, incident: Incident, didrik: Person) -> None:
    browser = browse(didrik)
    sent = {"headline": "No paper", "tag": "utskrift", "words": "My words", "key": "a-form"}
    answer = browser.post("/hjelp/hending/ny", data=sent)
    assert answer.status_code == 409
    assert "My words" in answer.text
    assert f'formaction="/hjelp/hending/{incident.id}/med"' in answer.text
    assert browser.post("/hjelp/hending/ny", data={**sent, "is_another": "1"}).status_code == 303
    assert len(reading.open_now()) == 2


def test_what_looks_like_a_patient_comes_back_marked(browse: Browse, incident: Incident, anne: Person) -> None:
    browser = browse(anne)
    for url, field in (
        ("/hjelp/hending/ny", "headline"),
        (f"/hjelp/hending/{incident.id}/ord", "words"),
        (f"/hjelp/hending/{incident.id}/overskrift", "headline"),
        (f"/hjelp/hending/{incident.id}/slutt", "words"),
    ):
        answer = browser.post(url, data={field: "It is 15076500565", "next_word_in": ""})
        assert answer.status_code == 422, url
        assert 'name="guard"' in answer.text, url


def test_those_who_lead_say_change_close_and_open_again(browse: Browse, incident: Incident, otto: Person) -> None:
    browser = browse(otto)
    base = f"/hjelp/hending/{incident.id}"
    for path in ("ord", "overskrift", "slutt"):
        assert browser.get(f"{base}/{path}").status_code == 200
    assert browser.post(f"{base}/ord", data={"words": "So it goes.", "next_word_in": "15"}).status_code == 303
    assert browser.post(f"{base}/overskrift", data={"headline": "Print is down"}).status_code == 303
    (banner,) = reading.open_now()
    assert (banner.words, banner.headline) == ("So it goes.", "Print is down")
    assert browser.post(f"{base}/slutt", data={"words": "It was a cable."}).status_code == 303
    assert reading.open_now() == []
    assert "This was a big incident." in browser.soup(f"/sporsmal/{incident.question_id}").get_text()
    assert browser.post(f"{base}/gjenopning").status_code == 303
    assert len(reading.open_now()) == 1


def test_words_for_what_was_closed_meanwhile_are_kept(browse: Browse, incident: Incident, anne: Person) -> None:
    with transaction():
        incidents.close(anne, incident.id)
    answer = browse(anne).post(f"/hjelp/hending/{incident.id}/ord", data={"words": "My words", "next_word_in": ""})
    assert answer.status_code == 422
    assert "My words" in answer.text


def test_others_do_not_lead(browse: Browse, incident: Incident, didrik: Person) -> None:
    browser = browse(didrik)
    for path in ("ord", "overskrift", "slutt"):
        assert browser.get(f"/hjelp/hending/{incident.id}/{path}").status_code == 403
    sent = {"words": "x", "headline": "x", "next_word_in": ""}
    for path in ("ord", "overskrift", "slutt", "gjenopning"):
        assert browser.post(f"/hjelp/hending/{incident.id}/{path}", data=sent).status_code == 403


def test_its_number_leads_to_its_thread(browse: Browse, incident: Incident, didrik: Person) -> None:
    assert browse(didrik).get(f"/hjelp/hending/{incident.id}").location == f"/sporsmal/{incident.question_id}"


def test_the_list_has_what_is_on_and_what_is_over_page_by_page(browse: Browse, at: At, anne: Person) -> None:
    at(NOW)
    with transaction():
        for number in range(23):
            found = make_incident(anne, headline=f"Trouble {number}")
            incidents.close(anne, found.id)
        make_incident(anne, headline="Still on")
    browser = browse(anne)
    page = browser.soup("/hjelp/hendingar")
    assert "Still on" in page.select_one("#open").get_text()
    seen = [link.get_text() for link in page.select("#over .rows a")]
    assert (seen[0], len(seen)) == ("Trouble 22", 20)
    older = browser.soup(page.select_one('.pager a[rel="next"]')["href"])
    assert [link.get_text() for link in older.select("#over .rows a")] == ["Trouble 2", "Trouble 1", "Trouble 0"]


def test_several_who_ask_are_offered_to_make_it_one(
    browse: Browse, session: object, otto: Person, didrik: Person
) -> None:
    with transaction():
        make_tag()
        people = [make_person(f"Colleague {number}") for number in range(3)]
        for person in people:
            make_call(person, tag="utskrift")
    words = "Several ask about Utskrift just now."
    for reader, sees in ((otto, True), (people[0], True), (didrik, False)):
        assert (words in browse(reader).soup("/meg").get_text()) is sees


def test_no_name_of_those_who_follow_along_is_on_any_page(
    browse: Browse, incident: Incident, otto: Person, session: object
) -> None:
    with transaction():
        people = [make_person(f"Someone{number} Hidden{number}") for number in range(6)]
        for person in people:
            following.follow(person, incident.id)
    assert db.session.query(Affected).count() == 6
    for path in ("/meg", f"/sporsmal/{incident.question_id}", "/hjelp/hendingar"):
        text = browse(otto).soup(path).get_text()
        assert "Hidden" not in text
    assert "6 colleagues follow along" in browse(otto).soup("/meg").get_text()


def test_a_call_that_many_are_hit_by_becomes_one_in_words_of_its_own(
    browse: Browse, anne: Person, didrik: Person
) -> None:
    with transaction():
        make_tag()
        call = make_call(anne, text="Words of a call", tag="utskrift")
    browser = browse(didrik)
    url = f"/hjelp/hending/ny?rop={call.id}"
    assert browser.soup(f"/hjelp/rop/{call.id}").select_one(f'main a[href="{url}"]') is not None
    form = browser.soup(url).select_one("main")
    assert "Words of a call" not in str(form)
    assert browser.post(url, data={"headline": "Printing is down", "tag": ""}).status_code == 303
    (banner,) = reading.open_now()
    assert banner.tag is not None
    assert banner.tag.slug == "utskrift"


def test_a_call_that_is_over_is_nobody_elses(browse: Browse, anne: Person, didrik: Person) -> None:
    with transaction():
        call = make_call(anne)
        calls.cancel(anne, call.id)
    assert browse(didrik).get(f"/hjelp/hending/ny?rop={call.id}").status_code == 404
