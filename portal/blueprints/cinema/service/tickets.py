"""Seats that one has bought for all: who owes what, and the two ticks. The portal moves no money."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete

from portal.blueprints.cinema.facts import SeatsBought
from portal.blueprints.cinema.models.tickets import Order, Share
from portal.blueprints.cinema.queries import tickets as finding
from portal.blueprints.cinema.rules import money
from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.queries import attendance
from portal.blueprints.events.queries import finding as events
from portal.blueprints.events.queries.attendance import Seated
from portal.core import live
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer


def buy(viewer: Viewer, evening_id: int, *, amount: int, is_each: bool, phone: str) -> Order:
    """Write down that one has bought the seats of all who come. Only one does, and only one who comes."""
    number = _checked(amount, phone)
    evening = _evening_for(viewer, evening_id)
    if finding.find_order(evening.id):
        raise Conflict(N_("Somebody has bought the seats already."))
    order = Order(evening_id=evening.id, buyer_id=viewer.id, amount=amount, is_each=is_each, phone=number)
    db.session.add(order)
    db.session.flush()
    added = _add_missing(order, attendance.seated(evening.id))
    _divide(order)
    record(SeatsBought(evening_id=evening.id, buyer_id=viewer.id, person_ids=tuple(added)))
    publish(order)
    return order


def change(viewer: Viewer, evening_id: int, *, amount: int, is_each: bool, phone: str) -> Order:
    """Mend what the buyer wrote. The price stands once somebody has paid."""
    number = _checked(amount, phone)
    order = _own(viewer, evening_id)
    is_new_price = (order.amount, order.is_each) != (amount, is_each)
    if is_new_price and order.is_begun:
        raise Conflict(N_("Somebody has paid already, so the price stays as it is."))
    order.amount, order.is_each, order.phone = amount, is_each, number
    if is_new_price:
        _divide(order)
    publish(order)
    return order


def catch_up(viewer: Viewer, evening_id: int) -> int:
    """Give those who have come to the evening since their part; give how many they are."""
    order = _own(viewer, evening_id)
    missing = [seated for seated in attendance.seated(evening_id) if order.share_of(seated.person_id) is None]
    if missing:
        _check_divisible(order)
        added = _add_missing(order, missing)
        _divide(order)
        record(SeatsBought(evening_id=evening_id, buyer_id=viewer.id, person_ids=tuple(added)))
        publish(order)
    return len(missing)


def take_out(viewer: Viewer, evening_id: int, share_id: int) -> None:
    """Take a part out of the division: they bought their own. Twice is harmless."""
    order = _own(viewer, evening_id)
    share = _find(order, share_id)
    if share is None:
        return
    if share.person_id == order.buyer_id:
        raise Conflict(N_("Your own part stays: somebody must have bought the seats."))
    if share.is_touched:
        raise Conflict(N_("That part is paid, so it stays."))
    _check_divisible(order)
    db.session.execute(delete(Share).where(Share.id == share.id))
    db.session.refresh(order, ["shares"])
    _divide(order)
    publish(order)


def say_paid(viewer: Viewer, evening_id: int, *, paid: bool) -> None:
    """Tick that one has paid, or take it back."""
    order = finding.lock_order(evening_id)
    share = order.share_of(viewer.id)
    if share is None:
        raise NotFound(N_("No seats are bought for this evening."))
    share.says_paid = paid
    publish(order)


def note_come(viewer: Viewer, evening_id: int, share_id: int, *, come: bool) -> None:
    """Let the buyer tick that a part has come, or take it back."""
    order = _own(viewer, evening_id)
    share = _find(order, share_id)
    if share is None:
        raise NotFound(N_("That part is not here any more."))
    share.has_come = come
    publish(order)


def settle_up(viewer: Viewer, evening_id: int) -> None:
    """Say that all is settled: everything about it is deleted."""
    order = _own(viewer, evening_id)
    publish(order)
    db.session.execute(delete(Order).where(Order.id == order.id))


def publish(order: Order) -> None:
    """Tell the open pages that the parts have changed."""
    live.publish(f"film-order-{order.evening_id}")


def _evening_for(viewer: Viewer, evening_id: int) -> Evening:
    evening = events.lock_evening(evening_id)
    if evening.kind == Kind.BOARD_GAMES:
        raise NotFound(N_("That evening is not here."))
    if evening.is_cancelled:
        raise Conflict(N_("This evening is called off."))
    if not attendance.is_in(viewer.id, evening_id):
        raise NotAllowed(N_("Sign up for the evening first."))
    return evening


def _own(viewer: Viewer, evening_id: int) -> Order:
    order = finding.lock_order(evening_id)
    if order.share_of(viewer.id) is None:
        raise NotFound(N_("No seats are bought for this evening."))
    if order.buyer_id != viewer.id:
        raise NotAllowed(N_("Only whoever bought the seats can do that."))
    return order


def _checked(amount: int, phone: str) -> str:
    if not 0 < amount <= money.MOST:
        raise Invalid(N_("Write the price as kroner, such as 149 or 149,50."), field="amount")
    number = money.phone(phone)
    if number is None:
        raise Invalid(N_("Write a phone number."), field="phone")
    return number


def _check_divisible(order: Order) -> None:
    # A price for each is the same however many they are; of one sum for all, everybody's part would change.
    if order.is_begun and not order.is_each:
        raise Conflict(N_("Somebody has paid already, so the parts stay as they are."))


def _add_missing(order: Order, seated: Sequence[Seated]) -> list[int]:
    for each in seated:
        order.shares.append(Share(person_id=each.person_id, seats=1 + each.guests, amount=0))
    db.session.flush()
    return [each.person_id for each in seated if each.person_id != order.buyer_id]


def _divide(order: Order) -> None:
    seats = [share.seats for share in order.shares]
    total = order.amount * sum(seats) if order.is_each else order.amount
    for share, amount in zip(order.shares, money.split(total, seats), strict=True):
        share.amount = amount
    db.session.flush()


def _find(order: Order, share_id: int) -> Share | None:
    return next((share for share in order.shares if share.id == share_id), None)
