"""A bench that cannot fail measures nothing: here it meets portals that do not do what they should."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bench import ring
from bench.ring_browsers import Room
from bench.ring_desk import Desk
from tests.bench.portal import Portal

PEOPLE = (1, 2, 3, 4)
WISH = {"tag": "", "calls": 2, "patience": 2.0}


def call(**faults: Any) -> dict[str, Any]:
    """Let two hands go up in a portal, one after the other."""

    async def run() -> dict[str, Any]:
        async with Portal(people=PEOPLE, **faults) as portal:
            desk = Desk(cookies={each: f"id={each}" for each in PEOPLE}, knows={}, visitor="")
            room = Room(desk, portal.port)
            await room.open({})
            came = await room.ring(WISH)
            await room.close({})
            return came

    return asyncio.run(run())


def test_where_all_is_well_each_screen_is_measured_and_none_is_lost() -> None:
    came = call()
    assert (came["calls"], came["lost"]) == (2, 0)
    counts = {name: len(times) for name, times in came["seconds"].items()}
    assert counts == {
        "press to event": 6,
        "press to card": 6,
        "press to answer": 2,
        "claim to silence": 4,
        "claim to gone": 4,
    }
    assert all(0 < each < WISH["patience"] for times in came["seconds"].values() for each in times)


def test_a_screen_that_is_never_told_is_lost() -> None:
    came = call(never_told=(4,))
    assert came["lost"] == 4  # the event and the card, of both calls
    assert len(came["seconds"]["press to event"]) == 4


def test_a_screen_that_is_told_and_finds_no_card_is_lost() -> None:
    came = call(without_card=(4,))
    assert came["lost"] == 2
    assert len(came["seconds"]["press to event"]) == 6
    assert len(came["seconds"]["press to card"]) == 4


def test_a_screen_that_rings_on_is_lost() -> None:
    came = call(never_silenced=(4,))
    assert came["lost"] == 4  # neither silent nor empty, in both calls
    assert len(came["seconds"]["claim to silence"]) == 2


def test_a_card_that_stays_is_lost() -> None:
    assert call(always_shown=(4,))["lost"] > 0


def test_who_is_told_once_looks_later() -> None:
    came = call(told_once=(4,))
    assert came["lost"] == 0
    assert max(came["seconds"]["claim to silence"]) < 0.4 < max(came["seconds"]["claim to gone"])


def test_what_takes_long_is_seen_to_take_long() -> None:
    came = call(answers_late=0.1)
    assert min(came["seconds"]["press to card"]) > 0.1
    assert max(came["seconds"]["press to event"]) < min(came["seconds"]["press to card"])


@pytest.mark.parametrize(("slow", "mark"), [(0.0, False), (0.9, True)])
def test_the_table_says_what_is_over_the_goal(slow: float, mark: bool) -> None:
    came = {"calls": 100, "lost": 0, "seconds": {"press to card": [0.02] * 90 + [0.02 + slow] * 10}}
    assert ("over the goal" in ring.line_of("press to card", 12, came)) is mark
