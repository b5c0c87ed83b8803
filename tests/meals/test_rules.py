from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.meals import rules
from portal.blueprints.meals.rules import Diet, Needs

some_needs = st.builds(Needs, diets=st.frozensets(st.sampled_from(Diet)), other=st.text(max_size=40))


@given(st.lists(some_needs, max_size=12))
@settings(max_examples=50)
def test_totals_count_everybody_once_for_each_diet(needs: list[Needs]) -> None:
    found = rules.totals(needs)
    assert {diet: count for diet, count in found.diets} == {
        diet: sum(diet in each.diets for each in needs) for diet in Diet if any(diet in each.diets for each in needs)
    }
    assert sorted(found.others) == sorted(each.other for each in needs if each.other)
    assert found.is_empty == all(each.is_empty for each in needs)


@given(st.lists(some_needs, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_totals_do_not_tell_the_order_in_which_people_came(needs: list[Needs], chance: object) -> None:
    shuffled = list(needs)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found, again = rules.totals(needs), rules.totals(shuffled)
    assert found.diets == again.diets
    assert [words.casefold() for words in found.others] == [words.casefold() for words in again.others]


@given(some_needs)
@settings(max_examples=50)
def test_what_is_written_reads_as_the_same(needs: Needs) -> None:
    assert Needs.read(needs.written()) == needs


def test_a_diet_that_is_not_known_any_more_is_left_out() -> None:
    assert Needs.read('{"diets": ["vegan", "breatharian"], "other": ""}') == Needs(diets=frozenset({Diet.VEGAN}))


def test_free_plates_are_never_less_than_none() -> None:
    assert rules.free(None, 100) is None
    assert rules.free(3, 1) == 2
    assert rules.free(3, 5) == 0
