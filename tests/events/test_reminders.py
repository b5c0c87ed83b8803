"""Reminders by one's own choice, and the page where one chooses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.feeds import ReminderChoice
from portal.blueprints.events.models.signups import SignUpState
from portal.blueprints.events.queries import calendars
from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.events.service import feeds, signups
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.core import clock, jobs
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.events.conftest import Sent
from tests.factories.events import make_evening, make_sign_up

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
SEVENTEEN = datetime(2026, 11, 25, 16, tzinfo=UTC)  # in Bergen, a Wednesday


@pytest.fixture
def evening(anne: Person, bjarne: Person, otto: Person, didrik: Person) -> Evening:
    """Give an evening to which three come who each want to be reminded otherwise, and for which one waits."""
    with transaction():
        evening = make_evening(SEVENTEEN)
        for position, (person, reminder) in enumerate(
            [(anne, None), (bjarne, Reminder.THREE_HOURS), (otto, Reminder.NEVER)], start=1
        ):
            make_sign_up(evening, person, position=position)
            if reminder:
                feeds.choose_reminder(person, reminder)
        make_sign_up(evening, didrik, position=4, state=SignUpState.WAITING)
        feeds.choose_reminder(didrik, Reminder.THREE_HOURS)
        return evening


def notices(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def work() -> None:
    for name in ("events.remind", "events.remind_soon"):
        with transaction():
            jobs.kinds[name].function()


def test_each_is_reminded_when_they_want_and_only_once(
    evening: Evening, anne: Person, bjarne: Person, otto: Person, didrik: Person, at: At
) -> None:
    at(datetime(2026, 11, 24, 8, tzinfo=UTC))
    work()
    assert [notices(person) for person in (anne, bjarne)] == [["events.reminder"], []]
    moment = SEVENTEEN - timedelta(hours=4)
    while moment < SEVENTEEN + timedelta(hours=1):
        at(moment)
        with transaction():
            jobs.kinds["events.remind_soon"].function()
        if moment < SEVENTEEN - timedelta(hours=3):
            assert notices(bjarne) == []
        moment += timedelta(minutes=15)
    everybody = [notices(person) for person in (anne, bjarne, otto, didrik)]
    assert everybody == [["events.reminder"], ["events.reminder_soon"], [], []]


def test_who_signs_up_an_hour_before_needs_no_reminder(evening: Evening, carla: Person, at: At) -> None:
    at(SEVENTEEN - timedelta(hours=1))
    with transaction():
        feeds.choose_reminder(carla, Reminder.THREE_HOURS)
        mine = make_sign_up(evening, carla, position=5)
        mine.created_at = clock.now()
        jobs.kinds["events.remind_soon"].function()
    assert notices(carla) == []


def test_a_moved_evening_is_reminded_of_anew(evening: Evening, bjarne: Person, at: At) -> None:
    for _ in range(2):
        at(evening.starts_at - timedelta(hours=2))
        with transaction():
            jobs.kinds["events.remind_soon"].function()
            evening.move(evening.starts_at + timedelta(days=1), evening.ends_at + timedelta(days=1))
    found = db.session.scalars(select(Notice.count).where(Notice.person_id == bjarne.id)).all()
    assert sum(found) == 2


def test_the_alarm_of_the_next_invitation_is_the_chosen_one(anne: Person, invitations: Sent) -> None:
    with transaction():
        evening = make_evening()
        feeds.choose_reminder(anne, Reminder.THREE_HOURS)
        signups.sign_up(anne, evening.id)
    jobs.run_due(20)
    (alarm,) = invitations(anne)[-1].event.walk("VALARM")
    assert alarm["TRIGGER"].dt == -timedelta(hours=3)


def test_one_chooses_on_ones_own_page(browse: Browse, anne: Person, bjarne: Person) -> None:
    client = browse(anne)
    checked = client.soup("/kveldar/kalender").select("input[name=reminder][checked]")
    assert [each["value"] for each in checked] == ["day_before"]
    assert client.post("/kveldar/kalender/paaminning", data={"reminder": "never"}).status_code == 303
    assert calendars.reminders_of([anne.id, bjarne.id]) == {anne.id: Reminder.NEVER, bjarne.id: Reminder.DAY_BEFORE}
    assert client.post("/kveldar/kalender/paaminning", data={"reminder": "hourly"}).status_code == 422
    checked = client.soup("/kveldar/kalender").select("input[name=reminder][checked]")
    assert [each["value"] for each in checked] == ["never"]


def test_the_choice_is_exported_and_erased(anne: Person) -> None:
    with transaction():
        feeds.choose_reminder(anne, Reminder.NEVER)
    assert calendars.export_reminder(anne.id) == [{"reminder": "never"}]
    with transaction():
        feeds.forget_reminder(anne.id)
    assert db.session.get(ReminderChoice, anne.id) is None


def test_the_address_opens_in_a_calendar_program(browse: Browse, anne: Person) -> None:
    page = browse(anne).post("/kveldar/kalender/ny").text
    assert 'href="webcal://localhost/kalender/' in page
    assert "webcal:" not in browse(anne).get("/kveldar/kalender").text


def test_the_feed_tells_when_it_changed_and_never_hides_that_an_evening_went(
    browse: Browse, client: AuditingClient, anne: Person, at: At
) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
        path = f"/kalender/{feeds.make_secret(anne)}.ics"
    first = client.get(path)
    assert first.last_modified == evening.changed_at.replace(microsecond=0)
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    with transaction():
        signups.give_up(anne, evening.id)
    at(clock.now() + timedelta(minutes=5))
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in (since, {**since, "If-None-Match": first.headers["ETag"]}):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200
        assert Calendar.from_ical(answer.data).events == []
    assert client.head(path).status_code == 200
