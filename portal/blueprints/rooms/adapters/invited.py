"""Which of those invited to a meeting are rooms, and what they have said. The same for every calendar."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portal.blueprints.rooms.ports import Answer


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Somebody invited, as the organiser's copy of the meeting shows it."""

    address: str
    is_resource: bool
    answer: Answer


def rooms_among(invited: Iterable[Invited], known_rooms: Collection[str]) -> list[Invited]:
    """Tell the rooms from the people that somebody may have added by hand, whose answers decide nothing.

    Some servers hand a room back among the required attendees: then those we know for rooms, and if we know none, all.
    """
    everybody = list(invited)
    resources = [each for each in everybody if each.is_resource]
    known = [each for each in everybody if each.address in known_rooms]
    return resources or known or everybody


def answer_of(rooms: Iterable[Invited]) -> Answer:
    """Give the answer of a meeting's rooms: one no is a no."""
    answers = {room.answer for room in rooms}
    for answer in (Answer.DECLINED, Answer.ACCEPTED):
        if answer in answers:
            return answer
    return Answer.WAITING
