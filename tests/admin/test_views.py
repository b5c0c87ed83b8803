from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from portal.blueprints.admin import queries
from portal.blueprints.people.models import Person
from portal.core import audit, clock, jobs
from portal.core.audit import AuditEntry
from portal.core.db import db, transaction
from portal.core.jobs import Job
from tests.client import AuditingClient

Browse = Callable[[Person], AuditingClient]


@pytest.fixture
def failing(carla: Person) -> Iterator[Job]:
    """Give a job that has failed three times and waits for its next try."""
    kept = dict(jobs.kinds)
    jobs.job("tests.fails")(lambda: None)
    with transaction():
        db.session.execute(delete(Job))
        job = jobs.enqueue("tests.fails", at=clock.now() + timedelta(hours=1))
        job.tries, job.failure = 3, "OSError · portal.somewhere:12"
    yield job
    jobs.kinds.clear()
    jobs.kinds.update(kept)


@pytest.mark.parametrize("path", ["/styring", "/styring/arbeid", "/styring/helse", "/styring/logg"])
def test_colleagues_and_organisers_do_not_see_the_house_itself(
    browse: Browse, didrik: Person, otto: Person, path: str
) -> None:
    for person in (didrik, otto):
        assert browse(person).get(path).status_code == 403


def test_the_front_of_the_administrators_leads_to_the_work(browse: Browse, carla: Person) -> None:
    assert browse(carla).get("/styring").location == "/styring/arbeid"


def test_a_job_that_failed_is_shown_with_its_place_and_can_be_tried_now(
    browse: Browse, carla: Person, failing: Job
) -> None:
    browser = browse(carla)
    page = browser.get("/styring/arbeid").text
    assert "tests.fails" in page
    assert "OSError · portal.somewhere:12" in page
    assert browser.post(f"/styring/arbeid/{failing.id}/forsok").location == "/styring/arbeid"
    assert jobs.run_due() == 1
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "jobs.retry")).one()
    assert (entry.viewer_id, entry.subject, entry.ids) == (carla.id, "tests.fails", {"job_id": failing.id})


def test_what_is_done_or_was_never_there_cannot_be_tried(browse: Browse, carla: Person, failing: Job) -> None:
    browser = browse(carla)
    browser.post(f"/styring/arbeid/{failing.id}/forsok")
    jobs.run_due()
    assert browser.post(f"/styring/arbeid/{failing.id}/forsok").status_code == 404
    assert browser.post(f"/styring/arbeid/{failing.id + 9}/forsok").status_code == 404


def test_didrik_tries_nothing_again(browse: Browse, didrik: Person, failing: Job) -> None:
    before = failing.next_at
    assert browse(didrik).post(f"/styring/arbeid/{failing.id}/forsok").status_code == 403
    assert db.session.get_one(Job, failing.id).next_at == before


def test_health_tells_when_work_is_left_lying(browse: Browse, carla: Person, failing: Job) -> None:
    assert not queries.health().is_behind
    with transaction():
        failing.next_at = clock.now() - timedelta(minutes=6)
    assert queries.health().is_behind
    assert queries.health().failing == 1
    assert browse(carla).get("/styring/helse").status_code == 200


def test_the_audit_log_shows_who_did_what_newest_first(browse: Browse, carla: Person, anne: Person) -> None:
    with transaction():
        audit.note(carla.id, "people.deactivate", person_id=anne.id)
        audit.note(None, "people.link_made", person_id=anne.id)
        audit.note(99_999, "people.roles", person_id=anne.id)
    page = browse(carla).soup("/styring/logg").main
    assert page
    text = page.get_text(" ")
    newest_first = ["Changed somebody's roles", "Made a one-time link", "Closed an account"]
    assert sorted(newest_first, key=text.index) == newest_first
    assert f"Person {anne.id}" in text
    assert "Carla Styve" in text


def test_a_long_audit_log_costs_no_more_queries(browse: Browse, carla: Person, anne: Person) -> None:
    with transaction():
        for n in range(150):
            audit.note([carla.id, anne.id][n % 2], "people.roles", person_id=n)
    browser = browse(carla)
    browser.get("/styring/logg")
    assert len(browser.statements) <= 8, browser.statements
