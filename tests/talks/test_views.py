from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.talks.models import Buddy, ContactCard, FollowUp, Talk
from portal.blueprints.talks.rules import Answer, State
from portal.blueprints.talks.service import answering, buddies
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.talks import make_peer, make_talk

Browse = Callable[[Person], AuditingClient]
pytestmark = pytest.mark.usefixtures("wheel")


def words(page: BeautifulSoup) -> str:
    return " ".join(page.main.get_text(" ", strip=True).split())


def own(talk: Talk) -> str:
    return f"/pusterom/prat/mi/{talk.id}"


def asked(talk: Talk) -> str:
    return f"/pusterom/prat/bedt/{talk.id}"


def test_a_talk_is_asked_for_answered_and_closed(browse: Browse, anne: Person, bjarne: Person) -> None:
    anne.phone = "+47 55 97 00 01"
    answer = browse(anne).post("/pusterom/prat", data={"whom": "one", "person": bjarne.id, "suits": "today"})
    talk = db.session.scalars(select(Talk)).one()
    assert (answer.status_code, answer.location) == (303, own(talk))
    theirs = browse(bjarne)
    assert "Anne Askeland would like a talk with you" in words(theirs.soup(asked(talk)))
    assert theirs.post(f"/pusterom/prat/{talk.id}/svar", data={"answer": "now"}).location == asked(talk)
    page = theirs.soup(asked(talk))
    assert page.select_one('a[href="tel:+4755970001"]')
    assert page.select_one('a[href^="https://teams.microsoft.com/l/call/"]')
    mine = browse(anne)
    assert "Bjarne Svartveit has time now" in words(mine.soup(own(talk)))
    assert mine.post(f"/pusterom/prat/{talk.id}/slutt").location == "/pusterom/prat"
    assert "nothing of it is kept" in mine.get("/pusterom/prat").text
    assert mine.get(own(talk)).status_code == 404
    assert theirs.get(asked(talk)).status_code == 404


def test_nobody_else_sees_or_presses_anything(browse: Browse, anne: Person, bjarne: Person, didrik: Person) -> None:
    talk = make_talk(anne, bjarne)
    other = browse(didrik)
    for path in (own(talk), asked(talk)):
        assert other.get(path).status_code == 404
    for press in ("svar", "slutt"):
        for talk_id in (talk.id, "x" * 22):  # what is there is refused as what is not
            assert other.post(f"/pusterom/prat/{talk_id}/{press}", data={"answer": "now"}).location == "/pusterom/prat"
            assert "This talk is over, or somebody else" in other.soup("/pusterom/prat").get_text()
    assert db.session.get_one(Talk, talk.id).state == State.ASKED
    assert words(other.soup("/pusterom/prat")).count("Anne") == 1, "in the list to choose from, and nowhere else"


def test_administrators_see_no_talk(browse: Browse, anne: Person, bjarne: Person, carla: Person) -> None:
    talk = make_talk(anne, bjarne)
    assert browse(carla).get(own(talk)).status_code == 404


def test_each_has_an_address_of_their_own_and_is_led_there(browse: Browse, anne: Person, bjarne: Person) -> None:
    talk = make_talk(anne, bjarne)
    assert browse(anne).get(asked(talk)).location == own(talk)
    assert browse(bjarne).get(own(talk)).location == asked(talk)


def test_a_wish_without_a_colleague_says_so_at_the_field(browse: Browse, anne: Person) -> None:
    answer = browse(anne).post("/pusterom/prat", data={"whom": "one", "person": ""})
    assert answer.status_code == 422
    assert "Choose a colleague." in answer.text
    assert browse(anne).post("/pusterom/prat", data={"whom": "one", "person": "x", "suits": "?"}).status_code == 422


def test_a_second_wish_is_refused_kindly(browse: Browse, anne: Person, bjarne: Person, didrik: Person) -> None:
    make_talk(anne, bjarne)
    answer = browse(anne).post("/pusterom/prat", data={"whom": "one", "person": didrik.id})
    assert answer.status_code == 422
    assert "You have asked somebody already" in answer.text


def test_one_press_asks_the_peer_supporters_who_see_no_name(browse: Browse, anne: Person) -> None:
    peer = make_peer()
    browse(anne).post("/pusterom/prat", data={"whom": "peers"})
    talk = db.session.scalars(select(Talk)).one()
    theirs = browse(peer)
    assert "Anne" not in words(theirs.soup(asked(talk)))
    theirs.post(f"/pusterom/prat/{talk.id}/svar", data={"answer": "now"})
    assert "You talk with Anne Askeland now" in words(theirs.soup(asked(talk)))


