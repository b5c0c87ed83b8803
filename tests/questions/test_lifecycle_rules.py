from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.blueprints.questions.rules import claims, lifecycle, marks, review, states
from portal.blueprints.questions.rules.claims import Beside
from portal.blueprints.questions.rules.lifecycle import Act, Part, Silence
from portal.blueprints.questions.rules.marks import Kind
from portal.blueprints.questions.rules.review import Check
from portal.blueprints.questions.rules.states import Shown, State

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ASKER, PEER, OTHER = Part(is_asker=True), Part(is_peer=True), Part()
QUIET = Silence(lasts=3 * DAY, enough=3 * DAY)
LIVELY = Silence(lasts=3 * DAY - timedelta(seconds=1), enough=3 * DAY)
GONE = Silence(lasts=timedelta(0), enough=3 * DAY, is_asker_gone=True)


@pytest.mark.parametrize(
    ("state", "act", "expected"),
    [
        (State.OPEN, Act.ANSWER, State.ANSWERED),
        (State.OPEN, Act.ACCEPT, None),
        (State.OPEN, Act.REOPEN, None),
        (State.OPEN, Act.CLAIM, State.OPEN),
        (State.OPEN, Act.WANT_MORE, State.OPEN),
        (State.OPEN, Act.DOUBT, None),
        (State.ANSWERED, Act.ANSWER, State.ANSWERED),
        (State.ANSWERED, Act.ACCEPT, State.SOLVED),
        (State.ANSWERED, Act.REOPEN, None),
        (State.ANSWERED, Act.WANT_MORE, State.ANSWERED),
        (State.ANSWERED, Act.DOUBT, State.ANSWERED),
        (State.SOLVED, Act.ANSWER, State.SOLVED),
        (State.SOLVED, Act.ACCEPT, State.SOLVED),
        (State.SOLVED, Act.REOPEN, State.ANSWERED),
        (State.SOLVED, Act.CLAIM, None),
        (State.SOLVED, Act.WANT_MORE, None),
        (State.SOLVED, Act.DOUBT, State.SOLVED),
    ],
)
def test_each_act_leads_on_or_has_no_meaning(state: State, act: Act, expected: State | None) -> None:
    assert lifecycle.after(state, act) is expected


@pytest.mark.parametrize(
    ("part", "state", "silence", "expected"),
    [
        (ASKER, State.ANSWERED, LIVELY, True),
        (ASKER, State.SOLVED, LIVELY, True),  # they may change their mind
        (ASKER, State.OPEN, QUIET, False),  # there is nothing to accept
        (PEER, State.ANSWERED, LIVELY, False),
        (PEER, State.ANSWERED, QUIET, True),
        (PEER, State.ANSWERED, GONE, True),  # nobody to wait for
        (PEER, State.SOLVED, QUIET, False),  # it has been decided
        (PEER, State.OPEN, GONE, False),
        (OTHER, State.ANSWERED, GONE, False),
    ],
)
def test_the_asker_accepts_and_peers_only_into_silence(
    part: Part, state: State, silence: Silence, expected: bool
) -> None:
    assert lifecycle.may_accept(part, state, silence) is expected


@pytest.mark.parametrize(
    ("part", "state", "is_by_peer", "expected"),
    [
        (ASKER, State.SOLVED, False, True),
        (ASKER, State.SOLVED, True, True),
        (ASKER, State.ANSWERED, False, False),
        (PEER, State.SOLVED, True, True),
        (PEER, State.SOLVED, False, False),
        (OTHER, State.SOLVED, True, False),
    ],
)
def test_the_asker_opens_again_and_peers_what_they_closed(
    part: Part, state: State, is_by_peer: bool, expected: bool
) -> None:
    assert lifecycle.may_reopen(part, state, is_by_peer=is_by_peer) is expected


@pytest.mark.parametrize(
    ("state", "is_reopened", "is_closed", "expected"),
    [
        (State.OPEN, False, False, True),
        (State.OPEN, False, True, False),
        (State.ANSWERED, False, False, False),
        (State.ANSWERED, True, False, True),
        (State.ANSWERED, True, True, False),
        (State.SOLVED, False, False, False),
    ],
)
def test_only_what_waits_for_an_answer_here_can_be_looked_at(
    state: State, is_reopened: bool, is_closed: bool, expected: bool
) -> None:
    assert lifecycle.may_claim(state, is_reopened=is_reopened, is_closed=is_closed) is expected


def test_more_is_wanted_of_somebody_else_until_it_is_solved() -> None:
    assert lifecycle.may_want_more(OTHER, State.OPEN, is_closed=False)
    assert not lifecycle.may_want_more(ASKER, State.OPEN, is_closed=False)
    assert not lifecycle.may_want_more(OTHER, State.SOLVED, is_closed=False)
    assert not lifecycle.may_want_more(OTHER, State.OPEN, is_closed=True)


