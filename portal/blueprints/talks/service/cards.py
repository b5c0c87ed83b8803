"""Contact cards: whom one can turn to outside of the desk, written by administrators."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select

from portal.blueprints.talks.models import ContactCard
from portal.blueprints.talks.queries import afterwards as reading
from portal.core import audit
from portal.core.db import db
from portal.core.errors import Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MANAGES = "talks.manage_cards"
NO_WAY = N_("Write a phone number, an address or a link, so that one can get in touch.")
ONLY_WEB = N_("The link must begin with https://")


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a contact card says."""

    name: str
    what: str = ""
    phone: str = ""
    email: str = ""
    link: str = ""
    hours: str = ""


def add(viewer: Viewer, card: Card) -> ContactCard:
    """Add a contact card. Sent twice is once."""
    _check(viewer, card)
    same = db.session.scalar(select(ContactCard).filter_by(**asdict(card)).limit(1))
    if same is not None:
        return same
    made = ContactCard()
    _write(made, card)
    db.session.add(made)
    db.session.flush()
    audit.note(viewer.id, "talks.add_card", card_id=made.id)
    return made


def change(viewer: Viewer, card_id: int, card: Card) -> None:
    """Change a contact card."""
    _check(viewer, card)
    _write(reading.get_card(card_id), card)
    audit.note(viewer.id, "talks.change_card", card_id=card_id)


def remove(viewer: Viewer, card_id: int) -> None:
    """Remove a contact card."""
    _must_manage(viewer)
    db.session.delete(reading.get_card(card_id))
    audit.note(viewer.id, "talks.remove_card", card_id=card_id)


def _write(row: ContactCard, card: Card) -> None:
    row.name, row.what, row.phone = card.name, card.what, card.phone
    row.email, row.link, row.hours = card.email, card.link, card.hours


def _check(viewer: Viewer, card: Card) -> None:
    _must_manage(viewer)
    if not (card.phone or card.email or card.link):
        raise Invalid(NO_WAY, field="phone")
    if card.link and not card.link.startswith("https://"):
        raise Invalid(ONLY_WEB, field="link")


def _must_manage(viewer: Viewer) -> None:
    if not viewer.may(MANAGES):
        raise NotAllowed(N_("This is not open to you."))
