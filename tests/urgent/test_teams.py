"""Cards in a Teams channel: the right one, once, and never the words of a call."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.blueprints.people.models import Person
from portal.blueprints.urgent.channels import teams
from portal.blueprints.urgent.jobs.teams import check_teams
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.models.cards import TeamsCard
from portal.blueprints.urgent.rules import cards as rules
from portal.blueprints.urgent.rules.cards import Outcome
from portal.blueprints.urgent.service import calls, cards, incidents
from portal.core import jobs
from portal.core import settings as core_settings
from portal.core.db import db, transaction
from tests.factories.incidents import make_incident
from tests.factories.questions import make_tag
from tests.factories.urgent import make_call, put_to_work
from tests.teams_server import Fault, TeamsServer

At = Callable[[datetime], None]
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
SECRETS = ("a-very-secret-path", "SECRET")


def seconds(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


@pytest.fixture
def channel() -> Iterator[TeamsServer]:
    with TeamsServer() as server:
        core_settings._current = replace(core_settings.current_settings(), teams_webhook=server.address)
        yield server


@pytest.fixture
def call(channel: TeamsServer, at: At, anne: Person, bjarne: Person) -> HelpCall:
    """A hand that has rung for a minute, with Bjarne at work."""
    at(NOW)
    with transaction():
        make_tag()
        put_to_work(bjarne)
        call = make_call(anne, text="Words of the call", tag="utskrift")
    at(seconds(60))
    return call


def run_cards() -> None:
    jobs.run_due(50)


def waiting() -> list[jobs.Job]:
    return [job for job in jobs.waiting() if job.name == cards.OF_CALL]


def test_a_call_that_nobody_comes_to_is_one_card_after_a_minute(channel: TeamsServer, call: HelpCall, at: At) -> None:
    at(seconds(59))
    run_cards()
    assert channel.cards == []
    at(seconds(60))
    run_cards()
    run_cards()
    assert len(channel.cards) == 1


def test_the_card_has_the_system_and_one_link_and_no_word_or_name_of_the_call(
    channel: TeamsServer, call: HelpCall
) -> None:
    run_cards()
    (card,) = channel.cards
    assert card["type"] == "message"
    (attachment,) = card["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    content = attachment["content"]
    assert (content["type"], content["version"]) == ("AdaptiveCard", "1.4")
    (link,) = content["actions"]
    assert link["url"] == f"http://localhost/hjelp/rop/{call.id}"
    assert "Utskrift" in json.dumps(card)
    assert not any(word in json.dumps(card) for word in ("Words", "Anne", "Askeland", "Bjarne"))


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.HALF_AN_ANSWER, Fault.ODD_ANSWER, Fault.GATEWAY])
def test_a_card_that_may_have_come_is_not_sent_again(
    channel: TeamsServer, call: HelpCall, at: At, fault: Fault
) -> None:
    channel.script = [fault]
    for later in (60, 70, 100, 150):
        at(seconds(later))
        run_cards()
    assert channel.connections == 1
    assert waiting() == []


def test_a_connection_that_is_cut_never_makes_two_cards(channel: TeamsServer, call: HelpCall, at: At) -> None:
    """Cut while it was made, nothing has left us; cut a moment later, nobody knows."""
    channel.script = [Fault.CUT]
    for later in (60, 70, 100, 150):
        at(seconds(later))
        run_cards()
    assert len(channel.cards) <= 1
    assert waiting() == []


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.DRIPS])
def test_an_answer_that_takes_too_long_is_not_waited_for(
    channel: TeamsServer, call: HelpCall, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr(teams, "IN_ALL", 0.4)
    channel.script = [fault]
    run_cards()
    assert (channel.connections, waiting()) == (1, [])


def test_a_channel_that_failed_is_tried_again_while_it_is_of_use(channel: TeamsServer, call: HelpCall, at: At) -> None:
    channel.script = [Fault.FAILED, Fault.FAILED]
    for later in (60, 66, 72, 80):
        at(seconds(later))
        run_cards()
    assert len(channel.cards) == 1
    assert channel.connections == 3


@pytest.mark.parametrize(("fault", "wait"), [(Fault.BUSY, 7), (Fault.BUSY_UNTIL, 50), (Fault.BUSY_SOMEHOW, 5)])
def test_a_channel_that_asks_for_time_gets_it(
    channel: TeamsServer, call: HelpCall, at: At, fault: Fault, wait: int
) -> None:
    channel.script = [fault]
    run_cards()
    at(seconds(60 + wait - 1))
    run_cards()
    assert channel.connections == 1
    at(seconds(60 + wait + 1))
    run_cards()
    assert len(channel.cards) == 1


def test_a_wait_that_outlives_the_use_of_a_card_ends_it(channel: TeamsServer, call: HelpCall, at: At) -> None:
    channel.script = [Fault.BUSY_FOR_LONG]
    run_cards()
    at(seconds(60 * 20))
    run_cards()
    assert (channel.connections, waiting()) == (1, [])


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.GONE, Fault.ELSEWHERE])
def test_a_refusal_is_final_and_nothing_is_followed(channel: TeamsServer, call: HelpCall, at: At, fault: Fault) -> None:
    channel.script = [fault]
    for later in (60, 90, 120):
        at(seconds(later))
        run_cards()
    assert (channel.connections, channel.cards, waiting()) == (1, [], [])
    assert "/elsewhere" not in channel.paths


def test_a_channel_that_cannot_be_reached_is_tried_again(call: HelpCall, channel: TeamsServer, at: At) -> None:
    closed = channel.address.replace(str(channel.port), "1")
    core_settings._current = replace(core_settings.current_settings(), teams_webhook=closed)
    run_cards()
    (job,) = waiting()
    assert job.tries == 0
    core_settings._current = replace(core_settings.current_settings(), teams_webhook=channel.address)
    at(seconds(70))
    run_cards()
    assert len(channel.cards) == 1


def test_a_call_that_is_taken_or_down_is_no_card(
    channel: TeamsServer, call: HelpCall, anne: Person, bjarne: Person, at: At
) -> None:
    at(seconds(30))
    with transaction():
        calls.come(bjarne, call.id)
    at(seconds(60))
    run_cards()
    assert channel.connections == 0


def test_a_card_is_not_sent_late(channel: TeamsServer, call: HelpCall, at: At) -> None:
    at(seconds(181))
    run_cards()
    assert channel.connections == 0


def test_when_nobody_else_is_at_work_there_is_no_card(channel: TeamsServer, at: At, anne: Person) -> None:
    at(NOW)
    with transaction():
        put_to_work(anne)
        make_call(anne)
    at(seconds(60))
    run_cards()
    assert channel.connections == 0


def test_a_new_round_is_a_new_card(channel: TeamsServer, call: HelpCall, anne: Person, bjarne: Person, at: At) -> None:
    run_cards()
    with transaction():
        calls.come(bjarne, call.id)
    at(seconds(80))
    with transaction():
        calls.ring_again(anne, call.id)
    for later in (100, 139, 141, 150):
        at(seconds(later))
        run_cards()
    assert len(channel.cards) == 2


def test_a_wish_that_comes_twice_is_one_card(channel: TeamsServer, call: HelpCall) -> None:
    run_cards()
    with transaction():
        cards.plan_for_call(call.id)
    run_cards()
    assert len(channel.cards) == 1


def test_a_crash_between_leaving_and_noting_sends_none_again(channel: TeamsServer, call: HelpCall) -> None:
    card = cards.of_call(call.id, 1)
    assert card
    with transaction():
        assert cards.begin(card)
    run_cards()
    assert channel.connections == 0


def test_an_incident_is_one_card_without_its_headline(
    channel: TeamsServer, at: At, anne: Person, bjarne: Person
) -> None:
    at(NOW)
    with transaction():
        make_tag()
        put_to_work(bjarne)
        incident = make_incident(anne, headline="Words of the headline", tag="utskrift")
    run_cards()
    with transaction():
        incidents.close(anne, incident.id)
        incidents.reopen(anne, incident.id)
    run_cards()
    (card,) = channel.cards
    text = json.dumps(card)
    assert "Utskrift" in text
    assert "Words" not in text
    assert card["attachments"][0]["content"]["actions"][0]["url"].endswith(f"/sporsmal/{incident.question_id}")


def test_without_a_channel_nothing_is_planned(session: object, anne: Person, bjarne: Person) -> None:
    with transaction():
        put_to_work(bjarne)
        make_call(anne)
        make_incident(anne)
    assert [job for job in jobs.waiting() if "card_of" in job.name] == []


def test_the_address_is_in_no_log_and_in_no_job(
    channel: TeamsServer, call: HelpCall, caplog: pytest.LogCaptureFixture, at: At
) -> None:
    caplog.set_level(logging.INFO)
    channel.script = [Fault.FAILED, Fault.REFUSED]
    run_cards()
    closed = channel.address.replace(str(channel.port), "1")
    assert teams.post(closed, {}).outcome is Outcome.NOT_SENT
    at(seconds(66))
    run_cards()
    logged = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert "teams.card" in caplog.text
    kept = " ".join(f"{job.args} {job.key} {job.failure}" for job in db.session.query(jobs.Job))
    assert not any(secret in logged + kept for secret in SECRETS)
    assert not any(secret in repr(core_settings.current_settings()) for secret in SECRETS)


@pytest.mark.parametrize("address", ["https://[", "http://127.0.0.1:99999/x", "ftp://127.0.0.1/x", "http:///x"])
def test_an_odd_address_is_no_exception(session: object, address: str) -> None:
    assert teams.post(address, {}).outcome in {Outcome.NOT_SENT, Outcome.DOUBTED}


def test_the_doctor_says_whether_there_is_a_channel(session: object) -> None:
    finding = check_teams()
    assert finding.is_well
    assert "PORTAL_TEAMS_WEBHOOK" in finding.words


def test_the_doctor_shakes_hands_and_posts_nothing(channel: TeamsServer, session: object) -> None:
    finding = check_teams()
    assert finding.is_well
    assert channel.cards == []
    assert "none was" in finding.words
    assert not any(secret in finding.words for secret in SECRETS)


def test_the_doctor_says_when_nobody_is_there(channel: TeamsServer, session: object) -> None:
    closed = channel.address.replace(str(channel.port), "1")
    core_settings._current = replace(core_settings.current_settings(), teams_webhook=closed)
    finding = check_teams()
    assert not finding.is_well
    assert not any(secret in finding.words for secret in SECRETS)


def test_what_was_sent_is_forgotten_after_some_days(channel: TeamsServer, call: HelpCall, at: At) -> None:
    run_cards()
    assert db.session.query(TeamsCard).count() == 1
    at(NOW + timedelta(days=3))
    with transaction():
        cards.forget()
    assert db.session.query(TeamsCard).count() == 0


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.SENT),
        (202, Outcome.SENT),
        (302, Outcome.REFUSED),
        (400, Outcome.REFUSED),
        (404, Outcome.REFUSED),
        (429, Outcome.NOT_SENT),
        (500, Outcome.NOT_SENT),
        (503, Outcome.NOT_SENT),
        (504, Outcome.DOUBTED),
    ],
)
def test_what_an_answer_means(status: int, outcome: Outcome) -> None:
    assert rules.answer(status).outcome is outcome


def test_no_wait_is_longer_than_a_card_could_ever_be_of_use() -> None:
    assert rules.answer(429, timedelta(days=7)).wait == rules.LONGEST_WAIT
