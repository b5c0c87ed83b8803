from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy import func, select

from portal.blueprints.events import jobs
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.recaps import EveningThanks, Recap, RecapPicture
from portal.blueprints.events.queries import recaps as queries
from portal.blueprints.events.service import evenings, recaps
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.events import MONDAY, make_evening, make_picture, make_sign_up
from tests.factories.people import make_person

Browse = Callable[[Person], AuditingClient]
FRAGMENT = {"HX-Request": "true"}
NUMBER = "13097248022"


def words(soup: Any) -> str:
    return " ".join(soup.get_text(" ").split())


def notices(person: Person, kind: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.person_id == person.id, Notice.kind == kind)))


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def a_photo() -> bytes:
    sent = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Kari på Askøy"
    Image.new("RGB", (80, 60), (200, 120, 40)).save(sent, "JPEG", exif=exif)
    return sent.getvalue()


def picture_form(**values: object) -> dict[str, object]:
    return {"image": (io.BytesIO(a_photo()), "kveld.jpg"), "alt": "Fire rundt eit bord", "agreed": "y", **values}


@pytest.fixture
def evening(anne: Person, otto: Person) -> Evening:
    """An evening of the day before, organised by Otto, where Anne was."""
    with transaction():
        made = make_evening(MONDAY - timedelta(hours=16), organiser_id=otto.id)
        make_sign_up(made, anne)
        return made


def test_before_it_begins_there_is_nothing_to_look_back_on(browse: Browse, otto: Person) -> None:
    with transaction():
        ahead = make_evening(organiser_id=otto.id)
    client = browse(otto)
    assert not client.soup(f"/kveldar/{ahead.id}").find(id="recap")
    for path in ("attersyn", "attersyn/ord", "bilete"):
        assert client.get(f"/kveldar/{ahead.id}/{path}").status_code == 404
    assert client.post(f"/kveldar/{ahead.id}/takk").status_code == 409


def test_the_organiser_writes_a_few_words_and_takes_them_away(
    browse: Browse, otto: Person, anne: Person, didrik: Person, evening: Evening
) -> None:
    client, path = browse(otto), f"/kveldar/{evening.id}/attersyn/ord"
    assert client.soup(f"/kveldar/{evening.id}").find("a", href=path)
    assert client.soup(path).find("form", action=path)
    assert client.post(path, data={"words": f"Ring {NUMBER}"}).status_code == 422
    assert client.post(path, data={"words": "x" * 2001}).status_code == 422
    assert count(Recap) == 0
    assert client.post(path, data={"words": "Vi lo så vi grein."}).status_code == 303
    page = words(browse(didrik).soup(f"/kveldar/{evening.id}"))
    assert "Vi lo så vi grein." in page
    assert f"Written by {otto.name}." in page
    assert browse(anne).get(path).status_code == 403
    assert browse(didrik).post(path, data={"words": "Nei"}).status_code == 403
    assert client.post(path, data={"words": ""}).status_code == 303
    assert count(Recap) == 0


