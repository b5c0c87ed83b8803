"""Answers that come while mails leave: real threads and real commits, on either database."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select

from portal import create_app
from portal.blueprints.notifications import ports, rules, service
from portal.blueprints.notifications.models import Mail, MailState, Notice
from portal.blueprints.notifications.queries import mails as found
from portal.config import Settings
from portal.core import jobs
from portal.core import settings as core_settings
from portal.core.db import db, transaction
from tests.conftest import migrate
from tests.factories.people import make_person

TELLERS, ANSWERS, WORKERS = 3, 12, 3


@pytest.fixture
def busy_app(
    kinds: ports.KnownKinds, fresh_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """Give a portal with a database of its own, in which a thread may be mailed as often as there is news."""
    before = core_settings.current_settings()
    monkeypatch.setattr(rules, "THREAD_PAUSE", rules.THREAD_PAUSE * 0)
    folder = tmp_path / "mail"
    app = create_app(
        Settings(
            folder=tmp_path,
            database=fresh_database_url,
            mail=f"folder:{folder}",
            testing=True,
            base_url="http://localhost",
        )
    )
    migrate(app)
    yield app
    with app.app_context():
        db.engine.dispose()
    core_settings.use(before)


def told_by(folder: Path) -> list[tuple[str, str, int]]:
    """Give of each line of each letter: to whom it went, what it is about, and how many answers it tells of."""
    found_lines = []
    for file in folder.glob("*.eml"):
        message = cast(EmailMessage, message_from_bytes(file.read_bytes(), policy=SMTP))
        body = message.get_body(("plain",))
        assert body is not None
        for count, about in re.findall(r"^(A|\d+) (?:new )?(?:colleagues? )?(answer|need)", body.get_content(), re.M):
            found_lines.append((str(message["To"]), about, 1 if count == "A" else int(count)))
    return found_lines


def answer(app: Flask, followers: list[int]) -> None:
    """Answer, and ask for more, again and again."""
    for _ in range(ANSWERS):
        with app.app_context(), transaction():
            for kind in ("tests.answered", "tests.asked"):
                values = {"person_id": 1}
                told = {"kind": kind, "params": {"title": "Skrivaren"}, "endpoint": "people.person", "values": values}
                service.tell_many(followers, **told)  # type: ignore[arg-type]


def work(app: Flask, is_over: threading.Event) -> None:
    """Carry mails until all answers are there and nothing more is due."""
    while True:
        is_last = is_over.is_set()
        with app.app_context():
            ran = jobs.run_due(50)
        if not ran and is_last:
            return


def run_together(app: Flask, followers: list[int]) -> None:
    """Let people answer and workers work at the same time; what fails in a thread fails here."""
    is_over = threading.Event()
    with ThreadPoolExecutor(TELLERS + WORKERS) as pool:
        workers = [pool.submit(work, app, is_over) for _ in range(WORKERS)]
        tellers = [pool.submit(answer, app, followers) for _ in range(TELLERS)]
        wait(tellers, timeout=90)
        is_over.set()
        for each in [*tellers, *workers]:
            each.result(timeout=90)


@pytest.mark.slow
def test_no_answer_is_lost_or_told_twice_however_mails_and_answers_meet(busy_app: Flask, tmp_path: Path) -> None:
    with busy_app.app_context(), transaction():
        followers = [make_person(f"Kollega {number}").id for number in range(3)]
    run_together(busy_app, followers)
    with busy_app.app_context():
        assert [job.failure for job in jobs.waiting() if job.failure] == []
        assert set(db.session.scalars(select(Notice.count))) == {TELLERS * ANSWERS}
        assert [found.pending(person_id) for person_id in followers] == [[], [], []]
        assert set(db.session.scalars(select(Mail.state))) == {MailState.SENT}
    told = told_by(tmp_path / "mail")
    # Every line tells of more than the one before: nothing is told twice, and the last tells of the last answer.
    assert len(told) == len(set(told))
    threads = {(to, about) for to, about, _count in told}
    assert len(threads) == 2 * len(followers)
    for thread in threads:
        assert max(count for *each, count in told if tuple(each) == thread) == TELLERS * ANSWERS
