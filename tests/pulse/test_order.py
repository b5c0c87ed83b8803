"""Rounds that are counted late, out of turn, or with people gone: each with the attack that it would allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import config
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.pulse import backends, queries, service
from portal.blueprints.pulse import jobs as pulse
from portal.blueprints.pulse.models import Ballot, HeldNote, Member, Note, Round
from portal.core import clock, jobs
from portal.core.db import db, transaction
from portal.core.errors import Conflict
from portal.core.settings import current_settings
from tests.client import AuditingClient
from tests.factories.people import make_person
from tests.factories.pulse import desk_of, open_round

MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # half past seven in Oslo
WEEK = timedelta(days=7)
At = Callable[[datetime], None]
Browse = Callable[[Person], AuditingClient]


def make_desk(size: int, *, team: str = "Aust") -> list[Person]:
    with transaction():
        number = people.make_team(team).id
        return [make_person(f"{team}{each} Prøve", team_id=number) for each in range(size)]


def turn() -> None:
    with transaction():
        pulse.turn()


def open_now() -> queries.OpenRound:
    turn()
    found = queries.current_round()
    assert found is not None
    return found


def answer(round_id: int, persons: Iterable[Person], *, value: int = 4, note: str = "") -> None:
    with transaction():
        for person in persons:
            service.answer(round_id, service.token(round_id, person.id), value=value, note=note)


def levels_of(round_id: int) -> set[int]:
    opened = db.session.get_one(Round, round_id).opens_at
    return next(set(week.levels) for week in queries.publications(20) if week.opened_on == clock.wall(opened).date())


def count_now(round_id: int) -> None:
    with transaction():
        service.close_round(round_id)


def two_rounds_waiting(at: At) -> tuple[int, int]:
    """Let the worker be gone over two closings."""
    desk = make_desk(20)
    at(MONDAY)
    first = open_now()
    answer(first.id, desk)
    at(MONDAY + WEEK)
    second = open_now()
    answer(second.id, desk)
    at(MONDAY + 3 * WEEK)
    return first.id, second.id


def test_a_round_is_not_counted_before_the_one_before_it(session: Session, at: At) -> None:
    """Else each would be judged without the other, and nobody would ask what both together tell."""
    first, second = two_rounds_waiting(at)
    with pytest.raises(Conflict), transaction():
        service.count(second)
    count_now(first)
    count_now(second)
    assert queries.uncounted_rounds() == []


def test_two_rounds_that_are_counted_late_are_counted_in_turn_whichever_is_taken_first(
    session: Session, at: At
) -> None:
    first, second = two_rounds_waiting(at)
    with transaction():
        jobs.enqueue("pulse.close", key=f"pulse.close:{second}", at=MONDAY, round_id=second)
    jobs.run_due()
    assert [each.id for each in queries.uncounted_rounds()] == [second]
    at(MONDAY + 3 * WEEK + timedelta(hours=1))
    jobs.run_due()
    assert queries.uncounted_rounds() == []
    assert levels_of(first)
    assert levels_of(second)


def test_a_worker_that_was_down_for_three_weeks_opens_one_round_and_counts_the_old_one(
    session: Session, at: At
) -> None:
    desk = make_desk(20)
    at(MONDAY)
    old = open_now()
    answer(old.id, desk)
    at(MONDAY + 3 * WEEK)
    turn()
    jobs.run_due()
    assert levels_of(old.id) == {0, desk[0].team_id}
    now = queries.current_round()
    assert now is not None
    assert [each.id for each in queries.uncounted_rounds()] == [now.id]
    assert now.closes_at == clock.at_wall(clock.today() + timedelta(days=4), time(16))


def test_a_clock_that_ran_ahead_leaves_no_year_without_rounds(session: Session, at: At) -> None:
    make_desk(20)
    at(MONDAY + 52 * WEEK)
    ahead = open_now()
    at(MONDAY)
    now = open_now()
    assert now.id != ahead.id
    at(now.closes_at + timedelta(hours=2))
    jobs.run_due()
    assert [each.id for each in queries.uncounted_rounds()] == [ahead.id]
    at(MONDAY + WEEK)
    assert open_now().id not in (now.id, ahead.id)


def test_a_clock_that_is_put_back_opens_nothing_twice_and_counts_nothing_early(session: Session, at: At) -> None:
    desk = make_desk(20)
    at(MONDAY)
    first = open_now()
    answer(first.id, desk)
    at(first.closes_at + timedelta(minutes=1))
    at(MONDAY + timedelta(hours=2))
    turn()
    with transaction():
        jobs.enqueue("pulse.close", key=f"pulse.close:{first.id}", round_id=first.id)
    jobs.run_due()
    assert queries.publications(5) == []
    assert session.scalar(select(func.count()).select_from(Round)) == 1
    at(first.closes_at + timedelta(hours=2))
    jobs.run_due()
    count_now(first.id)
    published = queries.publications(5)
    at(MONDAY + timedelta(hours=3))
    assert queries.current_round() is None, "what is counted takes no answers again"
    turn()
    assert queries.publications(5) == published


@pytest.mark.parametrize("how", ["erased", "deactivated"])
def test_who_leaves_in_the_middle_is_not_among_those_who_could_have_answered(
    session: Session, carla: Person, at: At, how: str
) -> None:
    """Eight are asked and two leave: six answers would then say that everybody has answered."""
    desk, rest = make_desk(8), make_desk(12, team="Vest")
    at(MONDAY)
    found = open_now()
    answer(found.id, [*desk[2:], *rest])
    for leaver in desk[:2]:
        with transaction():
            if how == "erased":
                pulse.empty_slip(leaver.id)
                leaver.is_active = False
            else:
                people.deactivate(carla, leaver)
    at(found.closes_at + timedelta(hours=2))
    jobs.run_due()
    assert levels_of(found.id) == {0}
    kept = session.scalars(select(Member.cell).where(Member.round_id == found.id)).all()
    assert kept.count(desk[0].team_id) == 6


def test_what_a_leaver_had_answered_and_written_is_not_counted(session: Session, carla: Person, at: At) -> None:
    desk = make_desk(20)
    at(MONDAY)
    found = open_now()
    answer(found.id, desk[:6], note="ei lang veke")
    with transaction():
        people.deactivate(carla, desk[0])
    at(found.closes_at + timedelta(hours=2))
    jobs.run_due()
    assert levels_of(found.id) == set()
    assert session.scalar(select(func.count()).select_from(Note)) == 5


def test_who_changes_teams_in_the_middle_stays_where_they_were_asked(session: Session, at: At) -> None:
    desk, other = make_desk(10), make_desk(10, team="Vest")
    at(MONDAY)
    found = open_now()
    answer(found.id, [*desk, *other])
    teams = {person.team_id for person in (desk[0], other[0])}
    before = sorted(session.execute(select(Member.mark, Member.cell)).all())
    with transaction():
        for person in desk[:5]:
            person.team_id = other[0].team_id
    at(found.closes_at + timedelta(hours=2))
    jobs.run_due()
    assert sorted(session.execute(select(Member.mark, Member.cell)).all()) == before
    assert levels_of(found.id) == {0, *teams}


@pytest.mark.parametrize("harm", ["short", "another"])
def test_a_key_that_does_not_open_the_box_is_a_lost_key(session: Session, at: At, harm: str) -> None:
    """Else the counting would be tried for ever, and no later round would be counted."""
    desk = make_desk(20)
    at(MONDAY)
    found = open_now()
    answer(found.id, desk)
    backends._path(f"round-{found.id}").write_bytes(b"x" * (32 if harm == "another" else 31))
    at(found.closes_at + timedelta(hours=2))
    jobs.run_due()
    assert levels_of(found.id) == set()
    assert not backends._path(f"round-{found.id}").exists()
    assert session.scalar(select(func.count()).select_from(Ballot)) == 0


def test_a_box_of_which_one_slip_is_spoilt_is_still_counted(session: Session, at: At) -> None:
    desk = make_desk(20)
    at(MONDAY)
    found = open_now()
    answer(found.id, desk)
    with transaction():
        session.scalars(select(Ballot)).first().sealed = b"spoilt"  # type: ignore[union-attr]
    at(found.closes_at + timedelta(hours=2))
    jobs.run_due()
    assert 0 in levels_of(found.id)


def test_notes_of_a_desk_so_small_that_all_must_have_written_are_not_shown(session: Session) -> None:
    """Five notes from five of seven: whoever did not write would know it of nearly all others."""
    for size, shown in ((5, 0), (7, 0), (8, 5)):
        round_id, tokens = open_round(desk_of(1, size))
        with transaction():
            for person in range(5):
                service.answer(round_id, tokens[person], value=3, note=f"note {person}")
            hands = {tokens[person]: service.hand(person) for person in range(5)}
            service.close_round(round_id, hands=hands)
        assert session.scalar(select(func.count()).select_from(Note)) == (shown and 15)
    assert session.scalar(select(func.count()).select_from(HeldNote)) == 0


# --- the hours of a round are settings


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Let rounds open and close at other times."""

    def choose(opens: str, closes: str) -> None:
        chosen = config.read({"PORTAL_PULSE_OPENS": opens, "PORTAL_PULSE_CLOSES": closes})
        changed = replace(current_settings(), pulse_opens=chosen.pulse_opens, pulse_closes=chosen.pulse_closes)
        monkeypatch.setattr(queries, "current_settings", lambda: changed)

    return choose


