from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.blueprints.home import rules
from portal.blueprints.home.views import GREETINGS
from portal.blueprints.people.models import Person
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.checkins import make_checkin, make_joy
from tests.factories.events import make_evening
from tests.factories.questions import make_answer, make_question

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]


@given(hour=st.integers(0, 23))
def test_every_hour_has_a_greeting(hour: int) -> None:
    assert "%(name)s" in GREETINGS[rules.part_of_day(hour)]


@pytest.mark.parametrize(
    ("utc", "words"),
    [
        ("2026-11-26T07:00+00:00", "Good morning, Anne"),
        ("2026-11-26T11:00+00:00", "Good day, Anne"),
        ("2026-11-26T17:00+00:00", "Good evening, Anne"),
        ("2026-11-26T22:30+00:00", "Up late, Anne?"),
        ("2026-11-26T03:59+00:00", "Up late, Anne?"),
        ("2026-07-01T03:00+00:00", "Good morning, Anne"),  # 05:00 in Oslo
    ],
)
def test_the_front_page_greets_by_the_clock_in_oslo(browse: Browse, anne: Person, at: At, utc: str, words: str) -> None:
    at(datetime.fromisoformat(utc))
    assert words in browse(anne).get("/").text


def test_the_front_page_shows_what_is_on_now(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        make_question(anne, title="The printer in the ward sulks")
        make_evening(own_title="Sjakkveld")
    make_joy(bjarne, "Ein gammal mann lo")
    page = browse(anne).get("/").text
    for words in ("The printer in the ward sulks", "Sjakkveld", "Ein gammal mann lo"):
        assert words in page


def test_an_empty_yard_is_no_fault(browse: Browse, anne: Person) -> None:
    assert browse(anne).get("/").status_code == 200


def test_what_was_hidden_or_said_in_confidence_is_not_on_the_front_page(
    browse: Browse, anne: Person, didrik: Person, carla: Person
) -> None:
    from portal.blueprints.questions.service import moderation

    with transaction():
        question = make_question(anne, title="Shown by mistake")
        moderation.hide(carla, question.id, hidden=True)
    make_checkin(anne, reader=carla, words="Berre for Carla")
    for path in ("/", "/nye-sporsmal"):
        page = browse(didrik).get(path, headers={"HX-Request": "true"} if path != "/" else {}).text
        assert "Shown by mistake" not in page
        assert "Berre for Carla" not in page


def test_a_busy_front_page_costs_no_more_queries(browse: Browse, anne: Person, bjarne: Person) -> None:
    with transaction():
        for n in range(12):
            question = make_question(anne, title=f"Question {n}")
            make_answer(bjarne, question)
            make_evening(own_title=f"Kveld {n}")
    for n in range(12):
        make_joy(bjarne, f"Glede {n}")
    browser = browse(anne)
    browser.get("/")
    assert len(browser.statements) <= 12, browser.statements


def test_whoever_watches_over_the_portal_hears_that_it_is_up_and_nothing_more(client: AuditingClient) -> None:
    answer = client.get("/helse")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert datetime.now(UTC)


def test_a_portal_without_its_database_does_not_say_that_it_is_well(
    client: AuditingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> bool:
        raise OSError

    monkeypatch.setattr("portal.core.jobs.is_reachable", gone)
    assert client.get("/helse", audit=False).status_code == 500
