"""The feeds, read by something that knows nothing of what wrote them, and held to what RFC 4287 says they must."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from werkzeug.test import TestResponse

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.finding import FeedKey
from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import feeds as reading
from portal.blueprints.questions.service import answering, asking, feeds, filters, following, marks, moderation
from portal.blueprints.questions.views import feeds as views
from portal.core import throttle
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.factories.questions import make_answer, make_question, make_tag

At = Callable[[datetime], None]
MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what earlier tests have fetched: their people have come again under the same numbers."""
    monkeypatch.setattr(throttle, "_seen", {})


def address(person: Person, path: str) -> str:
    key = db.session.get(FeedKey, person.id)
    if key is None:
        with transaction():
            feeds.open_feeds(person)
        key = db.session.get_one(FeedKey, person.id)
    return f"/straum/{person.id}/{reading.secrets_of(key)[0]}/{path}"


def fetch(client: AuditingClient, person: Person, path: str) -> etree._Element:
    answer = client.get(address(person, path))
    assert answer.status_code == 200
    return parsed(answer)


def parsed(answer: TestResponse) -> etree._Element:
    """Parse a feed and hold it to what RFC 4287 says it must be."""
    assert answer.mimetype == "application/atom+xml"
    feed = etree.fromstring(answer.data, etree.XMLParser(resolve_entities=False, no_network=True))
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):  # 4.1.1, 4.1.2: exactly one each
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert element.findtext(f"{ATOM}id", "").startswith("tag:localhost,2026:")
        moment(element, "updated")
        kinds = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in element.findall(f"{ATOM}link")]
        assert len(kinds) == len(set(kinds))  # no two alternates of one kind
        assert all(link.get("href", "").startswith("http://localhost/") for link in element.findall(f"{ATOM}link"))
    assert all(entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries)
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")].count("self") == 1
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))
    for content in feed.iter(f"{ATOM}content"):
        assert content.get("type") == "html"
        assert len(content) == 0  # escaped, as html must be
    return feed


def moment(element: etree._Element, name: str) -> datetime:
    read = datetime.fromisoformat(element.findtext(f"{ATOM}{name}", ""))
    assert read.tzinfo is not None
    return read


def titles(feed: etree._Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title", "") for entry in feed.findall(f"{ATOM}entry")]


@pytest.fixture
def question(anne: Person, at: At) -> Question:
    at(MORNING)
    with transaction():
        make_tag("citrix", "Citrix")
        return make_question(anne, title="Citrix & <co>", body="It **blinks**.", tags=["citrix"])


def test_a_feed_tells_what_is_new(client: AuditingClient, bjarne: Person, question: Question) -> None:
    feed = fetch(client, bjarne, "alle.atom")
    (entry,) = feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}title") == "Tunet: New questions"
    assert entry.findtext(f"{ATOM}id") == f"tag:localhost,2026:question/{question.id}"
    assert entry.findtext(f"{ATOM}title") == "Citrix & <co>"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Anne Askeland"
    assert entry.findtext(f"{ATOM}content") == "<p>It <strong>blinks</strong>.</p>\n"
    assert entry.find(f"{ATOM}link").get("href") == f"http://localhost/sporsmal/{question.id}"  # type: ignore[union-attr]
    assert entry.find(f"{ATOM}category").get("term") == "citrix"  # type: ignore[union-attr]
    assert moment(entry, "published") == moment(entry, "updated") == moment(feed, "updated") == MORNING


def test_what_is_changed_is_updated_and_keeps_its_id(
    client: AuditingClient, anne: Person, bjarne: Person, question: Question, at: At
) -> None:
    before = fetch(client, bjarne, "alle.atom").findtext(f".//{ATOM}entry/{ATOM}id")
    at(MORNING + timedelta(hours=2))
    with transaction():
        asking.edit_question(anne, question.id, title="Mended", body="", tags=[], version=1)
    feed = fetch(client, bjarne, "alle.atom")
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert (entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}title")) == (before, "Mended")
    assert moment(entry, "published") == MORNING
    assert moment(entry, "updated") == moment(feed, "updated") == MORNING + timedelta(hours=2)


def test_an_empty_feed_is_a_feed(client: AuditingClient, bjarne: Person) -> None:
    for path in ("alle.atom", "ventar.atom", "folgjer.atom"):
        assert titles(fetch(client, bjarne, path)) == []


