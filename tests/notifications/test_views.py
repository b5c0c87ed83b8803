"""The inbox, the bell, the choices and the administrators' page, as a browser meets them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import ports, service
from portal.blueprints.notifications.models import Mail, Notice
from portal.blueprints.notifications.queries import inbox
from portal.blueprints.notifications.service import mails
from portal.blueprints.people.models import Person
from portal.core.db import transaction
from tests.client import AuditingClient

Tell = Callable[..., None]
Browse = Callable[[Person], AuditingClient]
QUERIES_OF_THE_INBOX = 6  # viewer, count, the page with its actors, who calls for help, how one stands, one to spare


def the_notice(session: Session) -> Notice:
    session.expire_all()
    return session.scalars(select(Notice)).one()


def test_an_empty_inbox_is_kind(browse: Browse, anne: Person) -> None:
    page = browse(anne).soup("/varsel/")
    assert "Nothing new." in page.get_text()
    assert not page.find("button", string="Mark all as read")


def test_a_line_leads_straight_to_the_thing(browse: Browse, tell: Tell, anne: Person, bjarne: Person) -> None:
    tell(anne, by=bjarne, page=bjarne.id)
    link = browse(anne).soup("/varsel/").select_one(".notice a")
    assert link is not None
    assert link.get_text() == "Bjarne Svartveit answered «Skrivaren står»"
    assert link["href"] == f"/folk/{bjarne.id}"
    assert str(link["hx-post"]).endswith("/opna")
    assert json.loads(str(link["hx-vals"])).keys() == {"csrf_token"}


def test_opening_marks_read_and_goes_on(
    browse: Browse, session: Session, tell: Tell, anne: Person, bjarne: Person
) -> None:
    tell(anne, by=bjarne, page=7)
    client, notice_id = browse(anne), the_notice(session).id
    answer = client.post(f"/varsel/{notice_id}/opna")
    assert (answer.status_code, answer.location) == (303, "/folk/7")
    assert not the_notice(session).is_unread
    answer = client.post(f"/varsel/{notice_id}/opna", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/folk/7")


def test_the_inbox_shows_only_ones_own(
    browse: Browse, tell: Tell, anne: Person, bjarne: Person, didrik: Person
) -> None:
    tell(anne, by=bjarne)
    assert "Skrivaren" not in browse(didrik).soup("/varsel/").get_text()


def test_another_persons_notice_cannot_be_opened(
    browse: Browse, session: Session, tell: Tell, anne: Person, bjarne: Person, didrik: Person
) -> None:
    tell(anne, by=bjarne)
    notice_id = the_notice(session).id
    assert browse(didrik).post(f"/varsel/{notice_id}/opna").status_code == 404
    assert the_notice(session).is_unread


def test_all_can_be_marked_read_at_once(browse: Browse, tell: Tell, anne: Person, bjarne: Person) -> None:
    for page in (1, 2):
        tell(anne, by=bjarne, page=page)
        tell(bjarne, by=anne, page=page)
    client = browse(anne)
    assert client.post("/varsel/lest").status_code == 303
    assert inbox.unread_count(anne) == 0
    assert inbox.unread_count(bjarne) == 2
    assert not client.soup("/varsel/").select(".notice--new")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/varsel/"),
        ("GET", "/varsel/bjolle"),
        ("GET", "/varsel/val"),
        ("POST", "/varsel/lest"),
        ("POST", "/varsel/1/opna"),
        ("POST", "/varsel/val"),
        ("GET", "/styring/post/"),
        ("POST", "/styring/post/1/omatt"),
    ],
)
def test_nobody_comes_in_without_signing_in(client: AuditingClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 303
    assert answer.location.startswith("/logg-inn")


@pytest.mark.parametrize("path", ["/varsel/lest", "/varsel/1/opna", "/varsel/val"])
def test_a_change_without_a_token_is_refused(browse: Browse, anne: Person, path: str) -> None:
    assert browse(anne).post(path, csrf=False).status_code == 400


def test_the_bell_counts_what_is_new(browse: Browse, tell: Tell, anne: Person, bjarne: Person) -> None:
    tell(anne, by=bjarne, page=1)
    tell(anne, by=bjarne, page=2)
    client = browse(anne)
    fragment = client.get("/varsel/bjolle", headers={"HX-Request": "true"}).text
    assert "2 new" in fragment
    assert f"live:person-{anne.id}" in fragment
    assert client.soup("/varsel/").select_one("#bell .bell__count") is not None


def test_the_page_and_its_fragment_are_the_same_inbox(browse: Browse, tell: Tell, anne: Person, bjarne: Person) -> None:
    tell(anne, by=bjarne)
    client = browse(anne)
    inside = client.soup("/varsel/").select_one("#inbox .notice a")
    alone = client.soup("/varsel/", headers={"HX-Request": "true"}).select_one("#inbox .notice a")
    assert inside is not None
    assert alone is not None
    assert inside.get_text() == alone.get_text()


def test_a_long_inbox_comes_in_pages_that_miss_nothing(
    browse: Browse, tell: Tell, anne: Person, bjarne: Person
) -> None:
    for page in range(70):
        tell(anne, by=bjarne, page=page)
    client, path, seen = browse(anne), "/varsel/", []
    for _ in range(3):
        soup = client.soup(path)
        seen += [link["href"] for link in soup.select(".notice a")]
        more = soup.select_one("a[rel=next]")
        path = str(more["href"]) if more else ""
    assert sorted(str(path) for path in seen) == sorted(f"/folk/{page}" for page in range(70))
    assert path == ""


@pytest.mark.parametrize("cursor", ["x", "AAAA", "W10", "eyJ0Ijox", "%7F"])
def test_a_nonsense_cursor_is_the_first_page(
    browse: Browse, tell: Tell, anne: Person, bjarne: Person, cursor: str
) -> None:
    tell(anne, by=bjarne)
    assert len(browse(anne).soup(f"/varsel/?etter={cursor}").select(".notice")) == 1


def test_the_inbox_asks_few_questions_however_long_it_is(
    browse: Browse, tell: Tell, anne: Person, bjarne: Person, didrik: Person
) -> None:
    client = browse(anne)
    for page in range(25):
        tell(anne, by=bjarne if page % 2 else didrik, page=page)
    client.get("/varsel/")
    assert len(client.statements) <= QUERIES_OF_THE_INBOX, client.statements


def test_an_inbox_of_hundreds_is_paged_and_each_page_costs_the_same(
    browse: Browse, session: Session, kinds: ports.KnownKinds, anne: Person, bjarne: Person
) -> None:
    crowd = [
        Notice(
            person_id=anne.id,
            actor_id=bjarne.id,
            kind="tests.answered",
            thread=f"tests.answered:{number}",
            page=f"{number:024}",
            params={"title": f"Sak {number}"},
            endpoint="people.person",
            values={"person_id": number},
            told_at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=number),
            read_at=None if number % 3 else datetime(2026, 11, 2, tzinfo=UTC),
        )
        for number in range(400)
    ]
    with transaction():
        session.add_all(crowd)
    client, address, seen, costs = browse(anne), "/varsel/", [], set()
    while address:
        page = client.soup(address)
        costs.add(len(client.statements))
        seen += [link["href"] for link in page.select(".notice a")]
        older = page.find("a", string=re.compile("Older notices"))
        address = str(older["href"]) if older else ""
    assert seen == [f"/folk/{number}" for number in reversed(range(400))]
    assert max(costs) <= QUERIES_OF_THE_INBOX, costs


def test_a_title_cannot_write_markup_into_the_inbox(browse: Browse, tell: Tell, anne: Person, bjarne: Person) -> None:
    tell(anne, by=bjarne, title="<img src=x onerror=alert(1)>")
    page = browse(anne).soup("/varsel/")
    assert not page.select(".notice img")
    assert "<img src=x" in page.select(".notice")[0].get_text()


def test_administrators_see_refused_mails_but_not_what_they_say(
    browse: Browse, session: Session, anne: Person, carla: Person
) -> None:
    service.send_mail(person_id=anne.id, kind="tests", params={"title": "Privat"}, key="k")
    mail = session.scalars(select(Mail)).one()
    mails.note_refused(mail.id, code=550)
    client = browse(carla)
    text = client.soup("/styring/post/").get_text()
    assert "Anne Askeland" in text
    assert "550" in text
    assert "Privat" not in text
    assert "tests" not in text  # nor what kind of mail it is
    assert client.post(f"/styring/post/{mail.id}/omatt").status_code == 303
    session.expire_all()
    assert mail.is_waiting
    assert "No mail has been refused." in client.soup("/styring/post/").get_text()


@pytest.mark.parametrize("who", ["anne", "otto"])
def test_those_who_do_not_run_the_place_see_no_mails(
    browse: Browse, session: Session, request: pytest.FixtureRequest, who: str, bjarne: Person
) -> None:
    service.send_mail(person_id=bjarne.id, kind="tests", params={}, key="k")
    mail = session.scalars(select(Mail)).one()
    mails.note_refused(mail.id, code=550)
    client = browse(request.getfixturevalue(who))
    assert client.get("/styring/post/").status_code == 403
    assert client.post(f"/styring/post/{mail.id}/omatt").status_code == 403
    session.expire_all()
    assert not mail.is_waiting


@pytest.mark.parametrize("locale", ["nn", "nb", "en"])
def test_the_pages_stand_in_every_language(
    browse: Browse, tell: Tell, anne: Person, bjarne: Person, locale: str
) -> None:
    anne.locale = locale
    tell(anne, by=bjarne)
    for path in ("/varsel/", "/varsel/val"):
        html = browse(anne).soup(path).html
        assert html is not None
        assert html["lang"] == locale
