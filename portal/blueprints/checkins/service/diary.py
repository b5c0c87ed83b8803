"""The diary: made once, written without being opened, and read with what its owner alone has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.blueprints.checkins.models.diary import Diary, DiaryEntry
from portal.blueprints.checkins.queries import diary as queries
from portal.blueprints.checkins.rules import diary as rules
from portal.blueprints.checkins.rules.diary import Entry
from portal.blueprints.checkins.rules.faces import WORDS_LONGEST, Said
from portal.blueprints.checkins.service import keeping
from portal.blueprints.people import service as people
from portal.core import clock, privacy, throttle, vault
from portal.core.db import after_commit, db, empty_journal
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.core.sealing import Unreadable
from portal.core.vault import Key, Vault
from portal.core.viewer import Viewer

TRIES = 8
TRY_WINDOW = timedelta(minutes=15)
FAULTS = {
    "short": N_("Choose a passphrase of at least 12 characters. A few words in a row work well."),
    "long": N_("That passphrase is longer than 200 characters."),
    "guessable": N_("That passphrase is easy to guess. A few words in a row work well."),
}


def has_diary(person_id: int) -> bool:
    """Tell whether somebody has a diary to write in."""
    return queries.has_diary(person_id)


def write(person_id: int, said: Said, *, key: str | None = None, moment: datetime | None = None) -> None:
    """Put an entry in without opening the diary. The same form (its key) sent twice is one entry."""
    diary = queries.get_diary(person_id, for_update=True)  # nothing comes in while it is being deleted
    diary.must_be_untouched()
    entry_id = rules.id_from_key(key, said, person_id=person_id) if key else DiaryEntry.new_id()
    if key and db.session.get(DiaryEntry, entry_id):
        return
    entry = DiaryEntry(id=entry_id, person_id=person_id)
    entry.seal(Entry(moment=moment or clock.now(), said=said), public_key=diary.public_key)
    try:
        with db.session.begin_nested():
            db.session.add(entry)
    except IntegrityError as error:  # the same press, in the same moment
        raise Conflict(N_("That was saved already.")) from error


def make(
    viewer: Viewer, *, passphrase: str, said: Said | None = None, key: str | None = None, accepts: bool = False
) -> tuple[Key, str]:
    """Make the viewer's diary, take in what was for the viewer alone, and what was said just before.

    Give its key and the recovery code, which nothing can give again.
    """
    first = _checked(said, accepts=accepts) if said else None
    _must_be_good(viewer, passphrase)
    opened, code = _make(viewer, passphrase)
    take_in(viewer.id)
    if first:
        write(viewer.id, first, key=key)
    return opened, code


def _make(viewer: Viewer, passphrase: str) -> tuple[Key, str]:
    if queries.has_diary(viewer.id):
        raise Conflict(N_("You have a diary already."))
    lock, key, code = vault.make(passphrase, context=rules.lock_of(viewer.id))
    diary = Diary(person_id=viewer.id)
    diary.lock(lock)
    try:
        with db.session.begin_nested():
            db.session.add(diary)
    except IntegrityError as error:
        raise Conflict(N_("You have a diary already.")) from error
    return key, code


def take_in(person_id: int) -> None:
    """Move check-ins for their author alone from the server's seal into the diary; what does not open stays."""
    waiting = queries.waiting(person_id)
    for checkin in waiting:
        try:
            said = checkin.opened_by(person_id)
        except Unreadable:
            continue
        write(person_id, said, moment=checkin.created_at)
        db.session.delete(checkin)
    if waiting:
        db.session.flush()
        after_commit(empty_journal)  # until then it holds what the server's keys open


def open_by_passphrase(viewer: Viewer, passphrase: str) -> Key:
    """Give the key of the viewer's diary, or raise WrongPassphrase."""
    _bound_tries(viewer)
    diary = queries.get_diary(viewer.id)
    key = vault.open_by_passphrase(diary.vault, passphrase, context=rules.lock_of(viewer.id))
    _set_right(diary, key)
    return key


def open_by_code(viewer: Viewer, code: str, *, passphrase: str) -> tuple[Key, str]:
    """Open with the recovery code and choose a new passphrase. A code works once: give the key and the next code."""
    _bound_tries(viewer)
    diary = queries.get_diary(viewer.id, for_update=True)
    key = vault.open_by_code(diary.vault, code, context=rules.lock_of(viewer.id))
    _must_be_good(viewer, passphrase)
    diary.by_passphrase = vault.wrap_by_passphrase(key, passphrase, context=rules.lock_of(viewer.id))
    _set_right(diary, key)
    return key, _new_code(diary, key)


