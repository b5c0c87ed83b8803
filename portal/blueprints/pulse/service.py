"""The ballot box: opened once, sealed anew at each answer, counted once, and gone."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, select, tuple_

from portal.blueprints.pulse import backends
from portal.blueprints.pulse.models import Annotation, Ballot, Hand, HeldNote, Member, Note, Published, Round
from portal.blueprints.pulse.rules import guard, plans
from portal.blueprints.pulse.rules.levels import VALUES
from portal.blueprints.pulse.rules.worlds import Week
from portal.core import audit, clock, patient_data, sealing
from portal.core.db import after_commit, db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.core.settings import current_settings
from portal.core.viewer import Viewer

T = TypeVar("T")
NO_ANSWER = 0
LONGEST_NOTE = 500
SLIP_BYTES = 2040  # 500 signs of four bytes, value and cell: every slip has the same size
NOTES_STAY = timedelta(days=60)
LAST_FIRST = (Round.published_on.desc(), Round.id.desc())
MIX = "mix"  # the name of the key by which those are counted whose notes wait


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What one sealed ballot says."""

    cell: int
    value: int = NO_ANSWER
    note: str = ""

    def written(self) -> str:
        """Write it, filled up to the one size that all slips have."""
        return _filled(f"{self.value}|{self.cell}|{self.note}")

    @classmethod
    def read(cls, text: str) -> Slip:
        """Read what was written."""
        value, cell, note = text.rstrip("\0").split("|", 2)
        return cls(cell=int(cell), value=int(value), note=note)


@dataclass(frozen=True, kw_only=True, repr=False)
class Tally:
    """An opened box, in memory only: answers by team and notes, in no order, and what the guard needs to know."""

    round_id: int
    answers: Mapping[int, Sequence[int]]
    notes: Sequence[str]
    hands: frozenset[str]  # who has left a note, by the mix's key; joined to none of the notes
    this: Week
    before: Sequence[Week]


@dataclass(frozen=True, kw_only=True)
class MyAnswer:
    """What stands on one's own slip: value 0 is «no answer». Without a slip one is asked from the next round on."""

    is_asked: bool
    value: int = NO_ANSWER
    note: str = ""


def begin_round(*, opens_at: datetime, closes_at: datetime) -> int:
    """Make a round and its key; it takes answers when it has its ballots (open_round, in the same transaction)."""
    made = Round(opens_at=opens_at, closes_at=closes_at, k=current_settings().pulse_k)
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


def close_round(
    round_id: int, *, here: Mapping[str, str] | None = None, hands: Mapping[str, str] | None = None
) -> None:
    """Count, decide and publish in one go. Again does nothing."""
    tally = count(round_id, here=here, hands=hands)
    if tally:
        publish(tally, decide(tally))


def count(
    round_id: int, *, here: Mapping[str, str] | None = None, hands: Mapping[str, str] | None = None
) -> Tally | None:
    """Open the box in memory; None when that is done.

    here: those who have not left meanwhile (token → mark). Others count neither as answers nor as asked: everybody
    knows of somebody who left early that they have hardly answered. hands: for a token, who that is in the mix.
    """
    closing = _locked(round_id)
    if closing.is_published:
        return None
    if waits_for_another(round_id):
        raise Conflict(N_("The round before this one is not counted yet."))
    slips = {name: slip for name, slip in _opened(round_id).items() if here is None or name in here}
    roster = _roster(round_id)
    if here is not None:
        roster = {mark: roster[mark] for mark in set(here.values()) & set(roster)}
    cells = {slip.cell for slip in slips.values()}
    answers = {cell: [slip.value for slip in slips.values() if slip.cell == cell and slip.value] for cell in cells}
    noted = {name: slip.note for name, slip in slips.items() if slip.note}
    return Tally(
        round_id=round_id,
        answers={cell: _shuffled(values) for cell, values in answers.items()},
        notes=_shuffled(noted.values()),
        hands=frozenset((hands or {}).get(name, name) for name in noted),
        this=Week(turn=closing.id, k=closing.k, roster=roster, levels={}),
        before=_weeks_before(closing),
    )


def waits_for_another(round_id: int) -> bool:
    """Tell whether an earlier round is still to be counted: judged apart, nobody would ask what both tell together."""
    closing = db.session.get_one(Round, round_id)
    earlier = tuple_(Round.closes_at, Round.id) < tuple_(closing.closes_at, closing.id)
    return db.session.scalar(select(Round.id).where(Round.published_on.is_(None), earlier).limit(1)) is not None


def decide(tally: Tally) -> Mapping[int, int]:
    """Ask the guard what may be said. Takes a second or so: no transaction need be open."""
    return guard.release(tally.answers, this=tally.this, before=tally.before, chance=secrets.SystemRandom())


def publish(tally: Tally, levels: Mapping[int, int]) -> None:
    """Write down the levels and nothing else; the ballots go, and after the commit the key that could open them."""
    closing = _locked(tally.round_id)
    if closing.is_published:
        return
    closing.published_on = clock.today()
    for cell in sorted(levels):
        db.session.add(Published(round_id=closing.id, cell=cell, level=levels[cell]))
    db.session.execute(delete(Ballot).where(Ballot.round_id == closing.id))
    gone = Member.mark.not_in(tally.this.roster)
    db.session.execute(delete(Member).where(Member.round_id == closing.id, gone))
    db.session.flush()
    _forget_rosters()
    _mix(tally.notes, tally.hands, k=closing.k, asked=len(tally.this.roster))
    after_commit(lambda: backends.destroy_key(_key_name(tally.round_id)))


