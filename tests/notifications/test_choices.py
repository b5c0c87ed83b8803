"""What people choose: per group and per kind, quiet hours of the week, and quiet until a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import ports, service
from portal.blueprints.notifications.models import Choice, Notice, QuietSpan
from portal.blueprints.notifications.ports import Delivery, Way
from portal.blueprints.notifications.queries import choices as found
from portal.blueprints.notifications.queries import inbox
from portal.blueprints.notifications.rules import MOST_SPANS, Span
from portal.blueprints.notifications.service import choices
from portal.blueprints.people.models import Person
from portal.core import jobs
from portal.core.errors import Invalid, NotFound
from tests.client import AuditingClient
from tests.notifications.conftest import Mailbox, be_quiet, work

Browse = Callable[[Person], AuditingClient]
At = Callable[[datetime], None]
Tell = Callable[..., None]
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # 12:00 in Oslo, a Monday
LIKE_GROUP = {"kind_tests-answered": "like_group", "kind_tests-asked": "like_group", "kind_tests-evening": "like_group"}
NIGHT = Span(starts=time(20), ends=time(7), weekdays=frozenset(range(7)))


@pytest.fixture
def noon(at: At, session: Session, kinds: ports.KnownKinds) -> At:
    at(NOON)
    jobs.ensure_schedules()
    return at


def delivery(person: Person, kind: str) -> Delivery:
    return found.deliveries([person.id], ports.known.get(kind))[person.id]


def planned(session: Session) -> list[tuple[Way, datetime | None]]:
    session.expire_all()
    return [(Way(notice.way), notice.mail_at) for notice in session.scalars(select(Notice).order_by(Notice.id))]


def test_a_kind_follows_its_group_until_it_is_chosen_for(noon: At, anne: Person) -> None:
    assert delivery(anne, "tests.asked") is Delivery.AT_ONCE
    choices.choose(anne, group="tests", delivery=Delivery.WEEKLY)
    assert delivery(anne, "tests.asked") is Delivery.WEEKLY
    choices.choose_kind(anne, kind="tests.asked", delivery=Delivery.AT_ONCE)
    choices.choose(anne, group="tests", delivery=Delivery.NEVER)
    assert (delivery(anne, "tests.asked"), delivery(anne, "tests.answered")) == (Delivery.AT_ONCE, Delivery.NEVER)
    choices.choose_kind(anne, kind="tests.asked", delivery=None)
    assert delivery(anne, "tests.asked") is Delivery.NEVER


def test_a_kind_that_is_new_follows_the_choice_for_its_group(noon: At, anne: Person) -> None:
    choices.choose(anne, group="tests", delivery=Delivery.HOURLY)
    service.notice_kind("tests.brand_new", group="tests", text="News")
    assert delivery(anne, "tests.brand_new") is Delivery.HOURLY


def test_one_persons_choice_is_not_anothers(noon: At, anne: Person, didrik: Person) -> None:
    choices.choose(didrik, group="tests", delivery=Delivery.NEVER)
    choices.choose_kind(didrik, kind="tests.asked", delivery=Delivery.DAILY)
    assert delivery(anne, "tests.asked") is Delivery.AT_ONCE


def test_what_is_not_there_cannot_be_chosen(noon: At, anne: Person) -> None:
    with pytest.raises(Invalid):
        choices.choose(anne, group="gossip", delivery=Delivery.DAILY)
    with pytest.raises(Invalid):
        choices.choose_kind(anne, kind="tests.gossip", delivery=Delivery.DAILY)


@pytest.mark.parametrize(
    ("chosen", "mailed_at"),
    [
        (Delivery.HOURLY, datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
        (Delivery.DAILY, datetime(2026, 11, 24, 7, 30, tzinfo=UTC)),
        (Delivery.WEEKLY, datetime(2026, 11, 30, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_bundle_leaves_when_it_should_and_tells_each_page_once(
    noon: At, mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person, chosen: Delivery, mailed_at: datetime
) -> None:
    choices.choose(anne, group="tests", delivery=chosen)
    work()
    tell(anne, by=bjarne, page=1, title="Ein")
    tell(anne, by=bjarne, page=1, title="Ein")
    tell(anne, by=bjarne, page=1, title="Ein", kind="tests.asked")
    tell(anne, by=bjarne, page=2, title="To")
    noon(mailed_at - timedelta(seconds=1))
    work()
    assert mailbox() == []
    noon(mailed_at)
    work()
    noon(mailed_at + timedelta(days=8))
    work()
    (mail,) = mailbox()
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert str(mail["Subject"]) == "2 pieces of news from the yard"
    assert text.count("2 new answers to «Ein»") == text.count("needs to know more about «Ein»") == 1
    assert (text.count("/folk/1\r\n"), text.count("/folk/2\r\n")) == (1, 1)


def test_what_a_bundle_has_told_is_told_again_only_when_there_is_more(
    noon: At, mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person
) -> None:
    choices.choose(anne, group="tests", delivery=Delivery.DAILY)
    work()
    tell(anne, by=bjarne)
    for day in range(1, 4):
        noon(NOON + timedelta(days=day))
        work()
    assert len(mailbox()) == 1
    tell(anne, by=bjarne)
    noon(NOON + timedelta(days=5))
    work()
    assert [str(mail["Subject"]) for mail in mailbox()][-1] == "2 new answers to «Skrivaren står»"
    assert len(mailbox()) == 2


def test_a_bundle_of_very_much_says_how_much_more_there_is(
    noon: At, mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person
) -> None:
    choices.choose(anne, group="tests", delivery=Delivery.DAILY)
    work()
    for page in range(53):
        tell(anne, by=bjarne, page=page, title=f"Sak {page}")
    noon(NOON + timedelta(days=1))
    work()
    noon(NOON + timedelta(days=2))
    work()
    (mail,) = mailbox()
    body = mail.get_body(("plain",))
    assert body is not None
    assert "And 3 more." in body.get_content()
    assert str(mail["Subject"]) == "53 pieces of news from the yard"


def test_a_bundle_waits_for_the_end_of_quiet_time(
    noon: At, mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person
) -> None:
    choices.choose(anne, group="tests", delivery=Delivery.DAILY)
    be_quiet(anne, "06:00", "10:00")
    work()
    tell(anne, by=bjarne)
    noon(datetime(2026, 11, 24, 8, 59, tzinfo=UTC))
    work()
    assert mailbox() == []
    noon(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    work()
    assert len(mailbox()) == 1


def test_never_means_the_inbox_only_and_stays_so(
    noon: At, session: Session, mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person
) -> None:
    choices.choose(anne, group="tests", delivery=Delivery.NEVER)
    tell(anne, by=bjarne)
    choices.choose(anne, group="tests", delivery=Delivery.DAILY)
    work()
    noon(NOON + timedelta(days=2))
    work()
    assert mailbox() == []
    assert planned(session) == [(Way.NONE, None)]
    assert inbox.unread_count(anne) == 1


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Delivery.DAILY, Delivery.AT_ONCE, (Way.TOGETHER, None)),  # looked at already: it is on its way
        (Delivery.WEEKLY, Delivery.DAILY, (Way.TOGETHER, datetime(2026, 11, 24, 7, 30, tzinfo=UTC))),
        (Delivery.DAILY, Delivery.WEEKLY, (Way.TOGETHER, datetime(2026, 11, 30, 7, 30, tzinfo=UTC))),
        (Delivery.DAILY, Delivery.NEVER, (Way.NONE, None)),
    ],
)
def test_what_waits_is_planned_again_when_somebody_chooses_otherwise(
    noon: At,
    session: Session,
    mailbox: Mailbox,
    tell: Tell,
    anne: Person,
    bjarne: Person,
    before: Delivery,
    after: Delivery,
    expected: tuple[Way, datetime | None],
) -> None:
    choices.choose(anne, group="tests", delivery=before)
    work()
    tell(anne, by=bjarne)
    choices.choose(anne, group="tests", delivery=after)
    work()
    assert planned(session) == [expected]
    assert len(mailbox()) == (after is Delivery.AT_ONCE)


def test_quiet_until_a_moment_holds_everything_back_and_ends_in_one_mail(
    noon: At, mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person
) -> None:
    until = NOON + timedelta(days=12)
    choices.be_quiet_until(anne, until)
    for page in range(5):
        tell(anne, by=bjarne, page=page)
    for day in range(12):
        noon(NOON + timedelta(days=day))
        work()
    assert mailbox() == []
    noon(until)
    work()
    assert [str(mail["Subject"]) for mail in mailbox()] == ["5 pieces of news from the yard"]


def test_ending_quiet_by_hand_lets_the_mail_come_at_once(
    noon: At, mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person
) -> None:
    choices.be_quiet_today(anne)
    tell(anne, by=bjarne, page=1)
    tell(anne, by=bjarne, page=2)
    work()
    noon(NOON + timedelta(hours=1))
    choices.end_quiet(anne)
    work()
    assert [str(mail["Subject"]) for mail in mailbox()] == ["2 pieces of news from the yard"]


def test_being_quiet_while_a_bundle_is_on_its_way_puts_it_off_and_ending_it_wakes_it(
    noon: At, mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person
) -> None:
    choices.choose(anne, group="tests", delivery=Delivery.HOURLY)
    work()
    tell(anne, by=bjarne)
    noon(NOON + timedelta(minutes=59))
    choices.be_quiet_until(anne, NOON + timedelta(hours=5))
    work()
    noon(NOON + timedelta(hours=2))
    work()
    assert mailbox() == []
    choices.end_quiet(anne)
    work()
    assert len(mailbox()) == 1


def test_quiet_for_the_rest_of_today_ends_in_the_morning(noon: At, anne: Person) -> None:
    assert choices.be_quiet_today(anne) == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert found.quiet_ends(anne.id) == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    noon(datetime(2026, 11, 24, 7, 0, tzinfo=UTC))
    assert found.quiet_ends(anne.id) is None
    assert found.quiet_time(anne).until is None


@pytest.mark.parametrize("until", [NOON, NOON - timedelta(minutes=1), NOON + timedelta(days=184)])
def test_a_moment_that_has_passed_or_is_far_away_is_refused(noon: At, anne: Person, until: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        choices.be_quiet_until(anne, until)
    assert refused.value.field == "until"


@pytest.mark.parametrize(
    ("span", "field"),
    [
        (Span(starts=time(8), ends=time(8), weekdays=frozenset(range(7))), "ends"),
        (Span(starts=time(8), ends=time(9), weekdays=frozenset()), "weekdays"),
        (Span(starts=time(8), ends=time(9), weekdays=frozenset({7})), "weekdays"),
        (Span(starts=time(8), ends=time(9), weekdays=frozenset({1}), ends_on=7), "ends_on"),
        (Span(starts=time(8), ends=time(8), weekdays=frozenset({1}), ends_on=1), "ends"),
    ],
)
def test_quiet_hours_that_make_no_sense_are_refused(session: Session, anne: Person, span: Span, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        choices.add_quiet_hours(anne, span)
    assert refused.value.field == field
    assert found.spans(anne) == []


def test_hours_that_leave_no_minute_together_with_others_are_refused(session: Session, anne: Person) -> None:
    choices.be_quiet_off_duty(anne)
    with pytest.raises(Invalid):
        be_quiet(anne, "08:00", "16:00", range(5))
    be_quiet(anne, "09:00", "16:00", range(5))
    assert len(found.spans(anne)) == 3


def test_the_same_hours_are_kept_once_and_there_is_a_most(session: Session, anne: Person) -> None:
    for _ in range(2):
        choices.add_quiet_hours(anne, NIGHT)
    assert [span for _, span in found.spans(anne)] == [NIGHT]
    for hour in range(8, 8 + MOST_SPANS - 1):
        be_quiet(anne, f"{hour:02}:00", f"{hour:02}:30")
    with pytest.raises(Invalid):
        be_quiet(anne, "18:00", "18:30")


def test_hours_are_removed_by_their_owner_only(session: Session, anne: Person, didrik: Person) -> None:
    choices.add_quiet_hours(anne, NIGHT)
    ((span_id, _),) = found.spans(anne)
    with pytest.raises(NotFound):
        choices.remove_quiet_hours(didrik, span_id)
    choices.remove_quiet_hours(anne, span_id)
    assert found.spans(anne) == []
    with pytest.raises(NotFound):
        choices.remove_quiet_hours(anne, span_id)


# The page.


def page_of(browse: Browse, person: Person) -> BeautifulSoup:
    return browse(person).soup("/varsel/val")


def test_the_page_offers_each_group_and_behind_it_each_kind(browse: Browse, noon: At, anne: Person) -> None:
    page = page_of(browse, anne)
    assert [option["value"] for option in page.select('[name="group_tests"] option')] == list(Delivery)
    labels = [label.get_text(strip=True) for label in page.select("#by-mail details label")]
    assert labels == [
        "A colleague answered «…»",
        "A colleague needs to know more about «…»",
        "«…» is …",
    ]
    assert page.select_one("#by-mail details[open]") is None


def test_a_label_of_its_own_is_shown_for_a_kind(browse: Browse, noon: At, anne: Person) -> None:
    service.notice_kind("tests.asked", group="tests", text="%(who)s asked", label="Somebody wants to know more")
    assert "Somebody wants to know more" in page_of(browse, anne).get_text()


def test_choices_are_kept(browse: Browse, noon: At, anne: Person) -> None:
    client = browse(anne)
    sent = {"group_tests": "weekly", **LIKE_GROUP, "kind_tests-asked": "at_once"}
    assert client.post("/varsel/val", data=sent).status_code == 303
    assert (delivery(anne, "tests.answered"), delivery(anne, "tests.asked")) == (Delivery.WEEKLY, Delivery.AT_ONCE)
    page = client.soup("/varsel/val")
    assert page.select_one('[name="group_tests"] option[selected]')["value"] == "weekly"  # type: ignore[index]
    assert "1 goes its own way" in page.get_text()
    assert page.select_one("#by-mail details[open]") is not None
    assert client.post("/varsel/val", data={"group_tests": "daily", **LIKE_GROUP}).status_code == 303
    assert delivery(anne, "tests.asked") is Delivery.DAILY


@pytest.mark.parametrize(
    "sent", [{}, {"group_tests": "sometimes", **LIKE_GROUP}, {"group_tests": "daily", "kind_tests-asked": "sometimes"}]
)
def test_choices_that_make_no_sense_change_nothing(
    browse: Browse, session: Session, noon: At, anne: Person, sent: dict[str, str]
) -> None:
    answer = browse(anne).post("/varsel/val", data=sent)
    assert answer.status_code == 422
    assert "Something is missing" in answer.text
    assert session.scalar(select(func.count()).select_from(Choice)) == 0


def test_quiet_hours_are_added_in_words_and_removed(browse: Browse, session: Session, noon: At, anne: Person) -> None:
    client = browse(anne)
    sent = {"weekdays": ["0", "1", "2", "3"], "starts": "16:00", "ends": "08:00", "ends_on": "-1"}
    assert client.post("/varsel/stille", data=sent).status_code == 303
    sent = {"weekdays": ["4"], "starts": "15:00", "ends": "08:00", "ends_on": "0"}
    assert client.post("/varsel/stille", data=sent).status_code == 303
    page = client.soup("/varsel/val")
    words = [line.get_text() for line in page.select("#quiet-hours li > span")]
    assert words[0].startswith("Monday–Thursday from 16:00 until 08:00 the day after")
    assert words[1].startswith("Friday at 15:00 until Monday at 08:00")
    form = page.select_one("#quiet-hours li form")
    assert form is not None
    assert client.post(str(form["action"])).status_code == 303
    assert len(found.spans(anne)) == 1


def test_evenings_nights_and_weekends_are_one_press(browse: Browse, noon: At, anne: Person) -> None:
    client = browse(anne)
    assert "Evenings, nights and weekends" in client.soup("/varsel/val").get_text()
    assert client.post("/varsel/stille/vanleg").status_code == 303
    assert [span for _, span in found.spans(anne)] == list(choices.OFF_DUTY)
    assert "Evenings, nights and weekends" not in client.soup("/varsel/val").get_text()


@pytest.mark.parametrize(
    "sent",
    [
        {"weekdays": ["1"], "starts": "20:00", "ends": "", "ends_on": "-1"},
        {"weekdays": ["1"], "starts": "25:00", "ends": "07:00", "ends_on": "-1"},
        {"starts": "20:00", "ends": "07:00", "ends_on": "-1"},
        {"weekdays": ["9"], "starts": "20:00", "ends": "07:00", "ends_on": "-1"},
        {"weekdays": ["1"], "starts": "20:00", "ends": "07:00", "ends_on": "8"},
        {"weekdays": [str(day) for day in range(7)], "starts": "20:00", "ends": "20:00", "ends_on": "-1"},
        {},
    ],
)
def test_quiet_hours_that_make_no_sense_come_back_as_written(
    browse: Browse, session: Session, noon: At, anne: Person, sent: dict[str, str | list[str]]
) -> None:
    answer = browse(anne).post("/varsel/stille", data=sent)
    assert answer.status_code == 422
    assert "Something is missing" in answer.text
    assert session.scalar(select(func.count()).select_from(QuietSpan)) == 0


def test_another_persons_hours_are_not_there(browse: Browse, session: Session, anne: Person, didrik: Person) -> None:
    choices.add_quiet_hours(anne, NIGHT)
    ((span_id, _),) = found.spans(anne)
    assert browse(didrik).post(f"/varsel/stille/{span_id}/fjerning").status_code == 404
    assert len(found.spans(anne)) == 1


def test_quiet_today_and_its_undoing_are_one_press_each(browse: Browse, noon: At, anne: Person) -> None:
    client = browse(anne)
    assert client.post("/varsel/ro/i-dag").status_code == 303
    page = client.soup("/varsel/val").get_text()
    assert "It is quiet until tomorrow at 08:00" in page
    assert client.post("/varsel/ro/slutt").status_code == 303
    assert found.quiet_ends(anne.id) is None
    assert "Let mail come again" not in client.soup("/varsel/val").get_text()


def test_quiet_until_a_day_and_a_time_is_by_the_clock_on_the_wall(browse: Browse, noon: At, anne: Person) -> None:
    client = browse(anne)
    assert client.post("/varsel/ro", data={"until": "2026-12-01T07:45"}).status_code == 303
    assert found.quiet_ends(anne.id) == datetime(2026, 12, 1, 6, 45, tzinfo=UTC)


@pytest.mark.parametrize("until", ["", "tomorrow", "2026-11-23T11:00", "2028-01-01T08:00", "2026-13-01T08:00"])
def test_a_moment_that_makes_no_sense_is_refused_in_words(browse: Browse, noon: At, anne: Person, until: str) -> None:
    answer = browse(anne).post("/varsel/ro", data={"until": until})
    assert answer.status_code == 422
    assert "Something is missing" in answer.text
    assert found.quiet_ends(anne.id) is None


@pytest.mark.parametrize("locale", ["nn", "nb", "en"])
def test_hours_are_written_as_the_language_does(
    browse: Browse, session: Session, noon: At, anne: Person, locale: str
) -> None:
    anne.locale = locale
    choices.add_quiet_hours(anne, NIGHT)
    text = page_of(browse, anne).select_one("#quiet-hours li")
    assert text is not None
    expected = {"nn": "Måndag–søndag", "nb": "Mandag–søndag", "en": "Monday–Sunday"}
    assert text.get_text(strip=True).startswith(expected[locale])
