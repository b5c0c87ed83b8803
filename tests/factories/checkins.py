"""Check-ins and joys for tests."""

from __future__ import annotations

from datetime import timedelta

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.joys import Joy
from portal.blueprints.checkins.models.teams import TeamCheckIn
from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.checkins.service import checking_in, joys, teams
from portal.blueprints.people.models import Person, Team
from portal.blueprints.pulse import service as pulse
from portal.core import clock
from portal.core.db import transaction

SECRET = "kjennest tungt etter samtalen med akuttmottaket"
GLAD = "Ein lege ringde tilbake berre for å seie takk."


def make_checkin(
    author: Person,
    *,
    reader: Person | None = None,
    face: Face = Face.HEAVY,
    words: str = SECRET,
    key: str | None = None,
) -> CheckIn:
    """Check somebody in."""
    with transaction():
        return checking_in.check_in(author, face=face, words=words, reader_id=reader.id if reader else None, key=key)


def make_team_checkin(
    author: Person, *, face: Face = Face.TIRED, words: str = "", key: str | None = None
) -> TeamCheckIn:
    """Let somebody say to their team how they are."""
    with transaction():
        return teams.say(author, face=face, words=words, key=key)


def make_joy(author: Person, text: str = GLAD, *, to: Person | None = None) -> Joy:
    """Put a joy on the wall."""
    with transaction():
        return joys.post_joy(author, text=text, to_id=to.id if to else None)


def make_team(name: str, *people: Person) -> Team:
    """Make a team of these people."""
    with transaction() as session:
        team = Team(name=name)
        session.add(team)
        session.flush()
        for person in people:
            person.team_id = team.id
    return team


def open_week(*people: Person) -> int:
    """Let the pulse ask these people for four days."""
    with transaction():
        round_id = pulse.begin_round(opens_at=clock.now(), closes_at=clock.now() + timedelta(days=4))
        cohort = {pulse.token(round_id, each.id): each.team_id or 0 for each in people}
        pulse.open_round(round_id, cohort, {f"mark-{number}": cell for number, cell in enumerate(cohort.values())})
    return round_id
