"""Who is told what of games: where one sits, and thanks for what one brought."""

from __future__ import annotations

from portal.blueprints.events.facts import EveningThanked
from portal.blueprints.events.queries import crew, finding
from portal.blueprints.events.service import news
from portal.blueprints.games.facts import TablesShown
from portal.blueprints.games.queries import evenings, plans
from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.core.facts import on
from portal.core.i18n import N_

notifications.notice_group("games", N_("Board games: the table you sit at"), mail="never")
notifications.notice_kind(
    "games.laid",
    group="games",
    text=N_("The tables for «%(title)s», %(day)s, are laid. See where you sit."),
    icon="dice",
)
notifications.notice_kind(
    "games.thanked",
    group="events_after",
    text=N_("Those who came say thanks for the games you brought to «%(title)s», %(day)s"),
    icon="heart",
)


@on(TablesShown)
def tell_those_who_sit(fact: TablesShown) -> None:
    """Tell those who have a place at a table, once: a plan that is laid anew later makes no noise."""
    evening = finding.get_evening(fact.evening_id)
    sitting = people.people(plans.who_sits(evening.id))
    news.tell(evening, sitting, kind="games.laid", actor_id=fact.by_id, key=f"tables-{evening.id}")


@on(EveningThanked)
def thank_for_the_games(fact: EveningThanked) -> None:
    """Tell those who brought games that somebody says thanks; who made the evening is thanked for all of it."""
    evening = finding.get_evening(fact.evening_id)
    thanked = {person.id for person in crew.who_made(evening)}
    brought = {copy.person_id for copy in evenings.brought(evening.id)} - thanked
    news.tell(evening, people.people(sorted(brought)), kind="games.thanked", actor_id=fact.person_id)
