"""Cards for the Teams channel: what stands on them, whether they are still of use, and that none is sent twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.shifts import queries as shifts
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.models.cards import TeamsCard
from portal.blueprints.urgent.models.incidents import Incident
from portal.blueprints.urgent.rules import cards as rules
from portal.blueprints.urgent.rules.calls import State
from portal.blueprints.urgent.rules.cards import Answer, Outcome
from portal.core import clock, i18n, jobs, links
from portal.core.db import db, is_sqlite
from portal.core.i18n import N_
from portal.core.settings import current_settings

OF_CALL, OF_INCIDENT = "urgent.card_of_call", "urgent.card_of_incident"
KEPT = timedelta(days=2)
VERSION = "1.4"  # of Adaptive Cards: what Teams shows everywhere


@dataclass(frozen=True, kw_only=True)
class Card:
    """One card: its words, in the language of the house, and where it leads."""

    key: str
    words: str
    about: str
    link: str
    link_text: str

    @property
    def message(self) -> dict[str, Any]:
        """Give it as a webhook of Teams takes it."""
        lines = [{"type": "TextBlock", "text": self.words, "weight": "bolder", "size": "medium", "wrap": True}]
        if self.about:
            lines.append({"type": "TextBlock", "text": self.about, "isSubtle": True, "wrap": True})
        content = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": VERSION,
            "body": lines,
            "actions": [{"type": "Action.OpenUrl", "title": self.link_text, "url": self.link}],
        }
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
        return {"type": "message", "attachments": [attachment]}


def plan_for_call(call_id: int) -> None:
    """Plan a card for a call that rings: a minute from now it is looked at whether somebody has come."""
    call = db.session.get(HelpCall, call_id)
    if not current_settings().teams_webhook or call is None:
        return
    at = call.rung_at + rules.SENT_AFTER
    jobs.enqueue(OF_CALL, at=at, key=f"{OF_CALL}:{call_id}-{call.rounds}", call_id=call_id, round_number=call.rounds)


def plan_for_incident(incident_id: int) -> None:
    """Plan a card for an incident that was opened."""
    if current_settings().teams_webhook:
        jobs.enqueue(OF_INCIDENT, key=f"{OF_INCIDENT}:{incident_id}", incident_id=incident_id)


def of_call(call_id: int, round_number: int) -> Card | None:
    """Give the card of a call and round, if it is still of use: it rings, and somebody else is at work."""
    call = db.session.get(HelpCall, call_id, populate_existing=True)
    if call is None or call.state != State.RINGING or call.rounds != round_number:
        return None
    if not rules.is_of_use(call.rung_at, clock.now(), lasts=rules.OF_USE_FOR) or not _is_anybody_at_work(call.asker_id):
        return None
    return Card(
        key=f"call-{call.id}-{call.rounds}",
        words=_(N_("Somebody on the yard needs help now")),
        about=_about(call),
        link=links.absolute("urgent.call", {"call_id": call.id}),
        link_text=_(N_("See if you can help")),
    )


def of_incident(incident_id: int) -> Card | None:
    """Give the card of an incident, if it is news: still open, and opened just now."""
    incident = db.session.get(Incident, incident_id, populate_existing=True)
    if incident is None or incident.closed_at is not None or incident.question.is_hidden:
        return None
    if not rules.is_of_use(incident.created_at, clock.now(), lasts=rules.NEWS_FOR) or not _is_anybody_at_work(None):
        return None
    return Card(
        key=f"incident-{incident.id}",
        words=_(N_("A big incident is going on")),
        about=_about(incident),
        link=links.absolute("questions.thread", {"question_id": incident.question_id}),
        link_text=_(N_("See what we know")),
    )


def begin(card: Card) -> bool:
    """Write down that a card is about to leave; tell whether it had not left before."""
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(TeamsCard)
    fresh = insert.values(key=card.key, began_at=clock.now(), outcome="").on_conflict_do_nothing()
    return db.session.scalar(fresh.returning(TeamsCard.key)) is not None


def note(key: str, answer: Answer) -> None:
    """Write down what became of it; what never left may be tried again."""
    if answer.outcome is Outcome.NOT_SENT:
        db.session.execute(delete(TeamsCard).where(TeamsCard.key == key))
    else:
        row = db.session.get_one(TeamsCard, key)
        row.outcome = answer.outcome


def forget() -> None:
    """Forget which cards were sent, once no job can wish for them any more."""
    db.session.execute(delete(TeamsCard).where(TeamsCard.began_at < clock.now() - KEPT))


def _is_anybody_at_work(but: int | None) -> bool:
    return any(each.person_id != but for each in shifts.at_work())


def _about(what: HelpCall | Incident) -> str:
    return what.tag.name(i18n.DEFAULT) if what.tag else ""


def _(words: str) -> str:
    return i18n.text(words, i18n.DEFAULT)
