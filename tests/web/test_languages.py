"""Each reader gets every word in their own language: no page shows a message id that has been translated."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from flask import Flask

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core.db import transaction
from portal.core.i18n import FOLDER
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question

SHORTEST = 9  # shorter ids are words that are alike in several languages


def english_ids(locale: str) -> list[str]:
    """Give the plain ids that read otherwise in a language."""
    with (FOLDER / locale / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    plain = [(m.id, m.string) for m in catalogue if isinstance(m.id, str) and m.id and m.string]
    return [words for words, other in plain if "%(" not in words and len(words) >= SHORTEST and other != words]


def shown(html: str) -> str:
    """Give what a reader sees or hears of a page."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.find_all(["script", "style", "code", "pre"]):
        element.decompose()
    heard = [
        element.get(name, "")
        for element in soup.find_all(True)
        for name in ("aria-label", "placeholder", "title", "alt")
    ]
    return re.sub(r"\s+", " ", soup.get_text(" ") + " | " + " | ".join(map(str, heard)))


def pages(app: Flask) -> list[str]:
    """Give the pages that need no id."""
    skipped = ("/static", "/demo", "/stil", "/robots", "/favicon", "/helse", "/live")
    found = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments}
    return sorted(path for path in found if not path.startswith(skipped))


@pytest.mark.parametrize("locale", ["nn", "nb"])
def test_no_page_shows_english_to_a_norwegian(
    app: Flask, browse: Callable[[Person], AuditingClient], session: object, locale: str
) -> None:
    with transaction():
        reader = make_person("Nina Nes", locale=locale, roles={Role.ADMINISTRATOR, Role.ORGANISER, Role.PEER_SUPPORTER})
        question = make_question(reader, title="Kva no?")
        make_answer(make_person("Per", locale=locale), question, body="Slik.")
    browser = browse(reader)
    ids = english_ids(locale)
    assert len(ids) > 100
    left = {}
    for path in [*pages(app), f"/sporsmal/{question.id}", f"/sporsmal/{question.id}/endring", "/finst-ikkje"]:
        answer = browser.get(path, follow_redirects=True)
        if answer.mimetype == "text/html":
            text = shown(answer.text)
            found = [words for words in ids if words in text and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text)]
            if found:
                left[path] = found
    assert left == {}


@pytest.mark.parametrize("locale", ["nn", "nb"])
def test_what_is_wrong_with_a_form_is_said_in_the_readers_language(
    browse: Callable[[Person], AuditingClient], session: object, locale: str
) -> None:
    with transaction():
        reader = make_person("Nina Nes", locale=locale)
    answer = browse(reader).post("/sporsmal/nytt", data={"title": ""})
    assert answer.status_code == 422
    assert "Write what you wonder about." not in answer.text
