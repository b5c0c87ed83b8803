"""The hub with listeners: who is let in, who hears what, who comes back, and what it costs."""

from __future__ import annotations

import asyncio
import re
import threading
from datetime import timedelta

import pytest
from flask import Flask

from portal.blueprints.people.models import Person
from portal.core import clock, live
from portal.core.db import db, transaction
from portal.web.stream import hub as hub_module
from portal.web.stream.hub import BEAT_SECONDS, STREAMS_PER_PERSON, Hub
from portal.web.stream.reader import PATIENCE_BEATS
from tests.web.listening import Listener, at_the_hub, newcomer, until


def seconds(hub: Hub, number: int, *, after: float = 0.0) -> None:
    """Let the hub live through some seconds of its clock."""
    began = asyncio.get_running_loop().time() + after
    for second in range(number):
        hub._pass_a_second(began + second)


def test_nobody_listens_without_being_signed_in(own: Flask) -> None:
    async def visit(hub: Hub) -> None:
        stranger = Listener(hub, "session=of-nobody")
        await stranger.task
        assert (stranger.status, stranger.text) == (401, "")

    at_the_hub(own, visit)


def test_a_session_that_is_too_old_hears_nothing(own: Flask) -> None:
    _, cookie = newcomer(own)

    async def visit(hub: Hub) -> None:
        with clock.frozen(clock.now() + timedelta(days=40)):
            late = Listener(hub, cookie)
            await late.task
        assert late.status == 401

    at_the_hub(own, visit)


def test_the_first_message_comes_at_once(own: Flask) -> None:
    _, cookie = newcomer(own)

    async def visit(hub: Hub) -> None:
        anne = await Listener(hub, cookie).is_here()
        assert anne.status == 200
        assert anne.text == f'retry: 2000\nid: {hub.memory.mark}-0\ndata: {{"topic": "here"}}\n\n'

    at_the_hub(own, visit)


def test_each_hears_what_is_everybodys_and_what_is_their_own(own: Flask) -> None:
    (anne_id, hers), (bjarne_id, his) = newcomer(own), newcomer(own, "Bjarne Svartveit")

    async def visit(hub: Hub) -> None:
        anne, at_home, bjarne = [await Listener(hub, cookie).is_here() for cookie in (hers, hers, his)]
        for topic in (f"person-{anne_id}", f"ring-{bjarne_id}", "questions", f"ring-{anne_id}", "ring", "last"):
            live.deliver(topic)
        await until(lambda: all("last" in each.news for each in (anne, at_home, bjarne)))
        assert anne.news == at_home.news == [f"person-{anne_id}", "questions", f"ring-{anne_id}", "last"]
        assert bjarne.news == [f"ring-{bjarne_id}", "questions", "last"]

    at_the_hub(own, visit)


def test_a_topic_of_one_person_touches_no_stream_of_another(own: Flask) -> None:
    people = [newcomer(own) for _ in range(4)]

    async def visit(hub: Hub) -> None:
        listeners = [await Listener(hub, cookie).is_here() for _, cookie in people]
        touched: list[int] = []
        for stream in hub.streams:
            stream.tell = lambda _line, person_id=stream.person_id: touched.append(person_id)  # type: ignore[method-assign]
        live.deliver(f"ring-{people[2][0]}")
        await until(lambda: touched)
        assert touched == [people[2][0]]
        assert len(listeners) == 4

    at_the_hub(own, visit)


def test_many_topics_at_once_wake_the_loop_once(own: Flask) -> None:
    _, cookie = newcomer(own)

    async def visit(hub: Hub) -> None:
        anne = await Listener(hub, cookie).is_here()
        woken = 0
        loop = asyncio.get_running_loop()
        wake = loop.call_soon_threadsafe

        def count(*call: object) -> object:
            nonlocal woken
            woken += 1
            return wake(*call)  # type: ignore[arg-type]

        loop.call_soon_threadsafe = count  # type: ignore[assignment, method-assign]
        for number in range(50):
            live.deliver(f"question-{number}")
        await until(lambda: len(anne.news) == 50)
        assert woken == 1

    at_the_hub(own, visit)


def test_only_names_leave_the_hub_whatever_is_said(own: Flask) -> None:
    _, cookie = newcomer(own)
    said = [
        "Ola Nordmann",
        "question-17\ndata: x",
        "question-Ola",
        "a-b-c-1",
        "quEstions",
        "",
        "questions-",
        "*",
        "evening-12",
    ]

    async def visit(hub: Hub) -> None:
        anne = await Listener(hub, cookie).is_here()
        for words in said:
            live.deliver(words)
        await until(lambda: "evening-12" in anne.news)
        assert anne.news == ["up", "evening-12"]
        assert all(re.fullmatch(r"[a-z]+(-\d+)?", topic) for topic in anne.topics)
        assert set(
            re.sub(
                r"^(retry: 2000|id: [0-9a-f]{8}-\d+|data: \{\"topic\": \"[a-z0-9-]+\"\}|)$", "", anne.text, flags=re.M
            )
        ) == {"\n"}

    at_the_hub(own, visit)