def withdraw(round_id: int, name: str) -> None:
    """Empty the slip of somebody who is to be forgotten, if there is one, whatever hour it is."""
    _locked(round_id)
    if db.session.get(Ballot, name):
        _reseal_box(round_id, name, value=NO_ANSWER, note="")


def hand(person_id: int) -> str:
    """Name somebody in the mix of notes that wait, for the caller who knows the person."""
    if not backends.has_key(MIX):
        backends.make_key(MIX)
        db.session.execute(delete(Hand))  # named by a key that is gone: those are counted anew
    return backends.digest(MIX, str(person_id))


def forget() -> None:
    """Delete notes whose time is over, also those that never became enough, and keys that nothing needs."""
    over = clock.today() - NOTES_STAY
    db.session.execute(delete(Note).where(Note.published_on < over))
    if db.session.scalar(delete(HeldNote).where(HeldNote.mixed_since < over).returning(HeldNote.id)):
        _end_mix()
    open_rounds = db.session.scalars(select(Round.id).where(Round.published_on.is_(None)))
    needed = {MIX, *map(_key_name, open_rounds)}
    for name in set(backends.key_names()) - needed:
        backends.destroy_key(name)


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
    if not _locked(round_id).is_open(clock.now()):
        raise Conflict(N_("This week's round is closed. What was answered is being counted."))
    _reseal_box(round_id, name, value=value, note=note)


def _reseal_box(round_id: int, name: str, *, value: int, note: str) -> None:
    """Seal the whole box anew with one slip changed: no row, no size and no order tells which."""
    ballots = _ballots(round_id)
    if not any(secrets.compare_digest(each.token, name) for each in ballots):
        raise NotFound(N_("You are asked from the next round on: this one had begun before you came."))
    for each in ballots:
        slip = _open(round_id, each)
        changed = Slip(cell=slip.cell, value=value, note=note)
        each.sealed = _seal(round_id, each.token, changed if each.token == name else slip)
    db.session.flush()


def _ballots(round_id: int) -> Sequence[Ballot]:
    ballots = select(Ballot).where(Ballot.round_id == round_id).order_by(Ballot.token)
    return db.session.scalars(ballots, execution_options={"populate_existing": True}).all()


def _opened(round_id: int) -> Mapping[str, Slip]:
    """Open the box. What its key does not open, or no longer, says nothing: nothing else can be known any more."""
    slips = {}
    for each in _ballots(round_id):
        with suppress(sealing.Unreadable):
            slips[each.token] = _open(round_id, each)
    return slips


def _roster(round_id: int) -> Mapping[str, int]:
    rows = db.session.execute(select(Member.mark, Member.cell).where(Member.round_id == round_id))
    return {mark: cell for mark, cell in rows}


def _weeks_before(closing: Round) -> Sequence[Week]:
    earlier = select(Round).where(Round.published_on.is_not(None), Round.id != closing.id)
    rounds = db.session.scalars(earlier.order_by(*LAST_FIRST).limit(guard.WINDOW - 1)).all()
    return [Week(turn=each.id, k=each.k, roster=_roster(each.id), levels=_levels(each.id)) for each in rounds[::-1]]


def _levels(round_id: int) -> Mapping[int, int]:
    rows = db.session.execute(select(Published.cell, Published.level).where(Published.round_id == round_id))
    return {cell: level for cell, level in rows}


def _forget_rosters() -> None:
    """Forget who was asked in the rounds that have left the guard's window."""
    last = select(Round.id).where(Round.published_on.is_not(None)).order_by(*LAST_FIRST).limit(guard.WINDOW - 1)
    needed = [*db.session.scalars(last), *db.session.scalars(select(Round.id).where(Round.published_on.is_(None)))]
    db.session.execute(delete(Member).where(Member.round_id.not_in(needed)))


def _mix(notes: Sequence[str], hands: Iterable[str], *, k: int, asked: int) -> None:
    """Put notes among those that wait; publish all once they are enough, from enough persons of a desk large enough."""
    held = db.session.scalars(select(HeldNote)).all()
    since = min((each.mixed_since for each in held), default=clock.today())
    waiting = _shuffled([*(sealing.open_sealed(each.sealed, context=each.context) for each in held), *notes])
    db.session.execute(delete(HeldNote))
    known = set(db.session.scalars(select(Hand.mark)))
    db.session.add_all(Hand(mark=mark) for mark in sorted(set(hands) - known))
    if min(len(waiting), len(known | set(hands))) >= k and plans.may_ever(asked, k=k):
        _publish_notes([text.rstrip("\0") for text in waiting])
        return
    for name, text in sorted((secrets.token_hex(16), text) for text in waiting):
        note = HeldNote(id=name, mixed_since=since)
        note.sealed = sealing.seal(_filled(text.rstrip("\0")), context=note.context)
        db.session.add(note)
    db.session.flush()


def _publish_notes(texts: Sequence[str]) -> None:
    for name, text in sorted((secrets.token_hex(16), text) for text in texts):
        note = Note(id=name, published_on=clock.today())
        note.sealed = sealing.seal(text, context=note.context)
        db.session.add(note)
    _end_mix()


def _end_mix() -> None:
    db.session.flush()
    db.session.execute(delete(Hand))
    after_commit(lambda: backends.destroy_key(MIX))


def _shuffled(things: Iterable[T]) -> list[T]:
    shuffled = list(things)
    secrets.SystemRandom().shuffle(shuffled)
    return shuffled


def _filled(text: str) -> str:
    return text + "\0" * (SLIP_BYTES - len(text.encode("utf-8", "surrogatepass")))


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
