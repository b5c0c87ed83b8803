"""The nightly round, and the index that is made anew."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from portal.blueprints.search import jobs as rounds
from portal.blueprints.search import queries, service
from portal.blueprints.search.models import SearchDocument
from portal.core import jobs
from portal.core.db import db, transaction
from tests.search import desk


@pytest.fixture(autouse=True)
def _only_our_jobs(session):
    with transaction():
        session.execute(text("DELETE FROM job"))


def run(name):
    with transaction():
        jobs.enqueue(name)
    jobs.run_due()
    assert db.session.scalars(select(jobs.Job.failure).where(jobs.Job.name == name)).all() == [""]


def test_the_night_counts_words_and_splits_compounds_by_them(anne):
    with transaction():
        service.index(kind="note", ref=1, title="Utskrift")
        service.index(kind="note", ref=2, title="Utskrift i kø")
        service.index(kind="note", ref=3, title="Kø på telefonen")
        service.index(kind="note", ref=4, title="Utskriftskøen")
    assert 4 not in [hit.ref for hit in queries.find(anne, '"xx" kø -utskriftskø')]
    run("search.learn")
    document = db.session.scalar(select(SearchDocument).where(SearchDocument.ref == 4))
    assert document is not None
    assert document.title_keys.split()[1:] == ["utskrift", "kø"]
    assert 4 in [hit.ref for hit in queries.find(anne, "kø")]


def test_a_new_house_learns_its_words_by_day(anne):
    with transaction():
        for number, (title, body) in enumerate(desk.TEXTS, start=1):
            service.index(kind="question", ref=number, title=title, body=body)
    run("search.keep_up")
    assert queries.vocabulary().documents == len(desk.TEXTS)
    assert not service.is_stale()


def test_the_whole_index_is_made_anew_chunk_by_chunk(anne, monkeypatch):
    monkeypatch.setattr(service, "sources", {})
    said = [{"kind": "poem", "ref": number, "title": f"Skrivar {number}", "body": ""} for number in range(1, 151)]
    service.source("poem", endpoint="search.find", label="Poems")(lambda: iter(said))
    run("search.refresh")
    assert db.session.query(SearchDocument).count() == 150


def test_sweeping_is_a_job_that_may_run_again(anne):
    with transaction():
        desk.fill()
    run("search.sweep")
    assert queries.find(anne, "utskriftskø")[0].ref == 1


def test_the_rounds_are_on_the_schedule():
    assert {"search.learn", "search.keep_up"} <= {kind.name for kind in jobs.kinds.values() if kind.next_time}
    assert rounds.CHANGED_BY < 1


def test_what_a_new_text_is_like_is_kept_by_the_worker(anne):
    with transaction():
        for number in range(1, 15):
            service.index(kind="note", ref=number, title=f"Skrivaren heng {number}")
    jobs.run_due()
    assert len(queries.kept_similar(anne, "note", 1)) == 5
    assert queries.look_up_like(1) == []


def test_a_whole_house_is_likened_in_turns(anne, monkeypatch):
    monkeypatch.setattr(rounds, "TURNS", 1)
    with transaction():
        for number in range(1, 25):
            service.index(kind="note", ref=number, title=f"Skrivaren heng {number}")
    jobs.run_due()
    waiting = db.session.scalars(select(jobs.Job).where(jobs.Job.name == "search.liken")).one()
    assert waiting.state == "waiting"
    assert waiting.failure == ""
    assert len(queries.look_up_like(100)) == 14