def change_passphrase(viewer: Viewer, *, old: str, new: str) -> Key:
    """Change the passphrase with the one of today; the recovery code stays as it is."""
    key = open_by_passphrase(viewer, old)
    _must_be_good(viewer, new)
    diary = queries.get_diary(viewer.id, for_update=True)
    diary.by_passphrase = vault.wrap_by_passphrase(key, new, context=rules.lock_of(viewer.id))
    return key


def make_new_code(viewer: Viewer, *, passphrase: str) -> tuple[Key, str]:
    """Make a new recovery code with the passphrase; the one from before opens nothing any more."""
    key = open_by_passphrase(viewer, passphrase)
    return key, _new_code(queries.get_diary(viewer.id, for_update=True), key)


def note_code_kept(viewer: Viewer) -> None:
    """Believe that the recovery code lies in a safe place."""
    queries.get_diary(viewer.id).is_code_kept = True


def begin_anew(viewer: Viewer) -> None:
    """Delete the diary and everything in it, for whoever has lost both passphrase and code."""
    queries.get_diary(viewer.id, for_update=True)
    erase(viewer.id)


def rewrite(viewer: Viewer, key: Key, entry_id: str, said: Said, *, accepts: bool = False) -> None:
    """Change face and words of an entry; when it was stays."""
    said = _checked(said, accepts=accepts)
    row = queries.get_entry(viewer.id, entry_id, for_update=True)
    before = row.opened(key)
    row.seal(Entry(moment=before.moment, said=said), public_key=key.public_key)


def opened_own(viewer: Viewer, key: Key, entry_id: str) -> Said:
    """Give what an entry of one's own says, to let somebody else see it too."""
    return queries.get_entry(viewer.id, entry_id).opened(key).said


def remove(viewer: Viewer, entry_id: str) -> None:
    """Delete an entry."""
    db.session.delete(queries.get_entry(viewer.id, entry_id, for_update=True))


def _checked(said: Said, *, accepts: bool) -> Said:
    words = keeping.checked(said.words, longest=WORDS_LONGEST, field="words", accepts=accepts)
    return Said(face=said.face, words=words)


def _new_code(diary: Diary, key: Key) -> str:
    code = vault.new_code()
    diary.by_code = vault.wrap_by_code(key, code, context=rules.lock_of(diary.person_id))
    diary.is_code_kept = False
    return code


def _set_right(diary: Diary, key: Key) -> None:
    # The private key knows its public one: whatever the database says meanwhile, this is what seals from now on. And
    # what was taken back from a colleague since last time comes in.
    if diary.public_key != key.public_key:
        diary.lock(Vault(public_key=key.public_key, by_passphrase=diary.by_passphrase, by_code=diary.by_code))
    diary.mark_key()
    take_in(diary.person_id)


def _must_be_good(viewer: Viewer, passphrase: str) -> None:
    fault = rules.passphrase_fault(passphrase)
    if fault:
        raise Invalid(FAULTS[fault], field="passphrase")
    if people.is_password_of(viewer.id, passphrase):
        raise Invalid(N_("That is how you sign in. The diary needs a passphrase of its own."), field="passphrase")


def _bound_tries(viewer: Viewer) -> None:
    throttle.hit("checkins.diary", str(viewer.id), limit=TRIES, per=TRY_WINDOW)


def export(person_id: int) -> Sequence[dict[str, Any]]:
    """Say where the diary is: what is in it, its owner alone takes out, from the opened diary."""
    return [{"diary": "sealed", "text": "/pusterom/dagbok/tekst"}] if has_diary(person_id) else []


def erase(person_id: int) -> None:
    """Delete the diary and everything in it. No key is needed for that."""
    db.session.execute(delete(Diary).where(Diary.person_id == person_id))  # first: it waits for whoever is writing
    db.session.execute(delete(DiaryEntry).where(DiaryEntry.person_id == person_id))


privacy.register(
    "checkins",
    what=N_("Diary: when, face and words, sealed together; in clear only that you have a diary, and how many entries"),
    seen_by=N_("You, with your passphrase or your recovery code. Those who run the server cannot open what is stored"),
    kept=N_("Until you delete it"),
    tables=("diary", "diary_entry"),
    export=export,
    erase=erase,
)
