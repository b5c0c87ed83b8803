"""What goes into the index comes out again, and what is taken out leaves nothing behind."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from portal.blueprints.search import queries, service
from portal.blueprints.search.models import SearchDocument, SearchSynonym, SearchWord
from portal.blueprints.search.rules import folding, tokens
from portal.core.db import db, is_sqlite
from portal.core.errors import Invalid
from tests.search import desk


def refs(hits):
    return [hit.ref for hit in hits]


def everything_stored() -> bytes:
    """Read every row of every table that the search keeps, the engine's own files included."""
    if is_sqlite():
        wish = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'search\\_%' ESCAPE '\\'"
        shadows = ("search_index", "search_trigram")
        names = [name for name in db.session.scalars(text(wish)) if name not in shadows]
    else:
        names = ["search_document", "search_index", "search_word"]
    rows = [row for name in names for row in db.session.execute(text(f"SELECT * FROM {name}"))]
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)


def test_a_text_is_found_as_soon_as_it_is_indexed(anne):
    service.index(kind="question", ref=7, title="Skrivaren heng", body="Etter oppdateringa.")
    assert refs(queries.find(anne, "printer")) == [7]


def test_tags_are_found(anne):
    service.index(kind="question", ref=7, title="Noko", tags=["Citrix", "Telefoni"])
    assert refs(queries.find(anne, "telefoni")) == [7]


def test_indexing_again_replaces_what_was_there(anne):
    service.index(kind="question", ref=7, title="Skrivaren heng")
    service.index(kind="question", ref=7, title="Skjermen blinkar")
    assert refs(queries.find(anne, "skjerm")) == [7]
    assert queries.find(anne, "skrivar") == []
    assert db.session.query(SearchDocument).count() == 1


def test_the_same_number_of_another_kind_is_another_document(anne):
    service.index(kind="question", ref=7, title="Skrivaren heng")
    service.index(kind="article", ref=7, title="Skrivaren heng")
    service.forget("question", 7)
    assert [(hit.kind, hit.ref) for hit in queries.find(anne, "skrivar")] == [("article", 7)]


def test_forgetting_what_was_never_there_changes_nothing(anne):
    service.index(kind="question", ref=7, title="Skrivaren heng")
    service.forget("question", 8)
    assert refs(queries.find(anne, "skrivar")) == [7]


def test_a_forgotten_text_leaves_no_trace_in_any_table(anne):
    desk.fill()
    service.index(kind="question", ref=99, title="Zebrafinken syng", body="kvintiljon gonger")
    assert b"zebrafink" in everything_stored()
    service.forget("question", 99)
    service.sweep()
    stored = everything_stored()
    for trace in (b"ebrafink", b"Zebra", b"zeb", b"vintiljon"):
        assert trace not in stored


def test_a_changed_text_leaves_no_trace_of_what_it_was(anne):
    service.index(kind="question", ref=99, title="Zebrafinken syng", body="kvintiljon gonger")
    service.index(kind="question", ref=99, title="Ein fugl syng", body="ofte")
    service.sweep()
    stored = everything_stored()
    assert b"ebrafink" not in stored
    assert b"vintiljon" not in stored


def test_the_engine_is_told_to_sweep_after_a_text_is_forgotten(anne, app):
    service.index(kind="question", ref=99, title="Zebrafinken syng")
    service.forget("question", 99)
    waiting = db.session.scalar(text("SELECT count(*) FROM job WHERE name = 'search.sweep' AND state = 'waiting'"))
    assert waiting == (1 if is_sqlite() else 0)


def test_the_index_of_sqlite_agrees_with_the_rows_after_changes(anne):
    if not is_sqlite():
        pytest.skip("FTS5 keeps its own account; PostgreSQL has none to check")
    desk.fill()
    service.index(kind="question", ref=3, title="Noko heilt anna")
    service.forget("question", 4)
    for table in ("search_index", "search_trigram"):
        db.session.execute(text(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)"))


def test_odd_texts_are_taken(anne):
    service.index(kind="question", ref=1, title="NUL \0 og \ud800 og 🙂 skrivar " + "x" * 1000, body="\0" * 10)
    assert refs(queries.find(anne, "skrivar" + "🙂")) == [1]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=st.text(alphabet="abdegklmnorstuvæøåABC 0123456789-.", min_size=1, max_size=40))
