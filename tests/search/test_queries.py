"""Finding: the right text, only for the right eyes, whatever is written in the box."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from portal.blueprints.people.rules import Role
from portal.blueprints.search import queries, service
from portal.blueprints.search.backends import choice
from portal.blueprints.search.backends.postgres import PostgresIndex
from portal.blueprints.search.rules import parsing
from portal.core import clock
from portal.core.db import db, is_sqlite
from tests.client import Watch
from tests.search import desk

HOSTILE = (
    '"',
    '""',
    '"""',
    "*",
    "%",
    "_",
    "\\",
    "'",
    "' OR 1=1 --",
    "skrivar*",
    "NEAR(skrivar toner, 3)",
    "title_keys : skrivar",
    "{title_keys} : x",
    "skrivar AND",
    "OR OR",
    "NOT",
    "a AND NOT b",
    "^skrivar",
    "(((((",
    "skrivar)",
    "+skrivar -",
    "-",
    "- -",
    "--",
    '-"',
    "a & b | !c",
    "x:*",
    "<-> <2>",
    "\0",
    "\ud800",
    "🙂🙂🙂",
    "ß ı İ ﬁ Ⅷ ²",
    "漢字 العربية हिन्दी",
    "x" * 100_000,
    "skrivar " * 10_000,
    '"' * 5_000,
    "-" * 5_000,
    "a\u0301\u0301\u0301",
    "1" * 400,
)


def refs(hits):
    return [hit.ref for hit in hits]


@pytest.mark.parametrize("title", ["Skrivaren «står og ventar» svarar ikkje", 'Skrivaren svarar "ikkje" – kvifor'])
def test_quotation_marks_in_a_title_ask_for_nothing_to_the_letter(anne, title):
    desk.fill()
    assert 1 in refs(queries.similar(anne, title))
    assert 1 in refs(queries.similar(anne, f"{title} -skrivaren"))


@pytest.mark.parametrize(("question", "answer"), desk.QUESTIONS)
def test_the_desk_finds_its_answer_first(anne, question, answer):
    desk.fill()
    assert refs(queries.find(anne, question))[:1] == [answer]


@pytest.mark.parametrize(("question", "answer"), desk.QUESTIONS)
def test_the_desk_finds_its_answer_before_any_night_has_counted_words(anne, question, answer):
    for number, (title, body) in enumerate(desk.TEXTS, start=1):
        service.index(kind="question", ref=number, title=title, body=body)
    assert answer in refs(queries.find(anne, question))[:3]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_query_neither_fails_nor_finds_everything(anne, query):
    desk.fill()
    assert len(queries.find(anne, query)) < len(desk.TEXTS)
    assert len(queries.similar(anne, query, limit=50)) < len(desk.TEXTS)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet=st.characters() | st.sampled_from("\"'*-()&|!:<>{}^\\ "), max_size=60))
def test_no_query_fails(anne, query):
    queries.find(anne, query)
    queries.similar(anne, query)


@pytest.mark.parametrize("query", ["", "   ", "-skrivar", '""'])
def test_asking_for_nothing_finds_nothing(anne, query):
    desk.fill()
    assert queries.find(anne, query) == []
    # While typing, a dash is a dash: what is left is a word to be like.
    assert queries.similar(anne, query) == [] or query.lstrip().startswith("-")


def test_nonsense_finds_nothing(anne):
    desk.fill()
    assert queries.find(anne, "xqzjkw") == []


def test_a_phrase_stands_word_for_word(anne):
    desk.fill()
    assert refs(queries.find(anne, '"start ruteren på nytt"')) == [18]
    assert refs(queries.find(anne, '"start ruteren"')) == [18]
    assert refs(queries.find(anne, '"ruteren start"')) == []


def test_what_has_a_minus_before_it_is_left_out(anne):
    desk.fill()
    assert 3 in refs(queries.find(anne, "pålogging"))
    assert 3 not in refs(queries.find(anne, "pålogging -citrix"))
    assert 3 not in refs(queries.find(anne, 'pålogging -"ved pålogging"'))


