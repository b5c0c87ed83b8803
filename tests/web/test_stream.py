"""The live hub, stream by stream: who hears what, and what becomes of the slow."""

from __future__ import annotations

import asyncio

from portal.web.stream import LOOK_AGAIN, QUEUE_LENGTH, Stream


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
