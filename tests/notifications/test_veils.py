"""Nameless acts: their author is told nothing of them, and nothing that is kept tells who it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.notifications import ports, rules, service
from portal.blueprints.notifications.models import Mail, Notice
from portal.blueprints.notifications.ports import Delivery
from portal.blueprints.notifications.queries import exports, inbox, veils
from portal.blueprints.notifications.service import choices, reading
from portal.blueprints.people.models import Person
from portal.core import jobs
from portal.core.audit import AuditEntry
from portal.core.db import Base
from tests.client import AuditingClient
from tests.notifications.conftest import Mailbox, be_quiet, work

At = Callable[[datetime], None]
Tell = Callable[..., None]
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
ANSWERED = "A colleague answered «Skrivaren står»"


def answer(told: Sequence[Person], *, by: Person, nameless: bool = True, key: str | None = None) -> None:
    """Answer a question that some people follow."""
    service.tell_many(
        [person.id for person in told],
        kind="tests.answered",
        params={"title": "Skrivaren står"},
        endpoint="people.person",
        values={"person_id": 4711},
        actor_id=None if nameless else by.id,
        but_not=by.id if nameless else None,
        key=key,
    )


def lines(person: Person) -> list[str]:
    return [line.words for line in inbox.notices(person).items]


@pytest.fixture
def everybody(kinds: ports.KnownKinds, anne: Person, bjarne: Person, didrik: Person, at: At) -> list[Person]:
    """Give those who follow: Bjarne will be the nameless one."""
    at(NOON)
    return [anne, bjarne, didrik]


def test_who_acts_namelessly_is_not_told(everybody: list[Person], anne: Person, bjarne: Person) -> None:
    answer(everybody, by=bjarne)
    assert lines(anne) == [ANSWERED]
    assert lines(bjarne) == []
    assert (inbox.unread_count(anne), inbox.unread_count(bjarne)) == (1, 0)


def test_who_acts_namelessly_gets_no_mail(everybody: list[Person], mailbox: Mailbox, bjarne: Person) -> None:
    answer(everybody, by=bjarne)
    work()
    assert sorted(str(mail["To"]).split()[0] for mail in mailbox()) == ["Anne", "Didrik"]


def test_of_several_acts_one_hears_of_the_others(
    everybody: list[Person], mailbox: Mailbox, anne: Person, bjarne: Person, didrik: Person
) -> None:
    answer(everybody, by=bjarne)
    answer(everybody, by=didrik)
    answer(everybody, by=anne, nameless=False)
    assert lines(bjarne) == ["2 new answers to «Skrivaren står»"]
    assert lines(didrik) == ["2 new answers to «Skrivaren står»"]
    assert lines(anne) == ["2 new answers to «Skrivaren står»"]
    work()
    assert {str(mail["Subject"]) for mail in mailbox()} == {"2 new answers to «Skrivaren står»"}


def test_the_act_of_another_is_told_alone(everybody: list[Person], bjarne: Person, didrik: Person) -> None:
    answer(everybody, by=bjarne)
    answer(everybody, by=didrik, nameless=False)
    assert lines(bjarne) == ["Didrik Utne answered «Skrivaren står»"]


def test_a_bundle_leaves_the_own_act_out(
    everybody: list[Person], mailbox: Mailbox, tell: Tell, at: At, anne: Person, bjarne: Person
) -> None:
    jobs.ensure_schedules()
    for person in everybody:
        choices.choose(person, group="tests", delivery=Delivery.DAILY)
    work()
    answer(everybody, by=bjarne)
    tell(bjarne, by=anne, page=2, title="Noko anna")
    at(NOON + timedelta(days=1))
    work()
    subjects = {str(mail["To"]).split()[0]: str(mail["Subject"]) for mail in mailbox()}
    assert subjects == {
        "Anne": ANSWERED,
        "Bjarne": "Anne Askeland answered «Noko anna»",
        "Didrik": ANSWERED,
    }


def test_reading_it_away_does_not_bring_it_back(everybody: list[Person], bjarne: Person) -> None:
    answer(everybody, by=bjarne)
    reading.mark_all_read(bjarne)
    assert lines(bjarne) == []


def test_the_inbox_of_the_nameless_shows_nothing(
    everybody: list[Person], browse: Callable[[Person], AuditingClient], bjarne: Person
) -> None:
    answer(everybody, by=bjarne)
    page = browse(bjarne).soup("/varsel/").get_text()
    assert "Skrivaren" not in page
    assert "Nothing new." in page


def rows_about(session: Session, person: Person) -> list[dict[str, Any]]:
    """Give everything the database keeps that is about one person, with what is each one's own taken out."""
    session.expire_all()
    found = []
    for table in Base.metadata.sorted_tables:
        if table.name in {"person", "person_role", "audit_entry"} or table.name.startswith("search"):
            continue
        owned = [column for column in table.columns if column.name == "person_id"]
        for row in session.execute(select(table)).mappings():
            if (owned and row["person_id"] == person.id) or person.id in _ids_in(row.get("args")):
                found.append({"table": table.name, **{name: _plain(row, name, person) for name in row}})
    return found


