"""Closed is forgotten: what is left afterwards says neither that two have talked, nor who, nor when."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.models import Mail, Notice
from portal.blueprints.people.models import Person
from portal.blueprints.talks.models import Buddy, FollowUp, Talk, TalkTold
from portal.blueprints.talks.rules import Answer
from portal.blueprints.talks.service import afterwards, answering, buddies
from portal.core import jobs, privacy
from portal.core.audit import AuditEntry
from portal.core.db import db, transaction
from tests.factories.people import make_person
from tests.factories.talks import make_peer, make_talk
from tests.factories.urgent import Wheel
from tests.talks.conftest import NOW

DAY = 24 * 3600
BUDDIES_PAGE = rules.page_of("talks.buddies", {})  # the same for all of the house
MAY_GROW = {"job", "throttle", "mail", "mail_line", "notice", "presence"}


@pytest.fixture
def clockwork(at: Callable[[datetime], None]) -> Wheel:
    return Wheel(at, NOW)


def rows() -> dict[str, set[str]]:
    """Give every row of every table, as text."""
    inspector, found = inspect(db.session.connection()), {}
    quote = db.session.connection().dialect.identifier_preparer.quote
    for table in inspector.get_table_names():
        lines = db.session.execute(text(f"SELECT * FROM {quote(table)}"))
        found[table] = {json.dumps([str(value) for value in row]) for row in lines}
    return found


def let_forgetting_run() -> None:
    """Put the forgetting of talks on its schedule, and nothing else: a day has thousands of looks at mails."""
    jobs.enqueue("talks.forget", key="schedule:talks.forget")


def let_pass(wheel: Wheel, seconds: float) -> None:
    """Let time pass in which nobody looks but at its end."""
    wheel.skip(seconds - 3600)
    wheel.turn(3600)


def live_through(wheel: Wheel) -> dict[str, list[int]]:
    """Let talks be asked for, answered, declined, missed and closed; give who was in them."""
    with transaction():
        anne, bjarne, didrik = (make_person(name) for name in ("Anne", "Bjarne", "Didrik"))
        let_forgetting_run()
    peers = [make_peer(f"Peer {number}") for number in range(4)]
    before = rows()
    with transaction():
        buddies.ask(anne, bjarne.id)
        buddies.agree(bjarne, db.session.scalars(select(Buddy.id)).one())
    agreed = make_talk(anne, bjarne)
    wheel.turn(60)
    act(answering.answer, bjarne, agreed.id, Answer.TODAY)
    wheel.turn(60)
    act(answering.close, anne, agreed.id)
    with transaction():
        buddies.end(bjarne, db.session.scalars(select(Buddy.id)).one())
    declined = make_talk(anne, didrik)
    act(answering.answer, didrik, declined.id, Answer.NO)
    wheel.turn(60)
    wanted = make_talk(anne)
    wheel.turn(60)
    first = db.session.scalars(select(TalkTold.person_id).where(TalkTold.talk_id == wanted.id)).first()
    act(answering.answer, next(peer for peer in peers if peer.id == first), wanted.id, Answer.NOW)
    wheel.turn(60)
    act(answering.close, anne, wanted.id)
    missed = make_talk(anne, bjarne)
    let_pass(wheel, 2 * DAY)  # until it is let be
    let_pass(wheel, DAY)  # until it is forgotten
    assert db.session.get(Talk, missed.id) is None
    return {"before": before, "asker": [anne.id], "others": [bjarne.id, didrik.id, *(p.id for p in peers)]}  # type: ignore[dict-item]


def act(verb: Callable[..., object], *args: object) -> None:
    with transaction():
        verb(*args)


def test_nothing_is_left_that_says_who_has_talked_with_whom(own: Flask, clockwork: Wheel) -> None:
    with own.app_context():
        lived: dict[str, Any] = live_through(clockwork)
        after = rows()
        grown = {table for table, lines in after.items() if lines - lived["before"][table]}
        assert grown <= MAY_GROW, grown
        # One notice stays: it says to the asker that there is no buddy now, and not who was.
        left = [(row.person_id, row.kind, row.actor_id, row.values) for row in db.session.scalars(select(Notice))]
        assert left == [(lived["asker"][0], "talks.buddy_gone", None, {})]
        for table in (Talk, TalkTold, Buddy):
            assert db.session.scalar(select(table).limit(1)) is None
        assert db.session.scalar(select(AuditEntry).limit(1)) is None
        mails_of_the_two_cannot_be_laid_beside_each_other(set(lived["asker"]))
        jobs_name_no_talk()
        db.session.remove()


def mails_of_the_two_cannot_be_laid_beside_each_other(asker: set[int]) -> None:
    receivers = defaultdict(set)
    for mail in db.session.scalars(select(Mail)):
        assert (mail.params, mail.calendar) == ({}, None)
        receivers[mail.page].add(mail.person_id in asker)
    assert {side for sides in receivers.values() for side in sides} == {True, False}, "both sides had mails"
    assert all(len(sides) == 1 for page, sides in receivers.items() if page != BUDDIES_PAGE)


def jobs_name_no_talk() -> None:
    """From the id of a talk one could work out what the mails of both are marked with: no work keeps it."""
    for job in db.session.scalars(select(jobs.Job)):
        assert not job.name.startswith("talks.") or job.args == {}, job.args
        assert "talks.step" not in f"{job.key}"


def test_the_database_file_and_its_journal_hold_no_name_of_a_talk(
    own: Flask, clockwork: Wheel, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--database") == "postgres":
        pytest.skip("what PostgreSQL keeps until it vacuums is not ours to empty")
    with own.app_context():
        live_through(clockwork)
        db.session.remove()
        db.engine.dispose()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("own.sqlite*"))
    assert b"talks.step:" not in kept
    assert b"talks.wanted:" not in kept


def test_what_did_not_come_about_is_gone_within_a_day(
    session: Session, wheel: Wheel, anne: Person, bjarne: Person
) -> None:
    talk = make_talk(anne, bjarne)
    with transaction():
        let_forgetting_run()
        answering.answer(bjarne, talk.id, Answer.NO)
    let_pass(wheel, DAY - 1)
    assert db.session.scalar(select(Talk).limit(1)) is None
    assert db.session.scalar(select(Notice).limit(1)) is None


@pytest.mark.parametrize(("said", "days"), [(Answer.NOW, 1), (Answer.TODAY, 1), (Answer.TOMORROW, 2)])
def test_a_talk_that_nobody_closes_is_forgotten_when_its_day_is_over(
    session: Session, wheel: Wheel, anne: Person, bjarne: Person, said: Answer, days: int
) -> None:
    talk = make_talk(anne, bjarne)
    with transaction():
        let_forgetting_run()
        answering.answer(bjarne, talk.id, said)
    let_pass(wheel, days * DAY)
    assert db.session.scalar(select(Talk).limit(1)) is None
    assert db.session.scalar(select(Notice).limit(1)) is None


def test_a_question_to_be_a_buddy_that_nobody_answers_is_let_be(
    session: Session, wheel: Wheel, anne: Person, bjarne: Person
) -> None:
    with transaction():
        let_forgetting_run()
        buddies.ask(anne, bjarne.id)
    let_pass(wheel, 14 * DAY + 3600)
    assert db.session.scalar(select(Buddy).limit(1)) is None
    assert db.session.scalar(select(Notice).limit(1)) is None


def test_one_takes_along_what_is_ones_own_and_no_name_of_another(
    session: Session, wheel: Wheel, anne: Person, bjarne: Person
) -> None:
    make_talk(anne, bjarne)
    with transaction():
        buddies.ask(anne, bjarne.id)
        afterwards.wish(anne, is_ticked=True)
    for person in (anne, bjarne):
        given = [each.export(person.id) for each in privacy.holdings() if each.slice == "talks" and each.export]
        assert len([part for part in given if part]) == (3 if person is anne else 2)
        assert not any(name in json.dumps(given) for name in ("Anne", "Bjarne"))


def test_erasing_somebody_leaves_nothing_of_their_talks(
    session: Session, wheel: Wheel, anne: Person, bjarne: Person
) -> None:
    make_talk(anne, bjarne)
    make_talk(bjarne, anne)
    with transaction():
        buddies.ask(anne, bjarne.id)
        afterwards.wish(anne, is_ticked=True)
    with transaction():
        for each in privacy.holdings():
            if each.slice == "talks" and each.erase:
                each.erase(anne.id)
    assert db.session.scalar(select(Buddy).limit(1)) is None
    assert db.session.scalar(select(FollowUp).limit(1)) is None
    left = db.session.scalars(select(Talk)).all()
    assert [(talk.asker_id, talk.helper_id) for talk in left] == [(bjarne.id, None)]
