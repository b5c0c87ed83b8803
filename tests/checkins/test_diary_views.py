"""The pages of the diary."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import Cookie, TestResponse

from portal.blueprints.checkins.models.diary import Diary, DiaryEntry
from portal.blueprints.checkins.queries import diary as queries
from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.checkins.views import diary_cookie
from portal.blueprints.people.models import Person
from portal.core.db import transaction
from tests.client import AuditingClient
from tests.factories.checkins import make_checkin
from tests.factories.diary import PASSPHRASE, THOUGHT, make_diary, write

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
PAGE = "/pusterom/dagbok"
NEW = "ei lampe under trappa"
NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
CODE = re.compile(r"(?:[A-Z2-7]{4} ){8}[A-Z2-7]{4}")


def opened(browse: Browse, person: Person, passphrase: str = PASSPHRASE) -> AuditingClient:
    client = browse(person)
    assert client.post(f"{PAGE}/opning", data={"passphrase": passphrase}).location == PAGE
    return client


def cookie(client: AuditingClient) -> Cookie | None:
    return client.get_cookie("diary", path=PAGE)


def code_in(answer: TestResponse) -> str:
    found = CODE.search(answer.text)
    assert found, answer.text
    return found.group()


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_only_those_who_are_signed_in_come_in(client: AuditingClient) -> None:
    for path in ("", "/tekst", "/passfrase", "/gloymt", "/ny-kode", "/paa-nytt", "/" + "a" * 22):
        assert client.get(PAGE + path).status_code == 303


class TestMaking:
    def test_somebody_without_one_is_told_what_it_is(self, anne: Person, browse: Browse) -> None:
        page = browse(anne).soup(PAGE)
        assert page.h1.text == "Make your diary"
        assert "The passphrase is stored nowhere." in page.text
        assert "could catch the passphrase while you type it" in page.text
        assert "From before" not in page.text
        make_checkin(anne)
        assert "1 check-in that was for you alone is sealed with a key of the server" in browse(anne).soup(PAGE).text

    def test_it_is_made_with_what_was_said_and_the_code_is_shown_once(
        self, session: Session, anne: Person, browse: Browse
    ) -> None:
        client = browse(anne)
        again = f"{PASSPHRASE} "  # a telephone puts the space there by itself
        sent = {"passphrase": PASSPHRASE, "again": again, "face": "tired", "words": THOUGHT, "key": "k" * 22}
        made = client.post(f"{PAGE}/oppretting", data={**sent, "back": "/"})
        assert made.status_code == 200
        code_in(made)
        assert made.headers["Cache-Control"] == "no-store"
        assert CODE.search(client.get(PAGE).text) is None
        assert "Is the recovery code in a safe place?" in client.get(PAGE).text
        kept = client.post(f"{PAGE}/kode-i-hus", data={"kept": "y", "back": "/"})
        assert kept.location == "/"
        page = client.soup(PAGE)
        assert "Is the recovery code in a safe place?" not in page.text
        assert THOUGHT in page.text
        assert "Tired" in page.text

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"passphrase": PASSPHRASE, "again": NEW}, "The two are not the same."),
            ({"passphrase": "kort", "again": "kort"}, "at least 12 characters"),
            ({"passphrase": "", "again": ""}, "Choose a passphrase."),
            ({"passphrase": "a" * 300, "again": "a" * 300}, "200"),
        ],
    )
    def test_what_cannot_be_used_comes_back_with_the_words_and_without_the_passphrase(
        self, session: Session, anne: Person, browse: Browse, sent: dict[str, str], said: str
    ) -> None:
        answer = browse(anne).post(f"{PAGE}/oppretting", data={**sent, "face": "heavy", "words": THOUGHT})
        assert answer.status_code == 422
        assert said in answer.text
        assert THOUGHT in answer.text
        assert not sent["passphrase"] or f'value="{sent["passphrase"]}"' not in answer.text
        assert count(session, Diary) == count(session, DiaryEntry) == 0

    def test_patient_data_comes_back_marked_before_anything_is_made(
        self, session: Session, anne: Person, browse: Browse
    ) -> None:
        sent = {"passphrase": PASSPHRASE, "again": PASSPHRASE, "face": "heavy", "words": "pasienten 13097248022"}
        answer = browse(anne).post(f"{PAGE}/oppretting", data=sent)
        assert answer.status_code == 422
        assert "<mark>13097248022</mark>" in answer.text
        assert count(session, Diary) == 0

    def test_made_in_another_window_meanwhile_it_takes_what_was_said_once_and_keeps_its_lock(
        self, session: Session, anne: Person, browse: Browse
    ) -> None:
        key, _ = make_diary(anne)
        client = browse(anne)
        sent = {"passphrase": NEW, "again": NEW, "face": "tired", "words": THOUGHT, "key": "k" * 22}
        for _ in range(2):
            assert client.post(f"{PAGE}/oppretting", data=sent).location == PAGE
        assert [line.entry.said.words for line in queries.lines(anne, key) if line.entry] == [THOUGHT]
        assert cookie(client) is None
        assert client.post(f"{PAGE}/opning", data={"passphrase": NEW}).status_code == 422
        assert count(session, Diary) == 1

    def test_patient_data_is_refused_also_where_there_is_a_diary_already(
        self, session: Session, anne: Person, browse: Browse
    ) -> None:
        make_diary(anne)
        sent = {"passphrase": NEW, "again": NEW, "face": "heavy", "words": "pasienten 13097248022"}
        assert browse(anne).post(f"{PAGE}/oppretting", data=sent).status_code == 422
        assert count(session, DiaryEntry) == 0


class TestOpening:
    def test_closed_it_shows_nothing_of_what_is_in_it(self, anne: Person, browse: Browse) -> None:
        make_diary(anne)
        write(anne)
        client = browse(anne)
        entry = queries.db.session.scalar(select(DiaryEntry.id))
        for path in ("", "/tekst", f"/{entry}"):
            answer = client.get(PAGE + path, follow_redirects=True)
            assert THOUGHT not in answer.text
            assert "Closed." in answer.text
        assert client.post(f"{PAGE}/{entry}/sletting").location == PAGE
        assert queries.db.session.scalar(select(DiaryEntry.id)) == entry

    def test_the_passphrase_opens_it_and_closing_closes_it(self, anne: Person, browse: Browse) -> None:
        make_diary(anne)
        write(anne, f"{THOUGHT}\n<script>alert(1)</script>")
        client = opened(browse, anne)
        page = client.soup(PAGE)
        assert THOUGHT in page.text
        assert not page.main.select(".prose script")
        assert client.get(PAGE).headers["Cache-Control"] == "no-store"
        client.post(f"{PAGE}/lukking")
        assert cookie(client) is None
        assert THOUGHT not in client.get(PAGE).text

    def test_a_wrong_passphrase_comes_back_empty(self, anne: Person, browse: Browse) -> None:
        make_diary(anne)
        client = browse(anne)
        answer = client.post(f"{PAGE}/opning", data={"passphrase": NEW})
        assert answer.status_code == 422
        assert "That passphrase does not open your diary." in answer.text
        assert NEW not in answer.text
        assert cookie(client) is None

    def test_guesses_are_counted_also_when_they_are_wrong(self, anne: Person, browse: Browse, at: At) -> None:
        at(NOON)
        make_diary(anne)
        client = browse(anne)
        answers = [client.post(f"{PAGE}/opning", data={"passphrase": f"{NEW}{n}"}).status_code for n in range(9)]
        assert answers == [422] * 8 + [429]

    def test_it_closes_when_nobody_has_looked_for_a_quarter_of_an_hour(
        self, anne: Person, browse: Browse, at: At
    ) -> None:
        at(NOON)
        make_diary(anne)
        write(anne)
        client = opened(browse, anne)
        for minutes in (14, 28, 42):
            at(NOON + timedelta(minutes=minutes))
            assert THOUGHT in client.get(PAGE).text
        at(NOON + timedelta(minutes=42 + 15))
        assert THOUGHT not in client.get(PAGE).text

    def test_the_key_stays_in_this_corner_of_this_browser(self, app: Flask, anne: Person, browse: Browse) -> None:
        make_diary(anne)
        client = browse(anne)
        answer = client.post(f"{PAGE}/opning", data={"passphrase": PASSPHRASE})
        said = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("diary="))
        for part in ("HttpOnly", "Path=/pusterom/dagbok", "SameSite=Strict", "Max-Age=900"):
            assert part in said
        assert "Secure" not in said
        app.config["SESSION_COOKIE_SECURE"] = True
        try:
            answer = client.post(f"{PAGE}/opning", data={"passphrase": PASSPHRASE}, base_url="https://localhost")
        finally:
            app.config["SESSION_COOKIE_SECURE"] = False
        secure = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Secure-diary=")]
        assert not secure or "Secure" in secure[0]

    def test_it_opens_nothing_in_another_session_or_for_another_person(
        self, anne: Person, didrik: Person, browse: Browse
    ) -> None:
        make_diary(anne)
        make_diary(didrik)
        write(anne)
        held = cookie(opened(browse, anne))
        assert held
        for person in (anne, didrik):
            other = browse(person)
            other.set_cookie("diary", held.value, path=PAGE)
            assert THOUGHT not in other.get(PAGE).text
            assert "Closed." in other.get(PAGE).text

    @pytest.mark.parametrize("made_up", ["", "x", "AAAA", "æøå", "a" * 4000, "AQRrZXB0" + "A" * 300])
    def test_a_cookie_that_was_made_up_is_no_key(self, anne: Person, browse: Browse, made_up: str) -> None:
        make_diary(anne)
        client = browse(anne)
        client.set_cookie("diary", made_up, path=PAGE)
        assert "Closed." in client.get(PAGE).text

    def test_the_key_of_a_diary_that_is_gone_opens_nothing_of_the_next(self, anne: Person, browse: Browse) -> None:
        make_diary(anne)
        client = opened(browse, anne)
        old = cookie(client)
        assert client.post(f"{PAGE}/paa-nytt", data={"sure": "y"}).location == PAGE
        make_diary(anne, NEW)
        assert old
        client.set_cookie("diary", old.value, path=PAGE)
        assert "Closed." in client.get(PAGE).text


class TestReading:
    def test_ones_weeks_are_drawn_with_a_sentence_and_a_table(self, anne: Person, browse: Browse, at: At) -> None:
        at(NOON - timedelta(weeks=2))
        make_diary(anne)
        write(anne, "", face=Face.TIRED)
        at(NOON)
        write(anne, "", face=Face.GOOD)
        page = opened(browse, anne).soup(PAGE)
        assert "Tired in week 46, Good in week 48." in page.find(id="own-weeks").text
        assert len(page.select("#own-weeks svg.weeks")) == 2
        rows = [row.text.split("\n") for row in page.select("#own-weeks tbody tr")]
        assert [("Good" in str(row), "Nothing written" in str(row), "Tired" in str(row)) for row in rows] == [
            (True, False, False),
            (False, True, False),
            (False, False, True),
        ]

    def test_a_week_alone_is_no_line_and_nothing_is_drawn_of_nothing(
        self, anne: Person, browse: Browse, at: At
    ) -> None:
        at(NOON)
        make_diary(anne)
        page = opened(browse, anne).soup(PAGE)
        assert page.find(id="own-weeks") is None
        assert "You have not written anything here." in page.text
        write(anne)
        assert opened(browse, anne).soup(PAGE).find(id="own-weeks") is None
        at(NOON + timedelta(weeks=1))
        page = opened(browse, anne).soup(PAGE)
        assert "Heavy in week 48." in page.find(id="own-weeks").text

    def test_pages_go_on(self, anne: Person, browse: Browse, at: At) -> None:
        make_diary(anne)
        for number in range(queries.PAGE + 2):
            at(NOON + timedelta(minutes=number))
            write(anne, f"tanke nummer {number}.")
        client = opened(browse, anne)
        first = client.soup(PAGE)
        assert "tanke nummer 21." in first.text
        assert "tanke nummer 1." not in first.text
        following = client.soup(next(a["href"] for a in first.find_all("a") if "etter=" in a.get("href", "")))
        assert "tanke nummer 1." in following.text
        assert "tanke nummer 21." not in following.text

    def test_it_is_taken_along_as_text(self, anne: Person, browse: Browse, at: At) -> None:
        at(NOON)
        make_diary(anne)
        write(anne)
        answer = opened(browse, anne).get(f"{PAGE}/tekst")
        assert answer.text == f"2026-11-26 12:00  Heavy\n{THOUGHT}\n"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"

    def test_an_entry_is_changed_and_deleted(self, session: Session, anne: Person, browse: Browse) -> None:
        make_diary(anne)
        write(anne)
        client = opened(browse, anne)
        path = f"{PAGE}/{session.scalar(select(DiaryEntry.id))}"
        assert THOUGHT in client.get(path).text
        assert client.post(path, data={"face": "good", "words": "det gjekk betre"}).location == PAGE
        assert "det gjekk betre" in client.get(PAGE).text
        refused = client.post(path, data={"face": "good", "words": "pasienten 13097248022"})
        assert refused.status_code == 422
        assert "<mark>13097248022</mark>" in refused.text
        assert client.post(path, data={"words": "utan andlet"}).status_code == 422
        assert client.post(f"{path}/sletting").location == PAGE
        assert count(session, DiaryEntry) == 0

    def test_nobody_else_finds_an_entry(self, session: Session, anne: Person, didrik: Person, browse: Browse) -> None:
        make_diary(anne)
        make_diary(didrik)
        write(anne)
        path = f"{PAGE}/{session.scalar(select(DiaryEntry.id))}"
        other = opened(browse, didrik)
        assert other.get(path).status_code == 404
        assert other.post(path, data={"face": "good", "words": "mitt"}).status_code == 404
        assert other.post(f"{path}/sletting").status_code == 404
        assert other.post(f"{path}/deling", data={"audience": "team"}).status_code == 404
        assert count(session, DiaryEntry) == 1

    def test_what_does_not_open_takes_nothing_else_with_it(
        self, session: Session, anne: Person, browse: Browse
    ) -> None:
        key, _ = make_diary(anne)
        write(anne)
        write(anne, "noko som ikkje opnar seg")
        with transaction():
            rows = {row.opened(key).said.words: row for row in session.scalars(select(DiaryEntry))}
            broken = rows["noko som ikkje opnar seg"]
            broken.sealed = broken.sealed[:-1] + b"\0\0"
        page = opened(browse, anne).soup(PAGE)
        assert THOUGHT in page.text
        assert "An entry that does not open" in page.text

    def test_the_pages_take_few_queries_however_much_is_in_it(self, anne: Person, browse: Browse) -> None:
        make_diary(anne)
        for number in range(12):
            write(anne, str(number))
        client = opened(browse, anne)
        client.get(PAGE)
        assert len(client.statements) <= 7, client.statements


class TestLock:
    def test_the_passphrase_is_changed(self, anne: Person, browse: Browse) -> None:
        make_diary(anne)
        client = browse(anne)
        assert client.get(f"{PAGE}/passfrase").status_code == 200
        wrong = client.post(f"{PAGE}/passfrase", data={"old": NEW, "passphrase": NEW, "again": NEW})
        assert wrong.status_code == 422
        right = {"old": PASSPHRASE, "passphrase": NEW, "again": NEW}
        assert client.post(f"{PAGE}/passfrase", data=right).location == PAGE
        opened(browse, anne, NEW)

    def test_a_forgotten_passphrase_is_replaced_with_the_code(self, anne: Person, browse: Browse) -> None:
        _, code = make_diary(anne)
        write(anne)
        client = browse(anne)
        sent = {"code": code[:-1] + "!", "passphrase": NEW, "again": NEW}
        assert "A sign is wrong or missing" in client.post(f"{PAGE}/gloymt", data=sent).text
        answer = client.post(f"{PAGE}/gloymt", data={**sent, "code": code.lower().replace("-", " ")})
        assert code_in(answer) != code.replace("-", " ")
        assert THOUGHT in client.get(PAGE).text
        opened(browse, anne, NEW)

    def test_a_new_code_is_shown_once(self, anne: Person, browse: Browse) -> None:
        make_diary(anne)
        client = browse(anne)
        assert client.post(f"{PAGE}/ny-kode", data={"passphrase": NEW}).status_code == 422
        code_in(client.post(f"{PAGE}/ny-kode", data={"passphrase": PASSPHRASE}))

    def test_beginning_anew_needs_a_tick(self, session: Session, anne: Person, browse: Browse) -> None:
        make_diary(anne)
        write(anne)
        client = browse(anne)
        assert client.post(f"{PAGE}/paa-nytt", data={}).status_code == 422
        assert count(session, DiaryEntry) == 1
        assert client.post(f"{PAGE}/paa-nytt", data={"sure": "y"}).location == PAGE
        assert count(session, Diary) == count(session, DiaryEntry) == 0

    def test_without_a_diary_there_is_no_lock(self, anne: Person, browse: Browse) -> None:
        client = browse(anne)
        for path in ("passfrase", "gloymt", "ny-kode", "paa-nytt"):
            assert client.get(f"{PAGE}/{path}").status_code == 404
        assert client.post(f"{PAGE}/opning", data={"passphrase": PASSPHRASE}).status_code == 404


def test_the_path_of_the_cookie_is_the_path_of_the_pages(app: Flask) -> None:
    pages = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("checkins.diary")]
    assert len(pages) >= 12
    assert all(rule == diary_cookie.PATH or rule.startswith(f"{diary_cookie.PATH}/") for rule in pages)