def test_those_who_were_there_share_pictures_and_others_see_them(
    browse: Browse, anne: Person, didrik: Person, client: AuditingClient, evening: Evening
) -> None:
    path = f"/kveldar/{evening.id}/bilete"
    own = browse(anne)
    assert own.soup(path).find("form", action=path, enctype="multipart/form-data")
    assert own.post(path, data=picture_form()).status_code == 303
    shared = db.session.scalars(select(RecapPicture)).one()
    soup = browse(didrik).soup(f"/kveldar/{evening.id}")
    shown = soup.select_one("#recap img")
    assert shown
    assert (shown["alt"], shown["src"]) == ("Fire rundt eit bord", f"{path}/{shared.token}")
    answer = browse(didrik).get(f"{path}/{shared.token}")
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert b"Ask" not in answer.data
    assert browse(didrik).get(path).status_code == 403
    assert browse(didrik).post(path, data=picture_form()).status_code == 403
    assert client.get(f"{path}/{shared.token}").status_code == 303  # strangers are sent to the door


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"agreed": ""}, "Ask everybody in the picture first"),
        ({"alt": ""}, "Say in a few words what is to be seen."),
        ({"alt": "x" * 201}, "200"),
        ({"alt": f"Ring {NUMBER}"}, NUMBER),
        ({"image": (io.BytesIO(b"GIF89a not"), "x.gif")}, "We cannot read this as a picture."),
        ({"image": (io.BytesIO(b""), "")}, "Choose a picture."),
    ],
)
def test_a_picture_without_consent_words_or_pixels_is_refused(
    browse: Browse, anne: Person, evening: Evening, wrong: dict[str, object], said: str
) -> None:
    answer = browse(anne).post(f"/kveldar/{evening.id}/bilete", data=picture_form(**wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert count(RecapPicture) == 0


def test_one_more_picture_leads_back_to_the_form(browse: Browse, anne: Person, evening: Evening) -> None:
    path = f"/kveldar/{evening.id}/bilete"
    assert browse(anne).post(path, data=picture_form(act="more")).location == path


def test_there_is_an_end_to_how_many_pictures(
    browse: Browse, anne: Person, evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recaps, "MOST_PICTURES", 1)
    with transaction():
        make_picture(evening, anne)
    answer = browse(anne).post(f"/kveldar/{evening.id}/bilete", data=picture_form())
    assert (answer.status_code, count(RecapPicture)) == (422, 1)


def test_anybody_takes_a_picture_down_in_one_press_and_it_is_gone(
    browse: Browse, anne: Person, didrik: Person, otto: Person, evening: Evening
) -> None:
    with transaction():
        shared = make_picture(evening, anne)
    address = f"/kveldar/{evening.id}/bilete/{shared.token}"
    etag = browse(didrik).get(address).headers["ETag"]
    client = browse(didrik)
    assert client.soup(f"/kveldar/{evening.id}").find("form", action=f"{address}/fjerning")
    for _ in range(2):  # two of them were quick
        assert client.post(f"{address}/fjerning").status_code == 303
    assert count(RecapPicture) == 0
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 404
    (told,) = notices(anne, "events.picture_down")
    assert told.actor_id is None
    assert didrik.name not in browse(anne).get("/varsel/").text
    assert notices(otto, "events.picture_down") == []


def test_nobody_hears_of_taking_down_ones_own(browse: Browse, anne: Person, evening: Evening) -> None:
    with transaction():
        shared = make_picture(evening, anne)
    assert browse(anne).post(f"/kveldar/{evening.id}/bilete/{shared.token}/fjerning").status_code == 303
    assert notices(anne, "events.picture_down") == []


def test_a_picture_belongs_to_its_evening_alone(browse: Browse, anne: Person, evening: Evening) -> None:
    with transaction():
        shared = make_picture(evening, anne)
        other = make_evening(MONDAY - timedelta(days=2))
    client = browse(anne)
    assert client.get(f"/kveldar/{other.id}/bilete/{shared.token}").status_code == 404
    client.post(f"/kveldar/{other.id}/bilete/{shared.token}/fjerning")
    assert count(RecapPicture) == 1
    assert client.post(f"/kveldar/999/bilete/{shared.token}/fjerning").status_code == 404


def test_an_evening_that_is_over_is_told_of_in_the_past(browse: Browse, anne: Person, evening: Evening) -> None:
    page = words(browse(anne).soup(f"/kveldar/{evening.id}"))
    assert "This evening is over." in page
    assert "These came" in page
    for now in ("Joining?", "These are coming", "It is fine to come alone", "No game is on the table yet."):
        assert now not in page


def test_organisers_are_offered_nothing_that_an_evening_that_is_over_refuses(
    browse: Browse, otto: Person, evening: Evening
) -> None:
    page = browse(otto).soup(f"/kveldar/{evening.id}")
    assert page.find("form", action=f"/kveldar/{evening.id}/spel/plan/oppsett") is None
    for offered in ("Organise this evening", "Table plan"):
        assert offered not in words(page)


def test_thanks_go_once_to_those_who_made_it_and_name_and_count_nobody(
    browse: Browse, anne: Person, bjarne: Person, didrik: Person, otto: Person, evening: Evening
) -> None:
    with transaction():
        make_sign_up(evening, bjarne, position=2)
    client = browse(anne)
    assert client.soup(f"/kveldar/{evening.id}").find("form", action=f"/kveldar/{evening.id}/takk")
    for _ in range(2):
        assert client.post(f"/kveldar/{evening.id}/takk").status_code == 303
    browse(bjarne).post(f"/kveldar/{evening.id}/takk")
    (told,) = notices(otto, "events.thanked")
    assert told.actor_id is None
    inbox = words(browse(otto).soup("/varsel/"))
    assert "Those who came say thanks for «Brettspelkveld»" in inbox
    assert anne.name not in inbox
    assert "You have said thanks." in words(client.soup(f"/kveldar/{evening.id}"))
    assert browse(didrik).post(f"/kveldar/{evening.id}/takk").status_code == 403
    assert count(EveningThanks) == 2


def test_the_day_after_those_who_came_hear_and_nobody_else(
    anne: Person, bjarne: Person, otto: Person, evening: Evening, at: Callable[[datetime], None]
) -> None:
    with transaction():
        off = make_evening(MONDAY - timedelta(hours=15), own_title="Avlyst", organiser_id=otto.id)
        make_sign_up(off, bjarne)
        off.cancel()
    at(MONDAY + timedelta(hours=1))
    for _ in range(2):
        with transaction():
            jobs.thank_for_yesterday()
    (told,) = notices(anne, "events.over")
    assert told.values == {"evening_id": evening.id}
    assert notices(bjarne, "events.over") == notices(otto, "events.over") == []


def test_the_page_of_memories_shows_what_there_is(
    browse: Browse, anne: Person, didrik: Person, otto: Person, evening: Evening
) -> None:
    client = browse(didrik)
    assert "Nothing is shown here yet." in words(client.soup("/kveldar/minne"))
    with transaction():
        make_evening(MONDAY - timedelta(days=3), own_title="Utan ord")
        recaps.write(otto, evening.id, text="Fin kveld.")
    assert [h.get_text() for h in client.soup("/kveldar/minne").find_all("h2")][:1] == ["Brettspelkveld"]
    with transaction():
        shared = make_picture(evening, anne)
    soup = client.soup("/kveldar/minne")
    assert soup.select_one(".memories img")
    assert "Utan ord" not in words(soup)
    front = client.soup("/kveldar/").select_one(".memory img")
    assert front
    assert front["src"] == f"/kveldar/{evening.id}/bilete/{shared.token}"


@pytest.mark.parametrize("number", [1, 30])
def test_memories_and_recaps_ask_the_same_however_many(
    browse: Browse, didrik: Person, anne: Person, number: int
) -> None:
    with transaction():
        for each in range(number):
            past = make_evening(MONDAY - timedelta(days=each + 1))
            make_picture(past, anne)
            make_picture(past, make_person())
    client = browse(didrik)
    client.soup("/kveldar/minne")
    assert len(client.statements) <= 9
    client.soup(f"/kveldar/{past.id}/attersyn")
    assert len(client.statements) <= 10


def test_the_piece_is_the_same_as_in_the_page(browse: Browse, anne: Person, evening: Evening) -> None:
    with transaction():
        make_picture(evening, anne)
    client = browse(anne)
    page = client.soup(f"/kveldar/{evening.id}").find(id="recap")
    alone = BeautifulSoup(client.get(f"/kveldar/{evening.id}/attersyn", headers=FRAGMENT).text, "html.parser")
    assert page
    assert words(page) == words(alone)
    assert client.get(f"/kveldar/{evening.id}/attersyn").status_code == 200


def test_pictures_and_thanks_do_not_stay_for_ever(
    anne: Person, evening: Evening, at: Callable[[datetime], None]
) -> None:
    with transaction():
        make_picture(evening, anne)
        recaps.thank(anne, evening.id)
    at(MONDAY + recaps.THANKS_STAY + timedelta(minutes=1))
    with transaction():
        jobs.forget_memories()
    assert (count(RecapPicture), count(EveningThanks)) == (1, 0)
    at(MONDAY + recaps.PICTURES_STAY + timedelta(minutes=1))
    with transaction():
        jobs.forget_memories()
    assert count(RecapPicture) == 0


def test_what_is_ones_own_is_exported_and_goes_with_the_account(anne: Person, otto: Person, evening: Evening) -> None:
    with transaction():
        make_picture(evening, anne)
        recaps.thank(anne, evening.id)
        recaps.write(otto, evening.id, text="Fin kveld.")
    assert queries.export_pictures(anne.id)[0]["in_the_picture"] == "Fire rundt eit bord"
    assert queries.export_thanks(anne.id)[0]["thanked_for"] == "Brettspelkveld"
    assert queries.export_recaps(otto.id)[0]["written"] == "Fin kveld."
    with transaction():
        recaps.erase_pictures(anne.id)
        recaps.erase_thanks(anne.id)
        recaps.erase_words(otto.id)
    assert (count(RecapPicture), count(EveningThanks)) == (0, 0)
    left = db.session.scalars(select(Recap)).one()
    assert (left.text, left.author_id) == ("Fin kveld.", None)


def test_what_is_called_off_has_nothing_to_look_back_on(
    browse: Browse, otto: Person, anne: Person, at: Callable[[datetime], None]
) -> None:
    with transaction():
        off = make_evening(organiser_id=otto.id)
        make_sign_up(off, anne)
        evenings.cancel(otto, off.id)
    at(off.ends_at + timedelta(hours=1))
    assert not browse(otto).soup(f"/kveldar/{off.id}").find(id="recap")
    assert browse(anne).post(f"/kveldar/{off.id}/takk").status_code == 409
