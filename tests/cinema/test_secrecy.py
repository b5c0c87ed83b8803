"""Nobody reads the numbers before the poll closes: not in a page, a piece of it, its size, its order or its queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.cinema.models.polls import FilmPoll, PollState, Showing, Tick
from portal.blueprints.cinema.queries import polls as queries
from portal.blueprints.cinema.service import ballots, settling
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.people.models import Person
from portal.core import audit, jobs
from portal.core.db import db, transaction
from portal.core.jobs import Job
from tests.client import AuditingClient
from tests.factories.cinema import make_poll, make_showing
from tests.factories.events import MONDAY, make_evening
from tests.factories.people import make_person
from tests.security.routes import routes

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
FRAGMENT = {"HX-Request": "true"}
ALWAYS_NEW = re.compile(r'nonce="[^"]+"|nonce-[\w-]+|(?:value|content|data-csrf)="[\w.-]{22,}"|since=\d+')


def bare(text: str) -> str:
    """Give a page without what is new in every answer."""
    return ALWAYS_NEW.sub("", text)


@pytest.fixture
def night(otto: Person) -> Evening:
    with transaction():
        return make_evening(kind=Kind.CINEMA, own_title="Kinokveld")


@pytest.fixture
def poll(otto: Person, night: Evening) -> FilmPoll:
    with transaction():
        poll = make_poll(otto, evening_id=night.id)
        make_showing(poll, "Første", days=6)
        make_showing(poll, "Andre", days=5)
        return poll


def look_everywhere(app: Flask, browser: AuditingClient, poll: FilmPoll, night: Evening) -> dict[str, str]:
    """Read every page there is, as a page and as a piece; of the two at hand all that can be read."""
    ids = {"poll_id": poll.id, "evening_id": night.id, "showing_id": poll.showings[0].id}
    seen = {}
    for route in routes(app, ids):
        mentions = route.endpoint.split(".")[0] in {"cinema", "events", "home", "notifications", "meals", "search"}
        if route.method == "GET" and mentions and "/ny" not in route.path:
            for headers in ({}, FRAGMENT):
                answer = browser.get(route.path, headers=headers, audit=False, buffered=True)
                shown = bare(answer.get_data(as_text=True)) if answer.status_code == 200 else ""
                seen[f"{route.path} {sorted(headers)}"] = f"{answer.status_code} {shown}"
    return seen


@pytest.mark.parametrize("reader", ["didrik", "otto", "carla"])
def test_no_page_changes_by_a_letter_when_others_tick(
    app: Flask,
    browse: Browse,
    poll: FilmPoll,
    night: Evening,
    request: pytest.FixtureRequest,
    reader: str,
) -> None:
    """Colleagues, organisers and administrators: what they read is the same before and after nine have ticked."""
    browser = browse(request.getfixturevalue(reader))
    before = look_everywhere(app, browser, poll, night)
    with transaction():
        for number in range(9):
            ballots.tick(make_person(f"Kollega {number}"), poll.id, poll.showings[number % 2].id, comes=True)
    after = look_everywhere(app, browser, poll, night)
    assert f"/kino/{poll.id} []" in before
    assert {path for path in before if before[path] != after[path]} == set()


def test_the_one_who_ticks_reads_only_that_they_did(browse: Browse, anne: Person, poll: FilmPoll) -> None:
    with transaction():
        for _ in range(7):
            ballots.tick(make_person(), poll.id, poll.showings[0].id, comes=True)
    client = browse(anne)
    address = f"/kino/{poll.id}/framlegg/{poll.showings[0].id}/kryss"
    answer = client.post(address, data={"on": "1"}, headers=FRAGMENT)
    alone = client.get(f"/kino/{poll.id}/framlegga", headers=FRAGMENT)
    assert answer.status_code == alone.status_code == 200
    assert bare(answer.text) == bare(alone.text)
    assert 'aria-pressed="true"' in answer.text
    assert "would come</span>" not in answer.text
    assert "meter" not in answer.text


def test_reading_a_poll_asks_for_no_tick_but_ones_own(browse: Browse, otto: Person, poll: FilmPoll) -> None:
    client = browse(otto)
    client.soup(f"/kino/{poll.id}")
    about_ticks = [statement for statement in client.statements if "film_tick" in statement]
    assert len(about_ticks) == 1
    assert "film_tick.person_id = " in about_ticks[0]
    assert "count(" not in about_ticks[0].lower()


def test_the_films_stand_in_the_order_of_their_time_and_never_of_their_ticks(
    browse: Browse, anne: Person, otto: Person, poll: FilmPoll
) -> None:
    def order() -> list[str]:
        return [title.get_text() for title in browse(otto).soup(f"/kino/{poll.id}").select(".film h3")]

    assert order() == ["Andre", "Første"]
    assert poll.showings[1].film == "Første"
    with transaction():
        for _ in range(5):
            ballots.tick(make_person(), poll.id, poll.showings[1].id, comes=True)
    assert order() == ["Andre", "Første"]


def test_ticking_leaves_nothing_in_logs_jobs_or_the_table_that_tells_more_than_itself(
    anne: Person, poll: FilmPoll
) -> None:
    def rows() -> tuple[int, int]:
        return len(audit.entries(1000)), db.session.scalar(select(func.count()).select_from(Job)) or 0

    before = rows()
    with transaction():
        ballots.tick(anne, poll.id, poll.showings[0].id, comes=True)
    assert rows() == before
    assert {column.name for column in Tick.__table__.columns} == {"showing_id", "person_id"}  # no moment, no order
    assert [showing.ticks for showing in queries.get_poll(poll.id).showings] == [None, None]


def test_between_its_end_and_the_count_nothing_is_shown_either(
    at: At, browse: Browse, otto: Person, anne: Person, poll: FilmPoll
) -> None:
    with transaction():
        ballots.tick(anne, poll.id, poll.showings[0].id, comes=True)
    at(poll.closes_at + timedelta(seconds=1))
    page = browse(otto).soup(f"/kino/{poll.id}")
    assert "The ticks are counted in a moment." in page.get_text(" ")
    assert not page.select(".meter")
    assert not page.select("form[action$=kryss]")


def test_once_it_is_closed_everybody_sees_the_numbers_and_no_names(
    at: At, browse: Browse, anne: Person, bjarne: Person, didrik: Person, poll: FilmPoll
) -> None:
    with transaction():
        for person in (anne, bjarne):
            ballots.tick(person, poll.id, poll.showings[0].id, comes=True)
    at(poll.closes_at)
    jobs.run_due(50)
    page = browse(didrik).soup(f"/kino/{poll.id}").find("main")
    assert page
    words = " ".join(page.get_text(" ").split())
    assert "2 would come" in words
    assert "0 would come" in words
    assert anne.name not in words
    assert bjarne.name not in words


def test_a_count_that_slipped_into_the_row_would_not_be_shown_before_the_end(
    browse: Browse, otto: Person, poll: FilmPoll
) -> None:
    with transaction():
        db.session.get_one(Showing, poll.showings[0].id).ticks = 40_001
    page = browse(otto).soup(f"/kino/{poll.id}")
    assert not page.select(".meter")
    assert "001" not in page.select(".films")[0].get_text()


def test_only_closing_counts(otto: Person, anne: Person, poll: FilmPoll) -> None:
    with transaction():
        ballots.tick(anne, poll.id, poll.showings[0].id, comes=True)
        settling.close(poll.id)
    assert queries.get_poll(poll.id).state == PollState.OPEN
    assert [showing.ticks for showing in queries.get_poll(poll.id).showings] == [None, None]
    with transaction():
        settling.close_now(otto, poll.id)
    assert [showing.ticks for showing in queries.get_poll(poll.id).showings] == [1, 0]
    assert queries.get_poll(poll.id).showings[0].starts_at > MONDAY
