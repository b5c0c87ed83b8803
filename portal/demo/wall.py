"""The joys on the wall of the demo desk."""

from __future__ import annotations

from collections.abc import Mapping

from portal.blueprints.checkins.models.joys import Joy
from portal.blueprints.people.models import Person
from portal.core.db import db
from portal.demo import content


def make_joys(people: Mapping[str, Person]) -> None:
    """Hang the joys up, oldest first."""
    for each in sorted(content.read("joys"), key=lambda joy: -joy["minutes_ago"]):
        to = people[each["to"]].id if each.get("to") else None
        joy = Joy(author_id=people[each["author"]].id, to_id=to, text=each["text"])
        joy.created_at = content.moment(each["minutes_ago"])
        db.session.add(joy)
    db.session.flush()
