from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.events.models.crew import EveningHelp
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.signups import SignUp, SignUpState
from portal.blueprints.events.service import evenings, series, signups
from portal.blueprints.events.service.wishes import Words
from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.rooms import queries as rooms
from portal.blueprints.rooms.models import BookingState
from portal.blueprints.rooms.ports import Meeting
from portal.blueprints.rooms.service import answers
from portal.core import clock, jobs
from portal.core.db import db, transaction
from tests.events.conftest import Sent
from tests.factories.events import MONDAY, evening_wish, make_evening, make_sign_up, series_wish
from tests.factories.people import make_person
from tests.factories.rooms import make_room


@pytest.fixture
def work(session: Session, invitations: Sent) -> Callable[[], None]:
    """Let the worker do what is due."""

    def run() -> None:
        jobs.run_due(300)

    return run


@pytest.fixture
def sent(invitations: Sent) -> Callable[[Person], list[tuple[str, int]]]:
    """Give method and SEQUENCE of each invitation that a person has been sent."""
    return lambda person: [(str(mail.calendar["METHOD"]), int(mail.event["SEQUENCE"])) for mail in invitations(person)]


Method = Callable[[Person], list[tuple[str, int]]]


def notices(person: Person) -> list[str]:
    return list(db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)))


def change(otto: Person, evening: Evening, **values: object) -> None:
    """Change an evening as an organiser does, and only what is given."""
    now = {
        "words": evenings.words_of(evening),
        "ends_at": evening.ends_at,
        "capacity": evening.capacity,
        "needs_room": evening.needs_room,
        "seats": evening.seats,
    }
    with transaction():
        evenings.change(otto, evening.id, evening_wish(values.pop("starts_at", evening.starts_at), **{**now, **values}))  # type: ignore[arg-type]


def test_signing_up_sends_one_invitation_however_often_the_worker_runs(
    anne: Person, work: Callable[[], None], sent: Method
) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
        signups.sign_up(anne, evening.id)
    work()
    with transaction():
        jobs.enqueue("events.invite", evening_id=evening.id)
    work()
    assert sent(anne) == [("REQUEST", 0)]


def test_who_waits_gets_no_invitation_until_there_is_a_place(
    anne: Person, bjarne: Person, work: Callable[[], None], sent: Method
) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        signups.sign_up(anne, evening.id)
        signups.sign_up(bjarne, evening.id)
    work()
    assert sent(bjarne) == []
    with transaction():
        signups.give_up(anne, evening.id)
    work()
    assert sent(bjarne) == []
    assert notices(bjarne) == ["events.offered"]
    with transaction():
        signups.accept(bjarne, evening.id)
    work()
    assert [method for method, _ in sent(bjarne)] == ["REQUEST"]


def test_leaving_takes_it_out_of_the_calendar_and_coming_back_puts_it_in_again(
    anne: Person, work: Callable[[], None], sent: Method, invitations: Sent
) -> None:
    with transaction():
        evening = make_evening()
    for _ in range(2):
        with transaction():
            signups.sign_up(anne, evening.id)
        work()
        with transaction():
            signups.give_up(anne, evening.id)
        work()
    methods, sequences = zip(*sent(anne), strict=True)
    assert methods == ("REQUEST", "CANCEL", "REQUEST", "CANCEL")
    assert list(sequences) == sorted(set(sequences))
    assert {str(mail.event["UID"]) for mail in invitations(anne)} == {evening.uid}


def test_leaving_before_the_invitation_went_out_sends_nothing(
    anne: Person, work: Callable[[], None], invitations: Sent
) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
        signups.give_up(anne, evening.id)
    work()
    assert invitations(anne) == []


def test_others_hear_nothing_of_who_leaves(
    anne: Person, bjarne: Person, work: Callable[[], None], sent: Method
) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
        signups.sign_up(bjarne, evening.id)
    work()
    with transaction():
        signups.give_up(anne, evening.id)
    work()
    assert sent(bjarne) == [("REQUEST", 0)]
    assert notices(bjarne) == []


def test_a_moved_evening_sends_everybody_one_new_request(
    otto: Person, anne: Person, bjarne: Person, work: Callable[[], None], sent: Method, invitations: Sent
) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        signups.sign_up(anne, evening.id)
        signups.sign_up(bjarne, evening.id)
    work()
    later = evening.starts_at + timedelta(days=1)
    change(otto, evening, starts_at=later, ends_at=later + timedelta(hours=2))
    work()
    work()
    assert sent(anne) == [("REQUEST", 0), ("REQUEST", 1)]
    assert invitations(anne)[-1].event.start == later  # type: ignore[attr-defined]
    assert sent(bjarne) == []
    assert (notices(anne), notices(bjarne)) == (["events.moved"], ["events.line_moved"])


