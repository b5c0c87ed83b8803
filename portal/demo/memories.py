"""What the demo desk has behind it and beside it: an evening that was, a helper, and a room for a meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from portal.blueprints.events.models.evenings import Evening, Kind
from portal.blueprints.events.models.signups import SignUp, SignUpState
from portal.blueprints.events.queries import finding
from portal.blueprints.events.service import crew, recaps
from portal.blueprints.people.models import Person
from portal.blueprints.rooms.service import meetings
from portal.core import clock
from portal.core.db import db
from portal.demo import content
from portal.demo.together import ORGANISER


def make_memories(people: Mapping[str, Person]) -> None:
    """Make an evening of last week with a few words about it, and a helper for the next one."""
    written = content.read("memories")
    over = _evening_that_was(written["over"], people)
    recaps.write(people[ORGANISER], over.id, text=written["over"]["recap"])
    ahead = finding.planned_between(clock.now(), clock.now() + timedelta(days=30))
    for evening in ahead[:1]:
        crew.help_out(people[written["helper"]], evening.id)
    _meet(written["meeting"], people)


def _evening_that_was(each: Mapping[str, Any], people: Mapping[str, Person]) -> Evening:
    # Nobody can plan an evening in the past through the service, and rightly so.
    starts_at = clock.at_wall(clock.today() - timedelta(days=5), time(17))
    over = Evening(
        kind=Kind.BOARD_GAMES,
        own_title=each["title"],
        own_text=each["text"],
        own_place=each["place"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        organiser_id=people[ORGANISER].id,
    )
    db.session.add(over)
    db.session.flush()
    for position, slug in enumerate(each["came"], start=1):
        db.session.add(SignUp(evening_id=over.id, person_id=people[slug].id, state=SignUpState.IN, position=position))
    db.session.flush()
    return over


def _meet(each: Mapping[str, str], people: Mapping[str, Person]) -> None:
    starts_at = clock.at_wall(clock.today() + timedelta(days=1), time.fromisoformat(each["starts"]))
    wish = meetings.MeetingWish(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), seats=4, name=each["name"])
    meetings.arrange(people[each["by"]], wish, key="demo")
