"""Histories of a line, some of them: python -m bench line plays ten thousand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.events import line_machine
from tests.events.line_machine import IN, OFFERED, WAITING, Line, Row, Seen
from tests.factories.events import MONDAY


def test_whatever_happens_nobody_is_passed_over_and_no_seat_is_given_twice(own: Flask) -> None:
    few = settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    with own.app_context():
        run_state_machine_as_test(Line, settings=few)  # type: ignore[no-untyped-call]


def row(number: int, state: str, *, size: int = 1) -> Row:
    until = MONDAY + timedelta(hours=3) if state == OFFERED else None
    return Row(person_id=number, position=number, state=state, size=size, group_id=None, offered_until=until)


def seen(*rows: Row, capacity: int = 2, hours_left: float = 48) -> Seen:
    return Seen(at=MONDAY, starts_at=MONDAY + timedelta(hours=hours_left), capacity=capacity, rows=rows)


FIRST = seen(row(1, IN), row(2, IN), row(3, WAITING), row(4, WAITING))


@pytest.mark.parametrize(
    ("after", "complaint"),
    [
        (seen(row(1, IN), row(3, WAITING), row(4, OFFERED)), "passed over"),
        (seen(row(1, IN), row(3, WAITING), row(4, WAITING)), "stands empty"),
        (seen(row(1, IN), row(2, IN), row(3, OFFERED), row(4, WAITING)), "more seats"),
        (seen(row(1, IN), row(2, WAITING), row(3, WAITING), row(4, WAITING)), "lost their seat"),
        (seen(row(1, IN), row(3, OFFERED), row(4, WAITING), hours_left=0), "after it had begun"),
    ],
)
def test_the_judge_sees_what_must_not_be(after: Seen, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        line_machine.judge(FIRST, after)


def test_the_judge_lets_pass_what_is_right() -> None:
    line_machine.judge(FIRST, seen(row(1, IN), row(3, OFFERED), row(4, WAITING)))
    line_machine.judge(FIRST, FIRST)
