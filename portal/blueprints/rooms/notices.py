"""Who hears what of a meeting without an event: the one who booked it. Evenings tell their organisers themselves."""

from __future__ import annotations

from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.blueprints.rooms import queries
from portal.blueprints.rooms.facts import (
    BookingConfirmed,
    BookingDeclined,
    BookingFact,
    BookingMovedOutside,
    BookingUnanswered,
    BookingVanished,
)
from portal.core import i18n
from portal.core.facts import on
from portal.core.i18n import N_

notifications.notice_group("rooms", N_("Rooms you book: trouble with the room"))
notifications.notice_group("rooms_well", N_("Rooms you book: the room is confirmed"), mail="never")

for kind, group, words in (
    ("rooms.confirmed", "rooms_well", N_("Your room %(day)s at %(time)s is confirmed")),
    ("rooms.declined", "rooms", N_("No room has said yes for %(day)s at %(time)s. See what else is free.")),
    ("rooms.unanswered", "rooms", N_("The room for %(day)s at %(time)s has not answered")),
    ("rooms.moved", "rooms", N_("Somebody gave your meeting %(day)s at %(time)s another time in the calendar")),
    ("rooms.vanished", "rooms", N_("Somebody removed your meeting %(day)s at %(time)s from the calendar")),
):
    notifications.notice_kind(kind, group=group, text=words, icon="door")

NEWS: dict[type[BookingFact], str] = {
    BookingConfirmed: "rooms.confirmed",
    BookingDeclined: "rooms.declined",
    BookingUnanswered: "rooms.unanswered",
    BookingMovedOutside: "rooms.moved",
    BookingVanished: "rooms.vanished",
}


@on(BookingConfirmed, BookingDeclined, BookingUnanswered, BookingMovedOutside, BookingVanished)
def tell_whose_it_is(fact: BookingFact) -> None:
    """Tell whoever booked a meeting of their own."""
    booking = queries.get_booking(fact.booking_id)
    if booking.booked_by_id is None or not booking.is_own:
        return
    locale = people.get_person(booking.booked_by_id).locale
    notifications.tell(
        booking.booked_by_id,
        kind=NEWS[type(fact)],
        params={"day": i18n.format_day(booking.starts_at, locale), "time": i18n.format_time(booking.starts_at, locale)},
        endpoint="rooms.meeting",
        values={"booking_id": booking.id},
    )