def test_a_kind_narrows_what_is_found(anne):
    service.index(kind="question", ref=1, title="Skrivaren heng")
    service.index(kind="article", ref=2, title="Skrivaren heng")
    assert refs(queries.find(anne, "skrivar", kinds=["article"])) == [2]
    assert queries.find(anne, "skrivar", kinds=[]) == []


def test_the_excerpt_shows_why(anne):
    desk.fill()
    hit = queries.find(anne, "printer oppdatert")[0]
    assert ("skrivaren", True) in hit.excerpt
    assert ("oppdateringa", True) in hit.excerpt
    assert "".join(piece for piece, _ in hit.title_pieces) == hit.title


def test_what_is_being_typed_is_completed(anne):
    desk.fill()
    assert 16 in refs(queries.similar(anne, "serti"))
    assert 1 in refs(queries.similar(anne, "skrivaren svarar ik"))


def test_the_text_itself_is_not_like_itself(anne):
    desk.fill()
    title = desk.TEXTS[0][0]
    assert 1 in refs(queries.similar(anne, title))
    assert 1 not in refs(queries.similar(anne, title, exclude=("question", 1)))


# Audiences


def secrets(anne):
    service.index(kind="note", ref=1, title="Skrivaren til alle")
    service.index(kind="note", ref=2, title="Skrivaren til Anne", audience=f"person:{anne.id}")
    service.index(kind="note", ref=3, title="Skrivaren til arrangørar", audience="role:organiser")


def test_everybody_finds_what_is_theirs_and_nothing_else(anne, otto, didrik):
    secrets(anne)
    for query in ("skrivar", '"skrivaren til"', "printar", "skrivarn"):
        assert sorted(refs(queries.find(anne, query))) == [1, 2], query
        assert sorted(refs(queries.find(otto, query))) == [1, 3], query
        assert sorted(refs(queries.find(didrik, query))) == [1], query
    assert sorted(refs(queries.similar(didrik, "skriva"))) == [1]
    assert sorted(refs(queries.similar(anne, "skriva"))) == [1, 2]


def test_a_person_whose_number_begins_alike_is_another_person(anne, didrik):
    service.index(kind="note", ref=2, title="Skrivaren", audience=f"person:{didrik.id}0")
    assert queries.find(didrik, "skrivar") == []


def test_a_role_that_is_taken_away_takes_its_texts_along(otto):
    service.index(kind="note", ref=3, title="Skrivaren til arrangørar", audience="role:organiser")
    assert refs(queries.find(otto, "skrivar")) == [3]
    otto.roles = {Role.COLLEAGUE}
    db.session.flush()
    db.session.refresh(otto)
    assert queries.find(otto, "skrivar") == []


def test_what_others_keep_to_themselves_moves_nothing_that_is_seen(anne, didrik):
    """Neither the order, the scores, the excerpts nor the suggestions may tell that it is there."""
    desk.fill()
    questions = [question for question, _ in desk.QUESTIONS] + ["skrivar", "konto passord", "zebrafinken"]
    before = [(queries.find(didrik, each), queries.similar(didrik, each)) for each in questions]
    for number, (title, body) in enumerate(desk.TEXTS * 3, start=100):
        service.index(
            kind="question", ref=number, title=title, body=f"{body} zebrafinken " * 3, audience=f"person:{anne.id}"
        )
    service.rebuild_vocabulary()
    for _chunk in service.refold():
        pass
    after = [(queries.find(didrik, each), queries.similar(didrik, each)) for each in questions]
    assert after == before


def test_hidden_texts_do_not_crowd_out_what_may_be_seen(anne, didrik, monkeypatch):
    service.index(kind="note", ref=1, title="Skrivaren til alle")
    for number in range(2, 40):
        service.index(kind="note", ref=number, title="Skrivaren skrivaren", audience=f"person:{anne.id}")
    monkeypatch.setattr(queries, "LOOKED_AT", 10)
    monkeypatch.setattr(queries, "CANDIDATES", 10)
    assert refs(queries.find(didrik, "skrivar", limit=5)) == [1]


# Engines