def test_nobody_free_is_said_at_once_with_whom_else_one_can_turn_to(browse: Browse, anne: Person) -> None:
    make_peer(is_at_work=False)
    with transaction():
        db.session.add(ContactCard(name="Safety representative", phone="55 97 00 00"))
    mine = browse(anne)
    page = mine.soup(mine.post("/pusterom/prat", data={"whom": "peers"}).location)
    assert "None of the peer supporters has time just now" in words(page)
    assert page.select_one('#talk a[href="tel:55970000"]')
    assert page.select_one("#talk form#ask")


def test_not_this_time_offers_the_asker_others(browse: Browse, anne: Person, bjarne: Person) -> None:
    talk = make_talk(anne, bjarne)
    answer = browse(bjarne).post(f"/pusterom/prat/{talk.id}/svar", data={"answer": "no"})
    assert answer.location == "/pusterom/prat"
    page = browse(anne).soup(own(talk))
    assert "It does not suit this time" in words(page)
    assert "Bjarne" not in page.h1.get_text()


def test_an_answer_that_is_none_changes_nothing(browse: Browse, anne: Person, bjarne: Person) -> None:
    talk = make_talk(anne, bjarne)
    assert browse(bjarne).post(f"/pusterom/prat/{talk.id}/svar", data={"answer": "maybe"}).status_code == 422
    assert db.session.get_one(Talk, talk.id).state == State.ASKED


