"""What counts as a big incident, who leads it, and how much of it is told. Values only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

HEADLINE_LONGEST = 150  # as the title of a question, which it begins as
WORDS_LONGEST = 300
FIRST_WORDS_LONGEST = 2000  # what is known when it is opened
SHOWN = 2  # in the banner of every page; the rest are one link
COUNTED_FROM = 5  # fewer are not counted aloud: it would be a few colleagues who know each other
SEVERAL_HANDS = 3
TOGETHER = timedelta(minutes=15)
QUIET_AFTER = timedelta(hours=4)
NEXT_WORD_IN = (15, 30, 60, 120)  # minutes that one may promise the next word in
PERMISSION = "urgent.lead_incident"


@dataclass(frozen=True, kw_only=True)
class Hand:
    """A hand that was raised about something, by whom, and when."""

    tag_id: int
    asker_id: int
    raised_at: datetime


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """How many follow an incident, as it may be told: a number, or only that there are several."""

    number: int | None = None
    is_several: bool = False


def may_lead(*, is_opener: bool, has_permission: bool) -> bool:
    """Tell whether somebody may say how it goes, change the headline, close it and open it again."""
    return is_opener or has_permission


def crowd(count: int) -> Crowd:
    """Give what is told of how many follow along."""
    if count >= COUNTED_FROM:
        return Crowd(number=count)
    return Crowd(is_several=count > 1)


def raised_together(hands: Iterable[Hand], moment: datetime) -> dict[int, frozenset[int]]:
    """Give the tags that several persons have raised a hand about just now, with those persons."""
    askers: defaultdict[int, set[int]] = defaultdict(set)
    for hand in hands:
        if moment - TOGETHER <= hand.raised_at <= moment:
            askers[hand.tag_id].add(hand.asker_id)
    return {tag_id: frozenset(who) for tag_id, who in askers.items() if len(who) >= SEVERAL_HANDS}


def is_quiet(last_word_at: datetime, moment: datetime) -> bool:
    """Tell whether nothing has been said of it for so long that somebody should be asked."""
    return moment - last_word_at >= QUIET_AFTER


def is_alike(own_tag: int | None, incident_tag: int | None) -> bool:
    """Tell whether a call and an incident are about the same system."""
    return own_tag is not None and own_tag == incident_tag


def signature(incident_id: int, said_at: datetime) -> str:
    """Name an incident and its newest word in a few signs: what a reader has folded, or heard, is known by it."""
    return f"{incident_id}-{int(said_at.timestamp())}"