def test_who_wrote_it_or_asked_does_not_doubt_but_mends_or_opens() -> None:
    assert lifecycle.may_doubt(OTHER, State.SOLVED, is_author=False)
    assert not lifecycle.may_doubt(OTHER, State.SOLVED, is_author=True)
    assert not lifecycle.may_doubt(ASKER, State.SOLVED, is_author=False)
    assert not lifecycle.may_doubt(OTHER, State.OPEN, is_author=False)


def test_a_clock_that_was_set_back_makes_no_silence() -> None:
    assert lifecycle.silent_for(NOON + HOUR, NOON) == timedelta(0)


@pytest.mark.parametrize(
    ("claimed_until", "expected"), [(None, Shown.REOPENED), (NOON, Shown.REOPENED), (NOON + HOUR, Shown.LOOKED_AT)]
)
def test_what_was_opened_again_says_so_until_somebody_looks(claimed_until: datetime | None, expected: Shown) -> None:
    assert states.shown(State.ANSWERED, claimed_until=claimed_until, now=NOON, is_reopened=True) is expected


def beside(person_id: int, *, since: int = 0, lasts: timedelta = HOUR, is_asked: bool = False) -> Beside:
    began = NOON - HOUR + timedelta(minutes=since)
    return Beside(person_id=person_id, since=began, until=NOON + lasts, is_asked=is_asked)


def test_whoever_came_first_of_those_who_look_too_has_it_next() -> None:
    everybody = [
        beside(1, since=3),
        beside(2, since=2),
        beside(3, since=1, lasts=timedelta(0)),  # has fallen silent
        beside(4, is_asked=True),  # has not said yes
    ]
    assert [each.person_id for each in claims.here(everybody, now=NOON)] == [2, 1]
    assert claims.heir(everybody, now=NOON) == 2
    assert claims.heir([], now=NOON) is None
    found = claims.asked(everybody, now=NOON)
    assert found is not None
    assert found.person_id == 4
    assert claims.asked(everybody, now=NOON + HOUR) is None


def test_the_owner_is_asked_in_time_whether_they_still_look() -> None:
    assert claims.lapses_soon(NOON + timedelta(minutes=10), now=NOON)
    assert not claims.lapses_soon(NOON + timedelta(minutes=11), now=NOON)
    assert not claims.lapses_soon(NOON, now=NOON)  # too late


def test_that_it_works_is_for_others_and_a_warning_is_for_everybody() -> None:
    assert not marks.may_say(Kind.WORKS, is_author=True)
    assert marks.may_say(Kind.WORKS, is_author=False)
    assert marks.may_say(Kind.DANGEROUS, is_author=True)


def test_a_later_wording_has_been_mended() -> None:
    assert marks.is_mended(tried=1, version=2)
    assert not marks.is_mended(tried=2, version=2)


def test_danger_outweighs_age() -> None:
    assert marks.worst([Kind.OUTDATED, Kind.DANGEROUS, Kind.WORKS]) is Kind.DANGEROUS
    assert marks.worst([Kind.OUTDATED]) is Kind.OUTDATED
    assert marks.worst([Kind.WORKS]) is None


def test_an_answer_waits_for_the_newest_change_that_nobody_tried_it_after() -> None:
    old, new = Check(since=NOON, reason="8.1"), Check(since=NOON + DAY, reason="8.2")
    assert review.waits_for([old, new], confirmed=NOON - HOUR) == new
    assert review.waits_for([old, new], confirmed=NOON + HOUR) == new
    assert review.waits_for([old], confirmed=NOON) is None  # in the same moment is after
    assert review.waits_for([old], confirmed=NOON - HOUR, doubted=NOON + HOUR) is None
    assert review.waits_for([], confirmed=None) is None
    assert review.waits_for([old], confirmed=None) == old


def test_an_answer_is_old_when_nobody_has_confirmed_it_for_long() -> None:
    assert review.is_old(NOON - 181 * DAY, now=NOON, after=180 * DAY)
    assert not review.is_old(NOON - 180 * DAY, now=NOON, after=180 * DAY)
    assert not review.is_old(None, now=NOON, after=180 * DAY)


def test_the_newest_of_the_known_moments_counts() -> None:
    assert review.confirmed_at([None, NOON, NOON - DAY]) == NOON
    assert review.confirmed_at([None]) is None


@pytest.mark.parametrize("wrong", ["is_author", "is_paused", "has_spoken"])
def test_nobody_is_asked_for_nothing(wrong: str) -> None:
    fine = {"is_due": True, "is_author": False, "is_paused": False, "has_spoken": False}
    assert review.is_asked(**fine)
    assert not review.is_asked(**{**fine, wrong: True})
    assert not review.is_asked(**{**fine, "is_due": False})
