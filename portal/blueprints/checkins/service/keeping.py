"""What must be so before words are kept: their length, what is not written here, and whom they are for."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from portal.blueprints.checkins.rules import audiences
from portal.blueprints.people.models import Person
from portal.core import patient_data, throttle
from portal.core.db import Base, db
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.viewer import Viewer

MOST_AN_HOUR = 30
CHOOSE_A_COLLEAGUE = N_("Choose a colleague.")


def must_be_a_colleague(viewer: Viewer, person_id: int | None, *, field: str) -> None:
    """Refuse anybody but a colleague who is still here; nobody at all is allowed."""
    if person_id is None:
        return
    person = db.session.get(Person, person_id)
    if person is None or not audiences.may_be_chosen(
        person_id=person.id, author_id=viewer.id, is_active=person.is_active
    ):
        raise Invalid(CHOOSE_A_COLLEAGUE, field=field)


def checked(text: str, *, longest: int, field: str, accepts: bool) -> str:
    """Give words as they may be kept: not too long, and without what belongs to a patient."""
    text = text.replace("\0", "")
    if len(text) > longest:
        raise Invalid(N_("Keep it under %(n)s characters."), field=field, n=longest)
    return patient_data.clean(text, field=field, viewer_accepts=accepts)


def is_first(row: Base) -> bool:
    """Put a row in, and tell whether it is the first: the same press may have come twice in the same moment."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True


def bound_presses(viewer: Viewer) -> None:
    """Bound what leaves no row with a person and a moment: counted in the memory of this process."""
    throttle.hit_here("checkins.unwritten", str(viewer.id), limit=MOST_AN_HOUR, per=timedelta(hours=1))