def test_who_comes_back_hears_exactly_what_was_missed(own: Flask) -> None:
    (anne_id, hers), (bjarne_id, _) = newcomer(own), newcomer(own, "Bjarne Svartveit")

    async def visit(hub: Hub) -> None:
        anne = await Listener(hub, hers).is_here()
        live.deliver("questions")
        await until(lambda: anne.news)
        anne.leave()
        await until(lambda: not hub.streams)
        for topic in (f"ring-{anne_id}", f"ring-{bjarne_id}", "evening-4", "evening-4"):
            live.deliver(topic)
        await until(lambda: hub.memory.number == 5)
        by_header, by_query = (
            Listener(hub, hers, last=anne.last),
            Listener(hub, hers, query=f"last={anne.last}&since=1"),
        )
        for back in (by_header, by_query):
            await back.is_here()
            assert back.topics == ["here", f"ring-{anne_id}", "evening-4"]
            assert back.last == f"{hub.memory.mark}-5"
            # Its own id would promise what stands behind it.
            assert back.text.startswith('retry: 2000\ndata: {"topic": "here"}\n\nid: ')

    at_the_hub(own, visit)


def test_who_missed_nothing_is_told_nothing(own: Flask) -> None:
    _, cookie = newcomer(own)

    async def visit(hub: Hub) -> None:
        anne = await Listener(hub, cookie).is_here()
        back = await Listener(hub, cookie, query=f"last={anne.last}").is_here()
        assert back.topics == ["here"]

    at_the_hub(own, visit)


def test_who_comes_back_from_another_process_looks_at_everything_again(own: Flask) -> None:
    _, cookie = newcomer(own)

    async def visit(hub: Hub) -> None:
        back = await Listener(hub, cookie, last="0badcafe-3").is_here()
        assert back.topics == ["here", "up"]
        assert back.last == f"{hub.memory.mark}-0"

    at_the_hub(own, visit)


def test_a_beat_comes_to_each_and_says_how_far_they_have_heard(own: Flask) -> None:
    (_, hers), (bjarne_id, his) = newcomer(own), newcomer(own, "Bjarne Svartveit")

    async def visit(hub: Hub) -> None:
        anne, bjarne = await Listener(hub, hers).is_here(), await Listener(hub, his).is_here()
        live.deliver(f"person-{bjarne_id}")
        await until(lambda: bjarne.news)
        seconds(hub, BEAT_SECONDS)
        await until(lambda: "beat" in anne.topics and "beat" in bjarne.topics)
        assert anne.topics == ["here", "beat"]
        assert anne.last == f"{hub.memory.mark}-1"  # so that a quiet one is not taken for one who was away long

    at_the_hub(own, visit)


def test_beats_are_spread_over_the_seconds(own: Flask) -> None:
    people = [newcomer(own) for _ in range(3)]

    async def visit(hub: Hub) -> None:
        for _, cookie in people:
            await Listener(hub, cookie).is_here()
            seconds(hub, 1)
        assert sorted(len(streams) for streams in hub._by_second)[-3:] == [1, 1, 1]

    at_the_hub(own, visit)


def test_a_stream_ends_with_its_time_and_the_browser_comes_again(own: Flask) -> None:
    _, cookie = newcomer(own)

    async def visit(hub: Hub) -> None:
        anne = await Listener(hub, cookie).is_here()
        seconds(hub, BEAT_SECONDS)
        assert not anne.task.done()
        seconds(hub, BEAT_SECONDS, after=hub_module.LIFETIME_SECONDS * 1.3)
        await anne.task
        assert not hub.streams
        back = await Listener(hub, cookie, last=anne.last).is_here()
        assert back.topics == ["here"]

    at_the_hub(own, visit)


def test_who_reads_no_more_is_let_go(own: Flask) -> None:
    _, cookie = newcomer(own)

    async def visit(hub: Hub) -> None:
        Listener(hub, cookie, is_stuck=True)
        await until(lambda: hub.streams)
        await asyncio.sleep(0.05)  # it takes its first line and stands still
        for _ in range(PATIENCE_BEATS + 1):
            seconds(hub, BEAT_SECONDS)
        await until(lambda: not hub.streams)

    at_the_hub(own, visit)


