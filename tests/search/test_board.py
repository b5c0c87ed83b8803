"""The big board of the benchmarks: the same for the same seed, and one that the portal can serve."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bench import board_fill
from bench.board_fill import Posts, Size
from bench.board_texts import Dice, Writer
from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Answer, Question
from portal.blueprints.search import queries
from portal.core.db import db

SMALL = Size(questions=240, people=20, long_thread=40, seed=5)
TAGS = {1: ["Utskrift"], 2: ["Teams"], 3: ["Journal"]}


def test_the_same_seed_writes_the_same_board():
    assert list(Posts(SMALL, TAGS)) == list(Posts(SMALL, TAGS))


def test_another_seed_writes_another_board():
    assert Writer(1).thread(3) != Writer(2).thread(3)


def test_a_few_words_are_drawn_often_and_most_seldom():
    dice = Dice(1)
    drawn = [dice.place(1000) for _ in range(5000)]
    assert drawn.count(0) > 5000 / 20
    assert len(set(drawn)) > 300
    assert len([place for place in set(drawn) if drawn.count(place) == 1]) > 100


def test_every_slot_of_every_sentence_is_filled():
    writer = Writer(3)
    written = [writer.thread(3) for _ in range(300)]
    assert {each.form for each in written} == {"nn", "nb", "en"}
    texts = [text for each in written for text in (each.title, each.body, *each.answers)]
    assert not [text for text in texts if "{" in text or "}" in text]


@pytest.fixture
def reader(session):
    """Make the board and give the first of its people."""
    board_fill.fill(SMALL, lambda _words: None)
    return db.session.get_one(Person, 1)


def test_the_board_can_be_served_searched_and_written_on(reader, browse):
    answers = select(func.count()).where(Answer.question_id == SMALL.long_id)
    assert db.session.scalar(select(func.count()).select_from(Question)) == SMALL.questions
    assert db.session.scalar(answers) == SMALL.long_thread
    assert queries.count() == SMALL.questions
    client = browse(reader)
    for path in ("/sporsmal", f"/sporsmal/{SMALL.long_id}", "/sporsmal/240", "/sok?q=skrivar"):
        assert client.get(path).status_code == 200
    assert client.post("/sporsmal/nytt", data={"title": "Skrivaren heng på K2-314"}).status_code in {302, 303}
    newest = db.session.scalars(select(Question).order_by(Question.id.desc())).first()
    assert newest is not None
    assert newest.id == SMALL.questions + 1
    assert newest.id in [hit.ref for hit in queries.find(reader, '"K2-314"')]
