"""The ballot box: what it keeps, what its rows tell, and what is left of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.pulse import backends, queries, service
from portal.blueprints.pulse.models import Ballot, Hand, HeldNote, Member, Note, Published, Round
from portal.core import clock, sealing
from portal.core.db import db, transaction
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.patient_data import PatientData
from tests.factories.pulse import desk_of, open_round


def box(session: Session) -> dict[str, bytes]:
    session.expire_all()
    return {each.token: each.sealed for each in session.scalars(select(Ballot))}


def test_an_answer_can_be_given_changed_and_taken_back(session: Session) -> None:
    round_id, tokens = open_round(desk_of())
    assert service.my_answer(round_id, tokens[7]) == service.MyAnswer(is_asked=True, value=0)
    for value in (2, 5):
        with transaction():
            service.answer(round_id, tokens[7], value=value, note="The lift is slow")
        assert service.my_answer(round_id, tokens[7]).value == value
    assert service.my_answer(round_id, tokens[7]).note == "The lift is slow"
    with transaction():
        service.take_back(round_id, tokens[7])
    assert service.my_answer(round_id, tokens[7]) == service.MyAnswer(is_asked=True, value=0)


def test_each_answer_writes_every_slip_anew_in_the_same_size(session: Session) -> None:
    round_id, tokens = open_round(desk_of())
    before = box(session)
    steps = [
        lambda: service.answer(round_id, tokens[3], value=4),
        lambda: service.answer(round_id, tokens[3], value=4),
        lambda: service.answer(round_id, tokens[9], value=1, note="😀" * service.LONGEST_NOTE),
        lambda: service.take_back(round_id, tokens[9]),
        lambda: service.take_back(round_id, tokens[12]),
    ]
    for step in steps:
        with transaction():
            step()
        after = box(session)
        assert after.keys() == before.keys()
        assert not set(after.values()) & set(before.values()), "a row that stays the same tells who it was not"
        assert len({len(sealed) for sealed in [*before.values(), *after.values()]}) == 1
        before = after


def test_the_row_of_the_round_does_not_change_while_it_is_open(session: Session) -> None:
    round_id, tokens = open_round(desk_of())
    before = session.execute(select(Round.__table__)).one()
    with transaction():
        service.answer(round_id, tokens[1], value=3)
    assert session.execute(select(Round.__table__)).one() == before


def test_answering_changing_and_taking_back_ask_the_database_for_the_same(session: Session) -> None:
    round_id, tokens = open_round(desk_of())
    asked: list[str] = []
    event.listen(db.session.connection(), "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    walked = []
    for step in (
        lambda: service.answer(round_id, tokens[3], value=4),
        lambda: service.answer(round_id, tokens[3], value=5, note="x"),
        lambda: service.take_back(round_id, tokens[3]),
        lambda: service.take_back(round_id, tokens[3]),
    ):
        session.expunge_all()
        asked.clear()
        step()
        walked.append(list(asked))
    looked = []
    for person in (3, 4):
        session.expunge_all()
        asked.clear()
        service.my_answer(round_id, tokens[person])
        looked.append(list(asked))
    assert walked[0]
    assert all(each == walked[0] for each in walked)
    assert looked[0] == looked[1]


def test_nobody_without_a_slip_gets_an_answer_in(session: Session) -> None:
    round_id, _ = open_round(desk_of(1))
    newcomer = service.token(round_id, 99)
    assert not service.my_answer(round_id, newcomer).is_asked
    with pytest.raises(NotFound), transaction():
        service.answer(round_id, newcomer, value=3)


def test_only_five_faces_short_notes_and_no_patients(session: Session) -> None:
    round_id, tokens = open_round(desk_of(1))
    for value in (0, 6, -1):
        with pytest.raises(Invalid), transaction():
            service.answer(round_id, tokens[0], value=value)
    with pytest.raises(Invalid), transaction():
        service.answer(round_id, tokens[0], value=3, note="x" * 501)
    with pytest.raises(PatientData), transaction():
        service.answer(round_id, tokens[0], value=3, note="She was born 13097248022")


def test_nothing_is_taken_after_closing(session: Session, at) -> None:  # type: ignore[no-untyped-def]
    round_id, tokens = open_round(desk_of(1))
    at(clock.now() + timedelta(days=5))
    with pytest.raises(Conflict), transaction():
        service.answer(round_id, tokens[0], value=3)
    assert queries.current_round() is None


def test_closing_leaves_levels_and_nothing_else(session: Session) -> None:
    round_id, tokens = open_round(desk_of())
    with transaction():
        for person, token in tokens.items():
            service.answer(round_id, token, value=4 if person % 2 else 5)
    with transaction():
        service.close_round(round_id)
    assert session.scalar(select(func.count()).select_from(Ballot)) == 0
    assert not backends.has_key(f"round-{round_id}")
    levels = queries.publications(5)[-1].levels
    assert set(levels) == {0, 1, 2, 3, 4, 5}
    assert set(levels.values()) <= {4, 5}
    assert list(Published.__table__.columns.keys()) == ["round_id", "cell", "level"]
    with transaction():
        service.close_round(round_id)  # once more changes nothing
    assert queries.publications(5)[-1].levels == levels


def test_nothing_is_recomputed_and_the_page_changes_once(session: Session) -> None:
    """Whoever looks each minute sees the same thing all week, and then one change."""
    round_id, tokens = open_round(desk_of(2))
    seen = [repr((queries.current_round(), queries.publications(20), queries.published_notes(), queries.cells()))]
    for person, token in tokens.items():
        with transaction():
            service.answer(round_id, token, value=1 + person % 5)
        seen.append(
            repr((queries.current_round(), queries.publications(20), queries.published_notes(), queries.cells()))
        )
    assert len(set(seen)) == 1
    with transaction():
        service.close_round(round_id)
    assert queries.publications(20)[-1].levels


def test_too_few_answers_publish_nothing(session: Session) -> None:
    round_id, tokens = open_round(desk_of())
    with transaction():
        for person in range(5):
            service.answer(round_id, tokens[person * 10], value=1)
        service.close_round(round_id)
    assert queries.publications(1)[0].levels == {}
    assert queries.cells() == []


def test_a_lost_key_is_an_empty_round(session: Session) -> None:
    round_id, tokens = open_round(desk_of())
    with transaction():
        service.answer(round_id, tokens[0], value=3)
    backends.destroy_key(f"round-{round_id}")
    with pytest.raises(sealing.Unreadable):
        service.my_answer(round_id, tokens[0])
    with transaction():
        service.close_round(round_id)
    assert queries.publications(1)[0].levels == {}


def test_an_opening_that_was_undone_leaves_no_key_that_stays(session: Session) -> None:
    def open_and_fail() -> None:
        made.append(service.begin_round(opens_at=clock.now(), closes_at=clock.now() + timedelta(days=1)))
        raise RuntimeError

    made: list[int] = []
    with pytest.raises(RuntimeError), transaction():
        open_and_fail()
    round_id = made[0]
    assert backends.has_key(f"round-{round_id}")
    with transaction():
        service.forget()
    assert not backends.has_key(f"round-{round_id}")


def test_the_key_is_a_file_that_only_its_owner_may_read(session: Session) -> None:
    round_id, _ = open_round(desk_of(1))
    path = backends._path(f"round-{round_id}")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_rosters_go_when_they_have_left_the_window(session: Session) -> None:
    rounds = []
    for _ in range(6):
        round_id, _ = open_round(desk_of(1))
        rounds.append(round_id)
        with transaction():
            service.close_round(round_id)
    assert set(session.scalars(select(Member.round_id))) == set(rounds[-3:])


# --- frustrations


def leave_notes(words: dict[int, str], *, hands: dict[int, str] | None = None) -> None:
    round_id, tokens = open_round(desk_of())
    with transaction():
        for person, note in words.items():
            service.answer(round_id, tokens[person], value=2, note=note)
        named = {tokens[person]: service.hand(person) for person in words} if hands is None else hands
        service.close_round(round_id, hands=named)  # type: ignore[arg-type]


def test_notes_wait_until_there_are_enough_and_come_all_at_once(session: Session) -> None:
    leave_notes({1: "the lift", 2: "the queue"})
    waiting = {each.id: each.sealed for each in session.scalars(select(HeldNote))}
    assert len(waiting) == 2
    assert queries.published_notes() == []
    leave_notes({3: "the light", 4: "the chairs"})
    session.expire_all()
    after = {each.id: each.sealed for each in session.scalars(select(HeldNote))}
    assert len(after) == 4
    assert not set(after) & set(waiting), "rows that stay would tell which notes are the older ones"
    assert len({len(sealed) for sealed in after.values()}) == 1
    leave_notes({5: "the noise"})
    assert {each.words for each in queries.published_notes()} == {
        "the lift",
        "the queue",
        "the light",
        "the chairs",
        "the noise",
    }
    assert session.scalar(select(func.count()).select_from(HeldNote)) == 0
    assert session.scalar(select(func.count()).select_from(Hand)) == 0
    assert not backends.has_key(service.MIX)


def test_five_notes_from_one_person_are_not_enough(session: Session) -> None:
    for number in range(6):
        leave_notes({1: f"again {number}"})
    assert queries.published_notes() == []
    assert session.scalar(select(func.count()).select_from(Hand)) == 1


def test_a_note_can_be_hidden_and_goes_after_sixty_days(session: Session, otto: Person, at) -> None:  # type: ignore[no-untyped-def]
    leave_notes({person: f"note {person}" for person in range(5)})
    first = queries.published_notes()[0]
    with transaction():
        service.hide_note(otto, first.id)
    assert first not in queries.published_notes()
    assert len(queries.published_notes(with_hidden=True)) == 5
    at(clock.now() + timedelta(days=61))
    with transaction():
        service.forget()
    assert session.scalar(select(func.count()).select_from(Note)) == 0


def test_notes_that_never_become_enough_go_too(session: Session, at) -> None:  # type: ignore[no-untyped-def]
    leave_notes({1: "the lift"})
    at(clock.now() + timedelta(days=61))
    with transaction():
        service.forget()
    assert session.scalar(select(func.count()).select_from(HeldNote)) == 0
    assert session.scalar(select(func.count()).select_from(Hand)) == 0
