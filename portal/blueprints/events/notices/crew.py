"""Who makes an evening: helpers, and another organiser."""

from __future__ import annotations

from portal.blueprints.events.facts import HandoverAnswered, HandoverAsked, HelpOffered, HelpTakenBack
from portal.blueprints.events.queries import finding
from portal.blueprints.events.service import news
from portal.blueprints.people import queries as people
from portal.core.facts import on


@on(HelpOffered, HelpTakenBack)
def tell_of_help(fact: HelpOffered | HelpTakenBack) -> None:
    """Tell the organiser who helps, and who cannot after all."""
    evening = finding.get_evening(fact.evening_id)
    if evening.organiser:
        kind = "events.helper" if isinstance(fact, HelpOffered) else "events.helper_left"
        news.tell(evening, [evening.organiser], kind=kind, actor_id=fact.person_id)


@on(HandoverAsked)
def ask_to_take_over(fact: HandoverAsked) -> None:
    """Tell the one who is asked."""
    evening, asked = finding.get_evening(fact.evening_id), people.get_person(fact.to_id)
    news.tell(evening, [asked], kind="events.handover", actor_id=fact.from_id)


@on(HandoverAnswered)
def tell_of_answer(fact: HandoverAnswered) -> None:
    """Tell the one who asked."""
    evening, asker = finding.get_evening(fact.evening_id), people.get_person(fact.from_id)
    kind = "events.taken_over" if fact.is_taken else "events.not_taken_over"
    news.tell(evening, [asker], kind=kind, actor_id=fact.to_id)
