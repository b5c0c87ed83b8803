"""The nights of a series: made as far as one can see, left out, held after all, and never past a room's window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.events.models.evenings import Evening, EveningState, Series
from portal.blueprints.events.queries import finding, nights, outlooks
from portal.blueprints.events.queries.nights import NightState
from portal.blueprints.events.rules import recurrence
from portal.blueprints.events.rules.recurrence import LAST, Fault, Frequency, NotARule, Rule, Sight
from portal.blueprints.events.service import evenings, series, signups
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.rooms import queries as rooms
from portal.core import clock, jobs
from portal.core.db import db, transaction
from portal.core.errors import Conflict, NotFound
from tests.client import AuditingClient
from tests.events.conftest import Sent
from tests.factories.events import MONDAY, evening_wish, series_wish
from tests.factories.rooms import make_room

FIRST, SECOND = date(2026, 11, 25), date(2026, 12, 2)
Browse = Callable[[Person], AuditingClient]


@pytest.fixture
def made(otto: Person) -> Series:
    """Give a series on Wednesdays."""
    with transaction():
        return series.make(otto, series_wish())


def days_of(series_id: int) -> list[date]:
    query = select(Evening.original_on).where(Evening.series_id == series_id, Evening.state == EveningState.PLANNED)
    return sorted(day for day in db.session.scalars(query) if day)


def notices(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def test_a_night_that_nobody_has_signed_up_for_goes_quietly(otto: Person, anne: Person, made: Series) -> None:
    with transaction():
        series.skip(otto, made.id, FIRST)
        series.skip(otto, made.id, FIRST)
    night = finding.find_night(made.id, FIRST)
    assert night
    assert (night.state, night.is_quiet) == (EveningState.CANCELLED, True)
    assert night.id not in [each.evening.id for each in outlooks.upcoming(anne).items]
    assert notices(anne) == []
    assert FIRST not in days_of(made.id)
    assert SECOND in days_of(made.id)


def test_a_night_with_sign_ups_is_called_off_and_they_are_told(
    otto: Person, anne: Person, made: Series, invitations: Sent
) -> None:
    with transaction():
        night = finding.find_night(made.id, FIRST)
        assert night
        signups.sign_up(anne, night.id)
    jobs.run_due(50)
    with transaction():
        series.skip(otto, made.id, FIRST)
    jobs.run_due(50)
    assert not night.is_quiet
    assert night.id in [each.evening.id for each in outlooks.upcoming(anne).items]
    assert notices(anne) == ["events.cancelled"]
    assert [str(mail.calendar["METHOD"]) for mail in invitations(anne)] == ["REQUEST", "CANCEL"]


def test_a_night_that_is_held_after_all_comes_back_into_the_calendars(
    otto: Person, anne: Person, made: Series, invitations: Sent
) -> None:
    with transaction():
        night = finding.find_night(made.id, FIRST)
        assert night
        signups.sign_up(anne, night.id)
    jobs.run_due(50)
    for act in (series.skip, series.restore):
        for _ in range(2):
            with transaction():
                act(otto, made.id, FIRST)
        jobs.run_due(50)
    assert [mail.kind for mail in invitations(anne)] == ["events.invitation", "events.cancellation", "events.restored"]
    assert [int(mail.event["SEQUENCE"]) for mail in invitations(anne)] == [0, 1, 2]
    assert notices(anne) == ["events.cancelled", "events.restored"]
    assert (night.state, night.is_quiet) == (EveningState.PLANNED, False)
    assert made.exceptions == frozenset()


def test_a_night_that_is_not_made_yet_can_be_left_out_and_held_after_all(
    otto: Person, made: Series, at: Callable[[datetime], None]
) -> None:
    later = date(2027, 1, 20)
    with transaction():
        series.skip(otto, made.id, later)
    at(MONDAY + timedelta(weeks=4))
    with transaction():
        series.make_all_next()
    assert later not in days_of(made.id)
    assert date(2027, 1, 13) in days_of(made.id)
    with transaction():
        series.restore(otto, made.id, later)
    assert later in days_of(made.id)


def test_only_days_of_the_rule_can_be_left_out(otto: Person, made: Series) -> None:
    for day in (date(2026, 11, 26), date(2099, 1, 7), date.max):
        with pytest.raises(NotFound):
            series.skip(otto, made.id, day)
    with pytest.raises(Conflict):
        series.skip(otto, made.id, date(2026, 11, 18))


def test_a_moved_night_is_left_out_by_the_day_of_its_rule(otto: Person, made: Series) -> None:
    with transaction():
        night = finding.find_night(made.id, FIRST)
        assert night
        evenings.change(otto, night.id, evening_wish(night.starts_at + timedelta(days=1)))
    (moved, *_) = nights.plan_of(made)
    assert (moved.day, moved.is_moved) == (FIRST, True)
    with transaction():
        series.skip(otto, made.id, FIRST)
    assert night.is_cancelled


def test_after_its_end_a_series_holds_no_night(otto: Person, made: Series) -> None:
    with transaction():
        series.end(otto, made.id, last_on=FIRST)
    assert [night.is_quiet for night in map(finding.get_evening, _ids(made.id))] == [False] + [True] * 5
    with pytest.raises(Conflict):
        series.restore(otto, made.id, SECOND)


def _ids(series_id: int) -> list[int]:
    return list(db.session.scalars(select(Evening.id).where(Evening.series_id == series_id).order_by(Evening.id)))


def test_an_evening_that_has_begun_is_neither_left_out_nor_held(
    otto: Person, made: Series, at: Callable[[datetime], None]
) -> None:
    at(datetime(2026, 11, 25, 16, 30, tzinfo=UTC))
    with pytest.raises(Conflict):
        series.skip(otto, made.id, FIRST)
    with transaction():
        series.skip(otto, made.id, SECOND)
    at(datetime(2026, 12, 2, 16, 30, tzinfo=UTC))
    with pytest.raises(Conflict):
        series.restore(otto, made.id, SECOND)


def test_no_night_is_made_past_the_window_of_its_room(otto: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        near = make_room("Fløyen", seats=10)
        near.window_days = 10
        make_room("Ulriken", seats=10)
        chosen = series.make(otto, series_wish(needs_room=True, room_id=near.id))
        anywhere = series.make(otto, series_wish(needs_room=True))
    assert days_of(chosen.id) == [FIRST, SECOND]
    assert len(days_of(anywhere.id)) == 6
    plan = nights.plan_of(chosen)
    assert [night.state for night in plan[:3]] == [NightState.PLANNED, NightState.PLANNED, NightState.TO_COME]
    promised = plan[2].comes_on
    assert promised == date(2026, 11, 30)
    at(clock.at_wall(promised - timedelta(days=1), time(4, 30)))
    with transaction():
        series.make_all_next()
    assert date(2026, 12, 9) not in days_of(chosen.id)
    at(clock.at_wall(promised, time(4, 30)))
    with transaction():
        series.make_all_next()
    assert date(2026, 12, 9) in days_of(chosen.id)


def test_the_room_that_was_chosen_is_the_one_that_is_asked(otto: Person, work: Callable[[], None]) -> None:
    with transaction():
        make_room("Fløyen", seats=8)
        chosen = make_room("Ulriken", seats=30)
        made = series.make(otto, series_wish(needs_room=True, room_id=chosen.id, seats=6))
    work()
    plan = nights.plan_of(made)
    assert {night.booking.room_id for night in plan if night.booking} == {chosen.id}
    with transaction():
        series.skip(otto, made.id, FIRST)
    work()
    skipped = finding.find_night(made.id, FIRST)
    assert skipped
    assert rooms.wanted_of(skipped.purpose) == []


@pytest.fixture
def work(session: Session) -> Callable[[], None]:
    """Let the worker do what is due."""
    return lambda: [jobs.run_due(300) for _ in range(2)] and None


def test_the_nights_of_six_weeks_always_exist_in_the_morning(otto: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        made = series.make(otto, series_wish())
    for week in range(1, 5):
        for day in range(7):
            morning = clock.at_wall(date(2026, 11, 23) + timedelta(weeks=week, days=day), time(4, 30))
            at(morning)
            with transaction():
                series.make_all_next()
            today = clock.today()
            wanted = recurrence.between(made.rule, today, today + timedelta(weeks=6))
            assert set(wanted) <= set(days_of(made.id))


@pytest.mark.parametrize(("change", "weekday"), [(date(2026, 10, 24), 5), (date(2027, 3, 27), 5)])
def test_a_night_through_the_change_of_the_clock_begins_at_eight_and_is_as_long_as_the_others(
    otto: Person, at: Callable[[datetime], None], change: date, weekday: int
) -> None:
    at(datetime.combine(change - timedelta(days=10), time(9), UTC))
    with transaction():
        wish = series_wish(starts_on=change - timedelta(days=10), weekday=weekday, starts=time(20), minutes=480)
        made = series.make(otto, wish)
    plan = nights.plan_of(made)
    assert change in [night.day for night in plan]
    assert {clock.wall(night.starts_at).time() for night in plan} == {time(20)}
    assert {night.ends_at - night.starts_at for night in plan} == {timedelta(hours=8)}
    ends = {night.day: clock.wall(night.ends_at).time() for night in plan}
    assert ends[change] == (time(3) if change.month == 10 else time(5))
    assert {ends[day] for day in ends if day != change} == {time(4)}


def test_a_series_that_begins_in_the_hour_that_is_left_out_still_has_its_night(
    otto: Person, at: Callable[[datetime], None]
) -> None:
    at(datetime(2027, 3, 15, 9, tzinfo=UTC))
    with transaction():
        made = series.make(otto, series_wish(weekday=6, starts=time(2, 30), starts_on=date(2027, 3, 15)))
    moments = {night.day: night.starts_at for night in nights.plan_of(made)}
    assert moments[date(2027, 3, 28)] == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_fifth_weekday_and_the_thirty_first_are_no_rules() -> None:
    for nth in (5, 31, 0, -2):
        with pytest.raises(NotARule) as refused:
            Rule(frequency=Frequency.MONTHLY, weekday=3, nth=nth, starts_on=date(2026, 11, 23))
        assert refused.value.fault is Fault.NTH


@given(weekday=st.integers(0, 6), starts_on=st.dates(date(2020, 1, 1), date(2040, 1, 1)), interval=st.integers(1, 12))
def test_the_last_weekday_of_a_month_is_the_fifth_where_there_is_one(
    weekday: int, starts_on: date, interval: int
) -> None:
    rule = Rule(frequency=Frequency.MONTHLY, weekday=weekday, nth=LAST, starts_on=starts_on, interval=interval)
    for day in recurrence.coming(rule, starts_on, 6):
        assert day.weekday() == weekday
        assert (day + timedelta(weeks=1)).month != day.month


@given(
    last_on=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    day=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    hour=st.integers(0, 23),
    window=st.none() | st.integers(1, 200),
    minute=st.integers(0, 1439),
)
def test_a_night_is_seen_on_the_day_that_was_promised_and_not_before(
    last_on: date, day: date, hour: int, window: int | None, minute: int
) -> None:
    ends_at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)

    def sight(days: int) -> Sight:
        ends_by = None if window is None else now + timedelta(days=window + days)
        return Sight(last_on=last_on + timedelta(days=days), ends_by=ends_by)

    def is_seen(days: int) -> bool:
        return day <= sight(days).last_on and sight(days).reaches(ends_at)

    wait = sight(0).wait_for(day, ends_at).days
    assert is_seen(wait)
    assert wait == 0 or not is_seen(wait - 1)


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


def test_the_page_of_a_series_shows_its_nights_with_their_rooms_and_leaves_one_out(
    browse: Browse, otto: Person, anne: Person, work: Callable[[], None]
) -> None:
    with transaction():
        make_room("Ulriken", seats=12)
        made = series.make(otto, series_wish(needs_room=True))
        night = finding.find_night(made.id, SECOND)
        assert night
        signups.sign_up(anne, night.id)
    work()
    client = browse(otto)
    address = f"/kveldar/seriar/{made.id}"
    page = words(client.soup(address))
    assert "Wednesday 25 November 17:00–20:00 Ulriken" in page
    assert "1 signed up" in page
    assert "On the list from" in page
    quiet, told = (words(client.soup(f"{address}/utan/{day.isoformat()}")) for day in (FIRST, SECOND))
    assert "Nobody has signed up" in quiet
    assert "1 colleague has signed up and is told" in told
    answer = client.post(f"{address}/utan/{FIRST.isoformat()}")
    assert answer.location == address
    assert "Left out" in words(client.soup(address))
    client.post(f"{address}/likevel/{FIRST.isoformat()}")
    assert "Left out" not in words(client.soup(address))
    for day in ("2026-11-26", "2026-13-01", "kanskjeeee"):
        assert client.get(f"{address}/utan/{day}").status_code == 404
        assert client.post(f"{address}/likevel/{day}").status_code == 404


def test_the_page_of_a_series_takes_the_same_queries_however_many_nights(browse: Browse, otto: Person) -> None:
    client = browse(otto)
    counts = []
    for weeks in (1, 12):
        with transaction():
            make_room(f"Rom {weeks}", seats=12)
            made = series.make(otto, series_wish(needs_room=True, interval=weeks))
        client.soup(f"/kveldar/seriar/{made.id}")
        counts.append(len(client.statements))
    assert counts[0] == counts[1] <= 14


def test_an_evening_that_was_called_off_is_held_after_all_from_its_own_page(
    browse: Browse, otto: Person, didrik: Person, made: Series
) -> None:
    night = finding.find_night(made.id, FIRST)
    assert night
    client, address = browse(otto), f"/kveldar/{night.id}/likevel"
    client.post(f"/kveldar/{night.id}/avlysing")
    assert "Hold it after all" in words(client.soup(f"/kveldar/{night.id}"))
    assert browse(didrik).post(address).status_code == 403
    assert "Hold this evening after all?" in words(client.soup(address))
    client.post(address)
    assert night.state == EveningState.PLANNED
    assert "Hold it after all" not in words(client.soup(f"/kveldar/{night.id}"))


def test_others_leave_no_night_out(browse: Browse, didrik: Person, made: Series) -> None:
    client, address = browse(didrik), f"/kveldar/seriar/{made.id}"
    for path in (f"{address}/utan/{FIRST}", f"{address}/likevel/{FIRST}"):
        assert client.post(path).status_code == 403
    assert FIRST in days_of(made.id)


def test_a_series_of_so_many_evenings_ends_by_itself(browse: Browse, otto: Person) -> None:
    form = {
        "kind": "board_games",
        "title": "Tre kveldar",
        "details": "",
        "place": "",
        "frequency": "weekly",
        "weekday": "2",
        "nth": "1",
        "interval": "1",
        "starts_on": "2026-11-23",
        "starts": "17:00",
        "minutes": "180",
        "count": "3",
        "room": "0",
    }
    client = browse(otto)
    client.post("/kveldar/seriar/ny", data=form)
    made = db.session.scalars(select(Series)).one()
    assert days_of(made.id) == [FIRST, SECOND, date(2026, 12, 9)]
    assert "3 nights in all" in words(client.soup(f"/kveldar/seriar/{made.id}"))
    for wrong in ({"count": "0"}, {"count": "3", "until": "2027-01-01"}):
        assert client.post("/kveldar/seriar/ny", data={**form, **wrong}).status_code == 422
    assert client.post("/kveldar/seriar/ny", data={**form, "needs_room": "y", "room": "999"}).status_code == 404
