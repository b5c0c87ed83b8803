"""The pulse's week by the clock, and persons who leave or are forgotten in the middle of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.pulse import jobs as pulse
from portal.blueprints.pulse import queries, service
from portal.blueprints.pulse.models import Ballot, Member
from portal.core import jobs, sealing
from portal.core.db import transaction
from portal.core.outside import DeadlinePassed
from portal.core.sealing import KeyRing
from tests.factories.people import make_person

MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # half past seven in Oslo
At = Callable[[datetime], None]


@pytest.fixture
def people_of_desk(session: Session) -> list[Person]:
    with transaction():
        teams = [people.make_team(name) for name in ("Aust", "Vest")]
        return [make_person(f"Person{number} Prøve", team_id=teams[number % 2].id) for number in range(20)]


def turn() -> None:
    with transaction():
        pulse.turn()


def answer_all(round_id: int, persons: list[Person], value: int = 4) -> None:
    with transaction():
        for person in persons:
            service.answer(round_id, service.token(round_id, person.id), value=value)


def test_a_round_opens_on_monday_morning_and_only_once(people_of_desk: list[Person], session: Session, at: At) -> None:
    at(MONDAY - timedelta(minutes=40))
    turn()
    assert queries.current_round() is None
    at(MONDAY)
    turn()
    turn()
    found = queries.current_round()
    assert found is not None
    assert found.closes_at == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    assert session.scalar(select(func.count()).select_from(Ballot)) == 20
    assert len(queries.uncounted_rounds()) == 1


def test_it_opens_later_in_the_week_but_not_for_less_than_a_day(people_of_desk: list[Person], at: At) -> None:
    at(MONDAY + timedelta(days=4))
    turn()
    assert queries.current_round() is None
    at(MONDAY + timedelta(days=2))
    turn()
    assert queries.current_round() is not None


def test_it_is_counted_once_within_an_hour_after_friday_at_four(people_of_desk: list[Person], at: At) -> None:
    at(MONDAY)
    turn()
    found = queries.current_round()
    assert found is not None
    answer_all(found.id, people_of_desk)
    at(found.closes_at - timedelta(minutes=1))
    jobs.run_due()
    assert queries.publications(5) == []
    at(found.closes_at + pulse.LATEST)
    jobs.run_due()
    assert queries.publications(5)[-1].levels.keys() >= {0}
    assert set(queries.publications(5)[-1].levels.values()) == {4}
    assert queries.uncounted_rounds() == []


def test_what_is_not_known_in_time_to_be_safe_is_not_said(people_of_desk: list[Person], at: At) -> None:
    at(MONDAY)
    turn()
    found = queries.current_round()
    assert found is not None
    answer_all(found.id, people_of_desk)
    at(found.closes_at + timedelta(minutes=1))
    with transaction():
        steps = pulse.close(found.id)
        next(steps)
    with transaction(), pytest.raises(StopIteration):
        steps.throw(DeadlinePassed())
    assert queries.publications(5)[-1].levels == {}


def test_leaving_or_joining_changes_nothing_that_was_published(
    people_of_desk: list[Person], carla: Person, at: At
) -> None:
    at(MONDAY)
    turn()
    found = queries.current_round()
    assert found is not None
    answer_all(found.id, people_of_desk)
    at(found.closes_at + pulse.LATEST)
    jobs.run_due()
    before = queries.publications(5)
    with transaction():
        people.deactivate(carla, people_of_desk[0])
        make_person("Ny Nyesen")
    turn()
    assert queries.publications(5) == before


def test_who_is_forgotten_takes_the_answer_along(people_of_desk: list[Person], at: At) -> None:
    at(MONDAY)
    turn()
    found = queries.current_round()
    assert found is not None
    answer_all(found.id, people_of_desk[:1])
    gone = people_of_desk[0].id
    assert pulse.own_slip(gone) == [{"answer": 4, "note": ""}]
    at(found.closes_at + timedelta(minutes=1))  # also between the closing and the counting
    with transaction():
        pulse.empty_slip(gone)
    assert service.my_answer(found.id, service.token(found.id, gone)).value == 0


def test_a_new_key_of_the_house_does_not_make_strangers_of_everybody(
    people_of_desk: list[Person], session: Session, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(MONDAY)
    turn()
    first = set(session.scalars(select(Member.mark)))
    old = sealing.ring()
    both = KeyRing([("newer", b"n" * 32), *((name, _key(old, name)) for name in old._ciphers)])
    monkeypatch.setattr(sealing, "ring", lambda: both)
    at(MONDAY + timedelta(days=7))
    turn()
    assert set(session.scalars(select(Member.mark))) == first


def _key(ring: KeyRing, name: str) -> bytes:
    from portal.core.settings import current_settings

    return dict(current_settings().sealing_keys)[name]
