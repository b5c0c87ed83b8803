from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.talks import rules
from portal.blueprints.talks.rules import WHO, Act, Answer, Part, Peer, State, Suits, Whom

NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
TONIGHT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
PEERS = st.builds(Peer, person_id=st.integers(1, 12), is_present=st.booleans(), is_asked=st.booleans())


@settings(max_examples=50)
@given(
    peers=st.lists(PEERS, unique_by=lambda peer: peer.person_id),
    told=st.integers(0, 3),
    before=st.sets(st.integers(1, 12)),
)
def test_at_most_three_are_told_none_twice_and_nobody_who_is_asked_already(
    peers: list[Peer], told: int, before: set[int]
) -> None:
    chosen = rules.whom_to_tell(peers, told=told, before=before)
    assert len(chosen) + told <= rules.TOLD_AT_ONCE
    assert len(set(chosen)) == len(chosen)
    known = {peer.person_id: peer for peer in peers}
    assert all(not known[each].is_asked and each not in before for each in chosen)
    free = [peer for peer in peers if not peer.is_asked and peer.person_id not in before]
    assert len(chosen) == min(len(free), rules.TOLD_AT_ONCE - told)
    left_out = [peer for peer in free if peer.person_id not in chosen]
    if any(peer.is_present for peer in left_out):
        assert all(known[each].is_present for each in chosen)


@given(
    whom=st.sampled_from(Whom),
    suits=st.none() | st.sampled_from(Suits),
    said=st.sampled_from([Answer.NOW, Answer.TODAY, Answer.TOMORROW]),
)
def test_everything_has_an_end_within_the_week(whom: Whom, suits: Suits | None, said: Answer) -> None:
    asked = rules.asked_until(whom, suits, moment=NOON, tonight=TONIGHT)
    agreed = rules.agreed_until(said, moment=NOON, tonight=TONIGHT)
    assert NOON < asked <= NOON + timedelta(days=7)
    assert NOON < agreed <= NOON + timedelta(days=2)


def test_what_came_to_nothing_is_gone_within_a_day() -> None:
    assert timedelta(days=1) > rules.KEPT + 2 * rules.FORGETS_EVERY


@pytest.mark.parametrize("state", State)
def test_who_is_told_can_only_answer_and_the_asker_only_close(state: State) -> None:
    assert not rules.may(Act.CLOSE, state, Part.TOLD)
    assert not rules.may(Act.ANSWER, state, Part.ASKER)
    assert rules.may(Act.CLOSE, state, Part.ASKER)


def test_what_has_passed_is_answered_by_nobody() -> None:
    assert State.PASSED not in WHO[Act.ANSWER]
