"""Being asked again after a hard call: only if wished, only at work, and no more than twice."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from portal.blueprints.notifications.models import Notice, QuietSpan
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.shifts.models import Standing
from portal.blueprints.shifts.rules import Availability, Kind
from portal.blueprints.talks.models import FollowUp
from portal.blueprints.talks.service import afterwards
from portal.core import clock
from portal.core.db import db, transaction
from portal.core.errors import Invalid
from tests.factories.shifts import make_rota, make_shift, make_standing
from tests.factories.urgent import Wheel

pytestmark = pytest.mark.usefixtures("wheel")
DAY = 24 * 3600


def lines(person: Person) -> list[datetime]:
    """Give when a person was asked again."""
    told = select(Notice.told_at).where(Notice.person_id == person.id, Notice.kind == "talks.again")
    return list(db.session.scalars(told.order_by(Notice.told_at)))


def wish(person: Person) -> None:
    with transaction():
        afterwards.wish(person, is_ticked=True)


def read_all(person: Person) -> None:
    with transaction():
        for notice in db.session.scalars(select(Notice).where(Notice.person_id == person.id)):
            notice.read(clock.now())


def test_it_is_never_begun_without_a_tick(anne: Person) -> None:
    with pytest.raises(Invalid):
        afterwards.wish(anne, is_ticked=False)
    assert list(db.session.scalars(select(FollowUp))) == []


def test_one_is_asked_after_three_days_and_after_a_month_and_then_no_more(anne: Person, wheel: Wheel) -> None:
    wish(anne)
    wheel.turn(6 * DAY)  # three days after a Thursday is a Sunday: it waits for the Monday
    (asked_at,) = lines(anne)
    assert f"{clock.wall(asked_at):%A}" == "Monday"
    assert 9 <= clock.wall(asked_at).hour < 15
    read_all(anne)
    wheel.turn(60 * DAY)
    assert len(lines(anne)) == 2
    assert list(db.session.scalars(select(FollowUp))) == []


def test_it_comes_in_ones_own_working_time_by_the_rota(anne: Person, wheel: Wheel) -> None:
    monday = datetime(2026, 11, 30, 21, 0, tzinfo=UTC)  # a night shift
    rota = make_rota(last_at=monday + timedelta(days=60))
    make_shift(anne, monday, monday + timedelta(hours=8), rota=rota)
    wish(anne)
    wheel.turn(6 * DAY)
    assert lines(anne) == [monday]


def test_it_does_not_come_on_leave_on_a_call_or_in_quiet_hours(anne: Person, wheel: Wheel) -> None:
    monday = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    rota = make_rota(last_at=monday + timedelta(days=60))
    make_shift(anne, monday, monday + timedelta(hours=8), rota=rota)
    make_shift(anne, monday, monday + timedelta(hours=2), rota=rota, kind=Kind.LEAVE)
    make_standing(anne, availability=Availability.ON_CALL, until=monday + timedelta(hours=3))
    db.session.add(QuietSpan(person_id=anne.id, weekdays=127, starts=time(8), ends=time(12), ends_on=None))
    wish(anne)
    wheel.turn(6 * DAY)
    assert lines(anne) == [monday + timedelta(hours=4)]  # twelve o'clock on the wall


def test_who_says_not_at_work_is_let_be_where_there_is_no_rota(anne: Person, wheel: Wheel) -> None:
    wish(anne)
    wheel.turn(3 * DAY)
    with transaction():
        db.session.add(Standing(person_id=anne.id, off_until=wheel.moment + timedelta(days=2)))
    wheel.turn(1.5 * DAY)
    assert lines(anne) == []


def test_whom_no_rota_knows_is_asked_in_office_hours(anne: Person, bjarne: Person, wheel: Wheel) -> None:
    monday = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    rota = make_rota(last_at=monday + timedelta(days=60))
    make_shift(bjarne, monday, monday + timedelta(hours=8), rota=rota)
    wish(anne)
    wheel.turn(6 * DAY)
    (asked_at,) = lines(anne)
    assert f"{clock.wall(asked_at):%A}" == "Monday"
    assert 9 <= clock.wall(asked_at).hour < 15


def test_where_no_moment_fits_for_a_fortnight_it_is_let_be(anne: Person, wheel: Wheel) -> None:
    rota = make_rota(last_at=clock.now() + timedelta(days=90))
    make_shift(anne, clock.now(), clock.now() + timedelta(days=60), rota=rota, kind=Kind.LEAVE)
    wish(anne)
    wheel.turn(50 * DAY)
    assert lines(anne) == []
    assert list(db.session.scalars(select(FollowUp))) == []


def test_it_is_stopped_in_one_press_and_what_was_asked_is_taken_back(anne: Person, wheel: Wheel) -> None:
    wish(anne)
    wheel.turn(5 * DAY)
    assert len(lines(anne)) == 1
    with transaction():
        afterwards.stop(anne)
    assert lines(anne) == []
    wheel.turn(60 * DAY)
    assert lines(anne) == []


def test_wished_again_it_counts_from_then(anne: Person, wheel: Wheel) -> None:
    wish(anne)
    wheel.turn(DAY)
    wish(anne)
    assert len(list(db.session.scalars(select(FollowUp)))) == 2
    wheel.turn(6 * DAY)
    assert len(lines(anne)) == 1


def test_who_has_left_is_not_asked(anne: Person, carla: Person, wheel: Wheel) -> None:
    wish(anne)
    with transaction():
        people.deactivate(carla, anne)
    wheel.turn(5 * DAY)
    assert lines(anne) == []
    assert list(db.session.scalars(select(FollowUp))) == []
