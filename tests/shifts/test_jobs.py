"""The rota at an address: read every hour, over TLS, and never trusted further than needed."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.blueprints.people.models import Person
from portal.blueprints.shifts import jobs as shifts_jobs
from portal.blueprints.shifts import queries
from portal.blueprints.shifts.adapters import feeds
from portal.blueprints.shifts.adapters.feeds import FeedTrouble
from portal.blueprints.shifts.models import Shift
from portal.blueprints.shifts.service import feed, importing
from portal.core import jobs
from portal.core import settings as core_settings
from portal.core.db import db, transaction
from portal.core.jobs import Job
from tests.factories.shifts import NOW, make_present
from tests.mail_server.certificates import make_certificate


class Place:
    """What the server at the address answers, and what it was asked."""

    def __init__(self) -> None:
        self.status, self.content, self.headers = 200, b"", {"ETag": '"a"'}
        self.asked: list[str] = []
        self.port = 0


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> Iterator[None]:
    at(NOW)
    feed._known = None
    yield
    feed._known = None


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Serve over TLS on this machine, with a certificate that the portal is told to trust."""
    place = Place()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place.asked.append(self.headers.get("If-None-Match", ""))
            is_same = bool(place.asked[-1]) and place.asked[-1] == place.headers.get("ETag")
            self.send_response(304 if is_same else place.status)
            for name, value in place.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not is_same:
                self.wfile.write(place.content)

        def log_message(self, *_args: object) -> None:
            pass

    context, authority = make_certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    place.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("NO_PROXY", "*")
    core_settings.use(dataclasses.replace(core_settings.current_settings(), rota_url=address(place)))
    yield place
    server.shutdown()
    thread.join()
    server.server_close()


def address(place: Place) -> str:
    return f"https://127.0.0.1:{place.port}/vaktplan.ics?hemmeleg=abc"


def calendar(person: Person, *days: int) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART:202611{day}T060000Z\r\nDTEND:202611{day}T140000Z\r\n"
        f"ATTENDEE:mailto:{person.email}\r\nEND:VEVENT\r\n"
        for day in days
    )
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode()


def read() -> Job:
    with transaction():
        job = jobs.enqueue("shifts.read_rota")
        job_id = job.id
    while jobs.run_due():
        pass
    db.session.expire_all()
    return db.session.get_one(Job, job_id)


def days() -> list[int]:
    return sorted(row.starts_at.day for row in db.session.scalars(select(Shift)))


def test_the_rota_at_the_address_is_read_and_kept_in_step(anne: Person, place: Place) -> None:
    place.content = calendar(anne, 27, 28)
    assert read().state == "done"
    assert days() == [27, 28]
    place.content, place.headers = calendar(anne, 28, 29), {"ETag": '"b"'}
    read()
    assert days() == [28, 29]
    assert [rota.name for rota in queries.rotas()] == [importing.FEED]


def test_what_is_as_before_is_not_sent_again_but_once_a_day(
    anne: Person, place: Place, at: Callable[[datetime], None]
) -> None:
    place.content = calendar(anne, 27)
    read()
    read()
    assert place.asked == ["", '"a"']
    at(NOW + timedelta(hours=21))
    read()
    assert place.asked[-1] == ""


def test_a_rota_that_was_taken_away_is_read_whole_again(anne: Person, carla: Person, place: Place) -> None:
    place.content = calendar(anne, 27)
    read()
    (rota,) = queries.rotas()
    with transaction():
        importing.remove(carla, rota.id)
    read()
    assert days() == [27]


def test_a_calendar_with_a_fault_changes_nothing_and_fails_without_words(anne: Person, place: Place) -> None:
    place.content = calendar(anne, 27)
    read()
    place.content = calendar(anne, 28).replace(b"END:VCALENDAR", b"BEGIN:VEVENT\r\nSUMMARY:hemmeleg\r\nEND:VEVENT")
    place.headers = {"ETag": '"b"'}
    failed = read()
    assert failed.tries == 1
    assert "hemmeleg" not in failed.failure
    assert days() == [27]


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [
        (404, {}, "Status404"),
        (500, {}, "Status500"),
        (302, {"Location": "https://elsewhere.example/"}, "RedirectElsewhere"),
        (302, {"Location": "http://localhost/"}, "RedirectElsewhere"),
        (302, {"Location": "/vaktplan.ics?hemmeleg=abc"}, "TooManyRedirects"),
    ],
)
def test_other_answers_are_trouble_told_by_a_code(
    place: Place, status: int, headers: dict[str, str], code: str
) -> None:
    place.status, place.headers = status, headers
    with pytest.raises(FeedTrouble) as trouble:
        feeds.fetch(address(place))
    assert str(trouble.value) == code


def test_an_endless_answer_is_cut_off(place: Place) -> None:
    place.content = b"x" * (feeds.MOST_BYTES + 70_000)
    with pytest.raises(FeedTrouble, match="TooBig"):
        feeds.fetch(address(place))


def test_nothing_is_fetched_without_tls_or_with_a_certificate_of_a_stranger(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FeedTrouble, match="NotHttps"):
        feeds.fetch(address(place).replace("https", "http"))
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(FeedTrouble, match="SSLError") as trouble:
        feeds.fetch(address(place))
    assert "hemmeleg" not in str(trouble.value)
    assert place.asked == []


def test_the_doctor_tries_the_address(anne: Person, place: Place) -> None:
    place.content = calendar(anne, 27)
    assert shifts_jobs.address().is_well
    place.content = b"<html>"
    assert not shifts_jobs.address().is_well
    place.status = 404
    found = shifts_jobs.address()
    assert not found.is_well
    assert "hemmeleg" not in found.words


def test_without_an_address_nothing_is_fetched(anne: Person) -> None:
    assert read().state == "done"
    assert shifts_jobs.address().is_well
    assert days() == []


def test_every_ten_minutes_what_is_over_is_forgotten(anne: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        make_present(anne)
    at(NOW + timedelta(hours=2))
    with transaction():
        jobs.enqueue("shifts.forget")
    jobs.run_due()
    assert queries.kept_of(anne.id)[2] == []
