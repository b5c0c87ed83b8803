from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.cinema.rules import addresses, ballot, money
from portal.blueprints.cinema.rules.ballot import CHOOSING, LEAD, Entry, Outcome

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
amounts = st.integers(min_value=0, max_value=money.MOST)
rows_of_seats = st.lists(st.integers(min_value=1, max_value=4), min_size=1, max_size=60)
entries = st.lists(
    st.builds(
        lambda hours, ticks: (NOW + timedelta(hours=hours), ticks),
        st.integers(min_value=-48, max_value=480),
        st.integers(min_value=0, max_value=5),
    ),
    max_size=12,
).map(lambda rows: [Entry(id=number + 1, starts_at=at, ticks=ticks) for number, (at, ticks) in enumerate(rows)])


@given(amounts, rows_of_seats)
@settings(max_examples=200)
def test_the_parts_sum_to_the_amount_exactly(total: int, seats: list[int]) -> None:
    assert sum(money.split(total, seats)) == total


@given(amounts, rows_of_seats)
@settings(max_examples=100)
def test_nobody_is_an_ore_from_what_their_seats_cost(total: int, seats: list[int]) -> None:
    for part, count in zip(money.split(total, seats), seats, strict=True):
        assert part >= 0
        assert abs(part * sum(seats) - total * count) < sum(seats)


@given(st.integers(min_value=0, max_value=100_000), rows_of_seats)
@settings(max_examples=50)
def test_a_price_for_each_is_that_price_for_each(price: int, seats: list[int]) -> None:
    assert money.split(price * sum(seats), seats) == [price * count for count in seats]


@given(amounts, rows_of_seats)
@settings(max_examples=50)
def test_the_same_is_always_divided_the_same_way(total: int, seats: list[int]) -> None:
    assert money.split(total, seats) == money.split(total, list(seats))


def test_the_ore_that_are_left_over_fall_along_the_row() -> None:
    assert money.split(10000, [1, 1, 1]) == [3333, 3333, 3334]
    assert money.split(100, [2, 1]) == [66, 34]
    assert money.split(2, [1, 1, 1]) == [0, 1, 1]


@pytest.mark.parametrize("seats", [[0, 1], [-1]])
def test_nobody_has_less_than_a_seat(seats: list[int]) -> None:
    with pytest.raises(ValueError):
        money.split(100, seats)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("149", 14900),
        ("149,50", 14950),
        ("149.5", 14950),
        (" kr 149 ", 14900),
        ("149,-", 14900),
        ("149 kr", 14900),
        ("1 149,00", 114900),
        ("0", 0),
        ("100000", 10_000_000),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: int) -> None:
    assert money.read(text) == amount


@pytest.mark.parametrize(
    "text", ["", "-1", "x", "1e5", "12,345", "100000,01", "999999999", "1 2 3", "½", "٣", "149 450 000"]
)
def test_what_is_no_amount_is_not_guessed_at(text: str) -> None:
    assert money.read(text) is None


@given(amounts)
@settings(max_examples=50)
def test_what_is_written_reads_as_the_same(amount: int) -> None:
    assert money.read(money.written(amount)) == amount


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("900 00 000", "90000000"),
        ("+47 900 00 000", "+4790000000"),
        ("90000000", "90000000"),
        ("0046 70-123 45 67", "0046701234567"),
    ],
)
def test_a_phone_number_is_read_as_it_is_dialled(text: str, number: str) -> None:
    assert money.phone(text) == number


@pytest.mark.parametrize("text", ["", "ring meg", "1", "90000000a", "++4790000000", "9" * 30, "javascript:1"])
def test_what_is_no_phone_number_is_none(text: str) -> None:
    assert money.phone(text) is None


def test_a_norwegian_number_is_shown_in_groups_and_others_as_they_are() -> None:
    assert money.phone_in_groups("+4790000000") == "900 00 000"
    assert money.phone_in_groups("90000000") == "900 00 000"
    assert money.phone_in_groups("0046701234567") == "0046701234567"


@pytest.mark.parametrize(
    "address", ["https://kino.example/troll", "http://www.example.no:8080/?film=1#x", "https://ødegård.example/"]
)
def test_a_page_on_the_web_may_be_linked_to(address: str) -> None:
    assert addresses.is_page(address)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.no",
        "ftp://example.no",
        "https://anne:pass@example.no",
        "https://",
        "https://localhost",
        "https://example.no/ x",
        'https://example.no/"><script>',
        "https://example.no:x/",
        "https://[::1",
        "https://example.no/" + "a" * 300,
        "\u0000https://example.no",
    ],
)
def test_anything_else_may_not(address: str) -> None:
    assert not addresses.is_page(address)


def test_a_site_is_named_without_www() -> None:
    assert addresses.site("https://www.example.no/film") == "example.no"


@given(entries)
@settings(max_examples=100)
def test_what_wins_has_the_most_ticks_of_what_can_be_reached(rows: list[Entry]) -> None:
    found = ballot.result(rows, NOW)
    reachable = [row for row in rows if row.starts_at > NOW and row.ticks]
    assert (found.outcome == Outcome.NOTHING) == (not reachable)
    assert all(leader in reachable for leader in found.leaders)
    if reachable:
        most = max(row.ticks for row in reachable)
        assert set(found.leaders) == {row for row in reachable if row.ticks == most}
        assert (found.outcome == Outcome.WON) == (len(found.leaders) == 1)
        assert list(found.leaders) == sorted(found.leaders, key=lambda row: (row.starts_at, row.id))


@given(entries)
@settings(max_examples=50)
def test_the_order_in_which_they_were_proposed_does_not_matter(rows: list[Entry]) -> None:
    assert ballot.result(rows, NOW) == ballot.result(list(reversed(rows)), NOW)


def test_there_is_a_day_to_choose_in_and_never_so_long_that_the_film_is_out_of_reach() -> None:
    far = [Entry(id=1, starts_at=NOW + timedelta(days=3), ticks=1)]
    near = [Entry(id=1, starts_at=NOW + timedelta(hours=5), ticks=1)]
    at_once = [Entry(id=1, starts_at=NOW + timedelta(minutes=20), ticks=1)]
    assert ballot.choose_by(far, NOW) == NOW + CHOOSING
    assert ballot.choose_by(near, NOW) == NOW + timedelta(hours=5) - LEAD
    assert ballot.choose_by(at_once, NOW) == NOW


@pytest.mark.parametrize(
    ("kept", "left", "hours"), [(24, 100, 24), (24, 10, 9), (2, 2, 1), (24, 1, None), (336, 24 * 20, 336)]
)
def test_whether_enough_come_is_settled_as_before_or_as_early_as_there_is_time(
    kept: int, left: int, hours: int | None
) -> None:
    assert ballot.decide_hours(timedelta(hours=kept), NOW + timedelta(hours=left), NOW) == hours