def test_finding_takes_few_queries(anne):
    desk.fill()
    queries.find(anne, "skrivar")
    with Watch() as watch:
        queries.find(anne, "skrivaren svarar ikkje etter oppdatering")
    assert len(watch.statements) <= 5, watch.statements
    with Watch() as watch:
        queries.similar(anne, "skrivaren svarar ikkje")
    assert len(watch.statements) <= 3, watch.statements


def test_a_misspelled_word_is_found(anne):
    desk.fill()
    assert refs(queries.find(anne, "sertifkatet"))[:1] == [16]


def test_a_misspelled_word_is_found_without_the_trigram_extension_too(anne, monkeypatch):
    if is_sqlite():
        pytest.skip("SQLite brings its own trigrams")
    desk.fill()
    monkeypatch.setattr(PostgresIndex, "has_trigrams", lambda self: False)
    assert refs(queries.find(anne, "sertifkatet"))[:1] == [16]


def test_the_engine_goes_with_the_database(anne):
    assert type(choice.engine()).__name__ == ("SqliteIndex" if is_sqlite() else "PostgresIndex")


def test_a_frequent_word_is_bounded(anne, monkeypatch):
    for number in range(60):
        service.index(kind="note", ref=number, title="Skrivaren", body=f"nummer{number}")
    service.rebuild_vocabulary()
    monkeypatch.setattr(queries, "LOOKED_AT", 20)
    assert refs(queries.find(anne, "skrivar", limit=60)) == list(range(59, 39, -1))


def test_a_rare_word_is_not_lost_among_frequent_ones(anne, monkeypatch):
    for number in range(60):
        service.index(kind="note", ref=number, title="Skrivaren", body="toner" if number in {1, 2} else "")
    service.rebuild_vocabulary()
    monkeypatch.setattr(queries, "LOOKED_AT", 20)
    assert set(refs(queries.find(anne, "skrivar toner"))[:2]) == {1, 2}


def test_nothing_of_a_query_is_logged(anne, caplog):
    desk.fill()
    with caplog.at_level(0):
        queries.find(anne, "hemmeleg zebrafink")
    assert "zebrafink" not in caplog.text


def test_the_text_of_a_query_is_never_part_of_the_sql(anne):
    heard = []

    def hear(_connection, _cursor, statement, *_):
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        queries.find(anne, "zebrafink' OR 1=1")
        db.session.execute(text("SELECT 1"))
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
    assert heard
    assert not [statement for statement in heard if "zebrafink" in statement]


# Duplicates, and what is kept beside a text


def test_a_duplicate_speaks_for_its_original(anne):
    service.index(kind="question", ref=1, title="Kort fyk ut av lesaren")
    service.index(kind="question", ref=2, title="Smartkortet dett ut", leads_to=("question", 1))
    assert refs(queries.similar(anne, "smartkortet dett ut igjen")) == [1]


def test_a_duplicate_of_an_article_brings_the_article(anne):
    service.index(kind="article", ref=9, title="Oppsett av kortlesar")
    service.index(kind="question", ref=2, title="Smartkortet dett ut", leads_to=("article", 9))
    found = queries.similar(anne, "smartkortet dett ut")
    assert [(hit.kind, hit.ref) for hit in found] == [("article", 9)]
    assert refs(queries.similar(anne, "smartkortet dett ut", kinds=["question"])) == [2]


def test_a_duplicate_of_a_duplicate_leads_on(anne):
    service.index(kind="question", ref=1, title="Kort fyk ut av lesaren")
    service.index(kind="question", ref=2, title="Lesaren spyttar", leads_to=("question", 1))
    service.index(kind="question", ref=3, title="Smartkortet dett ut", leads_to=("question", 2))
    assert refs(queries.similar(anne, "smartkortet dett ut")) == [1]


def test_duplicates_that_lead_in_a_ring_are_found_all_the_same(anne):
    service.index(kind="question", ref=1, title="Smartkortet dett ut", leads_to=("question", 2))
    service.index(kind="question", ref=2, title="Smartkortet fell ut", leads_to=("question", 1))
    assert set(refs(queries.similar(anne, "smartkortet dett ut"))) <= {1, 2}
    assert refs(queries.similar(anne, "smartkortet dett ut"))


