"""Without a name means without a name: every page as every reader, every mail, and every row of the database.

The same things are done twice: first by Yngve, whose name stands for nothing, then by Xenia, all of it without a name.
What the pages say of Xenia must be the same both times (her line among the colleagues, and nothing else), and no row
that her acts leave behind may name her.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import JSON, select
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.core import jobs
from portal.core import settings as core_settings
from portal.core.db import Base, db, transaction
from portal.core.throttle import Throttle
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question
from tests.security.routes import routes

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
Rows = set[tuple[str, str]]

BEGAN = datetime(2026, 11, 26, 9, 17, 43, tzinfo=UTC)
# Chosen so that each of them, found anywhere, can be nothing else.
XENIA = {"id": 7_654_321, "name": "Xenia Quist", "username": "xquist", "email": "xquist@tunet.example"}
YNGVE = {"id": 1_234_567, "name": "Yngve Vold", "username": "yvold", "email": "yvold@tunet.example"}
TRACES = re.compile(r"\b7654321\b|xenia|quist|>XQ<", re.IGNORECASE)


def somebody(values: Mapping[str, Any]) -> Person:
    person = make_person(values["name"])
    for name in ("username", "email"):
        setattr(person, name, values[name])
    db.session.flush()
    db.session.expunge(person)
    db.session.execute(Person.__table__.update().where(Person.id == person.id).values(id=values["id"]))  # type: ignore[attr-defined]
    return db.session.get_one(Person, values["id"])


@pytest.fixture
def xenia(session: Session) -> Person:
    with transaction():
        return somebody(XENIA)


@pytest.fixture
def yngve(session: Session) -> Person:
    with transaction():
        return somebody(YNGVE)


@pytest.fixture
def readers(session: Session, carla: Person, otto: Person, didrik: Person) -> dict[str, Person | None]:
    """One of each kind of reader."""
    with transaction():
        peer = make_person("Pia Peer", roles={Role.PEER_SUPPORTER})
        everything = make_person("Alle Rollar", roles=list(Role))
    return {
        "colleague": didrik,
        "peer supporter": peer,
        "organiser": otto,
        "administrator": carla,
        "every role": everything,
        "stranger": None,
    }


class Desk:
    """What one person does without a name, through the pages as a browser would, and what the others make of it."""

    def __init__(self, browse: Browse, at: At, *, who: Person, others: tuple[Person, Person, Person]) -> None:
        self.who, self.at = browse(who), at
        self.anne, self.bjarne, self.carla = others
        self.browse = browse
        self.moment = BEGAN

    def later(self) -> None:
        self.moment += timedelta(minutes=7)
        self.at(self.moment)

    def send(self, path: str, **form: Any) -> str:
        self.later()
        answer = self.who.post(path, data=form, content_type="multipart/form-data" if "image" in form else None)
        assert answer.status_code in {200, 204, 303}, f"{answer.status_code} from {path}"
        return str(answer.location or "")

    def live_a_while(self) -> list[dict[str, Any]]:
        """Ask, add a picture, change it, answer, comment, thank, accept, reopen, follow: all without a name."""
        self.later()
        with transaction():
            named = make_question(self.anne, title="Who knows the label printer?", body="It is grey.")
        stream = io.BytesIO()
        Image.new("RGB", (30, 20), "teal").save(stream, "PNG")
        stream.seek(0)
        asked = self.send(
            "/sporsmal/nytt",
            title="A thing I ought to know",
            body="It blinks.",
            is_anonymous="y",
            key="form-of-the-question",
            image=(stream, "screen.png"),
        )
        question_id = int(re.search(r"/sporsmal/(\d+)", asked)[1])  # type: ignore[index]
        here = f"/sporsmal/{question_id}"
        with transaction():
            answer = make_answer(self.bjarne, db.session.get_one(Question, question_id), body="Hold the button.")
            second = make_answer(self.anne, db.session.get_one(Question, question_id), body="Or pull the plug.")
        self.mend(f"{here}/endring", Question, question_id, title="A thing I ought to know by now")
        self.send(f"{here}/svar", body=f"Thank you @{self.bjarne.username}!", is_anonymous="y", key="form-of-an-answer")
        self.send(f"{here}/svar/{answer.id}/kommentar", body="Which button?", is_anonymous="y", key="form-of-a-comment")
        for press in (f"svar/{answer.id}/loysing", "gjenopning", f"svar/{second.id}/loysing", f"svar/{answer.id}/takk"):
            self.send(f"{here}/{press}", on="1")
        for press in ("folgjing", "undring"):
            self.send(f"{here}/{press}", on="1")
        self.who.post(f"{here}/blikk", data={"on": "1"})
        places = [{"question_id": question_id, "answer_id": answer.id}, self.elsewhere(named.id)]
        places[0]["comment_id"] = self.comment_on(answer.id)
        self.who.post("/varsel/lest", data={})
        body = db.session.scalar(select(Question.body).where(Question.id == question_id)) or ""
        return [{**place, "token": body.split("/bilete/")[1][:22]} for place in places]

    def comment_on(self, answer_id: int) -> int:
        return db.session.scalars(select(Comment.id).where(Comment.answer_id == answer_id).order_by(Comment.id)).all()[
            0
        ]

    def mend(self, path: str, kind: type[Question] | type[Answer] | type[Comment], post_id: int, **form: str) -> None:
        post = db.session.get_one(kind, post_id)
        self.send(path, **{"body": post.body, "version": str(post.version), **form})

    def elsewhere(self, question_id: int) -> dict[str, int]:
        """Answer and comment without a name where somebody else has asked, and change both."""
        here = f"/sporsmal/{question_id}"
        self.send(f"{here}/svar", body="Behind the door.", is_anonymous="y", key="form-of-another-answer")
        answer_id = db.session.scalar(select(Answer.id).where(Answer.question_id == question_id))
        self.send(f"{here}/svar/{answer_id}/kommentar", body="The blue door.", is_anonymous="y", key="another-comment")
        comment_id = self.comment_on(answer_id)  # type: ignore[arg-type]
        self.mend(f"{here}/svar/{answer_id}/endring", Answer, answer_id, body="Behind the blue door.")  # type: ignore[arg-type]
        self.mend(f"{here}/kommentar/{comment_id}/endring", Comment, comment_id, body="The red door.")
        with transaction():
            make_answer(self.bjarne, db.session.get_one(Question, question_id), body="No, the green one.")
        self.browse(self.bjarne).post(f"{here}/svar/{answer_id}/takk", data={"on": "1"})
        self.browse(self.anne).post(f"{here}/svar/{answer_id}/loysing", data={"on": "1"})
        self.browse(self.anne).post(f"{here}/svar/{answer_id}/kommentar", data={"body": "Thank you."})
        self.browse(self.carla).post(
            f"{here}/kommentar/{comment_id}/endring",
            data={"body": "The red door!", "version": str(db.session.get_one(Comment, comment_id).version)},
        )
        return {"question_id": question_id, "answer_id": answer_id, "comment_id": comment_id}  # type: ignore[dict-item]


@pytest.fixture
def desk(browse: Browse, at: At, anne: Person, bjarne: Person, carla: Person) -> Callable[[Person], Desk]:
    at(BEGAN)
    return lambda who: Desk(browse, at, who=who, others=(anne, bjarne, carla))


def crawl(
    app: Flask, browse: Browse, readers: Mapping[str, Person | None], places: Sequence[Mapping[str, Any]]
) -> Counter[str]:
    """Visit every route as every reader, as a page and as a piece of one; count what speaks of Xenia."""
    found: Counter[str] = Counter()
    for name, person in readers.items():
        browser = browse(person) if person else app.test_client()
        for route in {each.path: each for place in places for each in routes(app, place)}.values():
            if route.method == "GET":
                for headers in ({}, {"HX-Request": "true"}):
                    answer = browser.get(route.path, headers=headers, audit=False, buffered=True)  # type: ignore[call-arg]
                    said = f"{answer.headers}\n{answer.get_data().decode(errors='replace')}"
                    key = f"{name}: {route.endpoint} {'piece' if headers else 'page'}"
                    found[key] += len(TRACES.findall(said))
    return found


def test_no_page_tells_any_reader_who_wrote_without_a_name(
    app: Flask,
    browse: Browse,
    desk: Callable[[Person], Desk],
    readers: dict[str, Person | None],
    xenia: Person,
    yngve: Person,
) -> None:
    """The author reads too, and sees no more of themselves than on any other page."""
    readers = {**readers, "author": xenia}
    without = crawl(app, browse, readers, desk(yngve).live_a_while())
    found = crawl(app, browse, readers, desk(xenia).live_a_while())
    assert {key: count for key, count in found.items() if count > without[key]} == {}
    shown = [key for key, count in without.items() if count]
    assert any("people.directory" in key for key in shown), "the crawler does not see her where she may be seen"
    visited = len({route.endpoint for route in routes(app) if route.method == "GET"})
    print(f"\nanonymity: {visited} routes × {len(readers)} readers × page and piece: {len(found)} visits, 0 traces")


def test_the_lists_and_searches_tell_nothing_either(
    browse: Browse, desk: Callable[[Person], Desk], xenia: Person, carla: Person
) -> None:
    desk(xenia).live_a_while()
    browser = browse(carla)
    for path in ("/sporsmal", "/", "/sok?q=blinks", "/sporsmal?q=door", "/varsel/", "/sporsmal?q=fr%C3%A5%3Axquist"):
        for headers in ({}, {"HX-Request": "true"}):
            said = browser.get(path, headers=headers, audit=False).text
            asked_for = said.replace("xquist", "", said.count("xquist")) if "xquist" in path else said
            assert not TRACES.search(asked_for), path
    assert "A thing I ought" not in browser.get("/sporsmal?q=fr%C3%A5%3Axquist", audit=False).text


def rows() -> Rows:
    """Give every row of every table, with all that stands in it."""
    found: Rows = set()
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            plain = {
                column.name: json.loads(row[column.name]) if is_text_json(column, row) else row[column.name]
                for column in table.columns
            }
            found.add((table.name, json.dumps(plain, default=written, sort_keys=True, ensure_ascii=False)))
    return found


def is_text_json(column: Any, row: Mapping[Any, Any]) -> bool:
    return isinstance(column.type, JSON) and isinstance(row[column.name], str)


def written(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def test_no_row_of_the_database_links_a_post_without_a_name_to_a_person(
    browse: Browse, desk: Callable[[Person], Desk], xenia: Person, carla: Person
) -> None:
    """Join it as you like: what her acts leave behind names her nowhere, so no column, moment or key leads to her."""
    before = rows()
    ids, _elsewhere = desk(xenia).live_a_while()
    left = rows() - before
    assert len({table for table, _ in left}) > 8, "the desk has lived"
    assert [row for row in sorted(left) if TRACES.search(row[1])] == []
    assert [row for row in left if "form-of-the-question" in row[1] or "form-of-an-answer" in row[1]] == []
    nameless = [row for row in left if row[0] in NAMELESS and is_nameless(json.loads(row[1]), ids)]
    assert len(nameless) > 8
    exact = [row for row in nameless if any(not moment.startswith("00:00") for moment in MINUTES.findall(row[1]))]
    assert exact == [], "to the hour, all of it"


NAMELESS = {"question", "answer", "comment", "revision", "picture", "nameless_hand", "nameless_news"}
MINUTES = re.compile(r'\d{4}-\d\d-\d\d[T ]\d\d:(\d\d:\d\d[^"]*)"')


def is_nameless(row: Mapping[str, Any], ids: Mapping[str, Any]) -> bool:
    """Tell whether a row is of a post without a name, or of one of its pictures and wordings."""
    if "mask" in row:
        # When others last wrote in the thread, when they looked at it: theirs, and under their name.
        return row["mask"] is not None and row.get("id") != ids["question_id"]
    return row.get("owner_id", row.get("written_by_id")) is None


def test_a_throttle_cannot_be_tried_with_the_ids_of_colleagues(
    session: Session, desk: Callable[[Person], Desk], xenia: Person
) -> None:
    import hashlib

    desk(xenia).live_a_while()
    kept = set(db.session.scalars(select(Throttle.key)))
    hour = int(BEGAN.timestamp() // 3600)
    guesses = {
        hashlib.sha256(f"questions.post\0{XENIA['id']}\0{window}".encode()).hexdigest()
        for window in range(hour - 1, hour + 4)
    }
    assert kept
    assert not kept & guesses


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[Callable[[], list[str]]]:
    """Send every mail that waits, and give all of them."""
    from dataclasses import replace

    before = core_settings.current_settings()
    core_settings.use(replace(before, mail=f"folder:{tmp_path}", mail_from="Tunet <tunet@tunet.example>"))

    def sent() -> list[str]:
        while jobs.run_due(50):
            pass
        mails = [message_from_bytes(file.read_bytes()) for file in sorted(tmp_path.glob("*.eml"))]
        return [whole(mail) for mail in mails]

    yield sent
    core_settings.use(before)


def whole(mail: Any) -> str:
    parts = [part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *parts])


def test_no_mail_tells_it(
    desk: Callable[[Person], Desk], at: At, xenia: Person, letters: Callable[[], list[str]]
) -> None:
    desk(xenia).live_a_while()
    at(BEGAN + timedelta(days=8))
    sent = letters()
    assert any("label printer" in mail or "ought to know" in mail for mail in sent)
    assert [mail for mail in sent if TRACES.search(mail)] == []


def test_the_author_still_knows_what_is_theirs_and_hears_of_it(
    browse: Browse, desk: Callable[[Person], Desk], xenia: Person
) -> None:
    ids, _elsewhere = desk(xenia).live_a_while()
    page = browse(xenia).soup(f"/sporsmal/{ids['question_id']}")
    assert page.select_one(f"a[href='/sporsmal/{ids['question_id']}/endring']")
    assert "The asker" in page.get_text()
    inbox = browse(xenia).soup("/varsel/").get_text(" ")
    assert "Somebody answered «A thing I ought to know by now»" in inbox
    assert "Somebody thanks you for your answer to «Who knows the label printer?»" in inbox
    browse(xenia).post("/sporsmal/utan-namn/lest")
    assert "Somebody answered" not in browse(xenia).soup("/varsel/").get_text(" ")
