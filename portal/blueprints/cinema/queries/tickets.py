"""Bought seats: the buyer sees every part, others their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.cinema.models.tickets import Order, Share
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.queries import attendance
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part in the seats, with the name as its person chose to be shown."""

    share: Share
    name: str | None
    is_buyers: bool


def find_order(evening_id: int) -> Order | None:
    """Find what was bought for an evening."""
    return db.session.scalar(_orders().where(Order.evening_id == evening_id))


def get_order(evening_id: int) -> Order:
    """Give what was bought for an evening."""
    order = find_order(evening_id)
    if order is None:
        raise NotFound(N_("No seats are bought for this evening."))
    return order


def lock_order(evening_id: int) -> Order:
    """Give an order as it is now, and keep others from changing it until the transaction ends."""
    fresh = _orders().where(Order.evening_id == evening_id).with_for_update(of=Order)
    order = db.session.scalar(fresh.execution_options(populate_existing=True))
    if order is None:
        raise NotFound(N_("No seats are bought for this evening."))
    return order


def parts(viewer: Viewer, order: Order) -> Sequence[Part]:
    """Give every part to the buyer, and nothing to others."""
    if viewer.id != order.buyer_id:
        return []
    names = {seated.person_id: seated.name for seated in attendance.seated(order.evening_id)}
    return [
        Part(share=share, name=names.get(share.person_id), is_buyers=share.person_id == order.buyer_id)
        for share in order.shares
    ]


def export_of(person_id: int) -> list[dict[str, Any]]:
    """Give a person's parts and what they have bought for others, for the export of their data."""
    query = select(Share, Order, Evening).join(Order, Share.order_id == Order.id).join(Evening)
    rows = db.session.execute(query.where(Share.person_id == person_id).order_by(Share.id)).all()
    bought = select(Order, Evening).join(Evening).where(Order.buyer_id == person_id).order_by(Order.id)
    for_others = db.session.execute(bought.where(Order.id.not_in({order.id for _, order, _ in rows})))
    return [_bought(order, evening) for order, evening in for_others] + [
        {
            "evening": evening.title,
            "starts_at": evening.starts_at,
            "seats": share.seats,
            "amount_in_ore": share.amount,
            "says_paid": share.says_paid,
            "has_come": share.has_come,
            "is_bought_by_you": order.buyer_id == person_id,
            "phone": order.phone if order.buyer_id == person_id else "",
        }
        for share, order, evening in rows
    ]


def _bought(order: Order, evening: Evening) -> dict[str, Any]:
    return {"evening": evening.title, "starts_at": evening.starts_at, "is_bought_by_you": True, "phone": order.phone}


def _orders() -> Select[Order]:
    return select(Order).options(selectinload(Order.shares), joinedload(Order.buyer))