def test_the_open_page_of_a_talk_that_is_closed_says_so_calmly(browse: Browse, anne: Person, bjarne: Person) -> None:
    talk = make_talk(anne, bjarne)
    with transaction():
        answering.close(anne, talk.id)
    answer = browse(bjarne).get(asked(talk), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Nothing of it is kept." in answer.text


def test_whoever_presses_twice_or_comes_second_hears_it_calmly(browse: Browse, anne: Person) -> None:
    first, second = make_peer("Petra"), make_peer("Pia")
    talk = make_talk(anne)
    theirs, too_late, mine = browse(first), browse(second), browse(anne)
    assert theirs.post(f"/pusterom/prat/{talk.id}/svar", data={"answer": "now"}).location == asked(talk)
    assert too_late.post(f"/pusterom/prat/{talk.id}/svar", data={"answer": "now"}).location == "/pusterom/prat"
    assert "somebody else is there for it" in too_late.soup("/pusterom/prat").get_text()
    for _press in range(2):
        assert mine.post(f"/pusterom/prat/{talk.id}/slutt").location == "/pusterom/prat"
    page = theirs.get(asked(talk))  # the way from a mail of yesterday
    assert page.status_code == 404
    assert "Nothing of it is kept." in page.text
    assert 'href="/pusterom/prat"' in page.text


def test_the_piece_is_the_same_as_in_the_page(browse: Browse, anne: Person, bjarne: Person) -> None:
    talk = make_talk(anne, bjarne)
    mine = browse(anne)
    piece = BeautifulSoup(mine.get(own(talk), headers={"HX-Request": "true"}).text, "html.parser")
    assert words_of(piece) == words_of(mine.soup(own(talk)).select_one("#talk"))
    list_ = BeautifulSoup(mine.get("/pusterom/prat/liste", headers={"HX-Request": "true"}).text, "html.parser")
    assert words_of(list_) == words_of(mine.soup("/pusterom/prat").select_one("#my-talks"))


def words_of(piece: object) -> str:
    return " ".join(piece.get_text(" ", strip=True).split())  # type: ignore[attr-defined]


def test_the_front_of_the_breathing_space_shows_what_waits_for_one(
    browse: Browse, anne: Person, bjarne: Person, didrik: Person
) -> None:
    make_talk(anne, bjarne)
    assert "Anne Askeland would like a talk" in words(browse(bjarne).soup("/pusterom"))
    page = browse(didrik).soup("/pusterom")
    assert "would like a talk" not in words(page)
    assert page.select_one('a[href="/pusterom/prat"]')
    assert page.select_one('a[href="/pusterom/etter-ein-hard-samtale"]')


def test_the_list_takes_few_questions_to_the_database(browse: Browse, anne: Person, bjarne: Person) -> None:
    make_talk(anne, bjarne)
    mine = browse(anne)
    mine.soup("/pusterom/prat")
    assert len(mine.statements) <= 16, mine.statements


def test_a_buddy_is_asked_for_and_ended_in_one_press(browse: Browse, anne: Person, bjarne: Person) -> None:
    mine, theirs = browse(anne), browse(bjarne)
    assert mine.post("/pusterom/prat/fadder", data={"buddy": ""}).status_code == 422
    assert mine.post("/pusterom/prat/fadder", data={"buddy": bjarne.id}).status_code == 303
    bond = db.session.scalars(select(Buddy)).one()
    assert "asks you to be the buddy" in words(theirs.soup("/pusterom/prat/fadder"))
    theirs.post(f"/pusterom/prat/fadder/{bond.id}/ja")
    page = mine.soup("/pusterom/prat")
    assert "Your buddy, Bjarne Svartveit" in words(page)
    assert mine.post("/pusterom/prat", data={"whom": "buddy"}).status_code == 303
    theirs.post(f"/pusterom/prat/fadder/{bond.id}/slutt")
    assert db.session.scalar(select(Buddy)) is None


def test_a_bond_is_refused_to_others(browse: Browse, anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        buddies.ask(anne, bjarne.id)
    bond = db.session.scalars(select(Buddy)).one()
    other = browse(didrik)
    assert words(other.soup("/pusterom/prat/fadder")).count("Anne") == 1, "in the list to choose from"
    for press in ("ja", "slutt"):
        for bond_id in (bond.id, "x" * 22):
            assert other.post(f"/pusterom/prat/fadder/{bond_id}/{press}").location == "/pusterom/prat/fadder"
            assert "Nothing is kept of it." in other.soup("/pusterom/prat/fadder").get_text()
    assert db.session.scalars(select(Buddy.asked_until)).one() is not None, "neither agreed nor ended"


def test_after_a_hard_call_there_are_three_ways_and_no_script_is_needed(browse: Browse, anne: Person) -> None:
    make_peer()
    page = browse(anne).soup("/pusterom/etter-ein-hard-samtale")
    assert page.select_one("details.breathe")
    assert page.select_one('form[action="/pusterom/prat"] button[name=whom][value=peers]')
    assert page.select_one("input[type=checkbox][name=again]:not([checked])")
    assert {link["href"] for link in page.select(".contact__always a")} == {"tel:113", "tel:116117", "tel:116123"}
    assert not page.main.select("script")


def ways_to_a_talk(mine: AuditingClient) -> tuple[bool, bool]:
    card = mine.soup("/pusterom/etter-ein-hard-samtale").select_one("#talk-now")
    assert card
    return bool(card.select("button[value=peers]")), bool(card.select('a[href="/pusterom/prat"]'))


def test_after_a_hard_call_peer_supporters_are_offered_only_when_one_is_free(browse: Browse, anne: Person) -> None:
    mine = browse(anne)
    assert ways_to_a_talk(mine) == (False, True)
    assert "peer supporter" not in words(mine.soup("/pusterom/etter-ein-hard-samtale")), "there are none in the house"
    make_peer("Petra", is_at_work=False)
    assert ways_to_a_talk(mine) == (False, True)
    assert "No peer supporter is at work and free just now." in words(mine.soup("/pusterom/etter-ein-hard-samtale"))
    make_peer("Pia")
    assert ways_to_a_talk(mine) == (True, True)


@pytest.mark.parametrize("path", ["/hjelp", "/pusterom", "/pusterom/prat"])
def test_one_finds_the_way_there_where_one_is(browse: Browse, anne: Person, path: str) -> None:
    assert browse(anne).soup(path).main.select_one('a[href="/pusterom/etter-ein-hard-samtale"]')


def test_who_waits_for_an_answer_is_not_left_with_nothing(browse: Browse, anne: Person, bjarne: Person) -> None:
    page = browse(anne).soup(own(make_talk(anne, bjarne)))
    assert page.select_one('#talk a[href="/pusterom/etter-ein-hard-samtale"]')


def test_reading_about_hard_calls_leaves_no_trace(browse: Browse, anne: Person) -> None:
    mine = browse(anne)
    mine.soup("/pusterom/etter-ein-hard-samtale")
    assert [each for each in mine.statements if not each.lstrip().upper().startswith("SELECT")] == []


def test_one_is_asked_again_only_if_one_ticks_it_and_stops_it_in_one_press(browse: Browse, anne: Person) -> None:
    mine, page = browse(anne), "/pusterom/etter-ein-hard-samtale"
    assert mine.post(page, data={}).status_code == 422
    assert list(db.session.scalars(select(FollowUp.id))) == []
    mine.post(page, data={"again": "y"})
    due = sorted(db.session.scalars(select(FollowUp.due_at)))
    assert due[1] - due[0] == timedelta(days=27)
    assert "We ask you again about" in words(mine.soup(page))
    mine.post(f"{page}/stopp")
    assert list(db.session.scalars(select(FollowUp.id))) == []


def test_contact_cards_are_written_by_administrators(browse: Browse, anne: Person, carla: Person) -> None:
    admin = browse(carla)
    assert admin.post("/styring/kontaktkort/nytt", data={"name": "Verneombod"}).status_code == 422
    wrong = {"name": "Verneombod", "phone": "ring meg", "email": "nei", "link": "javascript:alert(1)"}
    assert admin.post("/styring/kontaktkort/nytt", data=wrong).status_code == 422
    unsafe = {"name": "Verneombod", "link": "javascript:alert(1)"}
    assert admin.post("/styring/kontaktkort/nytt", data=unsafe).status_code == 422
    right = {"name": "Verneombod", "phone": "55 97 00 00", "link": "https://tunet.example/vern", "hours": "8–15"}
    assert admin.post("/styring/kontaktkort/nytt", data=right).status_code == 303
    card = db.session.scalars(select(ContactCard)).one()
    assert "Verneombod" in words(admin.soup("/styring/kontaktkort"))
    page = browse(anne).soup("/pusterom/prat")
    assert page.select_one('a[href="https://tunet.example/vern"]')
    assert admin.soup(f"/styring/kontaktkort/{card.id}").select_one("input[value=Verneombod]")
    admin.post(f"/styring/kontaktkort/{card.id}", data={**right, "name": "Verneombodet"})
    assert db.session.get_one(ContactCard, card.id).name == "Verneombodet"
    admin.post(f"/styring/kontaktkort/{card.id}/fjerning")
    assert db.session.scalar(select(ContactCard)) is None


def test_a_card_that_is_sent_twice_is_one_and_one_that_never_was_is_not_found(browse: Browse, carla: Person) -> None:
    admin, card = browse(carla), {"name": "Verneombodet", "phone": "4190"}
    for _press in range(2):
        assert admin.post("/styring/kontaktkort/nytt", data=card).location == "/styring/kontaktkort"
    assert len(db.session.scalars(select(ContactCard)).all()) == 1
    for number in ("0", "7", "9" * 30):
        assert admin.get(f"/styring/kontaktkort/{number}").status_code == 404
        assert admin.post(f"/styring/kontaktkort/{number}/fjerning").status_code == 404


def test_cards_are_written_by_nobody_else(browse: Browse, didrik: Person, otto: Person) -> None:
    for person in (didrik, otto):
        other = browse(person)
        assert other.get("/styring/kontaktkort").status_code == 403
        assert other.post("/styring/kontaktkort/nytt", data={"name": "X", "phone": "1"}).status_code == 403


def test_calling_it_off_tells_the_other_and_having_talked_does_not(
    browse: Browse, anne: Person, bjarne: Person
) -> None:
    heard = []
    for sent in ({"off": "1"}, {}):
        talk = make_talk(anne, bjarne)
        with transaction():
            answering.answer(bjarne, talk.id, Answer.TODAY)
        browse(anne).post(f"/pusterom/prat/{talk.id}/slutt", data=sent)
        heard.append([each.kind for each in db.session.scalars(select(Notice))])
        with transaction():
            db.session.execute(delete(Notice))
    assert heard == [["talks.called_off"], []]


def test_a_yes_for_later_can_be_changed_and_taken_back(browse: Browse, anne: Person, bjarne: Person) -> None:
    talk = make_talk(anne, bjarne)
    with transaction():
        answering.answer(bjarne, talk.id, Answer.TOMORROW)
    assert "has time tomorrow" in words(browse(anne).soup(own(talk)))
    browse(bjarne).post(f"/pusterom/prat/{talk.id}/svar", data={"answer": "no"})
    assert "It does not suit this time" in words(browse(anne).soup(own(talk)))


def test_strangers_are_sent_to_the_door(client: AuditingClient) -> None:
    for path in ("/pusterom/prat", "/pusterom/prat/fadder", "/pusterom/etter-ein-hard-samtale"):
        assert client.get(path).status_code == 303
