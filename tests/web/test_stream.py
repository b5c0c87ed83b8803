"""The live hub, stream by stream: who hears what, and what becomes of the slow."""

from __future__ import annotations

import asyncio

from portal.web.stream import LOOK_AGAIN, QUEUE_LENGTH, REMEMBERED, REMEMBERED_SECONDS, Memory, Stream


def heard(stream: Stream) -> list[str | None]:
    told = []
    while not stream.queue.empty():
        told.append(stream.queue.get_nowait())
    return told


def test_topics_of_a_person_are_for_that_person_alone() -> None:
    stream = Stream(7, "")
    assert stream.hears("person-7")
    assert not stream.hears("person-77")
    assert not stream.hears("person-8")
    assert stream.hears("questions")
    assert stream.hears("evening-12")


def test_the_end_of_a_session_is_told_to_nobody() -> None:
    assert not Stream(7, "").hears("session-7")


def test_who_is_too_slow_is_told_to_look_at_everything_again() -> None:
    async def flood() -> list[str | None]:
        stream = Stream(7, "")
        for number in range(QUEUE_LENGTH + 1):
            stream.tell(f"question-{number}")
        return heard(stream)

    assert asyncio.run(flood()) == [LOOK_AGAIN]


def test_a_stream_that_ends_says_nothing_more() -> None:
    async def end() -> list[str | None]:
        stream = Stream(7, "")
        stream.tell("questions")
        stream.end()
        return heard(stream)

    assert asyncio.run(end()) == [None]


def test_what_was_told_since_a_page_was_asked_for_is_remembered() -> None:
    memory = Memory(100.0)
    for moment, topic in ((101.0, "questions"), (102.0, "evening-4"), (103.0, "questions")):
        memory.note(topic, moment)
    assert memory.since(102.0) == ["evening-4", "questions"]
    assert memory.since(103.5) == []


def test_a_page_from_before_the_hub_looks_at_everything_again() -> None:
    assert Memory(100.0).since(99.0) == [LOOK_AGAIN]


def test_a_page_older_than_the_memory_looks_at_everything_again() -> None:
    memory = Memory(100.0)
    memory.note("questions", 101.0)
    memory.note("evening-4", 102.0 + REMEMBERED_SECONDS)
    assert memory.since(100.5) == [LOOK_AGAIN]
    assert memory.since(101.5) == ["evening-4"]


def test_a_storm_is_not_remembered_for_ever() -> None:
    memory = Memory(0.0)
    for number in range(REMEMBERED + 1):
        memory.note(f"question-{number}", 1.0 + number / 1000)
    assert memory.since(1.0) == [LOOK_AGAIN]
    assert len(memory.since(1.0005)) == REMEMBERED