SUMMER_ENDS = datetime(2026, 10, 25, tzinfo=UTC)  # on this Sunday morning, and on this one in spring:
SUMMER_BEGINS = datetime(2027, 3, 28, tzinfo=UTC)


@pytest.mark.parametrize(("sunday", "hours_long"), [(SUMMER_ENDS, 97), (SUMMER_BEGINS, 95)])
def test_a_round_over_the_change_of_the_clock_opens_and_closes_by_the_wall(
    session: Session, at: At, hours: Callable[[str, str], None], sunday: datetime, hours_long: int
) -> None:
    hours("friday 12:30", "tuesday 12:30")
    desk = make_desk(20)
    at(sunday - timedelta(days=2) + timedelta(hours=9))  # eleven in summer, ten in winter
    turn()
    assert queries.current_round() is None
    at(sunday - timedelta(days=2) + timedelta(hours=12))
    found = open_now()
    assert found.closes_at - found.opens_at == timedelta(hours=hours_long)
    for moment in (found.opens_at, found.closes_at):
        assert clock.wall(moment).time() == time(12, 30)
    answer(found.id, desk)
    at(found.closes_at - timedelta(minutes=1))
    turn()
    jobs.run_due()
    assert queries.publications(5) == []
    at(found.closes_at + timedelta(hours=1))
    jobs.run_due()
    assert levels_of(found.id)
    turn()
    assert queries.uncounted_rounds() == []


def test_other_hours_in_the_middle_of_a_week_open_no_second_box(
    session: Session, at: At, hours: Callable[[str, str], None]
) -> None:
    make_desk(20)
    at(MONDAY)
    first = open_now()
    hours("tuesday 06:00", "sunday 20:00")
    at(MONDAY + timedelta(days=2))
    assert open_now() == first
    at(first.closes_at + timedelta(hours=2))
    jobs.run_due()
    assert queries.uncounted_rounds() == []


def test_the_page_says_when_the_next_one_opens(
    session: Session,
    anne: Person,
    at: At,
    hours: Callable[[str, str], None],
    browse: Callable[[Person], AuditingClient],
) -> None:
    hours("wednesday 10:00", "monday 18:00")
    at(MONDAY + timedelta(days=1))
    text = browse(anne).soup("/pusterom/puls").select_one("#answer").text
    assert "Wednesday 25 November at 10:00" in text