def test_each_feed_holds_what_it_says(
    client: AuditingClient, anne: Person, bjarne: Person, carla: Person, didrik: Person, question: Question
) -> None:
    with transaction():
        answered = make_question(anne, title="Answered")
        make_answer(bjarne, answered, body="Off and on.")
        make_question(anne, title="Out of sight", tags=["citrix"])
        hidden = db.session.query(Question).filter_by(title="Out of sight").one()
        moderation.hide(carla, hidden.id, hidden=True)
        marks.choose_following(carla, answered.id, wanted=True)
        kept = filters.keep(carla, name="Quiet", query="svar:0 citrix")
    for reader in (carla, didrik):
        assert set(titles(fetch(client, reader, "alle.atom"))) == {"Citrix & <co>", "Answered"}
        assert titles(fetch(client, reader, "ventar.atom")) == ["Citrix & <co>"]
        assert titles(fetch(client, reader, "emne/citrix.atom")) == ["Citrix & <co>"]
        assert client.get(address(reader, f"sporsmal/{hidden.id}.atom")).status_code == 404
    assert titles(fetch(client, carla, "folgjer.atom")) == ["Answered"]
    assert titles(fetch(client, didrik, "folgjer.atom")) == []
    feed = fetch(client, carla, f"filter/{kept.id}.atom")
    assert (feed.findtext(f"{ATOM}title"), titles(feed)) == ("Tunet: Questions: Quiet", ["Citrix & <co>"])
    assert client.get(address(didrik, f"filter/{kept.id}.atom")).status_code == 404
    assert client.get(address(didrik, "emne/nope.atom")).status_code == 404


def test_a_followed_tag_and_followed_subjects_come_in_the_feed_of_what_one_follows(
    client: AuditingClient, bjarne: Person, question: Question
) -> None:
    with transaction():
        following.choose_tag(bjarne, question.tags[0].id, wanted=True)
    assert titles(fetch(client, bjarne, "folgjer.atom")) == ["Citrix & <co>"]


def test_a_thread_has_a_feed_with_its_answers(
    client: AuditingClient, anne: Person, bjarne: Person, question: Question, at: At
) -> None:
    at(MORNING + timedelta(hours=1))
    with transaction():
        first = make_answer(bjarne, question, body="Off and on.")
        hidden = make_answer(bjarne, question, body="Never mind.")
        hidden.is_hidden = True
    feed = fetch(client, anne, f"sporsmal/{question.id}.atom")
    assert titles(feed) == ["Answer from Bjarne Svartveit", "Citrix & <co>"]
    assert feed.findtext(f"{ATOM}entry/{ATOM}id") == f"tag:localhost,2026:answer/{first.id}"
    link = feed.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.get("href") == f"http://localhost/sporsmal/{question.id}#svar-{first.id}"


def test_nothing_of_those_without_a_name_is_told(
    client: AuditingClient, anne: Person, bjarne: Person, didrik: Person, at: At
) -> None:
    at(MORNING + timedelta(minutes=17))
    with transaction():
        question = make_question(anne, title="Nameless", is_anonymous=True)
        answering.answer(didrik, question.id, body="Off and on.", is_anonymous=True)
    for path in ("alle.atom", f"sporsmal/{question.id}.atom"):
        for reader in (bjarne, anne):
            feed = fetch(client, reader, path)
            written = etree.tostring(feed, encoding="unicode")
            for person in {anne, didrik} - {reader}:
                for trace in (person.name, person.first_name, person.email, person.username):
                    assert trace not in written
            assert set(feed.itertext(f"{ATOM}name")) == {"Tunet", "A colleague, no name"}
            for entry in feed.findall(f"{ATOM}entry"):
                assert moment(entry, "published").minute == moment(entry, "updated").minute == 0


def test_a_feed_speaks_its_readers_language(client: AuditingClient, anne: Person, question: Question) -> None:
    with transaction():
        reader = make_person("Nora Nynorsk", locale="nn")
        make_question(anne, title="Utan namn", is_anonymous=True)
    feed = fetch(client, reader, "alle.atom")
    assert feed.get(XML_LANG) == "nn"
    assert "Ein kollega, utan namn" in set(feed.itertext(f"{ATOM}name"))


