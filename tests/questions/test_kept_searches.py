"""Searches that one keeps."""

from __future__ import annotations

import pytest

from portal.blueprints.people.models import Person
from portal.blueprints.questions.queries import filters as reading_filters
from portal.blueprints.questions.rules.finding import FILTERS_MOST
from portal.blueprints.questions.service import (
    filters,
)
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.patient_data import PatientData

IDENTITY_NUMBER = "01010112377"


def test_a_search_is_kept_for_its_owner_only(anne: Person, bjarne: Person) -> None:
    kept = filters.keep(anne, name="  Prints  ", query="tag:utskrift svar:0")
    assert [(each.name, each.query) for each in reading_filters.filters(anne)] == [("Prints", "tag:utskrift svar:0")]
    assert reading_filters.filters(bjarne) == []
    for act in (lambda: filters.remove(bjarne, kept.id), lambda: filters.rename(bjarne, kept.id, name="x")):
        with pytest.raises(NotFound):
            act()


def test_the_same_search_is_kept_once_and_a_name_means_one_thing(anne: Person) -> None:
    first = filters.keep(anne, name="Prints", query="tag:utskrift")
    assert filters.keep(anne, name="Prints", query="tag:utskrift").id == first.id
    with pytest.raises(Conflict):
        filters.keep(anne, name="Prints", query="tag:citrix")
    second = filters.keep(anne, name="Citrix", query="tag:citrix")
    with pytest.raises(Conflict):
        filters.rename(anne, second.id, name="Prints")
    filters.rename(anne, second.id, name="Sessions")
    assert [each.name for each in reading_filters.filters(anne)] == ["Prints", "Sessions"]


def test_twenty_searches_are_enough(anne: Person) -> None:
    for number in range(FILTERS_MOST):
        filters.keep(anne, name=f"Filter {number}", query="svar:0")
    with pytest.raises(Conflict):
        filters.keep(anne, name="One more", query="svar:0")


@pytest.mark.parametrize(("name", "query"), [("", "svar:0"), ("x" * 41, "svar:0"), ("Empty", "  "), ("Minus", "-")])
def test_a_search_needs_a_name_and_something_to_look_for(anne: Person, name: str, query: str) -> None:
    with pytest.raises(Invalid):
        filters.keep(anne, name=name, query=query)


@pytest.mark.parametrize(("name", "query"), [(IDENTITY_NUMBER, "svar:0"), ("Mine", f"pasient {IDENTITY_NUMBER}")])
def test_patient_data_is_not_kept(anne: Person, name: str, query: str) -> None:
    with pytest.raises(PatientData):
        filters.keep(anne, name=name, query=query)