def test_an_original_that_is_not_for_the_reader_stays_hidden(anne, didrik):
    service.index(kind="question", ref=1, title="Kort fyk ut", audience=f"person:{anne.id}")
    service.index(kind="question", ref=2, title="Smartkortet dett ut", leads_to=("question", 1))
    assert refs(queries.similar(anne, "smartkortet dett ut")) == [1]
    assert refs(queries.similar(didrik, "smartkortet dett ut")) == [2]


def test_a_link_that_is_undone_leads_nowhere(anne):
    service.index(kind="question", ref=1, title="Kort fyk ut av lesaren")
    service.index(kind="question", ref=2, title="Smartkortet dett ut", leads_to=("question", 1))
    assert refs(queries.similar(anne, "smartkortet dett")) == [1]
    service.index(kind="question", ref=2, title="Smartkortet dett ut")
    assert refs(queries.similar(anne, "smartkortet dett"))[0] == 2


def test_what_a_text_is_like_is_kept_and_read_from_both_ends(anne):
    desk.fill()
    service.index(kind="question", ref=50, title="Skrivaren svarar ikkje etter ei oppdatering")
    looked_up = refs(queries.kept_similar(anne, "question", 50))
    assert looked_up[0] == 1
    service.keep_like(queries.look_up_like(100))
    assert queries.look_up_like(100) == []
    with Watch() as watch:
        assert refs(queries.kept_similar(anne, "question", 50)) == looked_up
    assert len(watch.statements) == 2
    assert 50 in refs(queries.kept_similar(anne, "question", 1))


def test_what_is_kept_shows_nobody_what_is_not_theirs(anne, didrik):
    desk.fill()
    service.index(kind="question", ref=50, title="Skrivaren svarar ikkje")
    service.keep_like(queries.look_up_like(100))
    service.index(kind="question", ref=50, title="Skrivaren svarar ikkje", audience=f"person:{anne.id}")
    service.keep_like(queries.look_up_like(100))
    assert 50 not in refs(queries.kept_similar(didrik, "question", 1))
    assert 50 not in refs(queries.kept_similar(anne, "question", 1))


def test_what_is_kept_can_be_narrowed_and_leaves_out_duplicates(anne):
    service.index(kind="question", ref=1, title="Skrivaren svarar ikkje")
    service.index(kind="question", ref=2, title="Skrivaren svarar")
    service.index(kind="article", ref=3, title="Skrivaren svarar")
    service.index(kind="question", ref=4, title="Skrivaren svarar", leads_to=("question", 2))
    service.keep_like(queries.look_up_like(100))
    assert sorted(refs(queries.kept_similar(anne, "question", 1))) == [2, 3]
    assert refs(queries.kept_similar(anne, "question", 1, kinds=["question"])) == [2]
    assert queries.kept_similar(anne, "question", 99) == []


def test_a_text_that_changes_while_its_like_is_looked_up_waits_for_the_next_round(anne, at):
    service.index(kind="question", ref=1, title="Skrivaren heng")
    service.index(kind="question", ref=2, title="Skrivaren heng")
    found = queries.look_up_like(100)
    at(clock.now() + timedelta(minutes=1))
    service.index(kind="question", ref=1, title="Skjermen blinkar")
    service.forget("question", 2)
    service.keep_like(found)
    waiting = queries.look_up_like(100)
    assert [each.others for each in waiting] == [{}]


def test_what_was_said_before_the_word_that_is_being_typed_is_not_completed(anne):
    service.index(kind="question", ref=1, title="Skrivarbordet er skeivt")
    assert refs(queries.similar(anne, "skrivar")) == [1]
    assert refs(queries.similar(anne, "skrivar og")) == []


def test_only_rare_words_are_taken_for_misspelled(anne):
    for number in range(parsing.RARE):
        service.index(kind="note", ref=number, title=f"Skrivaren nummer{number}")
    service.index(kind="question", ref=99, title="Skrivarbordet")
    service.rebuild_vocabulary()
    assert refs(queries.find(anne, "skrivaren", kinds=["question"])) == []
    assert refs(queries.find(anne, "skrivarbrdet", kinds=["question"])) == [99]
