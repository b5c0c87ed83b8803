"""What is sent when: never an old word where a new one waits, and never an entry that nothing takes away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.blueprints.events.models.signups import SignUp, SignUpState
from portal.blueprints.events.service import evenings, signups
from portal.blueprints.events.service import invitations as service
from portal.blueprints.notifications.models import Mail, MailState
from portal.blueprints.people.models import Person
from portal.core import clock, jobs
from portal.core.db import db, transaction
from tests.events.conftest import Sent
from tests.factories.events import evening_wish, make_evening

At = Callable[[datetime], None]


def test_a_changed_evening_sends_one_mail_for_those_that_still_wait(anne: Person, otto: Person) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
    for _ in range(3):
        with transaction():
            service.bring_up_to_date(evening.id)
            evening.move(evening.starts_at + timedelta(hours=1), evening.ends_at + timedelta(hours=1))
    with transaction():
        service.bring_up_to_date(evening.id)
    rows = db.session.scalars(select(Mail).where(Mail.person_id == anne.id).order_by(Mail.id)).all()
    assert [(row.kind, row.state) for row in rows] == [("events.invitation", MailState.DROPPED)] * 3 + [
        ("events.invitation", MailState.WAITING)
    ]
    assert b"SEQUENCE:3" in (rows[-1].calendar or b"")
    with transaction():
        rows[-1].note_sent(clock.now())
        evenings.cancel(otto, evening.id)
        service.bring_up_to_date(evening.id)
    last = db.session.scalars(select(Mail).where(Mail.person_id == anne.id).order_by(Mail.id.desc())).first()
    assert last
    assert (last.kind, last.state) == ("events.cancellation", MailState.WAITING)


def test_who_leaves_an_evening_that_was_just_called_off_still_loses_the_entry(
    anne: Person, otto: Person, invitations: Sent
) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
    jobs.run_due(20)
    with transaction():
        evenings.cancel(otto, evening.id)
        signups.give_up(anne, evening.id)
    jobs.run_due(20)
    assert [str(mail.calendar["METHOD"]) for mail in invitations(anne)] == ["REQUEST", "CANCEL"]


def test_a_worker_that_was_away_still_sets_the_calendars_right(
    anne: Person, otto: Person, invitations: Sent, at: At
) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
    jobs.run_due(20)
    with transaction():
        evenings.cancel(otto, evening.id)
    at(evening.starts_at + timedelta(minutes=30))
    jobs.run_due(50)
    assert [str(mail.calendar["METHOD"]) for mail in invitations(anne)] == ["REQUEST", "CANCEL"]


def test_a_seat_that_is_lost_takes_the_entry_with_it(anne: Person, invitations: Sent) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
    jobs.run_due(20)
    with transaction():
        mine = db.session.scalars(select(SignUp)).one()
        mine.state = SignUpState.WAITING
        for _ in range(2):
            jobs.enqueue("events.invite", evening_id=evening.id)
    jobs.run_due(20)
    assert [str(mail.calendar["METHOD"]) for mail in invitations(anne)] == ["REQUEST", "CANCEL"]


def test_a_room_that_is_not_wanted_any_more_is_not_promised_in_calendars(
    anne: Person, otto: Person, invitations: Sent
) -> None:
    with transaction():
        evening = evenings.plan(otto, evening_wish(needs_room=True))
        signups.sign_up(anne, evening.id)
    jobs.run_due(50)
    assert "room" in str(invitations(anne)[-1].event["DESCRIPTION"])
    with transaction():
        evenings.change(otto, evening.id, evening_wish(evening.starts_at, needs_room=False))
    jobs.run_due(50)
    assert "room" not in str(invitations(anne)[-1].event["DESCRIPTION"])
