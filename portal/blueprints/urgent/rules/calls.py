"""What a call for help is and may become, and who may do what with it. Values only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum

LONGEST_TEXT = 300
LONGEST_SOLUTION = 5000
LONGEST_TITLE = 150  # of a question, which a call may become
LAPSES_AFTER = timedelta(seconds=90)  # who came and was not heard from
OFFER_LASTS = timedelta(seconds=60)
TALK_LASTS = timedelta(hours=4)  # nobody has said that it is over
KEPT_AFTER_END = timedelta(hours=24)
FORGETS_EVERY = timedelta(minutes=10)


class State(StrEnum):
    """How far a call has come."""

    RINGING = "ringing"
    TAKEN = "taken"
    OVER = "over"


class Ending(StrEnum):
    """How a call came to its end."""

    SOLVED = "solved"
    CANCELLED = "cancelled"  # by who raised the hand, before anybody came
    NOBODY = "nobody"  # it rang in vain
    JOINED = "joined"  # it was the big incident, and follows that


class TalkBy(StrEnum):
    """How somebody likes to be spoken with."""

    TEAMS = "teams"
    PHONE = "phone"


class Part(StrEnum):
    """What somebody is in a call."""

    ASKER = "asker"
    HELPER = "helper"  # the one who came
    SECOND = "second"  # helps too
    OFFERED = "offered"  # is asked to take it over
    COLLEAGUE = "colleague"  # everybody else


class Act(StrEnum):
    """What can be done with a call."""

    COME = "come"
    NOT_NOW = "not_now"
    CANCEL = "cancel"
    TALK = "talk"
    RING_AGAIN = "ring_again"
    OFFER = "offer"
    TAKE_OVER = "take_over"
    REFUSE_OFFER = "refuse_offer"
    JOIN = "join"
    LEAVE = "leave"
    END = "end"
    WRITE_SOLUTION = "write_solution"
    KEEP = "keep"
    THROW_AWAY = "throw_away"
    JOIN_INCIDENT = "join_incident"


ASKER = frozenset({Part.ASKER})
HELPER = frozenset({Part.HELPER})
OTHERS = frozenset({Part.COLLEAGUE, Part.SECOND, Part.OFFERED})
THOSE_IN_IT = frozenset({Part.ASKER, Part.HELPER, Part.SECOND})

# Who may do what, while the call is how. What is not in here cannot be done then, by anybody.
WHO: Mapping[Act, Mapping[State, frozenset[Part]]] = {
    Act.COME: {State.RINGING: OTHERS},
    Act.NOT_NOW: {State.RINGING: OTHERS},
    Act.CANCEL: {State.RINGING: ASKER},
    Act.TALK: {State.TAKEN: ASKER | HELPER},
    Act.RING_AGAIN: {State.TAKEN: ASKER},
    Act.OFFER: {State.TAKEN: HELPER},
    Act.TAKE_OVER: {State.TAKEN: frozenset({Part.OFFERED})},
    Act.REFUSE_OFFER: {State.TAKEN: frozenset({Part.OFFERED})},
    Act.JOIN: {State.TAKEN: frozenset({Part.COLLEAGUE, Part.OFFERED})},
    Act.LEAVE: {State.TAKEN: HELPER | {Part.SECOND}},
    Act.END: {State.RINGING: ASKER, State.TAKEN: THOSE_IN_IT},
    Act.WRITE_SOLUTION: {State.TAKEN: THOSE_IN_IT, State.OVER: THOSE_IN_IT},
    Act.KEEP: {State.RINGING: ASKER, State.OVER: ASKER},
    Act.THROW_AWAY: {State.OVER: ASKER},
    Act.JOIN_INCIDENT: {State.RINGING: ASKER, State.TAKEN: THOSE_IN_IT},
}

# What a call must be to become this; nothing comes back from the end.
BECOMES_FROM: Mapping[State, frozenset[State]] = {
    State.RINGING: frozenset({State.TAKEN}),
    State.TAKEN: frozenset({State.RINGING}),
    State.OVER: frozenset({State.RINGING, State.TAKEN}),
}


def can_be_done(act: Act, state: State) -> bool:
    """Tell whether anybody at all may do this while the call is so."""
    return state in WHO[act]


def may(act: Act, state: State, parts: Collection[Part]) -> bool:
    """Tell whether somebody who is this in a call may do that with it now."""
    return not WHO[act].get(state, frozenset()).isdisjoint(parts)


def waited_name(waited: timedelta) -> str:
    """Name the wide step in which a waiting time is counted."""
    for seconds in (10, 30, 60, 120):
        if waited <= timedelta(seconds=seconds):
            return f"within_{seconds}"
    return "later"
