"""A diary: made, written, read with the passphrase or the code, and deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.diary import Diary, DiaryEntry
from portal.blueprints.checkins.queries import diary as queries
from portal.blueprints.checkins.rules.faces import Face, Said
from portal.blueprints.checkins.service import diary
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.core import privacy, vault
from portal.core.db import transaction
from portal.core.errors import Conflict, Invalid, NotFound, TooMany
from portal.core.patient_data import PatientData
from portal.core.sealing import Unreadable
from portal.core.vault import WrongCode, WrongPassphrase
from tests.factories.checkins import SECRET, make_checkin
from tests.factories.diary import PASSPHRASE, THOUGHT, make_diary, write

NEW = "ei lampe under trappa"


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def words(owner: Person, key: vault.Key) -> list[str | None]:
    return [line.entry.said.words if line.entry else None for line in queries.lines(owner, key)]


def test_writing_asks_for_no_passphrase_and_reading_gives_it_back(anne: Person) -> None:
    key, _ = make_diary(anne)
    write(anne)
    line = queries.lines(anne, key)[0]
    assert line.entry is not None
    assert (line.entry.said.face, line.entry.said.words) == (Face.HEAVY, THOUGHT)


def test_without_a_diary_nothing_is_written(session: Session, anne: Person) -> None:
    assert not diary.has_diary(anne.id)
    with pytest.raises(NotFound):
        write(anne)
    assert count(session, DiaryEntry) == 0


def test_the_passphrase_opens_it_and_another_does_not(anne: Person, bjarne: Person) -> None:
    key, _ = make_diary(anne)
    make_diary(bjarne, NEW)
    assert diary.open_by_passphrase(anne, PASSPHRASE).raw == key.raw
    for person, passphrase in ((anne, NEW), (bjarne, PASSPHRASE)):
        with pytest.raises(WrongPassphrase):
            diary.open_by_passphrase(person, passphrase)


def test_the_key_of_one_opens_nothing_of_another(anne: Person, bjarne: Person) -> None:
    make_diary(anne)
    key, _ = make_diary(bjarne)
    write(anne)
    assert words(anne, key) == [None]
    assert words(bjarne, key) == []


def test_guessing_is_slowed_down(anne: Person, at: Callable[[datetime], None]) -> None:
    at(datetime(2026, 11, 26, 9, 0, tzinfo=UTC))
    make_diary(anne)
    for _ in range(diary.TRIES):
        with pytest.raises(WrongPassphrase):
            diary.open_by_passphrase(anne, "feil passordfrase her")
    with pytest.raises(TooMany):
        diary.open_by_passphrase(anne, PASSPHRASE)
    at(datetime(2026, 11, 26, 9, 30, tzinfo=UTC))
    assert diary.open_by_passphrase(anne, PASSPHRASE)


@pytest.mark.parametrize("poor", ["", "kort", "a" * 30, "ababababababab", "x" * 201, "  ti teikn    "])
def test_a_poor_passphrase_is_refused(session: Session, anne: Person, poor: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_diary(anne, poor)
    assert refused.value.field == "passphrase"
    assert count(session, Diary) == 0


def test_how_one_signs_in_is_no_passphrase(session: Session, anne: Person) -> None:
    with transaction():
        people.set_password(anne, PASSPHRASE)
    with pytest.raises(Invalid):
        make_diary(anne)
    key, code = make_diary(anne, NEW)
    with pytest.raises(Invalid), transaction():
        diary.change_passphrase(anne, old=NEW, new=PASSPHRASE)
    with pytest.raises(Invalid), transaction():
        diary.open_by_code(anne, code, passphrase=PASSPHRASE)
    assert diary.open_by_passphrase(anne, NEW).raw == key.raw


def test_changing_how_one_signs_in_touches_nothing(session: Session, anne: Person) -> None:
    key, _ = make_diary(anne)
    write(anne)
    with transaction():
        people.set_password(anne, NEW)
    assert diary.open_by_passphrase(anne, PASSPHRASE).raw == key.raw
    assert words(anne, key) == [THOUGHT]


def test_the_passphrase_is_changed_with_the_one_of_today(anne: Person) -> None:
    key, code = make_diary(anne)
    with pytest.raises(WrongPassphrase), transaction():
        diary.change_passphrase(anne, old=NEW, new=NEW)
    with transaction():
        diary.change_passphrase(anne, old=PASSPHRASE, new=NEW)
    assert diary.open_by_passphrase(anne, NEW).raw == key.raw
    with pytest.raises(WrongPassphrase):
        diary.open_by_passphrase(anne, PASSPHRASE)
    with transaction():
        assert diary.open_by_code(anne, code, passphrase=PASSPHRASE)[0].raw == key.raw


def test_a_recovery_code_works_once_and_brings_the_next(anne: Person) -> None:
    key, code = make_diary(anne)
    write(anne)
    with transaction():
        found, following = diary.open_by_code(anne, code.lower(), passphrase=NEW)
    assert found.raw == key.raw
    assert words(anne, found) == [THOUGHT]
    assert diary.open_by_passphrase(anne, NEW)
    with pytest.raises(WrongCode), transaction():
        diary.open_by_code(anne, code, passphrase=NEW)
    with transaction():
        assert diary.open_by_code(anne, following, passphrase=NEW)


def test_a_new_code_ends_the_one_before(anne: Person) -> None:
    _, code = make_diary(anne)
    with transaction():
        diary.note_code_kept(anne)
    with transaction():
        _, new = diary.make_new_code(anne, passphrase=PASSPHRASE)
    assert not queries.get_diary(anne.id).is_code_kept
    with pytest.raises(WrongCode), transaction():
        diary.open_by_code(anne, code, passphrase=NEW)
    with transaction():
        assert diary.open_by_code(anne, new, passphrase=NEW)


def test_two_diaries_cannot_be_made(anne: Person) -> None:
    key, _ = make_diary(anne)
    with pytest.raises(Conflict):
        make_diary(anne, NEW)
    assert diary.open_by_passphrase(anne, PASSPHRASE).raw == key.raw


def test_the_same_form_sent_twice_is_one_entry_and_a_changed_one_another(session: Session, anne: Person) -> None:
    key, _ = make_diary(anne)
    for said in (THOUGHT, THOUGHT, "noko anna"):
        write(anne, said, key="k" * 22)
    assert sorted(filter(None, words(anne, key))) == sorted([THOUGHT, "noko anna"])
    write(anne, THOUGHT)
    write(anne, THOUGHT)
    assert count(session, DiaryEntry) == 4


def test_beginning_anew_deletes_everything(session: Session, anne: Person, bjarne: Person) -> None:
    make_diary(anne)
    write(anne)
    kept, _ = make_diary(bjarne)
    write(bjarne)
    with transaction():
        diary.begin_anew(anne)
    assert not diary.has_diary(anne.id)
    assert words(bjarne, kept) == [THOUGHT]
    key, _ = make_diary(anne, NEW)
    assert words(anne, key) == []


def test_what_was_for_oneself_alone_moves_in_and_leaves_the_server(
    session: Session, anne: Person, bjarne: Person, at: Callable[[datetime], None]
) -> None:
    then = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
    at(then)
    make_checkin(anne)
    shared, other = make_checkin(anne, reader=bjarne, words="til Bjarne"), make_checkin(bjarne, words="mitt")
    at(then + timedelta(days=3))
    assert queries.count_waiting(anne) == 1
    key, _ = make_diary(anne)
    line = queries.lines(anne, key)[0]
    assert line.entry is not None
    assert (line.entry.moment, line.entry.said.words) == (then, SECRET)
    assert queries.count_waiting(anne) == 0
    assert set(session.scalars(select(CheckIn.id))) == {shared.id, other.id}


def test_what_was_taken_back_moves_in_when_the_diary_is_opened(session: Session, anne: Person) -> None:
    key, _ = make_diary(anne)
    with transaction():
        session.add(taken := CheckIn(id=CheckIn.new_id(), author_id=anne.id))
        taken.seal(Said(face=Face.GOOD, words="teke tilbake"), reader_id=None, until=None)
    with transaction():
        diary.open_by_passphrase(anne, PASSPHRASE)
    assert words(anne, key) == ["teke tilbake"]
    assert count(session, CheckIn) == 0


def test_what_the_server_has_lost_the_key_to_stays_where_it_is(session: Session, anne: Person) -> None:
    checkin = make_checkin(anne)
    with transaction():
        checkin.sealed = b"\x01\x04lost" + checkin.sealed[6:]
    key, _ = make_diary(anne)
    assert words(anne, key) == []
    assert count(session, CheckIn) == 1


def test_an_entry_is_changed_and_deleted_by_its_owner_alone(
    session: Session, anne: Person, didrik: Person, at: Callable[[datetime], None]
) -> None:
    then = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    at(then)
    key, _ = make_diary(anne)
    other, _ = make_diary(didrik)
    write(anne)
    entry_id = queries.lines(anne, key)[0].id
    at(then + timedelta(hours=2))
    for act in (
        lambda: diary.rewrite(didrik, other, entry_id, Said(face=Face.GOOD, words="mitt no")),
        lambda: diary.remove(didrik, entry_id),
    ):
        with pytest.raises(NotFound), transaction():
            act()
    with transaction():
        diary.rewrite(anne, key, entry_id, Said(face=Face.OKAY, words="det gjekk betre"))
    changed = queries.get_line(anne, key, entry_id).entry
    assert changed is not None
    assert (changed.moment, changed.said.face, changed.said.words) == (then, Face.OKAY, "det gjekk betre")
    with transaction():
        diary.remove(anne, entry_id)
    assert count(session, DiaryEntry) == 0


def test_patients_are_not_written_in_by_changing_either(anne: Person) -> None:
    key, _ = make_diary(anne)
    write(anne)
    entry_id = queries.lines(anne, key)[0].id
    with pytest.raises(PatientData), transaction():
        diary.rewrite(anne, key, entry_id, Said(face=Face.OKAY, words="pasienten 13097248022"))
    assert words(anne, key) == [THOUGHT]


def test_an_entry_does_not_open_in_another_row(session: Session, anne: Person) -> None:
    key, _ = make_diary(anne)
    write(anne, "eitt")
    write(anne, "to")
    one, two = session.scalars(select(DiaryEntry)).all()
    one.sealed, two.sealed = two.sealed, one.sealed
    with session.no_autoflush, pytest.raises(Unreadable):
        one.opened(key)
    session.expire_all()


def test_a_key_that_somebody_has_put_in_gets_nothing_to_seal(session: Session, anne: Person) -> None:
    key, _ = make_diary(anne)
    theirs = vault.make(NEW, context="diary:0")[0]
    with transaction():
        queries.get_diary(anne.id).public_key = theirs.public_key
    with pytest.raises(Conflict):
        write(anne)
    assert count(session, DiaryEntry) == 0
    with transaction():
        diary.open_by_passphrase(anne, PASSPHRASE)
    write(anne)
    assert words(anne, key) == [THOUGHT]


def test_newest_first_and_a_page_at_a_time(anne: Person, at: Callable[[datetime], None]) -> None:
    start = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    at(start)
    key, _ = make_diary(anne)
    for number in range(queries.PAGE + 3):
        at(start + timedelta(hours=number))
        write(anne, str(number))
    first = queries.leaf(anne, key)
    rest = queries.leaf(anne, key, after=first.next_id)
    shown = [line.entry.said.words for line in (*first.lines, *rest.lines) if line.entry]
    assert shown == [str(number) for number in reversed(range(queries.PAGE + 3))]
    assert (len(first.lines), rest.next_id) == (queries.PAGE, None)


def test_erasing_somebody_takes_their_diary(session: Session, anne: Person, bjarne: Person) -> None:
    make_diary(anne)
    write(anne)
    make_diary(bjarne)
    write(bjarne)
    with transaction():
        for holding in privacy.holdings():
            if holding.slice == "checkins" and holding.erase:
                holding.erase(anne.id)
    assert session.scalars(select(Diary.person_id)).all() == [bjarne.id]
    assert session.scalars(select(DiaryEntry.person_id)).all() == [bjarne.id]


def test_an_export_says_where_the_diary_is_and_nothing_of_it(anne: Person, bjarne: Person) -> None:
    make_diary(anne)
    write(anne)
    assert diary.export(bjarne.id) == []
    assert THOUGHT not in str(diary.export(anne.id))
    assert diary.export(anne.id)
