"""How a session ends: by signing out, by resting, by its hours; and that a copy of its cookie ends with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.http import parse_set_header

from portal.blueprints.people import service
from portal.blueprints.people.models import EndedSession, Person
from portal.core import clock, jobs, live
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.people.conftest import NEW, PASSWORD
from tests.people.door import is_in

Browse = Callable[[Person], AuditingClient]
Give = Callable[[Person], Person]
At = Callable[[datetime], None]
NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
IDLE = timedelta(minutes=240)
BY_ITSELF = {"HX-Request": "true", "X-By-Itself": "1"}


def cookie_of(client: AuditingClient) -> str:
    cookie = client.get_cookie("tunet")
    assert cookie
    return cookie.value


class TestSigningOut:
    def test_a_copy_of_the_cookie_is_worth_nothing_afterwards(
        self, browse: Browse, client: AuditingClient, anne: Person
    ) -> None:
        browser, elsewhere = browse(anne), browse(anne)
        kept = cookie_of(browser)
        client.set_cookie("tunet", kept)
        assert is_in(client)
        assert browser.post("/logg-ut").status_code == 303
        client.set_cookie("tunet", kept)
        assert (is_in(client), is_in(elsewhere)) == (False, True)

    def test_what_the_copy_has_become_since_is_worth_nothing_either(
        self, browse: Browse, client: AuditingClient, anne: Person, at: At
    ) -> None:
        at(NOON)
        browser = browse(anne)
        client.set_cookie("tunet", cookie_of(browser))
        at(NOON + timedelta(minutes=30))
        assert is_in(client)
        assert cookie_of(client) != cookie_of(browser)
        browser.post("/logg-ut")
        assert not is_in(client)

    def test_beginning_anew_ends_the_session_from_before(
        self, client: AuditingClient, browse: Browse, anne: Person, with_password: Give
    ) -> None:
        with_password(anne)
        browser = browse(anne)
        kept = cookie_of(browser)
        form = {"old": PASSWORD, "password": NEW}
        assert browser.post("/meg/passord", data=form).status_code == 303
        assert is_in(browser)
        client.set_cookie("tunet", kept)
        assert not is_in(client)
        assert db.session.scalar(select(func.count()).select_from(EndedSession)) == 1

    def test_the_browser_is_told_to_forget_pages_and_store_but_no_cookies(self, browse: Browse, anne: Person) -> None:
        for way in ("/logg-ut", "/logg-ut-overalt"):
            told = parse_set_header(browse(anne).post(way).headers["Clear-Site-Data"])
            # Cookies would be cleared for the whole domain: the neighbours' too, and how the page looks.
            assert set(told) == {"cache", "storage"}

    def test_open_pages_of_the_session_are_looked_at_again(self, browse: Browse, anne: Person) -> None:
        told: list[str] = []
        stop = live.subscribe(told.append)
        try:
            if db.engine.dialect.name == "sqlite":
                browse(anne).post("/logg-ut")
                assert told == [f"session-{anne.id}"]
        finally:
            stop()

    def test_neither_the_person_nor_the_secret_is_kept(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        with browser.session_transaction() as session:
            secret = session["id"]
        browser.post("/logg-ut")
        row = db.session.execute(select(EndedSession.__table__)).one()
        assert secret not in str(tuple(row))
        assert set(row._mapping) == {"mark", "until"}

    def test_it_is_forgotten_when_the_cookie_would_have_ended_by_itself(
        self, browse: Browse, anne: Person, at: At
    ) -> None:
        at(NOON)
        browser = browse(anne)
        browser.post("/logg-ut")
        for hours, left in ((12, 1), (13, 0)):
            at(NOON + timedelta(hours=hours))
            with transaction():
                service.forget_what_has_passed()
            assert db.session.scalar(select(func.count()).select_from(EndedSession)) == left

    def test_ending_twice_is_ending_once(self, anne: Person) -> None:
        for _ in range(2):
            with transaction():
                service.end_session(anne.id, "the same secret", until=NOON)
        assert db.session.scalar(select(func.count()).select_from(EndedSession)) == 1

    def test_a_cookie_without_a_name_of_its_own_could_not_be_ended_and_is_nobodys(
        self, browse: Browse, anne: Person
    ) -> None:
        browser = browse(anne)
        with browser.session_transaction() as session:
            del session["id"]
        assert not is_in(browser)


class TestResting:
    @pytest.fixture(autouse=True)
    def noon(self, at: At) -> None:
        at(NOON)

    def test_a_session_that_rests_too_long_is_over(self, browse: Browse, anne: Person, at: At) -> None:
        browser = browse(anne)
        at(NOON + IDLE)
        assert is_in(browse(anne))
        assert is_in(browser)
        resting = browse(anne)
        at(NOON + IDLE * 2 + timedelta(seconds=1))
        assert not is_in(resting)

    def test_every_look_and_every_press_counts(self, browse: Browse, anne: Person, at: At) -> None:
        browser = browse(anne)
        at(NOON + timedelta(hours=3))
        assert is_in(browser)
        at(NOON + timedelta(hours=6))
        assert browser.post("/utsjaanad", data={"theme": "dark"}).status_code == 303
        at(NOON + timedelta(hours=9))
        assert is_in(browser)

    def test_what_a_page_fetches_by_itself_does_not_count(self, browse: Browse, anne: Person, at: At) -> None:
        browser = browse(anne)
        for minutes in range(0, 241, 30):
            at(NOON + timedelta(minutes=minutes))
            assert browser.get("/varsel/bjolle", headers=BY_ITSELF).status_code == 200
            assert browser.get("/?av-seg-sjolv=1").status_code == 200
        at(NOON + IDLE + timedelta(seconds=1))
        assert browser.get("/varsel/bjolle", headers=BY_ITSELF).status_code == 401
        assert not is_in(browser)

    def test_the_cookie_is_written_anew_at_most_once_a_minute(self, browse: Browse, anne: Person, at: At) -> None:
        browser = browse(anne)
        browser.get("/meg")
        written = []
        for seconds in (0, 59, 61, 62, 120, 122):
            at(NOON + timedelta(seconds=seconds))
            written.append("tunet=" in browser.get("/meg").headers.get("Set-Cookie", ""))
        assert written == [False, False, True, False, False, True]

    def test_no_question_more_is_asked_of_the_database(self, browse: Browse, anne: Person) -> None:
        browser = browse(anne)
        browser.get("/meg")
        asked = [each for each in browser.statements if "ended_session" in each]
        assert len(asked) == 1
        assert asked[0].startswith("SELECT person.id")


def test_the_daily_job_forgets(browse: Browse, anne: Person, at: At) -> None:
    at(NOON)
    browse(anne).post("/logg-ut")
    at(NOON + timedelta(days=3))
    with transaction():
        jobs.enqueue("people.forget", key="schedule:people.forget")
    jobs.run_due()
    assert db.session.scalar(select(func.count()).select_from(EndedSession)) == 0
    row = db.session.scalars(select(jobs.Job).where(jobs.Job.name == "people.forget")).one()
    assert row.next_at > clock.now()