def test_new_words_send_a_new_request_and_a_new_capacity_does_not(
    otto: Person, anne: Person, work: Callable[[], None], sent: Method, invitations: Sent
) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(anne, evening.id)
    work()
    change(otto, evening, capacity=9)
    work()
    assert sent(anne) == [("REQUEST", 0)]
    change(otto, evening, words=Words(title="Julebrettspel"))
    work()
    assert sent(anne) == [("REQUEST", 0), ("REQUEST", 1)]
    assert invitations(anne)[-1].event["SUMMARY"] == "Julebrettspel"


def test_a_cancelled_evening_disappears_from_every_calendar(
    otto: Person, anne: Person, bjarne: Person, work: Callable[[], None], sent: Method
) -> None:
    with transaction():
        evening = make_evening(capacity=1)
        signups.sign_up(anne, evening.id)
        signups.sign_up(bjarne, evening.id)
    work()
    with transaction():
        evenings.cancel(otto, evening.id)
        evenings.cancel(otto, evening.id)
    work()
    work()
    assert sent(anne) == [("REQUEST", 0), ("CANCEL", 1)]
    assert sent(bjarne) == []
    assert (notices(anne), notices(bjarne)) == (["events.cancelled"], ["events.line_cancelled"])


def test_an_organiser_is_not_told_of_their_own_cancelling(otto: Person, work: Callable[[], None]) -> None:
    with transaction():
        evening = make_evening()
        signups.sign_up(otto, evening.id)
        evenings.cancel(otto, evening.id)
    assert notices(otto) == []


def test_when_the_room_is_confirmed_it_stands_in_one_new_invitation(
    otto: Person, anne: Person, work: Callable[[], None], sent: Method, invitations: Sent
) -> None:
    with transaction():
        make_room("Ulriken", seats=12, site="Haukeland")
        evening = evenings.plan(otto, evening_wish(needs_room=True))
        signups.sign_up(anne, evening.id)
    work()
    work()
    assert evening.room_place == "Ulriken, Haukeland"
    assert "events.room_confirmed" in notices(otto)
    assert invitations(anne)[-1].event["LOCATION"] == "Ulriken, Haukeland"
    before = len(sent(anne))
    work()
    assert len(sent(anne)) == before


def test_a_move_waits_for_the_room_so_that_there_is_one_new_invitation(
    otto: Person,
    anne: Person,
    work: Callable[[], None],
    at: Callable[[datetime], None],
    sent: Method,
    invitations: Sent,
) -> None:
    with transaction():
        make_room("Ulriken", seats=12, site="Haukeland")
        evening = evenings.plan(otto, evening_wish(needs_room=True))
    work()
    with transaction():
        signups.sign_up(anne, evening.id)
    work()
    assert len(sent(anne)) == 1
    later = evening.starts_at + timedelta(days=1)
    change(otto, evening, starts_at=later, ends_at=later + timedelta(hours=3))
    assert evening.where == ""
    work()
    assert len(sent(anne)) == 2
    assert invitations(anne)[-1].event["LOCATION"] == "Ulriken, Haukeland"
    at(clock.now() + timedelta(minutes=5))
    work()
    assert len(sent(anne)) == 2


def test_the_organiser_hears_that_no_room_fits_and_those_who_come_keep_their_place(
    otto: Person, anne: Person, work: Callable[[], None], invitations: Sent
) -> None:
    with transaction():
        evening = evenings.plan(otto, evening_wish(needs_room=True))
        signups.sign_up(anne, evening.id)
    work()
    assert rooms.booking_of(evening.purpose).state == BookingState.DECLINED  # type: ignore[union-attr]
    assert notices(otto) == ["events.room_declined"]
    assert "LOCATION" not in invitations(anne)[-1].event
    assert "room" in str(invitations(anne)[-1].event["DESCRIPTION"])


def test_a_room_moved_in_outlook_is_no_place_any_more_and_those_who_make_the_evening_hear(
    otto: Person, anne: Person, work: Callable[[], None], sent: Method, invitations: Sent
) -> None:
    with transaction():
        make_room("Ulriken", seats=12)
        evening = evenings.plan(otto, evening_wish(needs_room=True))
        signups.sign_up(anne, evening.id)
        olga = make_person("Olga Olsen")
        db.session.add(EveningHelp(evening_id=evening.id, person_id=olga.id))
    work()
    booking = rooms.booking_of(evening.purpose)
    assert booking
    assert evening.room_place
    before = len(sent(anne))
    with transaction():
        answers.note_outside_change(booking.id, elsewhere(booking, timedelta(hours=4)))
    work()
    assert evening.room_place == ""
    assert notices(otto)[-1] == notices(olga)[-1] == "events.room_moved"
    assert len(sent(anne)) == before + 1
    assert "LOCATION" not in invitations(anne)[-1].event


