"""What became of the room: for those who make the evening."""

from __future__ import annotations

from portal.blueprints.events.queries import crew, finding
from portal.blueprints.events.service import news
from portal.blueprints.rooms.facts import (
    BookingConfirmed,
    BookingDeclined,
    BookingFact,
    BookingMovedOutside,
    BookingUnanswered,
    BookingVanished,
)
from portal.core.facts import on

ROOM_NEWS: dict[type[BookingFact], str] = {
    BookingConfirmed: "events.room_confirmed",
    BookingDeclined: "events.room_declined",
    BookingUnanswered: "events.room_unanswered",
    BookingMovedOutside: "events.room_moved",
    BookingVanished: "events.room_vanished",
}


@on(BookingConfirmed, BookingDeclined, BookingUnanswered, BookingMovedOutside, BookingVanished)
def tell_of_room(fact: BookingFact) -> None:
    """Tell the organiser and those who help what became of the room: whoever sees it first can do something."""
    evening = finding.find_by_purpose(fact.purpose)
    if evening and not evening.is_cancelled:
        news.tell(evening, crew.who_made(evening), kind=ROOM_NEWS[type(fact)])
