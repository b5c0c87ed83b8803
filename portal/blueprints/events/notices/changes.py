"""An evening has another time, is called off, decided, or on after all."""

from __future__ import annotations

from portal.blueprints.events.facts import EveningCancelled, EveningDecided, EveningMoved, EveningRestored
from portal.blueprints.events.models.evenings import Reason
from portal.blueprints.events.notices import to_whom
from portal.blueprints.events.queries import attendance, finding
from portal.blueprints.events.service import news
from portal.core.facts import on


@on(EveningMoved)
def tell_of_new_time(fact: EveningMoved) -> None:
    """Tell everybody who signed up; those who wait by mail as well, since they have no invitation."""
    to_whom.tell_all(fact.evening_id, kind="events.moved", in_line="events.line_moved", actor_id=fact.by_id)


@on(EveningCancelled)
def tell_of_cancellation(fact: EveningCancelled) -> None:
    """Tell everybody who signed up, and nobody else; where nobody called it off, the organiser too."""
    evening = finding.get_evening(fact.evening_id)
    if evening.reason != Reason.TOO_FEW:
        to_whom.tell_all(fact.evening_id, kind="events.cancelled", in_line="events.line_cancelled", actor_id=fact.by_id)
        return
    to_whom.tell_all(fact.evening_id, kind="events.too_few", in_line="events.line_too_few", actor_id=None)
    if evening.organiser:
        news.tell(evening, [evening.organiser], kind="events.called_off_by_itself")


@on(EveningDecided)
def tell_that_enough_come(fact: EveningDecided) -> None:
    """Tell those who have a seat; who never answered hears nothing."""
    evening, coming = finding.get_evening(fact.evening_id), attendance.with_people(fact.evening_id)
    news.tell(evening, to_whom.persons(sign_up for sign_up in coming if sign_up.is_in), kind="events.decided")


@on(EveningRestored)
def tell_that_it_is_on(fact: EveningRestored) -> None:
    """Tell everybody who had signed up; those who wait by mail as well, since they have no invitation."""
    to_whom.tell_all(fact.evening_id, kind="events.restored", in_line="events.line_restored", actor_id=fact.by_id)
