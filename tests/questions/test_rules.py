from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.blueprints.questions.rules import posts, states
from portal.blueprints.questions.rules.states import Shown, State

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answers", "is_solved", "expected"),
    [(0, False, State.OPEN), (1, False, State.ANSWERED), (3, True, State.SOLVED)],
)
def test_a_question_is_what_its_answers_make_it(answers: int, is_solved: bool, expected: State) -> None:
    assert states.state(answers=answers, is_solved=is_solved) is expected


@pytest.mark.parametrize(
    ("stored", "claimed_until", "expected"),
    [
        (State.OPEN, None, Shown.OPEN),
        (State.OPEN, NOON + timedelta(seconds=1), Shown.LOOKED_AT),
        (State.OPEN, NOON, Shown.OPEN),  # it lapses exactly then
        (State.ANSWERED, NOON + timedelta(hours=1), Shown.ANSWERED),
        (State.SOLVED, NOON + timedelta(hours=1), Shown.SOLVED),
    ],
)
def test_a_claim_shows_only_while_nobody_has_answered(
    stored: State, claimed_until: datetime | None, expected: Shown
) -> None:
    assert states.shown(stored, claimed_until=claimed_until, now=NOON) is expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, ("minutes", 1)),
        (11, ("minutes", 11)),
        (89, ("minutes", 89)),
        (90, ("hours", 2)),
        (179, ("hours", 3)),
        (35 * 60, ("hours", 35)),
        (49 * 60, ("days", 2)),
    ],
)
def test_the_time_to_a_solution_is_told_in_one_unit(minutes: int, expected: tuple[str, int]) -> None:
    assert states.solved_in(NOON, NOON + timedelta(minutes=minutes)) == expected


def test_nobody_thanks_themselves() -> None:
    assert posts.may_thank(is_author=False)
    assert not posts.may_thank(is_author=True)


def test_a_text_tells_which_pictures_it_shows_once_each() -> None:
    token, other = "a" * 22, "B-_" + "c" * 19
    text = f"![x](/bilete/{token}) and ![y](/bilete/{other}) and again /bilete/{token}, not /bilete/short"
    assert posts.picture_tokens(text) == [token, other]
