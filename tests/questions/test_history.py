from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.queries import wordings
from portal.blueprints.questions.rules import wording as rules
from portal.blueprints.questions.rules.wording import Change, difference
from portal.blueprints.questions.service import answering, asking, commenting, restoring
from portal.core.db import db, transaction
from portal.core.errors import Conflict, NotAllowed, NotFound
from tests.client import AuditingClient
from tests.factories.questions import make_answer, make_question, make_tag

Browse = Callable[[Person], AuditingClient]
WORDS = st.lists(st.sampled_from(["of", "and", "the", "printer", " ", "\n", ".", "!!", "ø", "א"]), max_size=60)


@given(WORDS, WORDS)
@settings(max_examples=50)
def test_a_difference_holds_both_texts_whole(before: list[str], after: list[str]) -> None:
    pieces = difference("".join(before), "".join(after))
    assert "".join(piece.text for piece in pieces if piece.change is not Change.ADDED) == "".join(before)
    assert "".join(piece.text for piece in pieces if piece.change is not Change.REMOVED) == "".join(after)
    assert all(one.change is not other.change for one, other in pairwise(pieces))


def test_a_difference_is_told_in_words() -> None:
    pieces = difference("Turn it off and on.", "Turn it off, wait, and on.")
    assert [(piece.change, piece.text) for piece in pieces] == [
        (Change.SAME, "Turn it off"),
        (Change.ADDED, ", wait,"),
        (Change.SAME, " and on."),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a b " * 2000, "b a " * 2000),
        ("! " * 4000, "!a" * 4000),
        ("\n" * 8000, "a\n" * 4000),
        (" ".join(map(str, range(1700))), " ".join(map(str, reversed(range(1700))))),
    ],
)
def test_texts_made_to_be_slow_are_compared_in_larger_pieces(
    before: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bounded by counting, not by a clock: what is handed on never has more pairs of equal words than allowed."""
    seen: list[int] = []
    compare = rules.SequenceMatcher

    def watched(junk: object, one: list[str], other: list[str], autojunk: bool) -> object:
        seen.append(sum(other.count(word) for word in one if not word.isspace()))
        return compare(junk, one, other, autojunk)  # type: ignore[arg-type]

    monkeypatch.setattr(rules, "SequenceMatcher", watched)
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.change is not Change.ADDED) == before
    assert all(pairs <= rules.MOST_PAIRS for pairs in seen)


@pytest.fixture
def posts(anne: Person, bjarne: Person) -> SimpleNamespace:
    with transaction():
        question = make_question(anne, title="The printer sulks", body="It blinks red.")
        answer = make_answer(bjarne, question, body="Turn it off.")
        comment = commenting.comment(bjarne, question.id, answer_id=answer.id, body="Or not.")
    return SimpleNamespace(question=question, answer=answer, comment=comment)


def mend(viewer: Person, post: Post, body: str) -> None:
    match post:
        case Question():
            asking.edit_question(viewer, post.id, title=post.title, body=body, tags=[], version=post.version)
        case Answer():
            answering.edit_answer(viewer, post.question_id, post.id, body=body, version=post.version)
        case Comment():
            commenting.edit_comment(viewer, post.question_id, post.id, body=body, version=post.version)


def kept(post: Post) -> list[str]:
    return [wording.body for wording in wordings.wordings(post, cursor=None).items]


@pytest.mark.parametrize("kind", ["question", "answer", "comment"])
def test_a_wording_is_brought_back_as_a_new_one(posts: SimpleNamespace, carla: Person, kind: str) -> None:
    post = getattr(posts, kind)
    first = post.body
    mend(carla, post, "Something else.")
    restoring.restore(carla, post, 1, version=2)
    assert post.body == first
    assert kept(post) == [first, "Something else.", first]
    assert post.version == 3


def test_title_and_tags_come_back_too(posts: SimpleNamespace, anne: Person) -> None:
    make_tag("citrix", "Citrix")
    question = posts.question
    asking.edit_question(anne, question.id, title="Now it sings", body="", tags=["citrix"], version=1)
    restoring.restore(anne, question, 1, version=2)
    assert (question.title, question.tags) == ("The printer sulks", [])
    restoring.restore(anne, question, 2, version=3)
    assert [tag.slug for tag in question.tags] == ["citrix"]


def test_others_bring_nothing_back(posts: SimpleNamespace, bjarne: Person, didrik: Person) -> None:
    mend(bjarne, posts.answer, "Something else.")
    with pytest.raises(NotAllowed):
        restoring.restore(didrik, posts.answer, 1, version=2)


def test_what_somebody_has_changed_meanwhile_is_not_overwritten(
    posts: SimpleNamespace, bjarne: Person, carla: Person
) -> None:
    mend(bjarne, posts.answer, "Something else.")
    mend(carla, posts.answer, "Something better.")
    with pytest.raises(Conflict):
        restoring.restore(bjarne, posts.answer, 1, version=2)
    with pytest.raises(NotFound):
        restoring.restore(bjarne, posts.answer, 17, version=3)


def places(posts: SimpleNamespace) -> list[str]:
    here = f"/sporsmal/{posts.question.id}"
    return [here, f"{here}/svar/{posts.answer.id}", f"{here}/kommentar/{posts.comment.id}"]


def test_the_page_shows_every_wording_with_who_and_what(
    posts: SimpleNamespace, browse: Browse, carla: Person, didrik: Person
) -> None:
    for post, path in zip((posts.question, posts.answer, posts.comment), places(posts), strict=True):
        with transaction():
            mend(carla, post, post.body + " Then wait.")
        page = browse(didrik).soup(f"{path}/historie")
        newest, first = page.select("li.post")
        assert "Then wait." in newest.select_one("ins").get_text()  # type: ignore[union-attr]
        assert "added:" in newest.select_one("ins .sr").get_text()  # type: ignore[union-attr]
        assert "Carla Styve" in newest.get_text()
        assert "the first wording" in first.get_text()
        assert not page.select("button[name=number]"), "others cannot bring it back"
        browser = browse(carla)
        form = browser.soup(f"{path}/historie").select_one("form:has(button[name=number])")
        assert form
        sent = {"number": form.select_one("button")["value"], "version": form.select_one("[name=version]")["value"]}  # type: ignore[index]
        assert browser.post(form["action"], data=sent).status_code == 303
        assert "Then wait." not in db.session.get_one(type(post), post.id).body


def test_a_post_that_was_never_changed_says_so(posts: SimpleNamespace, browse: Browse, didrik: Person) -> None:
    assert "This was never changed." in browse(didrik).soup(f"/sporsmal/{posts.question.id}/historie").get_text()


def test_a_long_history_comes_in_pages_with_few_questions_asked(
    posts: SimpleNamespace, browse: Browse, bjarne: Person
) -> None:
    with transaction():
        for number in range(23):
            mend(bjarne, posts.answer, f"Turn it off {number} times.")
    browser = browse(bjarne)
    path = f"/sporsmal/{posts.question.id}/svar/{posts.answer.id}/historie"
    seen = []
    while path:
        page = browser.soup(path)
        assert len(browser.statements) <= 12, browser.statements
        seen += [int(each["id"].removeprefix("ordlyd-")) for each in page.select("li.post")]
        further = page.select_one("a[rel=next]")
        path = further["href"] if further else ""
    assert seen == list(range(24, 0, -1))


def test_the_history_of_a_post_without_a_name_has_none(browse: Browse, anne: Person, didrik: Person, at) -> None:  # type: ignore[no-untyped-def]
    at(datetime(2026, 11, 26, 9, 47, tzinfo=UTC))
    with transaction():
        question = make_question(anne, body="It blinks.", is_anonymous=True)
        asking.edit_question(anne, question.id, title=question.title, body="It blinks red.", tags=[], version=1)
    said = browse(didrik).soup(f"/sporsmal/{question.id}/historie").get_text(" ")
    assert "The asker" in said
    assert "Anne" not in said
    assert "10:47" not in said
    assert "10.47" not in said


@pytest.mark.parametrize("kind", ["question", "answer", "comment"])
def test_who_comes_second_sees_both_and_sends_again_on_top(
    posts: SimpleNamespace, browse: Browse, anne: Person, bjarne: Person, carla: Person, kind: str
) -> None:
    """Two open the same form; the second loses nothing, and neither does the first."""
    post = getattr(posts, kind)
    path = dict(zip(("question", "answer", "comment"), places(posts), strict=True))[kind] + "/endring"
    owner = anne if kind == "question" else bjarne
    one, other = browse(owner), browse(carla)
    forms = [browser.soup(path) for browser in (one, other)]
    versions = [form.select_one("[name=version]")["value"] for form in forms]  # type: ignore[index]
    title = {"title": "The printer sulks"} if kind == "question" else {}
    sent = one.post(path, data={**title, "body": "Mine was first.", "version": versions[0]})
    assert sent.status_code == 303
    late = other.post(path, data={**title, "body": "Mine came second.", "version": versions[1]})
    assert late.status_code == 422
    assert db.session.get_one(type(post), post.id).body == "Mine was first."
    page = BeautifulSoup(late.text, "html.parser")
    assert page.select_one("textarea[name=body]").get_text().strip() == "Mine came second."
    assert "was first" in page.select_one(".difference del").get_text()
    assert "came second" in page.select_one(".difference ins").get_text()
    again = {**title, "body": "Mine came second.", "version": page.select_one("[name=version]")["value"]}
    assert other.post(path, data=again).status_code == 303
    assert db.session.get_one(type(post), post.id).body == "Mine came second."
    assert kept(db.session.get_one(type(post), post.id))[:2] == ["Mine came second.", "Mine was first."]
