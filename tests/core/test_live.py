from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.core import jobs, live
from portal.core.db import db, is_sqlite, transaction
from portal.core.relay import Relay
from tests import redis_server


@pytest.fixture
def heard() -> Iterator[list[str]]:
    topics: list[str] = []
    end = live.subscribe(topics.append)
    yield topics
    end()


def wait_for(happens: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.01)


@pytest.fixture
def following(own_app: Flask, own_url: str) -> Iterator[list[str]]:
    """Follow the database of this test as a process does; give the wishes for work that were heard."""
    woken: list[str] = []
    stop = threading.Event()
    listen = {"on_job": lambda: woken.append("job"), "stop": stop}
    thread = threading.Thread(target=live.follow_database, args=(own_url,), kwargs=listen)
    with own_app.app_context():
        if not is_sqlite():
            thread.start()
            wait_for(lambda: listeners())
        yield woken
        db.session.remove()
    stop.set()
    if thread.ident:
        thread.join(30)
        assert not thread.is_alive()


def listeners() -> list[int]:
    """Give the connections that listen, as the database sees them."""
    asked = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN job'")
    with db.engine.connect() as connection:
        return list(connection.scalars(asked))


def test_what_changed_is_told_after_the_commit(following: list[str], heard: list[str]) -> None:
    with transaction():
        live.publish("questions")
        live.publish("evening-12")
        time.sleep(0.05)
        assert heard == []
    wait_for(lambda: len(heard) == 2)
    assert heard == ["questions", "evening-12"]


def test_what_was_undone_is_told_to_nobody(following: list[str], heard: list[str]) -> None:
    def fail() -> None:
        with transaction():
            live.publish("questions")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with transaction():
        live.publish("last")
    wait_for(lambda: "last" in heard)
    assert heard == ["last"]


def test_a_wish_for_work_wakes_the_workers(following: list[str]) -> None:
    jobs.wake.clear()
    with transaction():
        jobs.enqueue("tests.note", number=1)
    wait_for(lambda: following or jobs.wake.is_set())
    jobs.wake.clear()


def test_who_has_ended_hears_no_more() -> None:
    topics: list[str] = []
    end = live.subscribe(topics.append)
    live.deliver("first")
    end()
    live.deliver("second")
    assert topics == ["first"]


def test_one_may_end_while_something_is_told() -> None:
    topics: list[str] = []
    ends: list[Callable[[], None]] = []
    ends.append(live.subscribe(lambda _topic: ends.pop()() if ends else None))
    end = live.subscribe(topics.append)
    live.deliver("first")
    end()
    assert topics == ["first"]


def test_a_lost_connection_is_made_again_and_then_everybody_looks_again(
    following: list[str], own_app: Flask, own_url: str
) -> None:
    """Whatever is told while nobody listens is lost: so all must look again after listening has begun, not before."""
    with own_app.app_context():
        if is_sqlite():
            pytest.skip("SQLite has one process and no connection to lose")
        (lost,) = listeners()
        listening_then: list[bool] = []

        def look_again(topic: str) -> None:
            with own_app.app_context():
                listening_then.append(topic == "*" and bool(listeners()))

        end = live.subscribe(look_again)
        with psycopg.connect(own_url.replace("+psycopg", ""), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [lost])
        wait_for(lambda: following)  # the workers look again too
        end()
    assert listening_then == [True]


def test_topics_name_nobody(session: Session) -> None:
    """A topic is a kind and an id; whoever hears it fetches the rest with their own rights."""
    import ast
    from pathlib import Path

    root = Path(live.__file__).parent.parent
    published = []
    for path in (root / "blueprints").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "publish" and node.args:
                published.append((path.name, node.args[0]))
    assert published
    for name, argument in published:
        shown = ast.unparse(argument)
        assert not any(word in shown for word in (".name", ".email", ".title", ".body", ".text")), f"{name}: {shown}"


@pytest.mark.parametrize("topic", ["questions", "evening-12", "booking-evening-12", "ring-999999999999999999"])
def test_a_kind_and_a_number_is_a_name(topic: str) -> None:
    assert live.is_name(topic)


@pytest.mark.parametrize(
    "words",
    ["", "*", "Ola", "ola nordmann", "question-Ola", "question-17\n", "question--1", "a-b-c", "question-²", "q" * 25],
)
def test_what_is_no_name_is_refused_and_not_quoted(session: Session, heard: list[str], words: str) -> None:
    for tell in (live.publish, lambda topic: live.publish_all(["questions", topic])):
        with pytest.raises(ValueError, match="a topic is a kind and a number") as refusal, transaction():
            tell(words)
        assert len(words) < 3 or words not in str(refusal.value)
    assert heard == []


@pytest.mark.parametrize("word", sorted(live.OF_THE_STREAM))
def test_what_the_stream_says_of_itself_is_nobody_elses_to_say(session: Session, word: str) -> None:
    with pytest.raises(ValueError, match="not one of the stream's own"):
        live.publish(word)


def test_what_is_no_name_goes_no_further_wherever_it_came_from(heard: list[str]) -> None:
    for words in ("ola nordmann", "question-17\ndata: x", "question-17", "*"):
        live.deliver(words)
    assert heard == ["question-17", "*"]


def test_over_redis_too_what_changed_is_told_after_the_commit_here_at_once_and_once(
    own_app: Flask, heard: list[str]
) -> None:
    stop, ready = threading.Event(), threading.Event()
    with redis_server.running() as server, own_app.app_context():
        live.travel_by(server.url)
        there = Relay(server.url)
        others: list[str] = []
        threads = [
            threading.Thread(target=live.follow_relay, kwargs={"stop": stop, "ready": ready}),
            threading.Thread(
                target=there.follow, args=(others.append,), kwargs={"stop": stop, "ready": (far := threading.Event())}
            ),
        ]
        try:
            for thread in threads:
                thread.start()
            assert ready.wait(30)
            assert far.wait(30)
            with transaction():
                live.publish("questions")
                live.publish_all(["ring-7", "ring-8"])
                time.sleep(0.05)
                assert heard == others == []
            assert heard == ["questions", "ring-7", "ring-8"]  # here without a way round
            there.send(["evenings"])
            wait_for(lambda: len(others) == 3 and "evenings" in heard)
            assert others == ["questions", "ring-7", "ring-8"]
            assert heard == ["questions", "ring-7", "ring-8", "evenings"]
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)
            there.close()
            live.travel_by("")
            db.session.remove()
