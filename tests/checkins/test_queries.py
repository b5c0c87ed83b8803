"""Lists that go on, each with one's own only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from portal.blueprints.checkins.queries import confidences, wall
from portal.blueprints.people.models import Person
from tests.factories.checkins import make_checkin, make_joy


def test_lists_go_on_newest_first_without_gaps_or_repeats(
    anne: Person, bjarne: Person, didrik: Person, at: Callable[[datetime], None]
) -> None:
    for number in range(confidences.PAGE + 3):
        at(datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=number // 2))  # two share a moment
        make_checkin(anne, reader=bjarne, words=str(number))
        make_joy(anne, f"Glede {number}")
    make_checkin(didrik, words="ikkje Anne sitt")
    for read, person in ((confidences.mine, anne), (confidences.shared_with, bjarne)):
        first = read(person)
        rest = read(person, cursor=first.next_cursor)
        words = [each.said.words for page in (first, rest) for each in page.items if each.said]
        assert sorted(map(int, words)) == list(range(confidences.PAGE + 3))
        assert [int(each) // 2 for each in words] == sorted((int(each) // 2 for each in words), reverse=True)
        assert rest.next_cursor is None
    first = wall.joys(didrik)
    more = wall.joys(didrik, cursor=first.next_cursor)
    assert len({joy.id for joy in (*first.items, *more.items)}) == confidences.PAGE + 3
    assert [joy.text for joy in wall.latest_joys(didrik, limit=2)] == ["Glede 22", "Glede 21"]
