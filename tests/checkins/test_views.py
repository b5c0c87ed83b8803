"""The pages of the breathing space."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.diary import DiaryEntry
from portal.blueprints.checkins.models.joys import Joy
from portal.blueprints.checkins.models.teams import TeamCheckIn
from portal.blueprints.people.models import Person
from tests.client import AuditingClient
from tests.factories.checkins import SECRET, make_checkin, make_joy
from tests.factories.diary import make_diary

Browse = Callable[[Person], AuditingClient]
IDENTITY_NUMBER = "13097248022"


def test_only_those_who_are_signed_in_come_in(client: AuditingClient) -> None:
    for path in ("", "/mine", "/delt", "/gleder", "/innsjekk/" + "a" * 22):
        assert client.get(f"/pusterom{path}").status_code == 303


def test_the_page_offers_faces_only_me_and_a_way_out(anne: Person, bjarne: Person, browse: Browse) -> None:
    page = browse(anne).soup("/pusterom")
    assert [face["value"] for face in page.select("input[name=face]")] == ["heavy", "tired", "okay", "good", "great"]
    assert [each["value"] for each in page.select("input[name=audience][checked]")] == ["me"]
    assert [each.text for each in page.select("select[name=reader] option")] == ["Choose a colleague", bjarne.name]
    assert page.find("a", string="Not today")["href"] == "/"
    assert "Who can see what?" in page.text


def test_the_pages_take_few_queries_however_much_is_on_them(
    anne: Person, bjarne: Person, didrik: Person, browse: Browse
) -> None:
    for number in range(12):
        make_checkin(anne, reader=(bjarne, didrik, None)[number % 3], words=str(number))
        make_joy(bjarne, f"Glede {number}", to=(anne, didrik, None)[number % 3])
    client = browse(anne)
    for path, most in {"": 16, "/mine": 8, "/delt": 6, "/gleder": 7}.items():
        client.get(f"/pusterom{path}")
        assert len(client.statements) <= most, (path, client.statements)


def test_a_face_and_save_is_all_it_takes(session: Session, anne: Person, browse: Browse) -> None:
    make_diary(anne)
    client = browse(anne)
    answer = client.post("/pusterom/innsjekk", data={"face": "tired", "audience": "me"}, follow_redirects=True)
    assert "Saved. Only you see it." in answer.text
    assert session.scalars(select(DiaryEntry.person_id)).all() == [anne.id]
    assert session.scalars(select(CheckIn)).all() == []


def test_who_has_no_diary_is_asked_to_make_one_with_what_they_said_in_hand(
    session: Session, anne: Person, browse: Browse
) -> None:
    sent = {"face": "tired", "audience": "me", "words": SECRET, "back": "/"}
    answer = browse(anne).post("/pusterom/innsjekk", data=sent)
    assert answer.status_code == 200
    assert "Make your diary" in answer.text
    assert SECRET in answer.text
    assert session.scalars(select(CheckIn)).all() == []


def test_the_card_of_the_front_page_leads_back_there_and_is_for_oneself(
    session: Session, anne: Person, bjarne: Person, browse: Browse
) -> None:
    make_diary(anne)
    data = {"face": "great", "audience": "me", "key": "k", "back": "/"}
    answer = browse(anne).post("/pusterom/innsjekk", data=data)
    assert (answer.status_code, answer.location) == (303, "/")
    assert session.scalars(select(DiaryEntry.person_id)).all() == [anne.id]


def test_the_card_leads_nowhere_else(anne: Person, browse: Browse) -> None:
    make_diary(anne)
    data = {"face": "great", "audience": "me", "back": "//evil.example"}
    assert browse(anne).post("/pusterom/innsjekk", data=data).location == "/"


def test_a_colleague_left_in_the_list_sees_nothing_when_it_is_only_me(
    session: Session, anne: Person, bjarne: Person, browse: Browse
) -> None:
    make_diary(anne)
    browse(anne).post("/pusterom/innsjekk", data={"face": "okay", "audience": "me", "reader": str(bjarne.id)})
    assert session.scalars(select(DiaryEntry.person_id)).all() == [anne.id]
    assert session.scalars(select(CheckIn)).all() == []


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"audience": "me"}, "Choose the face that fits best."),
        ({"face": "furious", "audience": "me"}, "face"),
        ({"face": "okay", "audience": "one"}, "Choose a colleague."),
        ({"face": "okay", "audience": "one", "reader": "self"}, "Which colleague?"),
        ({"face": "okay", "audience": "all"}, "Who may see this?"),
        ({"face": "okay"}, "Choose who may see this."),
    ],
)
def test_what_cannot_be_used_comes_back_with_the_words(
    session: Session, anne: Person, bjarne: Person, browse: Browse, sent: dict[str, str], said: str
) -> None:
    sent = {**sent, "words": SECRET, **({"reader": str(anne.id)} if sent.get("reader") == "self" else {})}
    answer = browse(anne).post("/pusterom/innsjekk", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert SECRET in answer.text
    assert session.scalars(select(CheckIn)).all() == []


def test_patient_data_comes_back_marked(session: Session, anne: Person, browse: Browse) -> None:
    client = browse(anne)
    sent = {"face": "heavy", "audience": "team", "words": f"pasienten {IDENTITY_NUMBER} ringde"}
    answer = client.post("/pusterom/innsjekk", data=sent)
    assert answer.status_code == 422
    assert f"<mark>{IDENTITY_NUMBER}</mark>" in answer.text
    assert session.scalars(select(TeamCheckIn)).all() == []
    assert client.post("/pusterom/innsjekk", data={**sent, "guard": "mask"}).status_code == 303
    assert IDENTITY_NUMBER not in client.get("/pusterom/mine").text


def test_words_are_shown_as_they_are_written_not_as_a_page(anne: Person, browse: Browse) -> None:
    checkin = make_checkin(anne, words="<script>alert(1)</script>\n\nny linje")
    page = browse(anne).soup(f"/pusterom/innsjekk/{checkin.id}")
    assert not page.main.find("script")
    assert [part.text for part in page.select(".prose p")] == ["<script>alert(1)</script>", "ny linje"]


def test_the_audience_can_be_changed_and_the_check_in_deleted(
    session: Session, anne: Person, bjarne: Person, browse: Browse
) -> None:
    checkin, client = make_checkin(anne), browse(anne)
    path = f"/pusterom/innsjekk/{checkin.id}"
    assert client.post(f"{path}/lesar", data={"audience": "one", "reader": str(bjarne.id)}).location == path
    page = client.soup(path)
    assert "Bjarne Svartveit can read it until" in page.text
    assert client.post(f"{path}/ord", data={"face": "good", "words": "det lysna"}).location == path
    assert "det lysna" in browse(bjarne).get(path).text
    assert client.post(f"{path}/ord", data={"words": "utan andlet"}).status_code == 422
    assert page.select_one("select[name=reader] option[selected]")["value"] == str(bjarne.id)
    assert client.post(f"{path}/lesar", data={"audience": "one", "reader": ""}).status_code == 422
    assert client.post(f"{path}/sletting").location == "/pusterom/mine"
    assert session.scalars(select(CheckIn)).all() == []


def test_the_reader_sees_whose_it_is_and_no_buttons(anne: Person, bjarne: Person, browse: Browse) -> None:
    checkin = make_checkin(anne, reader=bjarne)
    page = browse(bjarne).soup(f"/pusterom/innsjekk/{checkin.id}")
    assert "Anne Askeland has shared this with you" in page.h1.text
    assert page.main.find_all("form") == []


def test_all_see_a_joy_and_nobody_is_counted(anne: Person, bjarne: Person, didrik: Person, browse: Browse) -> None:
    sent = {"words": "Du sat med meg til heile legevakta var oppe igjen.", "to": str(bjarne.id)}
    assert browse(anne).post("/pusterom/gleder", data=sent).location == "/pusterom/gleder"
    for path in ("/pusterom/gleder", "/pusterom"):
        text = browse(didrik).get(path).text
        assert "Anne Askeland thanks Bjarne Svartveit" in text
        assert "«Du sat med meg" in text


def test_a_joy_needs_words_and_few_of_them(session: Session, anne: Person, browse: Browse) -> None:
    client = browse(anne)
    for text in ("", "   ", "a" * 281):
        assert client.post("/pusterom/gleder", data={"words": text}).status_code == 422
    assert session.scalars(select(Joy)).all() == []


def test_didrik_can_neither_delete_nor_hide_the_joy_of_another(anne: Person, didrik: Person, browse: Browse) -> None:
    joy, client = make_joy(anne), browse(didrik)
    for act in ("sletting", "skjuling", "framvising"):
        assert client.post(f"/pusterom/gleder/{joy.id}/{act}").status_code == 403
    assert client.soup("/pusterom/gleder").select("#joy-wall form") == []


def test_carla_hides_a_joy_and_brings_it_back(anne: Person, didrik: Person, carla: Person, browse: Browse) -> None:
    joy, keeper = make_joy(anne), browse(carla)
    assert keeper.post(f"/pusterom/gleder/{joy.id}/skjuling").status_code == 303
    assert joy.text not in browse(didrik).get("/pusterom/gleder").text
    assert "Hidden: colleagues do not see it." in browse(anne).get("/pusterom/gleder").text
    assert keeper.post(f"/pusterom/gleder/{joy.id}/framvising").status_code == 303
    assert joy.text in browse(didrik).get("/pusterom/gleder").text


def test_the_wall_fetched_again_is_the_piece_that_the_page_holds(anne: Person, browse: Browse) -> None:
    make_joy(anne)
    client = browse(anne)
    latest = client.get("/pusterom/gleder/siste", headers={"HX-Request": "true"})
    assert latest.text.lstrip().startswith('<div id="joys"')
    assert client.get("/pusterom/gleder/siste").location == "/pusterom/gleder"
    piece = client.get("/pusterom/gleder", headers={"HX-Request": "true"})
    assert piece.text.lstrip().startswith('<div id="joy-wall"')
    assert "HX-Request" in piece.headers["Vary"]
    assert client.soup("/pusterom/gleder").find(id="joy-wall")


def test_the_card_for_the_front_page_asks_for_nothing_but_a_face(anne: Person, browse: Browse) -> None:
    card = browse(anne).soup("/").find("form", action="/pusterom/innsjekk")
    assert card.find("input", {"name": "audience"})["value"] == "me"
    assert [each["value"] for each in card.select("button[name=face]")] == ["heavy", "tired", "okay", "good", "great"]
    assert [each for each in card.find_all("input") if each["type"] != "hidden"] == []
    assert card.find("textarea") is None
    assert "Only you see your answer" in card.text
