"""Saying how one is to one's team, under one's name; taking it down; and answering with a sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete as delete_rows

from portal.blueprints.checkins.facts import Signed, TeamGone, Unsigned
from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.teams import TeamCheckIn, TeamSign
from portal.blueprints.checkins.queries import teams as queries
from portal.blueprints.checkins.rules import audiences
from portal.blueprints.checkins.rules import teams as rules
from portal.blueprints.checkins.rules.faces import WORDS_LONGEST, Face, Said
from portal.blueprints.checkins.rules.teams import Sign
from portal.blueprints.checkins.service import keeping
from portal.blueprints.people import queries as people
from portal.core import audit, clock, live, privacy, throttle
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.sealing import Unreadable
from portal.core.viewer import Viewer

TOPIC = "team-wall"


def say(viewer: Viewer, *, face: Face, words: str = "", key: str | None = None, accepts: bool = False) -> TeamCheckIn:
    """Hang up how one is for one's team, or for the whole desk where one is in no team. A form sent twice is one."""
    words = keeping.checked(words, longest=WORDS_LONGEST, field="words", accepts=accepts)
    said = Said(face=face, words=words)
    wanted = audiences.id_from_key(key, said, author_id=viewer.id) if key else CheckIn.new_id()
    known = db.session.get(TeamCheckIn, wanted)
    if known and known.opened() == said:
        return known
    throttle.hit("checkins.check_in", str(viewer.id), limit=keeping.MOST_AN_HOUR, per=timedelta(hours=1))
    team_id = people.get_person(viewer.id).team_id
    checkin = TeamCheckIn(author_id=viewer.id, team_id=team_id, until=clock.now() + rules.TEAM_LASTS)
    checkin.id = CheckIn.new_id() if known else wanted
    checkin.seal(said)
    if not keeping.is_first(checkin):
        return db.session.get_one(TeamCheckIn, wanted)
    live.publish(TOPIC)
    return checkin


def change(viewer: Viewer, checkin_id: str, *, said: Said, accepts: bool = False) -> TeamCheckIn:
    """Say it otherwise; it hangs as long as before."""
    checkin = _get_own(viewer, checkin_id)
    words = keeping.checked(said.words, longest=WORDS_LONGEST, field="words", accepts=accepts)
    checkin.seal(Said(face=said.face, words=words))
    live.publish(TOPIC)
    return checkin


def opened_own(viewer: Viewer, checkin_id: str) -> Said:
    """Give what one has said oneself, to keep it elsewhere."""
    return _get_own(viewer, checkin_id).opened()


def moment_of(viewer: Viewer, checkin_id: str) -> datetime:
    """Tell when one said it oneself, so that it stands at its day in the diary."""
    return _get_own(viewer, checkin_id).created_at


def delete(viewer: Viewer, checkin_id: str) -> None:
    """Take one's own down for good."""
    _delete(_get_own(viewer, checkin_id))


def hide(viewer: Viewer, checkin_id: str, *, hidden: bool) -> None:
    """Take it out of sight, or bring it back. For those who keep order, on a wall that they see themselves."""
    if not viewer.may("checkins.moderate"):
        raise NotAllowed(N_("This is not open to you."))
    checkin = queries.get(viewer, checkin_id, for_update=True)
    checkin.is_hidden = hidden
    # The row of an id by chance tells the log nothing once it is gone.
    audit.note(viewer.id, "checkins.hide_team" if hidden else "checkins.show_team", subject=checkin_id)
    live.publish(TOPIC)


def give_sign(viewer: Viewer, checkin_id: str, sign: Sign | None) -> None:
    """Answer with a heart or «I am here», or with none, which takes it back. One sign each; pressed twice it stands."""
    checkin = queries.get(viewer, checkin_id, for_update=True)
    if not rules.may_sign(author_id=checkin.author_id, viewer_id=viewer.id):
        raise NotAllowed(N_("This one is your own."))
    given = db.session.get(TeamSign, (checkin_id, viewer.id))
    if given and sign is None:
        db.session.delete(given)
        record(Unsigned(checkin_id=checkin_id, author_id=checkin.author_id, person_id=viewer.id))
    elif given and sign:
        given.sign = sign
    elif sign:
        throttle.hit("checkins.sign", str(viewer.id), limit=60, per=timedelta(hours=1))
        db.session.add(TeamSign(checkin_id=checkin_id, person_id=viewer.id, sign=sign))
        record(Signed(checkin_id=checkin_id, author_id=checkin.author_id, person_id=viewer.id))
    live.publish(TOPIC)


def expire() -> None:
    """Take down what has had its time."""
    for checkin in queries.run_out(clock.now()):
        _delete(checkin)


def take_down_all_of(person_id: int) -> None:
    """Take down everything that a person has on the wall, because they have left or want it gone."""
    for checkin in queries.of_author(person_id):
        _delete(checkin)


def _delete(checkin: TeamCheckIn) -> None:
    record(TeamGone(checkin_id=checkin.id))
    db.session.execute(delete_rows(TeamSign).where(TeamSign.checkin_id == checkin.id))
    db.session.delete(checkin)
    live.publish(TOPIC)


def _get_own(viewer: Viewer, checkin_id: str) -> TeamCheckIn:
    checkin = queries.get(viewer, checkin_id, for_update=True)
    if not audiences.may_change(person_id=viewer.id, author_id=checkin.author_id):
        raise NotAllowed(N_("Only the one who wrote it can change it."))
    return checkin


def export(person_id: int) -> Sequence[dict[str, Any]]:
    """Give what a person has on the wall now, and the signs they answered others with."""
    said = [_exported(checkin) for checkin in queries.of_author(person_id)]
    return [*said, *({"sign": sign, "who": name} for sign, name in queries.signs_of(person_id))]


def _exported(checkin: TeamCheckIn) -> dict[str, Any]:
    line: dict[str, Any] = {"when": checkin.created_at.isoformat(), "until": checkin.until.isoformat()}
    try:
        said = checkin.opened()
    except Unreadable:
        return {**line, "face": None, "words": None}
    return {**line, "face": said.face.value, "words": said.words}


def erase(person_id: int) -> None:
    """Take down what a person said, and take back their signs."""
    take_down_all_of(person_id)
    db.session.execute(delete_rows(TeamSign).where(TeamSign.person_id == person_id))


privacy.register(
    "checkins",
    what=N_("The team's wall: how you said you were, under your name, and the signs you answered others with"),
    seen_by=N_("Your team; the whole desk if you are in no team. A sign is seen by the one it is for"),
    kept=N_("14 days, or until you take it down"),
    tables=("team_checkin", "team_sign"),
    export=export,
    erase=erase,
)
