"""The ballot box: opened once, sealed anew at each answer, counted once, and gone."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from portal.blueprints.pulse import backends
from portal.blueprints.pulse.models import Annotation, Ballot, Member, Note, Round
from portal.core import audit, clock, patient_data
from portal.core.db import after_commit, db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.core.viewer import Viewer

VALUES = range(1, 6)
NO_ANSWER = 0
LONGEST_NOTE = 500
SLIP_BYTES = 2040  # 500 signs of four bytes, value and cell: every slip has the same size


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What one sealed ballot says."""

    cell: int
    value: int = NO_ANSWER
    note: str = ""

    def written(self) -> str:
        """Write it, filled up to the one size that all slips have."""
        text = f"{self.value}|{self.cell}|{self.note}"
        return text + "\0" * (SLIP_BYTES - len(text.encode("utf-8", "surrogatepass")))

    @classmethod
    def read(cls, text: str) -> Slip:
        """Read what was written."""
        value, cell, note = text.rstrip("\0").split("|", 2)
        return cls(cell=int(cell), value=int(value), note=note)


@dataclass(frozen=True, kw_only=True)
class MyAnswer:
    """What stands on one's own slip: value 0 is «no answer». Without a slip one is asked from the next round on."""

    is_asked: bool
    value: int = NO_ANSWER
    note: str = ""


def begin_round(*, opens_at: datetime, closes_at: datetime) -> int:
    """Make a round and its key; it takes answers when it has its ballots (open_round, in the same transaction)."""
    made = Round(opens_at=opens_at, closes_at=closes_at)
    db.session.add(made)
    db.session.flush()
    backends.make_key(_key_name(made.id))
    return made.id


def token(round_id: int, person_id: int) -> str:
    """Name somebody's ballot in one round, for the caller who knows the person; nobody can once the round is closed."""
    return backends.digest(_key_name(round_id), str(person_id))


def open_round(round_id: int, cohort: Mapping[str, int], roster: Mapping[str, int]) -> None:
    """Write one ballot for each token of the cohort (token → cell), and who is asked (keyed mark → cell)."""
    for name in sorted(cohort):
        db.session.add(Ballot(token=name, round_id=round_id, sealed=_seal(round_id, name, Slip(cell=cohort[name]))))
    for mark in sorted(roster):
        db.session.add(Member(round_id=round_id, mark=mark, cell=roster[mark]))
    db.session.flush()


def answer(round_id: int, token: str, *, value: int, note: str = "") -> None:
    """Put an answer (1 to 5), with or without a note, into the box in the place of what was there."""
    if value not in VALUES:
        raise Invalid(N_("Choose one of the five faces."), field="value")
    note = note.replace("\0", "").strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid(N_("That is longer than 500 characters."), field="note")
    patient_data.check(note, field="note")
    _change(round_id, token, value=value, note=note)


def take_back(round_id: int, token: str) -> None:
    """Take one's answer out of the box again; nobody can tell that from giving one."""
    _change(round_id, token, value=NO_ANSWER, note="")


def my_answer(round_id: int, token: str) -> MyAnswer:
    """Read one's own slip. The same work is done whatever stands on it."""
    ballot = db.session.scalar(select(Ballot).where(Ballot.token == token, Ballot.round_id == round_id))
    if ballot is None:
        return MyAnswer(is_asked=False)
    slip = _open(round_id, ballot)
    return MyAnswer(is_asked=True, value=slip.value, note=slip.note)


def close_round(round_id: int) -> None:
    """Count the box, publish what may be published, and let the key die. Again does nothing."""
    closing = _locked(round_id)
    if closing.is_published:
        return
    closing.published_on = clock.today()
    db.session.execute(delete(Ballot).where(Ballot.round_id == round_id))
    after_commit(lambda: backends.destroy_key(_key_name(round_id)))


def annotate(viewer: Viewer, *, day: date, words: str) -> Annotation:
    """Put a mark on the chart: what happened at the desk on a day."""
    words = words.strip()
    if not 0 < len(words) <= 60:
        raise Invalid(N_("Write from one to sixty characters."), field="words")
    patient_data.check(words, field="words")
    made = Annotation(day=day, words=words)
    db.session.add(made)
    db.session.flush()
    audit.note(viewer.id, "pulse.annotated", annotation_id=made.id)
    return made


def remove_annotation(viewer: Viewer, annotation_id: int) -> None:
    """Take a mark off the chart."""
    found = db.session.get(Annotation, annotation_id)
    if found is None:
        raise NotFound(N_("That mark is not on the chart."))
    db.session.delete(found)
    audit.note(viewer.id, "pulse.annotation_removed", annotation_id=annotation_id)


def hide_note(viewer: Viewer, note_id: str) -> None:
    """Hide a published frustration that should not stand there, for instance since it points at somebody."""
    found = db.session.get(Note, note_id)
    if found is None:
        raise NotFound(N_("That note is not here any more."))
    found.is_hidden = True
    audit.note(viewer.id, "pulse.note_hidden")


def _change(round_id: int, name: str, *, value: int, note: str) -> None:
    """Seal the whole box anew with one slip changed: no row, no size and no order tells which."""
    if not _locked(round_id).is_open(clock.now()):
        raise Conflict(N_("This week's round is closed. What was answered is being counted."))
    ballots = db.session.scalars(
        select(Ballot).where(Ballot.round_id == round_id).order_by(Ballot.token),
        execution_options={"populate_existing": True},
    ).all()
    if not any(secrets.compare_digest(each.token, name) for each in ballots):
        raise NotFound(N_("You are asked from the next round on: this one had begun before you came."))
    for each in ballots:
        slip = _open(round_id, each)
        changed = Slip(cell=slip.cell, value=value, note=note)
        each.sealed = _seal(round_id, each.token, changed if each.token == name else slip)
    db.session.flush()


def _locked(round_id: int) -> Round:
    found = db.session.get(Round, round_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(N_("That round is not there."))
    return found


def _seal(round_id: int, name: str, slip: Slip) -> bytes:
    ring = backends.ring(_key_name(round_id))
    return ring.seal(slip.written(), context=f"pulse:{round_id}:{name}")


def _open(round_id: int, ballot: Ballot) -> Slip:
    ring = backends.ring(_key_name(round_id))
    return Slip.read(ring.open_sealed(ballot.sealed, context=f"pulse:{round_id}:{ballot.token}"))


def _key_name(round_id: int) -> str:
    return f"round-{round_id}"
