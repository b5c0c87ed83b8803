"""The gentle question: once a week at most, and never at a moment that does not suit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.blueprints.checkins.models.prompts import Prompt
from portal.blueprints.checkins.queries import prompts as queries
from portal.blueprints.checkins.rules import prompts as rules
from portal.blueprints.checkins.rules.prompts import Choice, Standing
from portal.blueprints.checkins.service import prompts
from portal.blueprints.notifications.models import Notice
from portal.blueprints.notifications.queries import inbox
from portal.blueprints.notifications.rules import Span
from portal.blueprints.notifications.service import choices
from portal.blueprints.people import service as people
from portal.blueprints.people.models import Person
from portal.blueprints.shifts.rules import Availability, Kind
from portal.core import clock, jobs, privacy
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.shifts import make_shift, make_standing
from tests.factories.urgent import make_call

THURSDAY = date(2026, 11, 26)
ONE = time(13)
PAGE = "/pusterom/spor-meg"
Browse = Callable[[Person], AuditingClient]


def on_wall(day: date, at: time) -> datetime:
    return clock.at_wall(day, at)


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> Callable[..., None]:
    def move(hour: int, minute: int = 0, *, days: int = 0) -> None:
        at(on_wall(THURSDAY + timedelta(days=days), time(hour, minute)))

    move(12, 55)
    return move


@pytest.fixture
def asked(anne: Person) -> Person:
    """Anne is at work from 8 to 16, and is asked on Thursdays at one."""
    with transaction():
        for week in range(3):
            day = THURSDAY + timedelta(weeks=week)
            make_shift(anne, on_wall(day, time(8)), on_wall(day, time(16)))
        prompts.choose(anne, Choice(weekday=3, at=ONE))
    return anne


def ask() -> None:
    with transaction():
        prompts.ask_those_due()


def lines(person: Person) -> list[str]:
    return [line.words for line in inbox.notices(person).items]


QUESTION = "How are you today? Answer if you like, and choose who sees it."


def test_at_the_chosen_time_one_is_asked_and_not_before(asked: Person, now: Callable[..., None]) -> None:
    ask()
    assert lines(asked) == []
    now(13)
    ask()
    assert lines(asked) == [QUESTION]


def test_one_is_asked_once_however_often_the_worker_looks(asked: Person, now: Callable[..., None]) -> None:
    for minute in range(0, 60, 5):
        now(13, minute)
        ask()
    assert [notice.count for notice in db.session.scalars(select(Notice))] == [1]


def test_nobody_is_asked_who_has_not_chosen_a_day(anne: Person, bjarne: Person, now: Callable[..., None]) -> None:
    with transaction():
        for person in (anne, bjarne):
            make_shift(person, on_wall(THURSDAY, time(8)), on_wall(THURSDAY, time(16)))
        prompts.choose(anne, Choice())
    now(13)
    ask()
    assert lines(anne) == lines(bjarne) == []


def test_outside_working_time_nobody_is_asked(asked: Person, bjarne: Person, now: Callable[..., None]) -> None:
    with transaction():
        prompts.choose(bjarne, Choice(weekday=3, at=ONE))
        prompts.choose(asked, Choice(weekday=3, at=time(16)))
    for hour in range(13, 24):
        now(hour, 30)
        ask()
    assert lines(asked) == lines(bjarne) == []


def test_who_is_at_work_by_their_own_word_is_asked(bjarne: Person, now: Callable[..., None]) -> None:
    with transaction():
        prompts.choose(bjarne, Choice(weekday=3, at=ONE))
        make_standing(bjarne, works_until=on_wall(THURSDAY, time(14)))
    now(13)
    ask()
    assert lines(bjarne) == [QUESTION]


def test_who_says_that_they_are_not_at_work_is_not_asked(asked: Person, now: Callable[..., None]) -> None:
    with transaction():
        make_standing(asked, off_until=on_wall(THURSDAY, time(16)))
    now(13)
    ask()
    assert lines(asked) == []


@pytest.mark.parametrize("availability", [Availability.ON_CALL, Availability.AWAY])
def test_on_a_call_one_is_asked_later_the_same_day(
    asked: Person, now: Callable[..., None], availability: Availability
) -> None:
    with transaction():
        make_standing(asked, availability=availability, until=on_wall(THURSDAY, time(14)))
    now(13)
    ask()
    assert lines(asked) == []
    now(14)
    ask()
    assert lines(asked) == [QUESTION]


def test_who_takes_it_easy_is_left_in_peace(asked: Person, now: Callable[..., None]) -> None:
    with transaction():
        make_standing(asked, easy_until=on_wall(THURSDAY, time(23)))
    now(13)
    ask()
    assert lines(asked) == []


def test_with_a_hand_in_the_air_one_has_a_caller_on_the_line(asked: Person, now: Callable[..., None]) -> None:
    with transaction():
        make_call(asked)
    now(13)
    ask()
    assert lines(asked) == []


def test_on_leave_nobody_is_asked(asked: Person, now: Callable[..., None]) -> None:
    with transaction():
        make_shift(asked, on_wall(THURSDAY, time(0)), on_wall(THURSDAY, time(23)), kind=Kind.LEAVE)
    now(13)
    ask()
    assert lines(asked) == []


def test_after_a_night_shift_nobody_is_asked(asked: Person, now: Callable[..., None]) -> None:
    with transaction():
        make_shift(asked, on_wall(THURSDAY - timedelta(days=1), time(22)), on_wall(THURSDAY, time(7)))
    for hour in range(13, 16):
        now(hour)
        ask()
    assert lines(asked) == []


def test_as_a_night_shift_begins_nobody_is_asked(bjarne: Person, now: Callable[..., None]) -> None:
    with transaction():
        make_shift(bjarne, on_wall(THURSDAY, time(22)), on_wall(THURSDAY + timedelta(days=1), time(7)))
        prompts.choose(bjarne, Choice(weekday=3, at=time(22)))
    for minute in (0, 1):
        now(22, minute)
        ask()
    assert lines(bjarne) == []


def test_in_quiet_hours_nobody_is_asked(asked: Person, now: Callable[..., None]) -> None:
    with transaction():
        choices.add_quiet_hours(asked, Span(starts=time(12), ends=time(15), weekdays=frozenset({3})))
    now(14, 59)
    ask()
    assert lines(asked) == []
    now(15)
    ask()
    assert lines(asked) == [QUESTION]


def test_a_day_that_never_suits_is_left_for_next_week(asked: Person, now: Callable[..., None]) -> None:
    with transaction():
        make_standing(asked, off_until=on_wall(THURSDAY, time(23)))
    for hour in range(13, 24):
        now(hour)
        ask()
    now(9, days=1)
    ask()
    assert lines(asked) == []
    now(13, days=7)
    ask()
    assert lines(asked) == [QUESTION]


def test_the_question_is_gone_the_next_morning_and_never_comes_back_as_a_reminder(
    asked: Person, now: Callable[..., None]
) -> None:
    now(13)
    ask()
    now(3, 55, days=1)
    with transaction():
        prompts.fade()
    assert db.session.scalars(select(Notice)).all() == []
    for days in range(1, 7):
        now(13, days=days)
        ask()
    assert lines(asked) == []


def test_choosing_another_day_does_not_bring_a_second_question_that_week(
    asked: Person, now: Callable[..., None]
) -> None:
    now(13)
    ask()
    with transaction():
        make_shift(
            asked, on_wall(THURSDAY + timedelta(days=1), time(8)), on_wall(THURSDAY + timedelta(days=1), time(16))
        )
        prompts.choose(asked, Choice())
        prompts.choose(asked, Choice(weekday=4, at=ONE))
    now(13, days=1)
    ask()
    assert lines(asked) == []


def test_that_one_was_asked_is_forgotten_after_a_week(asked: Person, now: Callable[..., None]) -> None:
    now(13)
    ask()
    now(3, 55, days=7)
    with transaction():
        prompts.fade()
    assert db.session.get_one(Prompt, asked.id).asked_on is None


def test_saying_never_takes_the_question_away(asked: Person, now: Callable[..., None]) -> None:
    now(13)
    ask()
    with transaction():
        prompts.choose(asked, Choice())
    assert lines(asked) == []


def test_who_leaves_is_asked_no_more_and_nothing_is_left(
    asked: Person, carla: Person, now: Callable[..., None]
) -> None:
    now(13)
    ask()
    with transaction():
        people.deactivate(carla, asked)
    assert db.session.get(Prompt, asked.id) is None
    assert db.session.scalars(select(Notice).where(Notice.person_id == asked.id)).all() == []


def test_what_is_kept_is_given_and_erased(asked: Person) -> None:
    held = [each for each in privacy.holdings() if each.tables == ("checkin_prompt",)]
    assert len(held) == 1
    assert held[0].export is not None
    assert held[0].erase is not None
    assert held[0].export(asked.id) == {"weekday": 3, "at": "13:00", "asked_on": None}
    with transaction():
        held[0].erase(asked.id)
    assert held[0].export(asked.id) is None


def test_the_worker_asks_and_its_jobs_name_nobody(asked: Person, now: Callable[..., None]) -> None:
    now(13)
    with transaction():
        jobs.enqueue("checkins.ask", key="schedule:checkins.ask")
    jobs.run_due(20)
    assert lines(asked) == [QUESTION]
    assert [job.args for job in db.session.scalars(select(jobs.Job)) if job.name.startswith("checkins")] == [{}]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23)), min_size=1, max_size=40), st.integers(0, 6))
def test_however_often_one_chooses_anew_seven_days_lie_between(changes: list[tuple[int, int]], first: int) -> None:
    asked: list[date] = []
    for day, (weekday, hour) in enumerate(changes):
        choice = Choice(weekday=weekday, at=time(hour))
        wall = datetime(2026, 3, 2, 23, 59, tzinfo=UTC) + timedelta(days=first + day)
        if rules.is_due(choice, asked_on=asked[-1] if asked else None, wall=wall):
            asked.append(wall.date())
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(asked))


@given(st.builds(Standing, **{name: st.booleans() for name in Standing.__dataclass_fields__}))
def test_only_one_standing_suits(found: Standing) -> None:
    one = Standing(is_at_work=True, is_free=True, is_busy=False, is_rested=True, is_quiet=False)
    assert rules.suits(found) is (found == one)


def test_the_database_says_the_same_as_the_rule(anne: Person, now: Callable[..., None]) -> None:
    wall = clock.wall(clock.now())
    for weekday, at, ago in product(range(7), (time(0), time(12, 54, 59), time(12, 55), time(12, 56)), range(10)):
        asked_on = None if ago == 9 else wall.date() - timedelta(days=ago)
        with transaction():
            db.session.merge(Prompt(person_id=anne.id, weekday=weekday, at=at, asked_on=asked_on))
        assert (anne.id in queries.due()) is rules.is_due(Choice(weekday=weekday, at=at), asked_on=asked_on, wall=wall)


def test_it_is_offered_once(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    assert "Shall we ask you?" in browser.soup("/pusterom").text
    assert browser.post(f"{PAGE}/nei").status_code == 303
    page = browser.soup("/pusterom")
    assert "All right. You are not asked." in page.text
    assert "Shall we ask you?" not in page.text


def test_a_day_and_a_time_are_chosen_on_one_page(browse: Browse, anne: Person) -> None:
    browser = browse(anne)
    assert browser.soup(PAGE).find("option", selected=True).text == "Never"
    assert browser.post(PAGE, data={"weekday": "3", "at": "13:30"}).status_code == 303
    assert browser.soup(PAGE).find("option", selected=True).text == "Thursday"
    assert "Thursday at 13:30" in browser.soup("/meg").text
    browser.post(PAGE, data={"weekday": "", "at": "13:30"})
    assert browser.soup(PAGE).find("option", selected=True).text == "Never"


@pytest.mark.parametrize("sent", [{"weekday": "3", "at": "25:00"}, {"weekday": "8", "at": "13:00"}, {"weekday": "3"}])
def test_what_cannot_be_is_refused_with_the_form(browse: Browse, anne: Person, sent: dict[str, str]) -> None:
    assert browse(anne).post(PAGE, data=sent).status_code == 422


def test_nobody_else_sees_when_one_is_asked(browse: Browse, asked: Person, didrik: Person, carla: Person) -> None:
    for other in (didrik, carla):
        assert "13:00" not in browse(other).soup(f"/folk/{asked.id}").text
        assert "Thursday" not in browse(other).soup(f"/folk/{asked.id}").text
