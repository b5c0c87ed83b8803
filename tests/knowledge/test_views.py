"""The pages of the articles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.knowledge import queries
from portal.blueprints.knowledge.models import Article
from portal.blueprints.people.models import Person
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.knowledge import make_article

Browse = Callable[[Person], AuditingClient]
IDENTITY_NUMBER = "13097248022"
WRITTEN = {"title": "Ny rutine", "body": "Ring vakta.", "language": "nn", "version": "1"}


def test_only_those_who_are_signed_in_read_articles(client: AuditingClient) -> None:
    make_article(number="KB20001")
    for path in ("", "/KB20001", "/1"):
        assert client.get(f"/kunnskap{path}").status_code == 303


def test_the_list_takes_few_queries_however_long_it_is(anne: Person, browse: Browse) -> None:
    for number in range(queries.PAGE + 1):
        make_article(f"Tittel {number:03}", tags=(f"merke{number % 5}",))
    client = browse(anne)
    page = client.soup("/kunnskap")
    assert len(client.statements) <= 7
    assert len(page.select("ul.rows > li")) == queries.PAGE
    assert "article.body" not in " ".join(client.statements)
    following = client.soup(page.select_one("a[rel=next]")["href"])
    assert [row.h3.text for row in following.select("ul.rows > li")] == ["Tittel 030"]


def test_an_article_is_shown_under_its_number(anne: Person, browse: Browse) -> None:
    body = "# Slik\n\nTrykk **Start** <script>alert(1)</script>"
    make_article("Skrivaren", body, number="KB20001", tags=("utskrift",))
    client = browse(anne)
    client.get("/kunnskap/KB20001")  # who may be mentioned is read once, after the last change of a name
    page = client.soup("/kunnskap/KB20001")
    assert len(client.statements) <= 9
    assert page.h1.text == "Skrivaren"
    assert page.select_one(".prose h3").text == "Slik"
    assert not page.main.find("script")
    assert page.select_one(".prose")["lang"] == "nn"
    assert "http://localhost/kunnskap/KB20001" in page.text


def test_small_letters_and_the_id_lead_to_the_number(anne: Person, browse: Browse) -> None:
    article = make_article(number="KB20001")
    for written in ("kb20001", str(article.id)):
        assert browse(anne).get(f"/kunnskap/{written}").location == "/kunnskap/KB20001"


def test_a_hit_of_the_search_leads_to_the_article(anne: Person, browse: Browse) -> None:
    make_article("Eit heilt særskilt emne", number="KB20001")
    client = browse(anne)
    link = client.soup("/sok?q=særskilt").select_one("#results h3 a")
    assert client.get(link["href"], follow_redirects=True).request.path == "/kunnskap/KB20001"


def test_questions_that_speak_of_it_stand_beside_it(anne: Person, browse: Browse) -> None:
    questions = pytest.importorskip("portal.blueprints.questions.service.asking")
    make_article("Skrivaren", number="KB20001")
    with transaction():
        questions.ask(anne, title="Hjelpte ikkje", body="Eg prøvde KB20001 fyrst.")
        questions.ask(anne, title="Noko heilt anna")
    aside = browse(anne).soup("/kunnskap/KB20001").aside
    assert [link.text for link in aside.select("#questions a")] == ["Hjelpte ikkje"]


def test_a_retired_article_is_there_for_carla_only(didrik: Person, carla: Person, browse: Browse) -> None:
    make_article(number="KB20001", is_published=False)
    assert browse(didrik).get("/kunnskap/KB20001").status_code == 404
    assert "This article is retired." in browse(carla).soup("/kunnskap/KB20001").text


def test_didrik_neither_sees_nor_uses_what_carla_has(didrik: Person, carla: Person, browse: Browse) -> None:
    make_article(number="KB20001")
    client = browse(didrik)
    assert client.soup("/kunnskap/KB20001").main.find_all("form") == []
    for path in ("", "/ny", "/KB20001"):
        assert client.get(f"/styring/kunnskap{path}").status_code == 403
    for path in ("/ny", "/KB20001", "/KB20001/utfasing", "/KB20001/publisering", "/forhandsvising"):
        assert client.post(f"/styring/kunnskap{path}", data=WRITTEN).status_code == 403
    assert browse(carla).soup("/kunnskap/KB20001").main.find_all("form") != []


def test_carla_writes_changes_retires_and_publishes(session: Session, carla: Person, browse: Browse) -> None:
    client = browse(carla)
    assert client.get("/styring/kunnskap/ny").status_code == 200
    answer = client.post("/styring/kunnskap/ny", data={**WRITTEN, "tags": "Rutinar, vakt", "reviewed_on": "2026-11-20"})
    assert answer.location == "/kunnskap/KB10001"
    page = client.soup("/styring/kunnskap/KB10001")
    assert page.find("input", {"name": "tags"})["value"] == "rutinar, vakt"
    version = page.find("input", {"name": "version"})["value"]
    changed = {**WRITTEN, "title": "Betre rutine", "version": version}
    assert client.post("/styring/kunnskap/KB10001", data=changed).location == "/kunnskap/KB10001"
    client.post("/styring/kunnskap/KB10001/utfasing")
    assert session.scalars(select(Article.is_published)).all() == [False]
    assert "Retired" in client.soup("/styring/kunnskap?q=betre").text
    client.post("/styring/kunnskap/KB10001/publisering")
    assert "Betre rutine" in client.soup("/kunnskap").text


def test_a_form_that_came_late_keeps_its_text_and_shows_theirs(session: Session, carla: Person, browse: Browse) -> None:
    make_article(body="Opphavleg", number="KB20001")
    first, late = browse(carla), browse(carla)
    first.post("/styring/kunnskap/KB20001", data={**WRITTEN, "body": "Frå den fyrste"})
    answer = late.post("/styring/kunnskap/KB20001", data={**WRITTEN, "body": "Frå den andre"})
    assert answer.status_code == 409
    assert "Somebody has changed this since you opened it." in answer.text
    assert "Frå den fyrste" in answer.text
    assert "Frå den andre" in answer.text
    assert session.scalars(select(Article.body)).all() == ["Frå den fyrste"]
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert late.post("/styring/kunnskap/KB20001", data={**WRITTEN, "body": "Begge", "version": "2"}).status_code == 303


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "An article needs a title."),
        ({"body": ""}, "An article needs a text."),
        ({"body": f"pasient {IDENTITY_NUMBER}"}, f"<mark>{IDENTITY_NUMBER}</mark>"),
        ({"tags": ",".join("abcdefghi")}, "Eight tags at most"),
        ({"language": "tlh"}, "Language"),
        ({"reviewed_on": "i går"}, "Reviewed on"),
    ],
)
def test_what_cannot_be_used_comes_back(
    session: Session, carla: Person, browse: Browse, changed: dict[str, str], said: str
) -> None:
    answer = browse(carla).post("/styring/kunnskap/ny", data={**WRITTEN, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalars(select(Article)).all() == []


def test_other_pages_can_ask_which_articles_a_text_speaks_of(app, session: Session) -> None:  # type: ignore[no-untyped-def]
    make_article("Skrivaren", number="KB20001")
    template = "{% for each in provided('linked_articles')('sjå kb20001') %}{{ each.title }}{% endfor %}"
    assert app.jinja_env.from_string(template).render() == "Skrivaren"
