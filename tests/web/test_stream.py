"""What the live hub is made of: who hears what, what is remembered, who is there, and what becomes of the slow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from portal.web.stream.memory import LOOK_AGAIN, REMEMBERED, REMEMBERED_SECONDS, Memory, Message
from portal.web.stream.presence import KNOCK_LASTS_SECONDS, REPEAT_SECONDS, SETTLE_SECONDS, Presence
from portal.web.stream.reader import PATIENCE_BEATS, QUEUE_LENGTH, Stream, owner
from tests.web.listening import until


def topics(messages: list[Message] | None) -> list[str] | None:
    return None if messages is None else [message.topic for message in messages]


@pytest.mark.parametrize("kind", ["person", "ring"])
def test_topics_of_a_person_are_for_that_person_alone(kind: str) -> None:
    stream = Stream(7)
    assert stream.hears(f"{kind}-7")
    assert not stream.hears(f"{kind}-77")
    assert not stream.hears(f"{kind}-8")
    assert stream.hears("questions")
    assert stream.hears("evening-12")


@pytest.mark.parametrize("topic", ["session-7", "person", "ring", "ring-strip-7", "person-²"])
def test_what_names_no_reader_of_a_private_kind_is_told_to_nobody(topic: str) -> None:
    assert owner(topic) == 0
    assert not Stream(7).hears(topic)


def test_what_waits_is_given_all_at_once_and_in_its_order() -> None:
    async def tell() -> bytes:
        stream = Stream(7)
        for line in (b"one ", b"two ", b"three"):
            stream.tell(line)
        return await stream.next()

    assert asyncio.run(tell()) == b"one two three"


def test_who_is_too_slow_is_told_to_look_at_everything_again() -> None:
    async def flood() -> bytes:
        stream = Stream(7, look_again=lambda: b"again")
        for number in range(QUEUE_LENGTH + 1):
            stream.tell(b"%d " % number)
        return await stream.next()

    assert asyncio.run(flood()) == b"again"


def test_a_stream_that_ends_says_nothing_more() -> None:
    async def end() -> bytes:
        stream = Stream(7)
        stream.tell(b"before")
        stream.end()
        stream.tell(b"after")
        return await stream.next()

    assert asyncio.run(end()) == b""


def test_who_leaves_several_beats_unread_is_let_go() -> None:
    async def stand_still() -> list[bool]:
        stream = Stream(7)
        stream.task = asyncio.ensure_future(asyncio.Event().wait())  # type: ignore[assignment]
        let_go = []
        for _ in range(PATIENCE_BEATS + 1):
            stream.beat(b"beat")
            await asyncio.sleep(0)
            let_go.append(stream.task.cancelled())
        return let_go

    assert asyncio.run(stand_still()) == [False] * PATIENCE_BEATS + [True]


def test_who_reads_each_beat_stays() -> None:
    async def follow() -> bool:
        stream = Stream(7)
        stream.task = asyncio.ensure_future(asyncio.Event().wait())  # type: ignore[assignment]
        for _ in range(PATIENCE_BEATS * 3):
            stream.beat(b"beat")
            await stream.next()
        return stream.task.cancel()

    assert asyncio.run(follow())


def test_what_was_told_since_a_page_was_asked_for_is_remembered() -> None:
    memory = Memory(100.0)
    for moment, topic in ((101.0, "questions"), (102.0, "evening-4"), (103.0, "questions")):
        memory.note(topic, moment)
    assert topics(memory.since(102.0)) == ["evening-4", "questions"]
    assert memory.since(103.5) == []


def test_a_page_from_before_the_hub_looks_at_everything_again() -> None:
    assert Memory(100.0).since(99.0) is None


def test_a_page_older_than_the_memory_looks_at_everything_again() -> None:
    memory = Memory(100.0)
    memory.note("questions", 101.0)
    memory.note("evening-4", 102.0 + REMEMBERED_SECONDS)
    assert memory.since(100.5) is None
    assert topics(memory.since(101.5)) == ["evening-4"]


def test_a_storm_is_not_remembered_for_ever() -> None:
    memory = Memory(0.0)
    for number in range(REMEMBERED + 1):
        memory.note(f"question-{number}", 1.0 + number / 1000)
    assert memory.since(1.0) is None
    assert len(memory.since(1.0005) or []) == REMEMBERED


def test_who_comes_back_hears_what_came_after_the_last_message_each_topic_once() -> None:
    memory = Memory(0.0)
    for number, topic in enumerate(("questions", "evening-4", "questions", "ring-7")):
        memory.note(topic, 1.0 + number)
    assert topics(memory.after(f"{memory.mark}-0")) == ["evening-4", "questions", "ring-7"]
    assert topics(memory.after(f"{memory.mark}-3")) == ["ring-7"]
    assert memory.after(f"{memory.mark}-4") == []


def test_numbers_rise_with_every_message() -> None:
    memory = Memory(0.0)
    told = [memory.note(topic, 1.0) for topic in ("questions", "questions", "evening-4")]
    assert [message.number for message in told] == [1, 2, 3]
    assert told[1].line == f'id: {memory.mark}-2\ndata: {{"topic": "questions"}}\n\n'.encode()


@pytest.mark.parametrize(
    "last",
    [
        "",
        "7",
        "-1",
        "{mark}",
        "{mark}-",
        "{mark}--1",
        "{mark}-x",
        "{mark}-²",
        "{mark}-99",
        "{mark}-" + "9" * 19,
        "deadbeef-1",
    ],
)
def test_an_id_of_another_process_or_of_none_is_not_known(last: str) -> None:
    memory = Memory(0.0)
    memory.note("questions", 1.0)
    assert memory.after(last.format(mark=memory.mark)) is None


def test_an_id_that_is_too_old_is_not_known() -> None:
    memory = Memory(0.0)
    memory.note("questions", 1.0)
    memory.note("evening-4", 2.0 + REMEMBERED_SECONDS)
    assert memory.after(f"{memory.mark}-0") is None
    assert topics(memory.after(f"{memory.mark}-1")) == ["evening-4"]


def watch(act: Callable[[Presence, list[set[int]]], object]) -> list[set[int]]:
    told: list[set[int]] = []

    async def run() -> None:
        presence = Presence(told.append)
        for people, moment in act(presence, told):  # type: ignore[attr-defined]
            presence.look(people, moment)
            await until(lambda: presence._telling is None or presence._telling.done())

    asyncio.run(run())
    return told


def test_who_comes_is_noted_when_it_has_settled_and_again_each_half_minute() -> None:
    def come(presence: Presence, told: list[set[int]]) -> object:
        presence.moved(10.0)
        yield {7}, 10.1  # the first time, nobody knows anything: told at once
        presence.moved(20.0)
        yield {7, 8}, 20.0 + SETTLE_SECONDS - 0.1
        assert told == [{7}]
        yield {7, 8}, 20.0 + SETTLE_SECONDS
        assert told == [{7}, {7, 8}]
        yield {7, 8}, 22.0 + REPEAT_SECONDS - 0.1
        assert len(told) == 2
        yield {7, 8}, 22.0 + REPEAT_SECONDS

    assert watch(come) == [{7}, {7, 8}, {7, 8}]


def test_going_from_page_to_page_is_nobody_coming_or_going() -> None:
    def browse(presence: Presence, told: list[set[int]]) -> object:
        yield {7}, 10.0
        presence.moved(11.0)
        yield set(), 11.5
        presence.moved(11.6)
        yield {7}, 13.5
        yield {7}, 20.0

    assert watch(browse) == [{7}]


def test_the_last_who_leaves_is_noted_and_an_empty_house_is_not_told_of_again() -> None:
    def leave(presence: Presence, told: list[set[int]]) -> object:
        yield {7}, 10.0
        presence.moved(11.0)
        yield set(), 13.0
        yield set(), 100.0

    assert watch(leave) == [{7}, set()]


def test_who_looks_by_the_clock_is_there_too_and_gone_a_minute_after_the_last_knock() -> None:
    def knock(presence: Presence, told: list[set[int]]) -> object:
        presence.knocked(9, 10.0)
        yield {7}, 10.0 + SETTLE_SECONDS
        assert told == [{7, 9}]
        presence.knocked(9, 40.0)
        yield {7}, 10.0 + KNOCK_LASTS_SECONDS
        assert told[-1] == {7, 9}
        yield {7}, 40.0 + KNOCK_LASTS_SECONDS
        yield {7}, 40.0 + KNOCK_LASTS_SECONDS + SETTLE_SECONDS
        assert told[-1] == {7}
        presence.knocked(9, 110.0)
        presence.signed_out(9, 111.0)
        yield {7}, 111.0 + SETTLE_SECONDS

    assert watch(knock)[-1] == {7}


def test_a_note_that_fails_is_made_again() -> None:
    told: list[set[int]] = []

    def note(people: set[int]) -> None:
        told.append(people)
        if len(told) == 1:
            raise ConnectionError

    async def run() -> None:
        presence = Presence(note)
        for moment in (10.0, 10.0 + REPEAT_SECONDS):
            presence.look({7}, moment)
            await until(lambda: presence._telling is not None and presence._telling.done())

    asyncio.run(run())
    assert told == [{7}, {7}]
    assert LOOK_AGAIN == "up"
