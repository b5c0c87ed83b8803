"""What may be pressed in a thread, by whom, and what the question becomes by it. Values only.

The table AFTER is the whole machine: a press that it does not name is refused in that state. Being looked at, lacking
information and having been opened again are looks of a state, not states: they pass by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.blueprints.questions.rules.states import State


class Act(StrEnum):
    """What somebody does with a question as a whole."""

    ANSWER = "answer"
    ACCEPT = "accept"
    REOPEN = "reopen"
    CLAIM = "claim"
    WANT_MORE = "want_more"
    DOUBT = "doubt"  # «it did not help me»: a remark, and the asker decides


AFTER: Mapping[tuple[State, Act], State] = {
    (State.OPEN, Act.ANSWER): State.ANSWERED,
    (State.OPEN, Act.CLAIM): State.OPEN,
    (State.OPEN, Act.WANT_MORE): State.OPEN,
    (State.ANSWERED, Act.ANSWER): State.ANSWERED,
    (State.ANSWERED, Act.CLAIM): State.ANSWERED,  # only where it was opened again: see may_claim()
    (State.ANSWERED, Act.ACCEPT): State.SOLVED,
    (State.ANSWERED, Act.WANT_MORE): State.ANSWERED,
    (State.ANSWERED, Act.DOUBT): State.ANSWERED,
    (State.SOLVED, Act.ANSWER): State.SOLVED,
    (State.SOLVED, Act.ACCEPT): State.SOLVED,  # another answer was better after all
    (State.SOLVED, Act.REOPEN): State.ANSWERED,
    (State.SOLVED, Act.DOUBT): State.SOLVED,
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """What somebody is in a thread."""

    is_asker: bool = False
    is_peer: bool = False  # a peer supporter: steps in where the asker is silent


@dataclass(frozen=True, kw_only=True)
class Silence:
    """How quiet it is, and how much quiet is enough for others to step in."""

    lasts: timedelta
    enough: timedelta
    is_asker_gone: bool = False  # left the desk: there is nobody to wait for

    @property
    def is_long(self) -> bool:
        """Tell whether others may decide."""
        return self.is_asker_gone or self.lasts >= self.enough


def after(state: State, act: Act) -> State | None:
    """Give what a question becomes by an act, or nothing where the act has no meaning."""
    return AFTER.get((state, act))


def may_accept(part: Part, state: State, silence: Silence) -> bool:
    """Tell whether somebody may say what solved it: the asker always, a peer supporter after days of silence."""
    if part.is_asker:
        return after(state, Act.ACCEPT) is not None
    return part.is_peer and state is State.ANSWERED and silence.is_long


def may_reopen(part: Part, state: State, *, is_by_peer: bool) -> bool:
    """Tell whether somebody may open it again: the asker, and peer supporters what one of them has closed."""
    return after(state, Act.REOPEN) is not None and (part.is_asker or (part.is_peer and is_by_peer))


def may_claim(state: State, *, is_reopened: bool, is_closed: bool) -> bool:
    """Tell whether a question can be looked at: it waits for an answer, and it waits here."""
    return not is_closed and (state is State.OPEN or (state is State.ANSWERED and is_reopened))


def may_want_more(part: Part, state: State, *, is_closed: bool) -> bool:
    """Tell whether somebody may say that they need to know more: everybody but the asker, until it is solved."""
    return not part.is_asker and not is_closed and after(state, Act.WANT_MORE) is not None


def may_doubt(part: Part, state: State, *, is_author: bool) -> bool:
    """Tell whether somebody may say that an answer did not help: who wrote it edits it, and who asked opens it."""
    return not is_author and not part.is_asker and after(state, Act.DOUBT) is not None


def silent_for(active_at: datetime, now: datetime) -> timedelta:
    """Give how long nothing has been written; never less than nothing."""
    return max(timedelta(0), now - active_at)
