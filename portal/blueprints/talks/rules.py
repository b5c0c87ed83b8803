"""What a wish for a talk is and may become, whom of the peer supporters to tell, and how long anything stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TOLD_AT_ONCE = 3  # so many peer supporters are told at a time; who asks is named to none of them before they say yes
PATIENCE = timedelta(minutes=10)  # then another one is told instead
LOOKS_EVERY = timedelta(minutes=15)  # shifts begin and end without anybody saying so
LOOKS_AT_LEAST_EVERY = timedelta(hours=4)  # while somebody is not at work: they may say themselves that they are
KEPT = timedelta(hours=20)  # what did not come about, so that one sees it: well within a day
FORGETS_EVERY = timedelta(minutes=30)
BUDDY_WAITS = timedelta(days=14)
ASKS_AGAIN_AFTER = (timedelta(days=3), timedelta(days=30))
ASKS_NO_MORE_AFTER = timedelta(days=14)  # no fitting moment was found: then it is let be
OFFICE_HOURS = range(9, 15)  # where no rota says who is at work
ROTA_KNOWS = timedelta(weeks=6)  # whoever has neither work nor leave in it, before or after, does not stand in it


class Whom(StrEnum):
    """Who is asked for a talk."""

    ONE = "one"  # a colleague who was chosen, perhaps one's buddy: that is not told apart
    PEERS = "peers"  # whoever of the peer supporters has time


class Suits(StrEnum):
    """When a talk would suit, if one likes to say it."""

    NOW = "now"
    TODAY = "today"
    WEEK = "week"


class Answer(StrEnum):
    """What the one who is asked says."""

    NOW = "now"
    TODAY = "today"
    TOMORROW = "tomorrow"
    NO = "no"  # not this time; there is no why


class State(StrEnum):
    """How far it has come. What is over is no state: then there is no row."""

    ASKED = "asked"
    AGREED = "agreed"
    PASSED = "passed"  # it did not come about with whom was asked, and who that was is forgotten


class Part(StrEnum):
    """What somebody is in it. Everybody else is nothing, and to them it does not exist."""

    ASKER = "asker"
    OTHER = "other"  # was chosen, or has said yes
    TOLD = "told"  # one of the peer supporters who are told just now


class Act(StrEnum):
    """What can be done with it."""

    ANSWER = "answer"
    CLOSE = "close"


WHO: Mapping[Act, Mapping[State, frozenset[Part]]] = {
    Act.ANSWER: {State.ASKED: frozenset({Part.OTHER, Part.TOLD}), State.AGREED: frozenset({Part.OTHER})},
    Act.CLOSE: {
        State.ASKED: frozenset({Part.ASKER}),
        State.AGREED: frozenset({Part.ASKER, Part.OTHER}),
        State.PASSED: frozenset({Part.ASKER}),
    },
}


def may(act: Act, state: State, part: Part) -> bool:
    """Tell whether somebody who is this in a talk may do that with it now."""
    return part in WHO[act].get(state, frozenset())


def asked_until(whom: Whom, suits: Suits | None, *, moment: datetime, tonight: datetime) -> datetime:
    """Give when a wish that nobody answers is let be."""
    if suits is Suits.TODAY:
        return tonight
    if suits is Suits.WEEK:
        return moment + timedelta(days=7)
    if whom is Whom.PEERS:
        return moment + timedelta(hours=1)
    return moment + (timedelta(hours=2) if suits is Suits.NOW else timedelta(days=2))


def agreed_until(answer: Answer, *, moment: datetime, tonight: datetime) -> datetime:
    """Give when an agreed talk is forgotten that nobody has closed."""
    if answer is Answer.NOW:
        return moment + timedelta(hours=12)
    return tonight + (timedelta(days=1) if answer is Answer.TOMORROW else timedelta())


def waits_for_others(suits: Suits | None) -> bool:
    """Tell whether to wait for peer supporters who come to work later, when there is none to tell now."""
    return suits in {Suits.TODAY, Suits.WEEK}


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A peer supporter on shift and available, as a wish for a talk sees them."""

    person_id: int
    is_present: bool = True  # a page of the portal is open on a screen
    is_asked: bool = False  # has another wish for a talk before them just now


def whom_to_tell(peers: Sequence[Peer], *, told: int, before: Collection[int]) -> list[int]:
    """Choose whom to tell now besides those who are told: in the order given, but those who see it at once first."""
    fresh = [peer for peer in peers if peer.person_id not in before and not peer.is_asked]
    first = sorted(fresh, key=lambda peer: not peer.is_present)
    return [peer.person_id for peer in first[: max(0, TOLD_AT_ONCE - told)]]
