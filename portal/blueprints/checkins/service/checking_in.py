"""Checking in, choosing who reads it, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete as delete_rows

from portal.blueprints.checkins.facts import Shared, Withdrawn
from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.queries import confidences
from portal.blueprints.checkins.rules import audiences
from portal.blueprints.checkins.rules.faces import WORDS_LONGEST, Face, Said
from portal.blueprints.checkins.service import diary, keeping
from portal.core import clock, privacy, throttle
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.sealing import Unreadable
from portal.core.settings import current_settings
from portal.core.viewer import Viewer


def check_in(
    viewer: Viewer,
    *,
    face: Face,
    words: str = "",
    reader_id: int | None = None,
    key: str | None = None,
    accepts: bool = False,
) -> CheckIn:
    """Keep how the viewer is: for the viewer alone, or for one colleague too. The same form sent twice is one."""
    words = keeping.checked(words, longest=WORDS_LONGEST, field="words", accepts=accepts)
    keeping.must_be_a_colleague(viewer, reader_id, field="reader")
    said = Said(face=face, words=words)
    wanted = audiences.id_from_key(key, said, author_id=viewer.id, reader_id=reader_id) if key else CheckIn.new_id()
    known = db.session.get(CheckIn, wanted)
    if known and _says(known, said, reader_id=reader_id):
        return known
    throttle.hit("checkins.check_in", str(viewer.id), limit=keeping.MOST_AN_HOUR, per=timedelta(hours=1))
    checkin = CheckIn(id=CheckIn.new_id() if known else wanted, author_id=viewer.id)
    checkin.seal(said, reader_id=reader_id, until=_until(reader_id))
    if not keeping.is_first(checkin):
        return db.session.get_one(CheckIn, wanted)
    if reader_id:
        record(Shared(checkin_id=checkin.id, author_id=viewer.id, reader_id=reader_id))
    return checkin


def _says(checkin: CheckIn, said: Said, *, reader_id: int | None) -> bool:
    """Tell whether it still says what it said, and to whom: what was sent again after a change is something new."""
    return checkin.reader_id == reader_id and checkin.opened_by(checkin.author_id) == said


def choose_reader(viewer: Viewer, checkin_id: str, *, reader_id: int | None) -> CheckIn:
    """Choose again who may read it. The former reader's access ends at once; a new one has all the days."""
    checkin = _get_own(viewer, checkin_id)
    keeping.must_be_a_colleague(viewer, reader_id, field="reader")
    before = checkin.reader_id
    if before == reader_id:
        return checkin
    checkin.seal(checkin.opened_by(viewer.id), reader_id=reader_id, until=_until(reader_id))
    db.session.flush()
    if before:
        record(Withdrawn(checkin_id=checkin.id, reader_id=before))
    if reader_id:
        record(Shared(checkin_id=checkin.id, author_id=viewer.id, reader_id=reader_id))
    return checkin


def change_words(viewer: Viewer, checkin_id: str, *, said: Said, accepts: bool = False) -> CheckIn:
    """Say it otherwise, to the same two; nobody is told again."""
    checkin = _get_own(viewer, checkin_id)
    words = keeping.checked(said.words, longest=WORDS_LONGEST, field="words", accepts=accepts)
    checkin.seal(Said(face=said.face, words=words), reader_id=checkin.reader_id, until=checkin.shared_until)
    return checkin


def opened_own(viewer: Viewer, checkin_id: str) -> Said:
    """Give what one has said oneself, to keep it elsewhere."""
    return _get_own(viewer, checkin_id).opened_by(viewer.id)


def move_to_diary(viewer: Viewer, checkin_id: str) -> None:
    """Take it back from its reader, and put it into the author's diary."""
    checkin = _get_own(viewer, checkin_id)
    diary.write(viewer.id, checkin.opened_by(viewer.id), moment=checkin.created_at)
    _delete(checkin)


def delete(viewer: Viewer, checkin_id: str) -> None:
    """Delete one's own check-in, for both."""
    _delete(_get_own(viewer, checkin_id))


def expire() -> None:
    """Delete what was shared and has had its days."""
    for checkin in confidences.run_out(clock.now()):
        _delete(checkin)


def withdraw_from(person_id: int) -> None:
    """End everything that a person was chosen to read, because they have left; the authors keep what they said."""
    for checkin in confidences.shared_to(person_id):
        record(Withdrawn(checkin_id=checkin.id, reader_id=person_id))
        try:
            said = checkin.opened_by(checkin.author_id)
        except Unreadable:
            checkin.close()
            continue
        if diary.has_diary(checkin.author_id):
            diary.write(checkin.author_id, said, moment=checkin.created_at)
            db.session.delete(checkin)
        else:
            checkin.seal(said, reader_id=None, until=None)


def _delete(checkin: CheckIn) -> None:
    if checkin.reader_id:
        record(Withdrawn(checkin_id=checkin.id, reader_id=checkin.reader_id))
    db.session.delete(checkin)


def _get_own(viewer: Viewer, checkin_id: str) -> CheckIn:
    checkin = confidences.get_checkin(viewer, checkin_id, for_update=True)
    if not audiences.may_change(person_id=viewer.id, author_id=checkin.author_id):
        raise NotAllowed(N_("Only the one who wrote it can change it."))
    return checkin


def _until(reader_id: int | None) -> datetime | None:
    return clock.now() + timedelta(days=current_settings().shared_days) if reader_id else None


def export(person_id: int) -> Sequence[dict[str, Any]]:
    """Give a person's own check-ins, opened: for that person alone. What others shared with them is not part of it."""
    return [_exported(checkin) for checkin in confidences.of_author(person_id)]


def _exported(checkin: CheckIn) -> dict[str, Any]:
    shared_with = checkin.reader.name if checkin.reader else None
    line: dict[str, Any] = {"when": checkin.created_at.isoformat(), "shared_with": shared_with}
    try:
        said = checkin.opened_by(checkin.author_id)
    except Unreadable:
        return {**line, "face": None, "words": None}
    return {**line, "face": said.face.value, "words": said.words}


def erase(person_id: int) -> None:
    """Delete what a person said, and end what the person could read."""
    for checkin in confidences.of_author(person_id):
        _delete(checkin)
    db.session.execute(delete_rows(CheckIn).where(CheckIn.author_id == person_id))
    withdraw_from(person_id)


privacy.register(
    "checkins",
    what=N_(
        "Check-ins: a face and perhaps words, sealed together; in clear only that they are yours, when, and for whom"
    ),
    seen_by=N_("You, and the one colleague you chose. Whoever runs the server holds the key that seals them"),
    kept=N_("Shared ones until the day that stands on each; your own until they are in your diary, or deleted"),
    tables=("checkin",),
    export=export,
    erase=erase,
)
