"""Telling, bundling, reading and choosing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import ports, service
from portal.blueprints.notifications.models import Mail, MailState, Notice, ToldOnce
from portal.blueprints.notifications.ports import Delivery, Way
from portal.blueprints.notifications.queries import exports, inbox
from portal.blueprints.notifications.service import choices, mails, reading, upkeep
from portal.blueprints.people.models import Person
from portal.core import live, privacy
from portal.core.db import transaction
from portal.core.errors import NotAllowed, NotFound
from portal.core.jobs import Job
from tests.factories.people import make_person
from tests.notifications.conftest import be_quiet

Tell = Callable[..., None]
At = Callable[[datetime], None]
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # 12:00 in Oslo, a Monday
EVENING = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # 21:00


def planned(session: Session) -> list[tuple[int, Way, datetime | None]]:
    """Give who has unread notices, and how and when they are mailed."""
    session.expire_all()
    notices = session.scalars(select(Notice).where(Notice.read_at.is_(None)).order_by(Notice.id))
    return [(notice.person_id, Way(notice.way), notice.mail_at) for notice in notices]


def lines(person: Person) -> list[str]:
    return [line.words for line in inbox.notices(person).items]


def test_telling_writes_a_line_and_wakes_the_worker(
    session: Session, tell: Tell, anne: Person, bjarne: Person, at: At
) -> None:
    at(NOON)
    tell(anne, by=bjarne)
    assert lines(anne) == ["Bjarne Svartveit answered «Skrivaren står»"]
    assert inbox.unread_count(anne) == 1
    assert planned(session) == [(anne.id, Way.ALONE, NOON)]
    assert session.scalars(select(Job.name).where(Job.next_at <= NOON)).all() == ["notifications.send_out"]


def test_telling_many_asks_as_little_as_telling_one(
    session: Session, kinds: ports.KnownKinds, app: Flask, anne: Person
) -> None:
    with transaction():
        crowd = [make_person(f"Kollega {number}").id for number in range(60)]
    counted: list[int] = []
    for told in ([anne.id], crowd):
        said: list[str] = []
        listener = lambda *words: said.append(words[2])  # noqa: E731, B023
        event.listen(session.get_bind(), "before_cursor_execute", listener)
        service.tell_many(told, kind="tests.asked", params={"title": "x"}, endpoint="people.me", values={})
        event.remove(session.get_bind(), "before_cursor_execute", listener)
        counted.append(len(said))
    assert counted[0] == counted[1] <= 8, counted


def test_nobody_is_told_of_their_own_act(session: Session, tell: Tell, anne: Person) -> None:
    tell(anne, by=anne)
    assert lines(anne) == []
    assert planned(session) == []


def test_a_page_is_given_another_title_wherever_it_was_told_of(
    tell: Tell, anne: Person, bjarne: Person, didrik: Person
) -> None:
    for person in (anne, didrik):
        tell(person, by=bjarne, page=1, title="Fødselsnummeret hennar")
        tell(person, by=bjarne, page=2, title="Noko anna")
    service.retitle(endpoint="people.person", values={"person_id": 1}, params={"title": "(fjerna)", "other": "x"})
    for person in (anne, didrik):
        assert lines(person) == [
            "Bjarne Svartveit answered «Noko anna»",
            "Bjarne Svartveit answered «(fjerna)»",
        ]


def test_a_page_that_is_gone_takes_its_notices_and_mails_along(
    session: Session, tell: Tell, anne: Person, bjarne: Person
) -> None:
    tell(anne, by=bjarne, page=1)
    tell(anne, by=bjarne, page=2, title="Noko anna")
    service.take_back_page(endpoint="people.person", values={"person_id": 1})
    session.expire_all()
    assert lines(anne) == ["Bjarne Svartveit answered «Noko anna»"]
    assert len(planned(session)) == 1


def test_somebody_who_has_left_is_not_told(session: Session, tell: Tell, anne: Person, bjarne: Person) -> None:
    anne.deactivate()
    session.flush()
    tell(anne, by=bjarne)
    assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_a_thread_has_one_unread_line_however_many_answer(
    session: Session, tell: Tell, anne: Person, bjarne: Person, didrik: Person
) -> None:
    tell(anne, by=bjarne)
    tell(anne, by=didrik)
    tell(anne, by=bjarne)
    assert lines(anne) == ["3 new answers to «Skrivaren står»"]
    assert inbox.unread_count(anne) == 1
    assert len(planned(session)) == 1


def test_another_page_is_another_line(tell: Tell, anne: Person, bjarne: Person) -> None:
    tell(anne, by=bjarne, page=1, title="Ein")
    tell(anne, by=bjarne, page=2, title="To")
    assert len(lines(anne)) == 2


def test_what_comes_after_reading_is_a_new_line(tell: Tell, anne: Person, bjarne: Person) -> None:
    tell(anne, by=bjarne)
    reading.mark_all_read(anne)
    tell(anne, by=bjarne)
    page = inbox.notices(anne).items
    assert [line.is_unread for line in page] == [True, False]
    assert page[0].words == "Bjarne Svartveit answered «Skrivaren står»"


def test_with_a_key_a_repeat_tells_nothing_even_after_reading(
    kinds: ports.KnownKinds, anne: Person, bjarne: Person
) -> None:
    def remind(key: str) -> list[Notice]:
        words = {"title": "Brettspel", "when": date(2026, 11, 25)}
        return service.tell_many(
            [anne.id, bjarne.id], kind="tests.evening", params=words, endpoint="people.me", values={}, key=key
        )

    assert len(remind("evening-1")) == 2
    assert remind("evening-1") == []
    reading.mark_all_read(anne)
    assert remind("evening-1") == []
    assert len(remind("evening-2")) == 2
    assert inbox.unread_count(anne) == 1


def test_days_are_written_as_the_receiver_does(kinds: ports.KnownKinds, anne: Person, bjarne: Person, at: At) -> None:
    at(NOON)
    anne.locale = "nn"
    for person in (anne, bjarne):
        params = {"title": "Brettspel", "when": date(2026, 11, 25)}
        service.tell(person.id, kind="tests.evening", params=params, endpoint="people.me", values={})
    assert lines(anne) == ["«Brettspel» is onsdag 25. november"]
    assert lines(bjarne) == ["«Brettspel» is Wednesday 25 November"]


def test_a_title_is_kept_short_and_on_one_line(session: Session, tell: Tell, anne: Person, bjarne: Person) -> None:
    tell(anne, by=bjarne, title="Linje ein\r\nBcc: a@b.no " + "x" * 500)
    notice = session.scalars(select(Notice)).one()
    assert len(notice.params["title"]) == 120
    assert "\n" not in notice.params["title"]
    assert "\r" not in notice.params["title"]


def test_the_actor_is_not_stored_when_the_words_do_not_name_them(
    session: Session, kinds: ports.KnownKinds, anne: Person, bjarne: Person
) -> None:
    params = {"title": "Brettspel", "when": date(2026, 11, 25)}
    service.tell(anne.id, kind="tests.evening", params=params, endpoint="people.me", values={}, actor_id=bjarne.id)
    assert session.scalars(select(Notice)).one().actor_id is None


def test_an_actor_who_is_not_known_is_a_colleague(tell: Tell, anne: Person) -> None:
    tell(anne)
    assert lines(anne) == ["A colleague answered «Skrivaren står»"]


def test_words_that_lack_a_parameter_fail_where_they_are_told(kinds: ports.KnownKinds, anne: Person) -> None:
    with pytest.raises(KeyError):
        service.tell(anne.id, kind="tests.answered", params={}, endpoint="people.me", values={})


def test_an_unknown_kind_or_group_fails_where_it_is_told(kinds: ports.KnownKinds, anne: Person) -> None:
    service.notice_kind("tests.lost", group="nowhere", text="x")
    for kind in ("tests.unknown", "tests.lost"):
        with pytest.raises(LookupError):
            service.tell(anne.id, kind=kind, params={}, endpoint="people.me", values={})


def test_a_kind_whose_slice_is_gone_is_still_a_line(
    session: Session, tell: Tell, kinds: ports.KnownKinds, anne: Person, bjarne: Person
) -> None:
    tell(anne, by=bjarne)
    session.scalars(select(Notice)).one().kind = "gone.forever"
    session.flush()
    assert lines(anne) == ["There is something new"]


def test_a_mail_is_queued_once_a_key(session: Session, anne: Person) -> None:
    for _ in range(2):
        service.send_mail(person_id=anne.id, kind="tests", params={"at": NOON}, key="signup-1-anne")
    mail = session.scalars(select(Mail)).one()
    assert mail.params == {"at": NOON.isoformat()}
    assert mail.message_id.startswith("<")
    assert session.scalar(select(func.count()).select_from(Job).where(Job.name == "notifications.deliver")) == 1


@pytest.mark.parametrize(
    ("calendar", "method"), [(b"BEGIN", None), (None, "REQUEST"), (b"BEGIN", "REQUEST\r\nBcc: x@y.no")]
)
def test_a_calendar_goes_with_a_known_method(anne: Person, calendar: bytes | None, method: str | None) -> None:
    with pytest.raises(ValueError):
        service.send_mail(
            person_id=anne.id, kind="tests", params={}, key="k", calendar=calendar, calendar_method=method
        )


def test_another_persons_notice_is_not_there(
    session: Session, tell: Tell, anne: Person, bjarne: Person, didrik: Person
) -> None:
    tell(anne, by=bjarne)
    notice = session.scalars(select(Notice)).one()
    with pytest.raises(NotFound):
        reading.mark_read(didrik, notice.id)
    assert notice.is_unread
    reading.mark_all_read(didrik)
    session.expire_all()
    assert notice.is_unread


def test_acting_on_a_page_reads_what_pointed_at_it(tell: Tell, anne: Person, bjarne: Person) -> None:
    tell(anne, by=bjarne, page=1)
    tell(anne, by=bjarne, page=2)
    service.mark_seen(anne, endpoint="people.person", values={"person_id": 2})
    assert [line.path for line in inbox.notices(anne).items if line.is_unread] == ["/folk/1"]


def test_the_topic_of_the_person_is_published_when_something_is_new(
    session: Session, tell: Tell, anne: Person, bjarne: Person, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--database") != "sqlite":
        pytest.skip("on PostgreSQL the database tells, after the outer transaction that this test undoes")
    heard: list[str] = []
    stop = live.subscribe(heard.append)
    with transaction():
        tell(anne, by=bjarne)
        assert heard == []
    stop()
    assert heard == [f"person-{anne.id}"]


def test_a_refused_mail_can_be_tried_again_by_those_who_run_the_place(
    session: Session, anne: Person, carla: Person, didrik: Person
) -> None:
    service.send_mail(person_id=anne.id, kind="tests", params={}, key="k")
    mail = session.scalars(select(Mail)).one()
    mails.note_refused(mail.id, code=550)
    with pytest.raises(NotAllowed):
        mails.try_again(didrik, mail.id)
    assert mail.state == MailState.FAILED
    mails.try_again(carla, mail.id)
    assert mail.state == MailState.WAITING
    with pytest.raises(NotFound):
        mails.try_again(carla, 0)


def test_old_notices_and_mails_expire(session: Session, tell: Tell, anne: Person, bjarne: Person, at: At) -> None:
    at(NOON)
    tell(anne, by=bjarne, page=1)
    reading.mark_all_read(anne)
    tell(anne, by=bjarne, page=2)
    service.send_mail(person_id=anne.id, kind="tests", params={"secret": "x"}, key="k")
    refused = session.scalars(select(Mail).where(Mail.key == "k")).one()
    refused.note_refused(550)
    session.flush()
    at(NOON + timedelta(days=89))
    upkeep.expire()
    assert len(lines(anne)) == 2
    at(NOON + timedelta(days=91))
    upkeep.expire()
    session.expire_all()
    assert [line.path for line in inbox.notices(anne).items] == ["/folk/2"]
    assert (refused.state, refused.params) == (MailState.DROPPED, {})
    at(NOON + timedelta(days=401))
    upkeep.expire()
    assert lines(anne) == []
    assert session.scalar(select(func.count()).select_from(Mail)) == 0


def test_what_is_held_about_a_person_can_be_given_and_erased(
    session: Session, kinds: ports.KnownKinds, tell: Tell, anne: Person, bjarne: Person
) -> None:
    tell(anne, by=bjarne)
    tell(bjarne, by=anne)
    params = {"title": "Brettspel", "when": date(2026, 11, 25)}
    service.tell(anne.id, kind="tests.evening", params=params, endpoint="people.me", values={}, key="once")
    service.send_mail(person_id=anne.id, kind="tests", params={}, key="k")
    choices.choose(anne, group="tests", delivery=Delivery.DAILY)
    choices.choose_kind(anne, kind="tests.asked", delivery=Delivery.NEVER)
    be_quiet(anne, "20:00", "07:00", [0])
    choices.be_quiet_today(anne)
    held = [one for one in privacy.holdings() if one.slice == "notifications"]
    exported = [one.export(anne.id) for one in held if one.export]
    assert len(exported) == 3
    assert all(exported)
    for one in held:
        if one.erase:
            one.erase(anne.id)
    session.expire_all()
    empty = {"choices": [], "quiet_hours": [], "quiet_until": None}
    assert [one.export(anne.id) for one in held if one.export].count([]) == 2
    assert exports.chosen(anne.id) == empty
    assert session.scalar(select(func.count()).select_from(ToldOnce)) == 0
    assert lines(bjarne) == ["A colleague answered «Skrivaren står»"]


def test_every_kind_of_every_slice_has_a_group_that_people_can_choose_for(app: Flask) -> None:
    for kind in ports.known._kinds.values():
        assert ports.known.get_group(kind.group) in ports.known.groups()
