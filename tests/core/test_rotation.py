"""Change of keys: everything that is sealed gets the newest, nothing is lost, and stopping half-way does no harm."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import LargeBinary, func, inspect, select
from sqlalchemy.orm import Session

from portal.blueprints.checkins.models.checkins import CheckIn
from portal.blueprints.checkins.models.diary import Diary
from portal.blueprints.checkins.queries import confidences, diary
from portal.blueprints.meals.models import KnownNeeds, context_of
from portal.blueprints.people.models import Person
from portal.cli import keys
from portal.core import rotation, sealing, settings
from portal.core.db import Base, transaction
from portal.core.errors import Conflict
from portal.core.sealing import Unreadable
from tests.factories.checkins import make_checkin
from tests.factories.diary import make_diary, write

OLD, NEW = ("2025", b"o" * 32), ("2026", b"n" * 32)
Ring = Callable[..., None]


@pytest.fixture
def ring() -> Iterator[Ring]:
    """Let a test choose the keys of the server."""
    before = settings.current_settings()

    def choose(*keys: tuple[str, bytes]) -> None:
        settings.use(dataclasses.replace(before, sealing_keys=keys))

    choose(OLD)
    yield choose
    settings.use(before)


def make_some(anne: Person, bjarne: Person) -> list[str]:
    made = [make_checkin(anne, reader=bjarne, words=f"ord {number}").id for number in range(5)]
    with transaction() as session:
        session.add(KnownNeeds(person_id=anne.id, sealed=sealing.seal("nøtter", context=context_of(anne.id))))
    return made


def test_what_an_older_key_sealed_opens_with_the_newest_alone(
    session: Session, anne: Person, bjarne: Person, ring: Ring
) -> None:
    made = make_some(anne, bjarne)
    ring(NEW, OLD)
    assert rotation.left() == 6
    assert keys.reseal_all(portion=2) == rotation.Resealed(done=6)
    ring(NEW)
    assert {each.said.words for each in confidences.shared_with(bjarne).items if each.said} == {
        f"ord {number}" for number in range(len(made))
    }
    needs = session.get(KnownNeeds, anne.id, populate_existing=True)
    assert needs
    assert sealing.open_sealed(needs.sealed, context=needs.context) == "nøtter"


def test_what_has_the_newest_key_is_left_as_it_is(session: Session, anne: Person, bjarne: Person, ring: Ring) -> None:
    make_some(anne, bjarne)
    before = set(session.scalars(select(CheckIn.sealed)))
    assert (rotation.left(), keys.reseal_all()) == (0, rotation.Resealed())
    assert set(session.scalars(select(CheckIn.sealed))) == before


def test_stopped_half_way_it_is_begun_again(
    session: Session, anne: Person, bjarne: Person, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_some(anne, bjarne)
    ring(NEW, OLD)
    real, calls = sealing.reseal, []

    def fails_on_the_fourth(blob: bytes, *, context: str) -> bytes:
        calls.append(context)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(blob, context=context)

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "reseal", fails_on_the_fourth)
        with pytest.raises(KeyboardInterrupt):
            keys.reseal_all(portion=2)
    half = rotation.left()
    assert 0 < half < 6
    assert keys.reseal_all(portion=2).done == half
    assert rotation.left() == 0


def test_a_text_whose_key_is_gone_stays_and_is_told(session: Session, anne: Person, bjarne: Person, ring: Ring) -> None:
    make_some(anne, bjarne)
    ring(NEW)
    assert keys.reseal_all(portion=2) == rotation.Resealed(unreadable=6)
    ring(NEW, OLD)
    assert keys.reseal_all(portion=2) == rotation.Resealed(done=6)


def test_a_text_that_was_moved_to_another_row_is_not_made_right(
    session: Session, anne: Person, bjarne: Person, ring: Ring
) -> None:
    first, second = make_checkin(anne, reader=bjarne), make_checkin(anne)
    with transaction():
        second.sealed = first.sealed
    ring(NEW, OLD)
    assert keys.reseal_all() == rotation.Resealed(done=1, unreadable=1)
    with pytest.raises(Unreadable):
        second.opened_by(anne.id)


def test_a_diary_is_written_in_after_the_older_key_is_gone(session: Session, anne: Person, ring: Ring) -> None:
    key, _ = make_diary(anne)
    ring(NEW, OLD)
    assert [keys.reseal_all(portion=1).done for _ in range(2)] == [1, 0]
    ring(NEW)
    write(anne, "ein heilt vanleg dag")
    assert [line.entry.said.words for line in diary.lines(anne, key) if line.entry] == ["ein heilt vanleg dag"]


def test_a_lock_that_was_put_there_by_somebody_else_is_not_made_right(
    session: Session, anne: Person, ring: Ring
) -> None:
    make_diary(anne)
    with transaction():
        session.get_one(Diary, anne.id).public_key = b"x" * 32
    ring(NEW, OLD)
    assert keys.reseal_all() == rotation.Resealed()
    with pytest.raises(Conflict):
        write(anne)


def test_every_column_that_is_sealed_is_gone_over_or_says_why_not() -> None:
    by_others = {
        "DiaryEntry.sealed": "their owner's own key, which the server has not",
        "Ballot.sealed": "the key of its round, gone in a week",
        "HeldNote.sealed": "sealed anew with the newest key each time a round closes",
        "Note.sealed": "published, and gone after sixty days",
    }
    with_bytes = {
        f"{mapper.class_.__name__}.{column.key}"
        for mapper in Base.registry.mappers
        for column in inspect(mapper).columns
        if isinstance(column.type, LargeBinary) and column.key.startswith("sealed")
    }
    assert with_bytes - by_others.keys() <= set(rotation.columns())
    assert {"CheckIn.sealed", "Draft.sealed", "KnownNeeds.sealed", "SignUp.sealed_note"} <= set(rotation.columns())


def test_the_command_is_told_in_the_help() -> None:
    assert "newest" in (keys.reseal.help or "")


def test_no_row_is_lost(session: Session, anne: Person, bjarne: Person, ring: Ring) -> None:
    make_some(anne, bjarne)
    ring(NEW, OLD)
    keys.reseal_all(portion=3)
    assert session.scalar(select(func.count()).select_from(CheckIn)) == 5
