"""Coffee pairs: taking part, meeting, not this time, and leaving without a trace."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from portal.blueprints.coffee import queries
from portal.blueprints.coffee.models import Encounter, Group, Member, Round, Seat
from portal.blueprints.coffee.rules import pairing
from portal.blueprints.coffee.rules.times import Rhythm
from portal.blueprints.coffee.service import rounds, taking_part, upkeep
from portal.blueprints.notifications.models import Notice
from portal.blueprints.notifications.queries import inbox
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.shifts.rules import Kind
from portal.core import clock, jobs, privacy
from portal.core.db import db, transaction
from portal.core.errors import NotFound
from tests.factories.coffee import make_members, make_pairs, make_week, monday_morning
from tests.factories.people import make_person
from tests.factories.shifts import make_shift


@pytest.fixture(autouse=True)
def monday(at: Callable[[datetime], None]) -> Callable[[int, int, int], None]:
    def move(week: int, days: int = 0, hour: int = 6) -> None:
        at(clock.at_wall(monday_morning(week) + timedelta(days=days), time(hour, 30)))

    move(0)
    return move


@pytest.fixture
def desk(anne: Person, bjarne: Person, didrik: Person, otto: Person) -> list[Person]:
    with transaction():
        desk = [anne, bjarne, didrik, otto]
        for week in range(4):
            make_week(desk, monday_morning(week))
        make_members(*desk)
    return desk


def tables() -> list[list[str]]:
    groups = db.session.scalars(select(Group).order_by(Group.id))
    return sorted(sorted(seat.person.first_name for seat in group.seats) for group in groups)


def told(person: Person) -> list[str]:
    return [line.words for line in inbox.notices(person).items]


def company(person: Person) -> list[str]:
    return [each.person.first_name for each in queries.my_week(person).company]


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_everybody_meets_somebody_new_until_all_have_met(desk: list[Person], monday: Callable[..., None]) -> None:
    seen = set()
    for week in range(3):
        monday(week)
        make_pairs()
        assert len(tables()) == 2
        seen |= {tuple(table) for table in tables()}
        with transaction():
            monday(week, 6, 23)
            monday(week + 1, 0, 4)
            upkeep.forget_past_weeks()
        assert count(Group) == count(Seat) == 0
    assert len(seen) == 6
    assert count(Encounter) == 6


def test_both_are_told_in_the_same_moment_with_a_time_at_which_both_are_at_work(desk: list[Person]) -> None:
    make_pairs()
    lines = db.session.scalars(select(Notice)).all()
    assert len(lines) == 4
    assert {line.told_at for line in lines} == {clock.now()}
    anne = desk[0]
    assert told(anne) == [
        f"You and {queries.my_week(anne).company[0].person.name} have coffee this week. "
        f"A suggestion: {told(anne)[0].split(': ', 1)[1]}"
    ]
    group = queries.find_group(anne.id)
    assert group is not None
    assert group.meets_at is not None
    assert clock.wall(group.meets_at).date() == monday_morning()
    assert clock.wall(group.meets_at).time() >= time(9)


def test_the_pairs_of_a_week_are_made_once(desk: list[Person]) -> None:
    make_pairs()
    first = tables()
    make_pairs()
    assert tables() == first
    assert count(Round) == 1


def test_a_worker_that_stood_still_makes_them_until_wednesday(desk: list[Person], monday: Callable[..., None]) -> None:
    monday(0, 3)
    make_pairs()
    assert tables() == []
    monday(1, 2)
    make_pairs()
    assert len(tables()) == 2


def test_only_those_meet_who_share_time_at_work(anne: Person, bjarne: Person, didrik: Person) -> None:
    with transaction():
        make_week([anne, bjarne], monday_morning(), from_=7, to=15)
        make_week([didrik], monday_morning(), from_=22, to=23)
        make_members(anne, bjarne, didrik)
    make_pairs()
    assert tables() == [["Anne", "Bjarne"]]
    assert told(didrik) == ["Nobody was free for coffee when you are at work this week. Next time you come first."]
    assert queries.my_week(didrik).is_looking


def test_leave_is_no_time_for_coffee(desk: list[Person]) -> None:
    anne = desk[0]
    with transaction():
        make_shift(anne, clock.now(), clock.now() + timedelta(days=7), kind=Kind.LEAVE)
    make_pairs()
    assert company(anne) == []
    assert len(tables()) == 1
    assert len(tables()[0]) == 3


def test_who_was_left_over_is_not_left_over_again(
    anne: Person, bjarne: Person, didrik: Person, otto: Person, monday: Callable[..., None]
) -> None:
    # Anne can only meet Bjarne, whom Didrik can meet too.
    def hours(week: int) -> None:
        make_week([anne], monday_morning(week), from_=6, to=10)
        make_week([bjarne], monday_morning(week), from_=9, to=13)
        make_week([didrik], monday_morning(week), from_=12, to=16)

    with transaction():
        for week in range(2):
            hours(week)
        make_members(anne, bjarne, didrik)
    make_pairs()
    first = company(bjarne)
    monday(1)
    make_pairs()
    assert sorted(first + company(bjarne)) == ["Anne", "Didrik"]


def test_where_no_rota_says_anything_they_find_a_time_themselves(anne: Person, bjarne: Person) -> None:
    with transaction():
        make_members(anne, bjarne)
    make_pairs()
    assert company(anne) == ["Bjarne"]
    assert queries.my_week(anne).meets_at is None
    assert told(anne) == ["You and Bjarne Svartveit have coffee this week. Find a time that suits you both."]


def test_who_says_not_this_time_is_let_be_and_the_other_meets_somebody_who_is_free(
    desk: list[Person], carla: Person
) -> None:
    with transaction():
        make_week([carla], monday_morning(), to=15)
        make_members(carla)
    make_pairs()
    three = next(table for table in tables() if len(table) == 3)
    two = next(table for table in tables() if len(table) == 2)
    by_name = {person.first_name: person for person in [*desk, carla]}
    with transaction():
        taking_part.not_this_time(by_name[two[0]])
    assert company(by_name[two[0]]) == []
    assert told(by_name[two[0]]) == []
    assert not queries.my_week(by_name[two[0]]).is_looking
    assert told(by_name[two[1]]) == [
        f"{by_name[two[0]].name} can't make coffee this time. If somebody else is free, you hear of it."
    ]
    assert queries.my_week(by_name[two[1]]).is_looking
    with transaction():
        taking_part.not_this_time(by_name[three[0]])
    assert sorted(company(by_name[three[1]])) == [three[2]]
    assert f"{by_name[three[0]].name} can't make coffee this time. The two of you still meet." in told(
        by_name[three[1]]
    )
    with transaction():
        taking_part.not_this_time(by_name[three[1]])
    assert company(by_name[three[2]]) == [two[1]]
    assert any("have coffee this week" in line for line in told(by_name[two[1]]))


def test_those_who_did_not_meet_are_not_remembered_as_if_they_had(desk: list[Person]) -> None:
    make_pairs()
    anne = desk[0]
    before = count(Encounter)
    with transaction():
        taking_part.not_this_time(anne)
    assert count(Encounter) == before - 1
    assert queries.export_met(anne.id) == []


def test_saying_it_twice_or_without_company_changes_nothing(desk: list[Person]) -> None:
    make_pairs()
    for _ in range(2):
        with transaction():
            taking_part.not_this_time(desk[0])
    assert len(tables()) == 1


def test_once_a_month_is_once_a_month(
    anne: Person, bjarne: Person, didrik: Person, monday: Callable[..., None]
) -> None:
    with transaction():
        make_members(anne, rhythm=Rhythm.MONTHLY)
        make_members(bjarne, didrik)
    make_pairs()
    assert sorted(company(anne)) == ["Bjarne", "Didrik"]
    monday(1)  # 30 November
    make_pairs()
    assert company(anne) == []
    monday(2)  # another month, and only two weeks on
    make_pairs()
    assert company(anne) == []
    monday(3)
    make_pairs()
    assert sorted(company(anne)) == ["Bjarne", "Didrik"]


def test_a_break_is_a_break_until_its_day(desk: list[Person], monday: Callable[..., None]) -> None:
    anne = desk[0]
    with transaction():
        taking_part.rest(anne, weeks=2)
    make_pairs()
    assert company(anne) == []
    monday(1)
    make_pairs()
    assert company(anne) == []
    monday(2)
    make_pairs()
    assert company(anne) != []


def test_a_break_without_an_end_lasts_until_one_comes_back(desk: list[Person], monday: Callable[..., None]) -> None:
    anne = desk[0]
    with transaction():
        taking_part.rest(anne, weeks=None)
    make_pairs()
    assert company(anne) == []
    with transaction():
        taking_part.come_back(anne)
    monday(1)
    make_pairs()
    assert company(anne) != []


def test_who_joins_in_the_middle_of_a_week_meets_somebody_who_looks_for_company(anne: Person, bjarne: Person) -> None:
    with transaction():
        make_members(anne)
    make_pairs()
    assert queries.my_week(anne).is_looking
    with transaction():
        make_members(bjarne)
    assert company(bjarne) == ["Anne"]


def test_choosing_anew_keeps_the_place(desk: list[Person]) -> None:
    slots = {member.person_id: member.slot for member in db.session.scalars(select(Member))}
    with transaction():
        make_members(*desk, weekday=3)
    assert {member.person_id: member.slot for member in db.session.scalars(select(Member))} == slots
    assert sorted(slots.values()) == [0, 1, 2, 3]


def test_leaving_leaves_nothing(desk: list[Person], monday: Callable[..., None]) -> None:
    make_pairs()
    monday(1)
    make_pairs()
    anne = desk[0]
    other = queries.my_week(anne).company[0].person
    with transaction():
        taking_part.leave(anne)
    assert queries.find_member(anne.id) is None
    assert queries.export_met(anne.id) == []
    assert told(anne) == []
    assert company(other) == []
    with pytest.raises(NotFound):
        taking_part.not_this_time(anne)


def test_who_leaves_the_desk_leaves_the_table(desk: list[Person], carla: Person) -> None:
    make_pairs()
    anne = desk[0]
    other = queries.my_week(anne).company[0].person
    with transaction():
        people.deactivate(carla, anne)
    assert queries.find_member(anne.id) is None
    assert queries.my_week(other).is_looking


def test_who_leaves_while_the_pairs_are_worked_out_is_not_put_together_with_anybody(desk: list[Person]) -> None:
    plan = rounds.plan_week()
    assert plan is not None
    groups = pairing.groups(plan.week)
    with transaction():
        taking_part.leave(desk[0])
    with transaction():
        rounds.set_tables(plan, groups)
    assert len(tables()) == 1
    assert count(Seat) == 2


def test_what_is_kept_is_given_and_erased(desk: list[Person]) -> None:
    make_pairs()
    anne = desk[0]
    held = [holding for holding in privacy.holdings() if holding.slice == "coffee"]
    given = [holding.export(anne.id) for holding in held if holding.export]
    assert {"rhythm": "weekly", "weekday": None}.items() <= next(
        each for each in given if isinstance(each, dict)
    ).items()
    assert [each["round"] for each in next(each for each in given if isinstance(each, list))] == [1]
    with transaction():
        for holding in held:
            if holding.erase:
                holding.erase(anne.id)
    assert [column for column in privacy.still_naming(anne.id) if column.startswith("coffee")] == []


def test_no_job_and_no_notice_of_the_week_before_says_who_met(desk: list[Person], monday: Callable[..., None]) -> None:
    make_pairs()
    assert all(job.args == {} for job in db.session.scalars(select(jobs.Job)) if job.name.startswith("coffee"))
    with transaction():
        monday(1, 0, 4)
        upkeep.forget_past_weeks()
    assert count(Notice) == 0
    assert [job for person in desk if (job := told(person))] == []


def test_a_hundred_weeks_with_comings_and_goings_seat_nobody_twice(
    session: object, monday: Callable[..., None]
) -> None:
    dice = random.Random(7)
    with transaction():
        crowd = [make_person(f"Person {number}") for number in range(9)]
        make_members(*crowd)
    for week in range(12):
        monday(week)
        with transaction():
            for person in dice.sample(crowd, 2):
                taking_part.leave(person) if queries.find_member(person.id) else make_members(person)
        make_pairs()
        seated = db.session.scalars(
            select(Seat.person_id).join(Group).join(Round).where(Round.week_on == monday_morning(week))
        ).all()
        members = set(db.session.scalars(select(Member.person_id)))
        assert sorted(seated) == sorted(members)
