"""Those who have a seat, and those who wait."""

from __future__ import annotations

from collections.abc import Iterable

from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.service import news
from portal.blueprints.people.models import Person


def tell_all(evening_id: int, *, kind: str, in_line: str, actor_id: int | None) -> None:
    """Tell those who have a seat, and in other words those who wait."""
    evening, coming = finding.get_evening(evening_id), attendance.with_people(evening_id)
    seated = [sign_up for sign_up in coming if sign_up.is_in]
    waiting = [sign_up for sign_up in coming if not sign_up.is_in]
    news.tell(evening, persons(seated), kind=kind, actor_id=actor_id)
    news.tell(evening, persons(waiting), kind=in_line, actor_id=actor_id)


def persons(sign_ups: Iterable[SignUp]) -> list[Person]:
    """Give who signed up."""
    return [sign_up.person for sign_up in sign_ups]
