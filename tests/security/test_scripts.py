"""Nothing that anybody writes becomes anything but text: on no page, in no attribute, in no link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import JSON, String, Text, update

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.search import queries as search
from portal.core.db import Base, db, transaction
from tests.client import AuditingClient
from tests.factories.checkins import make_checkin
from tests.factories.people import make_person
from tests.security.routes import routes

Browse = Callable[[Person], AuditingClient]

SHORT = "\"'><u onx=1>{{7*7}}"
LONG = f"</script></textarea></title></style>--><svg/onload=x onx=1>{SHORT}%s%(x)s{{0.__class__}}<img src=x onerror=x>"

# What no person writes: keys, digests, names of states and kinds, addresses of rows in other systems.
TECHNICAL = {
    "answer.key",
    "answer.mask",
    "answer.salt",
    "answer.origin",
    "comment.key",
    "comment.mask",
    "comment.salt",
    "comment.origin",
    "article.number",
    "article.language",
    "article.digest",
    "article.source_key",
    "booking.uuid",
    "booking.purpose",
    "booking.state",
    "booking.remote_id",
    "booking_step.kind",
    "checkin.id",
    "draft.key",
    "draft.place",
    "embedded_meeting.key",
    "embedded_meeting.answer",
    "evening.uid",
    "evening.kind",
    "evening.state",
    "feed_secret.digest",
    "job.name",
    "job.state",
    "joy.key",
    "mail.kind",
    "mail.calendar_method",
    "mail.key",
    "mail.page",
    "mail.state",
    "notice.kind",
    "notice.endpoint",
    "notice.page",
    "notice.way",
    "notice.veils",
    "notice_choice.scope",
    "notice_choice.name",
    "notice_choice.delivery",
    "one_time_link.digest",
    "person.password_hash",
    "person.locale",
    "person.theme",
    "person.contrast",
    "picture.token",
    "picture.mime",
    "question.key",
    "question.mask",
    "question.salt",
    "question.origin",
    "question.state",
    "reference_version.word",
    "search_document.kind",
    "search_document.audience",
    "search_document.body_keys",
    "search_document.title_keys",
    "search_document.title_words",
    "search_document.body_words",
    "search_state.name",
    "search_state.value",
    "search_synonym.terms",
    "search_word.word",
    "series.kind",
    "series.frequency",
    "series.timezone",
    "sign_up.state",
    "sign_up.shown_as",
    "tag.slug",
    "tag.color",
    "throttle.key",
    "told_once.key",
}


def is_written(column: Any) -> bool:
    return isinstance(column.type, String | Text) and f"{column.table.name}.{column.name}" not in TECHNICAL


def fill_everything_with(word: Callable[[int], str]) -> int:
    """Put a text into every column that a person, an import or another system could fill; give how many columns."""
    filled = 0
    with transaction() as session:
        for table in Base.metadata.tables.values():
            for column in table.columns:
                if not is_written(column):
                    continue
                value: Any = word(getattr(column.type, "length", None) or 10_000)
                if column.unique:
                    value = db.cast(table.c.id, String) + value
                session.execute(update(table).values({column: value}))
                filled += 1
            for column in table.columns:
                if isinstance(column.type, JSON) and (table.name, column.name) == ("notice", "params"):
                    session.execute(update(table).values({column: {"who": LONG, "title": LONG, "n": 2}}))
    return filled


@pytest.fixture
def everybody_may(yard: dict[str, Any]) -> Person:
    with transaction():
        person = make_person("Alle Rollar", roles=list(Role))
    make_checkin(person, words=LONG)
    return person


def pages(app: Flask, browser: AuditingClient, yard: dict[str, Any]) -> Iterator[tuple[str, BeautifulSoup]]:
    for route in routes(app, yard):
        if route.method == "GET":
            for headers in ({}, {"HX-Request": "true"}):
                answer = browser.get(route.path, headers=headers, audit=False, buffered=True)
                if answer.mimetype == "text/html" and answer.status_code == 200:
                    yield f"{route}", BeautifulSoup(answer.text, "html.parser")
    for query in ("/sok?q=svg", "/sok?q=" + "%22%3E%3Cu+onx=1%3E", "/folk?q=u", "/sporsmal?vis=alle"):
        yield query, BeautifulSoup(browser.get(query, audit=False).text, "html.parser")


def faults(soup: BeautifulSoup) -> list[str]:
    found = []
    for element in soup.find_all(True):
        found += [f"<{element.name} {name}>" for name in element.attrs if name.lower().startswith("on")]
    return found


@pytest.mark.parametrize("locale", ["nn", "nb", "en"])
def test_whatever_is_stored_is_shown_as_text_on_every_page(
    app: Flask, browse: Browse, everybody_may: Person, yard: dict[str, Any], locale: str
) -> None:
    with transaction():
        everybody_may.locale = locale
    assert fill_everything_with(lambda length: LONG if len(LONG) + 12 <= length else SHORT[:length]) > 25
    shown = 0
    for name, soup in pages(app, browse(everybody_may), yard):
        assert not faults(soup), name
        text = soup.get_text()
        assert "49" not in text.replace(" ", "").split("{{7*7}}")[0][-2:], name
        shown += "{{7*7}}" in text
    assert shown > 15


SCHEMES = {"", "http", "https", "mailto", "tel"}
LINKS = """\
[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](&#106;avascript:alert(1)) [d](java\tscript:alert(1))
[e](data:text/html;base64,PHNjcmlwdD4=) [f](vbscript:x) [g](file:///etc/passwd) <javascript:alert(1)> [h]( javascript:1)
![i](javascript:alert(1)) ![j](https://evil.example/pixel.png) ![k](//evil.example/x.png) ![l](data:image/svg+xml,x)
[m][r] [n](blob:x) [o](\\javascript:1) [p](javascript&colon;alert(1)) javascript:alert(1) <a href="javascript:1">q</a>

[r]: javascript:alert(1)
"""


def test_links_lead_over_the_web_or_to_a_mail_program_and_pictures_are_our_own(
    app: Flask, browse: Browse, everybody_may: Person, yard: dict[str, Any]
) -> None:
    fill_everything_with(lambda length: LINKS if length > 1000 else "javascript:alert(1)"[:length])
    seen = 0
    for name, soup in pages(app, browse(everybody_may), yard):
        for element in soup.find_all(True):
            for attribute in ("href", "src", "action", "formaction", "xlink:href", "srcset", "poster", "data"):
                url = str(element.get(attribute, "")).strip().lower()
                scheme = "".join(urlsplit("".join(url.split())).scheme.split())
                is_icon = element.name == "link" and "icon" in element["rel"]
                assert scheme in SCHEMES or is_icon, f"{name}: {element}"
                is_loaded = attribute in {"src", "srcset", "poster", "data"} and url
                assert not is_loaded or (url.startswith("/") and not url.startswith("//")), f"{name}: {element}"
                seen += bool(url)
    assert seen > 500


def test_a_template_in_a_text_is_not_run(browse: Browse, anne: Person) -> None:
    from tests.factories.questions import make_question

    nasty = "{{7*7}} {% include 'people/me.html' %} ${7*7} #{7*7} <%= 7*7 %>"
    with transaction():
        question = make_question(anne, title=nasty, body=nasty)
    page = browse(anne).soup(f"/sporsmal/{question.id}")
    assert nasty in page.h1.get_text()  # type: ignore[union-attr]
    assert "49" not in page.get_text()


def test_what_comes_once_encoded_is_decoded_once(browse: Browse, anne: Person) -> None:
    from tests.factories.questions import make_question

    twice = "%253Cscript%253E &amp;lt;b&amp;gt; &lt;i&gt;"
    with transaction():
        question = make_question(anne, title=twice)
    assert browse(anne).soup(f"/sporsmal/{question.id}").h1.get_text(strip=True) == twice  # type: ignore[union-attr]


def test_a_search_is_no_pattern(browse: Browse, anne: Person) -> None:
    from tests.factories.questions import make_question

    with transaction():
        make_question(anne, title="The printer sulks")
    for words in ("(a+)+$", ".*[", "%", "_", "\\", "' OR 1=1 --", '"', "*", "NEAR(", "a AND", "title:x"):
        assert browse(anne).get("/sok", query_string={"q": words}).status_code == 200
        assert browse(anne).get("/folk", query_string={"q": words}).status_code == 200
    for words in ("%", "_", "\\"):
        assert "Anne Askeland" not in browse(anne).soup("/folk", query_string={"q": words}).main.get_text()  # type: ignore[union-attr]
    assert search


@pytest.mark.parametrize("word", ["øyvind", "ØYVIND", "Øyvind", "øyv"])
def test_the_directory_finds_norwegian_names_however_they_are_written(browse: Browse, anne: Person, word: str) -> None:
    with transaction():
        make_person("Øyvind Ås")
    assert "Øyvind Ås" in browse(anne).get("/folk", query_string={"q": word}).text
