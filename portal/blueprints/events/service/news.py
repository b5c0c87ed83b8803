"""News of an evening: to people who read different languages, with its day and time in the words of each."""

from __future__ import annotations

from collections.abc import Iterable

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.notifications import service as notifications
from portal.blueprints.people.models import Person
from portal.core import i18n


def tell(
    evening: Evening,
    told: Iterable[Person],
    *,
    kind: str,
    actor_id: int | None = None,
    key: str | None = None,
    **more: str,
) -> None:
    """Tell people, in as many goes as they read languages, with the page of the evening behind it."""
    by_locale: dict[str, list[int]] = {}
    for person in told:
        by_locale.setdefault(person.locale, []).append(person.id)
    for locale, person_ids in by_locale.items():
        notifications.tell_many(
            person_ids,
            kind=kind,
            params={
                "title": evening.title,
                "day": i18n.format_day(evening.starts_at, locale),
                "time": i18n.format_time(evening.starts_at, locale),
                **more,
            },
            endpoint="events.evening",
            values={"evening_id": evening.id},
            actor_id=actor_id,
            key=key,
        )