def test_a_text_is_found_by_any_word_of_its_title(anne, title):
    with db.session.begin_nested() as savepoint:
        service.index(kind="question", ref=1, title=title)
        for word in {word.text for word in tokens.words(title)}:
            assert refs(queries.find(anne, word)) == [1], word
        savepoint.rollback()


def test_the_vocabulary_counts_in_how_many_texts_a_word_stands(anne):
    desk.fill()
    word = db.session.get(SearchWord, folding.key("pålogging"))
    assert word is not None
    assert word.documents == 2


def test_the_vocabulary_holds_nothing_of_what_is_for_some_eyes_only(anne):
    for number in range(3):
        service.index(kind="note", ref=number, title="Zebrafinken syng", audience=f"person:{anne.id}")
    service.rebuild_vocabulary()
    assert db.session.query(SearchWord).count() == 0


def test_a_word_that_the_house_has_learnt_splits_compounds(anne):
    desk.fill()
    assert 1 in refs(queries.find(anne, "kø"))
    service.index(kind="question", ref=30, title="Passordkøen")
    assert 30 in refs(queries.find(anne, "passord"))


def test_synonyms_can_be_changed_and_count_at_once(anne):
    service.index(kind="question", ref=1, title="Rundstykket er borte")
    assert queries.find(anne, "bagett") == []
    service.change_synonyms([["rundstykke", "bagett"]])
    assert refs(queries.find(anne, "bagetten")) == [1]
    assert db.session.query(SearchSynonym).count() == 1


def test_a_group_of_synonyms_that_is_too_long_is_refused(anne):
    with pytest.raises(Invalid):
        service.change_synonyms([["a" * 300, "b" * 300]])


def test_refreshing_takes_what_the_slices_say_and_forgets_the_rest(anne, monkeypatch):
    said = [{"kind": "poem", "ref": number, "title": f"Dikt {number}", "body": "skrivar"} for number in range(1, 251)]
    monkeypatch.setattr(service, "sources", {})
    service.source("poem", endpoint="search.find", label="Poems")(lambda: iter(said))
    service.index(kind="poem", ref=999, title="Eit dikt om skrivaren")
    chunks = sum(1 for _ in service.refresh())
    assert chunks >= 3
    assert db.session.query(SearchDocument).count() == 250
    assert 999 not in refs(queries.find(anne, "skrivar", limit=300))


def test_a_change_of_rules_makes_the_index_stale_until_it_is_folded_anew(anne, monkeypatch):
    desk.fill()
    assert not service.is_stale()
    monkeypatch.setattr(folding, "VERSION", folding.VERSION + 1)
    assert service.is_stale()
    for _chunk in service.refold():
        pass
    assert not service.is_stale()


def test_many_texts_are_indexed_as_one_by_one(anne):
    for number, (title, body) in enumerate(desk.TEXTS, start=1):
        service.index(kind="question", ref=number, title=title, body=body)
    one_by_one = [queries.find(anne, title) for title, _ in desk.TEXTS]
    service.index_all(
        {"kind": "question", "ref": number, "title": title, "body": body}
        for number, (title, body) in enumerate(desk.TEXTS, start=1)
    )
    assert [queries.find(anne, title) for title, _ in desk.TEXTS] == one_by_one
    assert db.session.query(SearchDocument).count() == len(desk.TEXTS)


def test_of_two_that_are_one_the_last_is_indexed(anne):
    service.index_all(
        {"kind": "question", "ref": 1, "title": title, "body": ""} for title in ("Skrivaren heng", "Skjermen blinkar")
    )
    assert refs(queries.find(anne, "skjerm")) == [1]
    assert queries.find(anne, "skrivar") == []