def elsewhere(booking: object, by: timedelta) -> Meeting:
    return Meeting(
        key=booking.uuid,  # type: ignore[attr-defined]
        uid=booking.uid,  # type: ignore[attr-defined]
        remote_id=booking.remote_id,  # type: ignore[attr-defined]
        mark="",
        room_addresses=(booking.room.address,),  # type: ignore[attr-defined]
        starts_at=booking.starts_at + by,  # type: ignore[attr-defined]
        ends_at=booking.ends_at + by,  # type: ignore[attr-defined]
        answer="accepted",  # type: ignore[arg-type]
        made_at=clock.now(),
    )


def test_everybody_with_a_place_is_reminded_once_the_day_before(
    anne: Person, bjarne: Person, at: Callable[[datetime], None], work: Callable[[], None]
) -> None:
    with transaction():
        evening = make_evening(datetime(2026, 11, 25, 16, tzinfo=UTC))
        make_evening(datetime(2026, 11, 26, 16, tzinfo=UTC))
        make_sign_up(evening, anne)
        make_sign_up(evening, bjarne, position=2, state=SignUpState.WAITING)
    at(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    for _ in range(2):
        with transaction():
            jobs.kinds["events.remind"].function()
    assert notices(anne) == ["events.reminder"]
    assert notices(bjarne) == []


@pytest.mark.parametrize(
    ("moment", "evening_at"),
    [
        # The 25 hours of Sunday 25 October 2026 and the 23 of 28 March 2027 are one day each.
        (datetime(2026, 10, 24, 7, tzinfo=UTC), datetime(2026, 10, 25, 22, 30, tzinfo=UTC)),
        (datetime(2027, 3, 27, 8, tzinfo=UTC), datetime(2027, 3, 28, 21, 30, tzinfo=UTC)),
    ],
)
def test_tomorrow_is_a_day_of_the_wall_calendar(
    anne: Person, at: Callable[[datetime], None], moment: datetime, evening_at: datetime
) -> None:
    at(moment)
    with transaction():
        make_sign_up(make_evening(evening_at), anne)
        make_sign_up(make_evening(evening_at + timedelta(hours=1)), anne)
        jobs.kinds["events.remind"].function()
    assert notices(anne) == ["events.reminder"]


def test_the_daily_job_makes_the_evenings_that_have_come_within_sight(
    otto: Person, at: Callable[[datetime], None]
) -> None:
    with transaction():
        made = series.make(otto, series_wish())
    at(MONDAY + timedelta(days=21))
    with transaction():
        jobs.kinds["events.make_evenings"].function()
        jobs.kinds["events.make_evenings"].function()
    count = len(db.session.scalars(select(Evening.id).where(Evening.series_id == made.id)).all())
    assert count == 9


def test_notes_are_forgotten_by_the_daily_job(anne: Person, at: Callable[[datetime], None]) -> None:
    with transaction():
        evening = make_evening()
        make_sign_up(evening, anne, note="Glutenfritt")
    at(evening.ends_at + timedelta(days=1))
    with transaction():
        jobs.kinds["events.forget_notes"].function()
    assert db.session.scalars(select(SignUp.sealed_note)).all() == [None]


@pytest.fixture
def receivers(session: Session) -> list[Person]:
    """Give one reader of each language."""
    with transaction():
        return [make_person("Kari Ås", locale=locale) for locale in ("nn", "nb", "en")]


DAYS = {"nn": "torsdag 26. november", "nb": "torsdag 26. november", "en": "Thursday 26 November"}


def test_every_mail_can_be_written_in_each_language(
    otto: Person, receivers: list[Person], work: Callable[[], None], invitations: Sent
) -> None:
    with transaction():
        evening = make_evening(own_place="Ulriken")
        called_off = make_evening(own_title="Kino")
        for person in receivers:
            signups.sign_up(person, evening.id)
            signups.sign_up(person, called_off.id)
    work()
    change(otto, evening, words=Words(title="Julebrettspel", place="Fløyen"))
    work()
    with transaction():
        for person in receivers:
            signups.give_up(person, evening.id)
        evenings.cancel(otto, called_off.id)
    work()
    for person in receivers:
        mails = invitations(person)
        assert [mail.kind for mail in mails] == [
            "events.invitation",
            "events.invitation",
            "events.update",
            "events.withdrawal",
            "events.cancellation",
        ]
        for mail in mails:
            assert str(mail.message["Subject"]).endswith(DAYS[person.locale])
            assert "Kari" in mail.text
            assert "http://localhost/kveldar/" in mail.text
            assert str(mail.event["ATTENDEE"]).lower() == f"mailto:{person.email}"
        assert "Ulriken" in mails[0].text
        assert "Fløyen" in mails[2].text
    english = invitations(receivers[2])[0]
    assert english.message["Subject"] == "You are coming: Brettspelkveld, Thursday 26 November"
    assert "Thursday 26 November, 17:00–20:00\r\nUlriken" in english.text
