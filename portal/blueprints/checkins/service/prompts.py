"""Being asked how one is: offered once, chosen by oneself, never a reminder."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.checkins.facts import Asked, NoLongerAsked
from portal.blueprints.checkins.models.prompts import Prompt
from portal.blueprints.checkins.queries import prompts as queries
from portal.blueprints.checkins.rules import prompts as rules
from portal.blueprints.checkins.rules.prompts import Choice
from portal.core import clock, privacy
from portal.core.db import db, is_sqlite
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.viewer import Viewer

_busy: list[Callable[[], set[int]]] = []


def spare(those_busy: Callable[[], set[int]]) -> None:
    """Let a slice above say who is busy with a caller now, and is not to be asked."""
    if those_busy not in _busy:
        _busy.append(those_busy)


def choose(viewer: Viewer, choice: Choice) -> None:
    """Be asked on this day at this time from now on, or never. When one was asked last holds for the new day too."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    wanted = {"weekday": choice.weekday, "at": choice.at}
    row = insert(Prompt).values(person_id=viewer.id, **wanted)
    db.session.execute(row.on_conflict_do_update(index_elements=[Prompt.person_id], set_=wanted))
    db.session.get(Prompt, viewer.id, populate_existing=True)
    if choice.is_never:
        record(NoLongerAsked(person_id=viewer.id))


def ask_those_due() -> None:
    """Ask those whose hour has come and whom the moment suits; the others later today, or not this week."""
    due = queries.due()
    if not due:
        return
    found = queries.standings(due, busy={each for those_busy in _busy for each in those_busy()})
    suited = [each for each in due if rules.suits(found[each])]
    # Claimed in one statement: two workers at once do not ask twice.
    today = clock.wall(clock.now())
    claim = update(Prompt).where(Prompt.person_id.in_(suited), queries.is_due(today)).values(asked_on=today.date())
    for person_id in sorted(db.session.scalars(claim.returning(Prompt.person_id))):
        record(Asked(person_id=person_id))


def fade() -> None:
    """Take the questions of days before away, and forget after a week that one was asked."""
    for prompt in queries.asked_before_today():
        record(NoLongerAsked(person_id=prompt.person_id))
        if prompt.asked_on and prompt.asked_on <= rules.last_before(clock.today()):
            prompt.asked_on = None


def forget(person_id: int) -> None:
    """Ask no more, and forget that one was ever asked."""
    db.session.execute(delete(Prompt).where(Prompt.person_id == person_id))
    record(NoLongerAsked(person_id=person_id))


privacy.register(
    "checkins",
    what=N_("The gentle question: the day and time on which you want to be asked how you are, or that you do not"),
    seen_by=N_("Only you"),
    kept=N_("Until you choose anew; that you were asked for a week. Whether you answered is kept nowhere"),
    tables=("checkin_prompt",),
    export=queries.export,
    erase=forget,
)
