"""Series, evenings and sign-ups for tests."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time, timedelta

from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.models.proposals import Proposal
from portal.blueprints.events.models.recaps import RecapPicture
from portal.blueprints.events.models.signups import ShownAs, SignUp, SignUpState
from portal.blueprints.events.rules.recurrence import Frequency
from portal.blueprints.events.service.wishes import EveningWish, SeriesWish, Words
from portal.blueprints.people.models import Person
from portal.core import clock, sealing
from portal.core.db import db

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a quiet morning in Bergen
GAMES = Words(title="Brettspelkveld", details="Kom og spel.", place="")


def series_wish(**values: object) -> SeriesWish:
    """Wish for board games every Wednesday at five."""
    wanted = {
        "words": GAMES,
        "kind": Kind.BOARD_GAMES,
        "frequency": Frequency.WEEKLY,
        "weekday": 2,
        "starts_on": date(2026, 11, 23),
        "starts": time(17),
        "minutes": 180,
        **values,
    }
    return SeriesWish(**wanted)  # type: ignore[arg-type]


def evening_wish(starts_at: datetime | None = None, **values: object) -> EveningWish:
    """Wish for one evening of three hours."""
    starts_at = starts_at or clock.at_wall(clock.today() + timedelta(days=3), time(17))
    wanted = {"words": GAMES, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3), **values}
    return EveningWish(**wanted)  # type: ignore[arg-type]


def make_evening(starts_at: datetime | None = None, **values: object) -> Evening:
    """Make an evening that belongs to no series, without asking for a room."""
    starts_at = starts_at or clock.at_wall(clock.today() + timedelta(days=3), time(17))
    wanted = {
        "kind": Kind.BOARD_GAMES,
        "own_title": "Brettspelkveld",
        "own_text": "Kom og spel.",
        "own_place": "",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=3),
        **values,
    }
    evening = Evening(**wanted)
    db.session.add(evening)
    db.session.flush()
    return evening


def make_sign_up(
    evening: Evening,
    person: Person,
    *,
    position: int = 1,
    state: SignUpState = SignUpState.IN,
    shown_as: ShownAs = ShownAs.NAME,
    note: str = "",
    **values: object,
) -> SignUp:
    """Sign a person up, without anybody being told."""
    made = SignUp(evening_id=evening.id, person_id=person.id, position=position, **values)
    made.state, made.shown_as = state, shown_as
    made.sealed_note = sealing.seal(note, context=made.note_context) if note else None
    db.session.add(made)
    db.session.flush()
    return made


def make_proposal(person: Person, **values: object) -> Proposal:
    """Propose an evening, without anybody being told."""
    wanted = {"title": "Kubb i parken", "kind": Kind.OTHER, "why": "Det er så fint ute.", "timing": "I mai", **values}
    proposal = Proposal(proposer_id=person.id, **wanted)
    db.session.add(proposal)
    db.session.flush()
    return proposal


def make_picture(evening: Evening, person: Person, **values: object) -> RecapPicture:
    """Share a picture of an evening, without anybody being asked."""
    pixels = {"mime": "image/webp", "width": 4, "height": 3, "content": b"RIFF"}
    wanted = {"alt": "Fire rundt eit bord", "agreed_at": clock.now(), **pixels, **values}
    picture = RecapPicture(token=secrets.token_urlsafe(16), evening_id=evening.id, owner_id=person.id, **wanted)
    db.session.add(picture)
    db.session.flush()
    return picture
