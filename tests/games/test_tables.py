"""The table plan: everybody seated, nobody alone, wishes as far as they go, and plain words where it cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.games.rules import solving, tables
from portal.blueprints.games.rules.solving import Impossible, Laid
from portal.blueprints.games.rules.tables import Night, Party, Table, Trouble, Wish
from tests.factories import nights


def table(number: int, least: int, most: int, **values: object) -> Table:
    return Table(id=number, players_min=least, players_max=most, **values)  # type: ignore[arg-type]


def party(person_id: int, **values: object) -> Party:
    return Party(person_id=person_id, **values)  # type: ignore[arg-type]


def laid(night: Night) -> Laid:
    found = solving.lay(night)
    assert isinstance(found, Laid), found
    assert tables.holds(night, found.plan)
    assert found.worth == tables.worth(night, found.plan)
    return found


def refused(night: Night) -> Impossible:
    found = solving.lay(night)
    assert isinstance(found, Impossible), found
    return found


def people(count: int, **values: object) -> list[Party]:
    return [party(number, **values) for number in range(1, count + 1)]


@given(seed=st.integers(0, 10**6), small=st.integers(1, 5), games=st.integers(1, 3), pinned=st.booleans())
@settings(max_examples=30)
def test_the_plan_is_the_best_of_all_there_are(seed: int, small: int, games: int, pinned: bool) -> None:
    night = nights.draw_night(seed, people=small, games=games, are_pinned=pinned)
    for may_leave_out in (False, True):
        found = solving.solve(night, may_leave_out=may_leave_out)
        assert (found.worth.cost if found else None) == nights.best_cost(night, may_leave_out=may_leave_out)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15)
def test_what_is_impossible_says_why_and_what_is_nearest_is_true(seed: int) -> None:
    night = nights.draw_night(seed, people=1 + seed % 8, games=1 + seed % 3, are_pinned=seed % 2 == 0)
    found = solving.lay(night)
    if isinstance(found, Laid):
        assert set(found.plan) == {each.person_id for each in night.parties}
        return
    if found.nearest and night.has_pins is False:
        left_out = found.nearest.worth.left_out
        assert left_out
        # One game more for as many as are left out seats everybody.
        another = table(99, min(left_out, 1), left_out)
        more = Night(parties=night.parties, tables=[*night.tables, another])
        assert solving.solve(more) is not None


def test_guests_sit_with_their_host() -> None:
    night = Night(parties=[party(1, seats=3), party(2), party(3)], tables=[table(1, 2, 3), table(2, 2, 2)])
    assert laid(night).plan == {1: 1, 2: 2, 3: 2}


def test_everybody_is_seated_before_any_wish_counts() -> None:
    """All four love the game for two: somebody plays the other one."""
    night = Night(parties=people(4, wishes={1: Wish.LOVE, 2: Wish.RATHER_NOT}), tables=[table(1, 2, 2), table(2, 2, 4)])
    found = laid(night)
    assert sorted(found.plan.values()) == [1, 1, 2, 2]
    assert found.worth.unwanted == 2


def test_somebody_new_is_with_whoever_knows_the_game_before_any_wish_counts() -> None:
    parties = [party(1, is_newcomer=True, wishes={2: Wish.LOVE}), *(party(number) for number in (2, 3, 4))]
    night = Night(parties=parties, tables=[table(1, 2, 2, brought_by=2), table(2, 2, 2)])
    found = laid(night)
    assert (found.plan[1], found.plan[2]) == (1, 1)
    assert found.worth.alone == 0


def test_somebody_who_can_teach_is_company_as_well() -> None:
    parties = [party(1, is_newcomer=True), *(party(number) for number in (2, 3, 4))]
    night = Night(parties=parties, tables=[table(1, 2, 2), table(2, 2, 2, teachers=frozenset({4}))])
    found = laid(night)
    assert (found.plan[1], found.plan[4]) == (2, 2)


def test_two_who_are_new_are_company_to_each_other() -> None:
    parties = [party(1, is_newcomer=True), party(2), party(3, is_newcomer=True), party(4)]
    night = Night(parties=parties, tables=[table(1, 2, 2), table(2, 2, 2)])
    found = laid(night)
    assert found.plan[1] == found.plan[3]


def test_whoever_has_a_guest_along_is_not_alone() -> None:
    parties = [party(1, seats=2, is_newcomer=True), party(2), party(3)]
    night = Night(parties=parties, tables=[table(1, 2, 3)])
    assert laid(Night(parties=parties, tables=[table(1, 4, 4)])).worth.alone == 0
    assert refused(night).why.trouble is Trouble.TOO_FEW_SEATS


def test_knowing_the_game_oneself_is_no_company() -> None:
    night = Night(
        parties=[party(1, is_newcomer=True), party(2)], tables=[table(1, 2, 2, brought_by=1, teachers=frozenset({1}))]
    )
    assert laid(night).worth.alone == 1


def test_nobody_sits_by_themselves_where_that_can_be_helped() -> None:
    night = Night(parties=people(3, wishes={1: Wish.LOVE}), tables=[table(1, 1, 2), table(2, 1, 3)])
    found = laid(night)
    assert set(found.plan.values()) == {2}
    assert found.worth.alone == 0


def test_what_one_brought_weighs_a_little_more_than_the_same_wish_of_somebody_else() -> None:
    parties = [party(number, wishes={1: Wish.LIKE}) for number in (1, 2, 3, 4)]
    night = Night(parties=parties, tables=[table(1, 2, 2, brought_by=3), table(2, 2, 2)])
    assert laid(night).plan[3] == 1
    unsaid = Night(parties=people(4), tables=[table(1, 2, 2, brought_by=4), table(2, 2, 2, brought_by=1)])
    found = laid(unsaid)
    assert (found.plan[4], found.plan[1]) == (1, 2)


def test_not_to_want_ones_own_game_counts_too() -> None:
    parties = [party(1, wishes={1: Wish.RATHER_NOT}), party(2), party(3), party(4)]
    night = Night(parties=parties, tables=[table(1, 2, 2, brought_by=1), table(2, 2, 2)])
    assert laid(night).plan[1] == 2


def test_one_who_would_rather_not_weighs_more_than_several_who_love_it() -> None:
    parties = [party(1, wishes={1: Wish.RATHER_NOT}), *(party(number, wishes={1: Wish.LOVE}) for number in (2, 3, 4))]
    night = Night(parties=parties, tables=[table(1, 4, 4), table(2, 2, 4)])
    assert set(laid(night).plan.values()) == {2}


def test_the_best_number_of_players_decides_between_equals() -> None:
    night = Night(parties=people(6), tables=[table(1, 2, 5, players_best=4), table(2, 2, 5, players_best=2)])
    found = laid(night)
    assert sorted(found.plan.values()) == [1, 1, 1, 1, 2, 2]
    assert found.worth.off_best == 0


def test_two_copies_are_two_tables_and_one_copy_is_one() -> None:
    one = Night(parties=people(8), tables=[table(1, 2, 4)])
    assert refused(one).why.trouble is Trouble.TOO_FEW_SEATS
    two = Night(parties=people(8), tables=[table(1, 2, 4), table(2, 2, 4)])
    assert sorted(laid(two).plan.values()) == [1] * 4 + [2] * 4


def test_the_organisers_word_is_kept() -> None:
    parties = people(6, wishes={2: Wish.LOVE})
    open_, closed = table(1, 2, 4, is_open=True), table(2, 2, 4, is_open=False)
    night = Night(parties=parties, tables=[open_, closed, table(3, 2, 4)], pins={1: 3, 2: 1})
    found = laid(night)
    assert (found.plan[1], found.plan[2]) == (3, 1)
    assert 2 not in found.plan.values()


def test_the_same_night_gives_the_same_plan() -> None:
    night = nights.draw_night(7, people=12, games=5)
    assert laid(night).plan == laid(night).plan


@pytest.mark.parametrize(
    ("night", "trouble", "has", "needs"),
    [
        (Night(parties=[], tables=[table(1, 2, 4)]), Trouble.NOBODY, 0, 0),
        (Night(parties=people(3), tables=[]), Trouble.NO_GAMES, 0, 3),
        (Night(parties=people(3), tables=[table(1, 2, 4, is_open=False)]), Trouble.NO_GAMES, 0, 3),
        (Night(parties=people(7), tables=[table(1, 2, 4), table(2, 2, 2)]), Trouble.TOO_FEW_SEATS, 6, 7),
        (Night(parties=people(2), tables=[table(1, 4, 8), table(2, 3, 5)]), Trouble.TOO_FEW_PEOPLE, 2, 3),
        (
            Night(parties=[party(1, seats=4)], tables=[table(1, 2, 3), table(2, 2, 3)]),
            Trouble.PARTY_TOO_LARGE,
            3,
            4,
        ),
        (
            Night(parties=people(4), tables=[table(1, 2, 2, is_open=False), table(2, 2, 4)], pins={1: 1}),
            Trouble.PINNED_TO_CLOSED,
            0,
            0,
        ),
        (
            Night(parties=people(5), tables=[table(1, 2, 2), table(2, 2, 4)], pins={1: 1, 2: 1, 3: 1}),
            Trouble.PINNED_TOO_MANY,
            2,
            3,
        ),
        (
            Night(parties=people(5), tables=[table(1, 3, 5, is_open=True), table(2, 3, 5, is_open=True)]),
            Trouble.OPEN_NEED_MORE,
            5,
            6,
        ),
        (Night(parties=people(5), tables=[table(1, 2, 3), table(2, 4, 4)]), Trouble.DOES_NOT_ADD_UP, 5, 0),
    ],
)
def test_what_cannot_be_says_why_with_its_numbers(night: Night, trouble: Trouble, has: int, needs: int) -> None:
    found = refused(night)
    assert (found.why.trouble, found.why.has, found.why.needs) == (trouble, has, needs)


def test_the_nearest_that_works_leaves_out_as_few_as_can_be() -> None:
    found = refused(Night(parties=people(7), tables=[table(1, 2, 4), table(2, 2, 2)]))
    assert found.nearest
    assert found.nearest.worth.left_out == 1
    assert len(found.nearest.plan) == 6


def test_one_more_who_comes_may_be_what_is_missing() -> None:
    assert refused(Night(parties=people(5), tables=[table(1, 2, 3), table(2, 4, 4)])).people_more == 1
    assert refused(Night(parties=people(3), tables=[table(1, 6, 8)])).people_more == 3
    assert refused(Night(parties=people(1), tables=[table(1, 8, 8)])).people_more is None


def test_it_says_so_where_only_the_organisers_own_word_stands_in_the_way() -> None:
    night = Night(parties=people(4), tables=[table(1, 2, 2, is_open=False), table(2, 2, 3)])
    found = refused(night)
    assert found.works_unpinned
    assert found.nearest
    assert found.nearest.worth.left_out == 1
    assert not refused(Night(parties=people(9), tables=[table(1, 2, 2, is_open=True)])).works_unpinned


def test_where_even_the_nearest_is_barred_the_organisers_word_is_left_aside() -> None:
    """Two games that must both be played need six, and five are there."""
    night = Night(parties=people(5), tables=[table(1, 3, 4, is_open=True), table(2, 3, 4, is_open=True)])
    found = refused(night)
    assert found.nearest
    assert found.nearest.worth.left_out == 1


def test_laid_anew_a_plan_keeps_what_can_stay() -> None:
    """Both seatings are as good: the one that people know already is kept, but for whom it must move."""
    copies = [table(1, 2, 3), table(2, 2, 3)]
    before = Night(parties=[party(number, sat_at=1 + number % 2) for number in (1, 2, 3, 4)], tables=copies)
    assert laid(before).plan == {1: 2, 2: 1, 3: 2, 4: 1}
    one_more = Night(parties=[*before.parties, party(5)], tables=copies, pins={5: 1})
    found = laid(one_more)
    assert found.worth.moved == 0
    assert found.plan == {1: 2, 2: 1, 3: 2, 4: 1, 5: 1}


def test_where_people_sat_is_nothing_that_makes_a_plan_old() -> None:
    copies = [table(1, 2, 4)]
    before, after = (Night(parties=people(3, sat_at=at), tables=copies) for at in (None, 1))
    assert tables.digest(before) == tables.digest(after)
    assert tables.digest(before) != tables.digest(Night(parties=people(3), tables=copies, pins={1: 1}))


def test_a_night_that_is_too_large_for_the_time_there_is_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "LONGEST", 0.0)
    found = refused(nights.draw_night(1, people=24, games=10))
    assert found.why == tables.Why(trouble=Trouble.TOO_LARGE, has=found.why.has)