def test_what_is_written_stays_text_and_addresses_are_whole(
    client: AuditingClient, anne: Person, bjarne: Person
) -> None:
    body = (
        "<script>alert(1)</script> [own](/sporsmal/1) [other](https://example.org/x) "
        "![a lamp](/bilete/aaaaaaaaaaaaaaaaaaaaaa) \x0b\x1f\ufffe"
    )
    with transaction():
        make_question(anne, title="Vertical \x0b tab", body=body)
    content = fetch(client, bjarne, "alle.atom").findtext(f".//{ATOM}content", "")
    assert "<script" not in content
    assert 'href="http://localhost/sporsmal/1"' in content
    assert 'href="https://example.org/x"' in content
    assert "<img" not in content
    assert "a lamp" in content


def test_a_feed_that_has_not_changed_is_not_sent_again(
    client: AuditingClient, anne: Person, bjarne: Person, question: Question, at: At
) -> None:
    first = client.get(address(bjarne, "alle.atom"))
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.last_modified == MORNING
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
        again = client.get(address(bjarne, "alle.atom"), headers=headers)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
    at(MORNING + timedelta(minutes=5))
    with transaction():
        make_question(anne, title="Newer")
    assert client.get(address(bjarne, "alle.atom"), headers={"If-None-Match": tag}).status_code == 200
    assert client.get(address(bjarne, "alle.atom"), headers={"If-Modified-Since": modified}).status_code == 200


def test_a_new_answer_does_not_wait_for_the_clock(
    client: AuditingClient, anne: Person, bjarne: Person, question: Question
) -> None:
    """The tag is of the whole feed: what leaves it, or comes within the same second, is seen as well."""
    tag = client.get(address(bjarne, "ventar.atom")).headers["ETag"]
    with transaction():
        make_answer(anne, question)
    assert client.get(address(bjarne, "ventar.atom"), headers={"If-None-Match": tag}).status_code == 200


def test_a_wrong_secret_opens_nothing_and_is_bounded(
    client: AuditingClient, anne: Person, bjarne: Person, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = address(anne, "alle.atom")
    monkeypatch.setattr(views, "MISSES_PER_HOUR", 3)
    wrong = right.replace(right.split("/")[3], "a" * 64)
    answers = [client.get(wrong).status_code for _ in range(5)]
    assert answers == [404, 404, 404, 429, 429]
    assert client.get(right).status_code == 200
    assert client.get(f"/straum/{anne.id}/kort/alle.atom").status_code == 404


def test_fetching_is_bounded_for_each_person(
    client: AuditingClient, anne: Person, bjarne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "FETCHES_PER_HOUR", 2)
    assert [client.get(address(anne, "alle.atom")).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get(address(bjarne, "alle.atom")).status_code == 200


def test_who_has_left_reads_no_more(client: AuditingClient, anne: Person) -> None:
    path = address(anne, "alle.atom")
    with transaction():
        anne.deactivate()
    assert client.get(path).status_code == 404


def test_no_secret_is_logged(
    client: AuditingClient, anne: Person, question: Question, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = address(anne, "alle.atom")
    secret = path.split("/")[3]
    client.get(path)
    client.get(path.replace(secret[:8], "00000000"))
    lines = [
        f"{record.getMessage()} {record.__dict__}" for record in caplog.records if record.name.startswith("portal")
    ]
    assert lines
    assert not [line for line in lines if secret in line or secret[8:] in line]


def test_the_number_of_queries_does_not_grow_with_the_feed(
    client: AuditingClient, anne: Person, bjarne: Person, question: Question
) -> None:
    with transaction():
        kept = filters.keep(bjarne, name="Quiet", query="svar:0 tag:citrix frå:anne")
        for number in range(20):
            make_question([anne, bjarne][number % 2], title=f"Question {number}", tags=["citrix"])
            make_answer(bjarne, question, body=f"Answer {number}")
        following.choose_tag(bjarne, question.tags[0].id, wanted=True)
    ceilings = {  # four of them ask what becomes a link in a text
        "alle.atom": 8,
        "ventar.atom": 8,
        "folgjer.atom": 8,
        "emne/citrix.atom": 10,
        f"filter/{kept.id}.atom": 12,
        f"sporsmal/{question.id}.atom": 9,
    }
    for path, ceiling in ceilings.items():
        at_path = address(bjarne, path)
        db.session.expire_all()
        assert client.get(at_path).status_code == 200
        assert len(client.statements) <= ceiling, (path, client.statements)