def test_one_person_holds_a_bounded_number_of_streams(own: Flask) -> None:
    (_, hers), (_, his) = newcomer(own), newcomer(own, "Bjarne Svartveit")

    async def visit(hub: Hub) -> None:
        held = [await Listener(hub, hers).is_here() for _ in range(STREAMS_PER_PERSON)]
        one_more = Listener(hub, hers)
        await one_more.task
        assert one_more.status == 429
        assert (await Listener(hub, his).is_here()).status == 200
        held[0].leave()
        await held[0].task
        assert (await Listener(hub, hers).is_here()).status == 200

    at_the_hub(own, visit)


@pytest.mark.parametrize(("is_known", "status"), [(True, 204), (False, 401)])
def test_whoever_knocks_is_told_whether_there_would_be_a_stream(own: Flask, is_known: bool, status: int) -> None:
    _, cookie = newcomer(own)

    async def visit(hub: Hub) -> None:
        knock = Listener(hub, cookie if is_known else "", query="knock")
        await knock.task
        assert (knock.status, knock.text, len(hub.streams)) == (status, "", 0)

    at_the_hub(own, visit)


def test_the_end_of_a_session_ends_its_streams_and_is_told_to_nobody(own: Flask) -> None:
    (anne_id, hers), (_, his) = newcomer(own), newcomer(own, "Bjarne Svartveit")

    async def visit(hub: Hub) -> None:
        anne, bjarne = await Listener(hub, hers).is_here(), await Listener(hub, his).is_here()
        live.deliver(f"session-{anne_id}")
        live.deliver("questions")
        await until(lambda: anne.news and bjarne.news)
        assert not anne.task.done()  # it was another session of hers that ended
        close_the_account(own, anne_id)
        live.deliver(f"session-{anne_id}")
        await anne.task
        assert anne.news == bjarne.news == ["questions"]

    at_the_hub(own, visit)


def test_when_something_may_have_been_missed_everybody_comes_again_within_a_minute(own: Flask) -> None:
    """It may have been the end of a session."""
    _, cookie = newcomer(own)

    async def visit(hub: Hub) -> None:
        anne = await Listener(hub, cookie).is_here()
        live.deliver(live.EVERYTHING)
        await until(lambda: anne.news == ["up"])
        assert not anne.task.done()
        seconds(hub, BEAT_SECONDS, after=hub_module.COME_AGAIN_SECONDS)
        await anne.task
        assert anne.news == ["up"]

    at_the_hub(own, visit)


def test_a_session_that_ends_while_it_is_looked_up_gets_no_stream(own: Flask) -> None:
    anne_id, cookie = newcomer(own)

    class Slow(Hub):
        def _find_person(self, cookie: str) -> int | None:
            found = super()._find_person(cookie)
            if not is_closed.is_set():
                is_looked_up.set()
                is_closed.wait(30)
            return found

    is_looked_up, is_closed = threading.Event(), threading.Event()

    async def visit() -> None:
        hub = Slow(own)
        hub.start()
        anne = Listener(hub, cookie)
        await until(is_looked_up.is_set)
        close_the_account(own, anne_id)
        live.deliver(f"session-{anne_id}")
        await asyncio.sleep(0)
        is_closed.set()
        await anne.task
        assert anne.status == 401
        hub.stop()

    asyncio.run(visit())


def close_the_account(own: Flask, person_id: int) -> None:
    with own.app_context(), transaction() as session:
        person = session.get(Person, person_id)
        assert person
        person.is_active = False
    with own.app_context():
        db.session.remove()


def test_who_can_have_no_stream_is_there_by_knocking(own: Flask) -> None:
    anne_id, hers = newcomer(own)
    noted: list[set[int]] = []

    async def visit(hub: Hub) -> None:
        knock = Listener(hub, hers, query="knock")
        await knock.task
        assert knock.status == 204
        seconds(hub, 4)
        await until(lambda: noted == [{anne_id}])

    at_the_hub(own, visit, presence=noted.append)


def test_who_is_there_is_noted_off_the_loop(own: Flask) -> None:
    (anne_id, hers), (bjarne_id, his) = newcomer(own), newcomer(own, "Bjarne Svartveit")
    noted: list[set[int]] = []
    threads: set[int] = set()

    def note(people: set[int]) -> None:
        noted.append(people)
        threads.add(threading.get_ident())

    async def visit(hub: Hub) -> None:
        anne, at_home = await Listener(hub, hers).is_here(), await Listener(hub, hers).is_here()
        bjarne = await Listener(hub, his).is_here()
        seconds(hub, 1)
        await until(lambda: noted == [{anne_id, bjarne_id}])
        anne.leave()
        bjarne.leave()
        await until(lambda: len(hub.streams) == 1)
        seconds(hub, 4)
        await until(lambda: noted == [{anne_id, bjarne_id}, {anne_id}])  # her other browser is still there
        at_home.leave()
        await until(lambda: not hub.streams)
        seconds(hub, 4)
        await until(lambda: noted[-1] == set())
        assert threading.get_ident() not in threads

    at_the_hub(own, visit, presence=note)