def _ids_in(args: object) -> list[object]:
    return [args.get("person_id")] if isinstance(args, dict) else []


def _plain(row: Any, name: str, person: Person) -> Any:
    if name in {"id", "message_id", "mail_id", "notice_id", "person_id"}:
        return "…"
    if name == "args":
        return {**row["args"], "person_id": "…"}
    # The keys of mails and jobs name whose they are: «post-7-…», «plan-7».
    return re.sub(rf"-{person.id}(?=-|$)", "-…", row[name]) if name == "key" else row[name]


@pytest.mark.parametrize("way", ["at once", "daily", "never", "quiet"])
def test_nothing_that_is_kept_sets_the_nameless_apart(
    everybody: list[Person], session: Session, mailbox: Mailbox, at: At, bjarne: Person, way: str
) -> None:
    jobs.ensure_schedules()
    for person in everybody:
        if way in {"daily", "never"}:
            choices.choose(person, group="tests", delivery=Delivery(way))
        if way == "quiet":
            be_quiet(person, "08:00", "20:00")
    work()
    for moment in (NOON, NOON + timedelta(hours=2)):
        at(moment)
        answer(everybody, by=bjarne, key=f"answer-{moment:%H}")
        work()
    at(NOON + timedelta(days=1, hours=9))
    work()
    kept = [rows_about(session, person) for person in everybody]
    assert kept[0]
    assert kept[0] == kept[1] == kept[2]
    assert bool(mailbox()) == (way != "never")


def test_nothing_names_the_nameless_when_they_do_not_follow(
    session: Session, kinds: ports.KnownKinds, mailbox: Mailbox, anne: Person, carla: Person, at: At
) -> None:
    at(NOON)
    answer([anne], by=carla)
    work()
    assert rows_about(session, carla) == []
    notice = session.scalars(select(Notice)).one()
    assert notice.actor_id is None
    assert session.scalars(select(AuditEntry)).all() == []
    assert len(session.scalars(select(Mail)).all()) == 1


def test_the_same_hand_leaves_no_mark_that_is_the_same_twice(session: Session, everybody: list[Person]) -> None:
    _anne, bjarne, didrik = everybody
    for by in (bjarne, bjarne, didrik):
        answer(everybody, by=by)
    (marks,) = set(session.scalars(select(Notice.veils)))  # all have the same: nobody's own stands out
    assert len(set(marks.split())) == 3
    assert [veils.own_acts(marks, person.id) for person in everybody] == [0, 2, 1]


def test_the_export_of_ones_own_names_nobody(everybody: list[Person], anne: Person, bjarne: Person) -> None:
    answer(everybody, by=bjarne)
    exported = repr(exports.inbox(anne.id))
    assert "veil" not in exported
    assert bjarne.name not in exported


def test_a_name_is_not_stored_beside_a_nameless_act(session: Session, everybody: list[Person], bjarne: Person) -> None:
    service.tell(
        everybody[0].id,
        kind="tests.answered",
        params={"title": "x"},
        endpoint="people.me",
        values={},
        actor_id=bjarne.id,
        but_not=bjarne.id,
    )
    assert session.scalars(select(Notice.actor_id)).all() == [None]


def test_a_bundle_with_one_page_to_show_belongs_to_the_thread_of_that_page(
    everybody: list[Person], mailbox: Mailbox, tell: Tell, anne: Person, bjarne: Person
) -> None:
    choices.be_quiet_today(bjarne)
    tell(bjarne, by=anne, page=2, title="Noko anna")
    answer(everybody, by=bjarne)
    choices.end_quiet(bjarne)
    work()
    (mail,) = [mail for mail in mailbox() if str(mail["To"]).startswith("Bjarne")]
    page = rules.page_of("people.person", {"person_id": 2})
    assert mail["References"] == rules.root_id(page, host="localhost")
