from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.blueprints.people import rules
from portal.blueprints.people.rules import PERMISSIONS, Role


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "short"),
        ("elleve char", "short"),
        ("tolv char xy", None),
        ("x" * 201, "long"),
        ("aaaaaaaaaaaaaaaaaaaa", "guessable"),
        ("abcabcabcabcabc", "guessable"),
        ("passord123456", "guessable"),
        ("Password12345", "guessable"),
        ("SommarSommar1", "guessable"),
        ("Kundesenter26", "guessable"),
        ("ＰＡＳＳＯＲＤ１２３４５", "guessable"),
        ("tunettunettunet", "guessable"),
        ("qwertyuiop123", "guessable"),
        ("three calm green horses", None),
        ("trehestarpåbeite", None),
        ("🐴🐑🐄🐖🐓🦆🐈🐕🐁🐇🦔🐝", None),
    ],
)
def test_length_counts_and_odd_signs_are_not_demanded(password: str, fault: str | None) -> None:
    assert rules.password_fault(password) == fault


def test_ones_own_name_is_no_password() -> None:
    assert rules.password_fault("annbirgitte26", names=("annbirgitte",)) == "guessable"
    assert rules.password_fault("Askeland2026!", names=("anne1", "Anne", "Askeland")) == "guessable"
    # A short name may stand inside a long password.
    assert rules.password_fault("a boat called Bo on the fjord", names=("Bo",)) is None


@given(password=st.text(min_size=12, max_size=200))
def test_every_password_of_a_fair_length_gets_an_answer(password: str) -> None:
    assert rules.password_fault(password) in {None, "guessable", "short"}


def test_long_passwords_are_taken_whole() -> None:
    words = "".join(chr(ord("a") + n % 26) for n in range(200))
    assert rules.password_fault(words[:64]) is None
    assert rules.password_fault(words) is None


def test_a_colleague_holds_no_permission_and_an_administrator_does_not_read_confidences() -> None:
    assert PERMISSIONS[Role.COLLEAGUE] == frozenset()
    assert "checkins.listen" not in PERMISSIONS[Role.ADMINISTRATOR]
    assert not rules.is_allowed([], "admin.see")
    assert not rules.is_allowed(Role, "no.such.permission")
    assert rules.is_allowed([Role.COLLEAGUE, Role.ORGANISER], "events.organise")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Anne Askeland", "AA"),
        ("Åse", "Å"),
        ("Per-Olav van der Berg", "PB"),
        ("øyvind ås", "ØÅ"),
        ("(Anne) Berg", "B"),
        ("  ", "·"),
        ("123 456", "·"),
        ("", "·"),
    ],
)
def test_the_letters_of_an_avatar(name: str, letters: str) -> None:
    assert rules.initials(name) == letters


@given(name=st.text(max_size=120))
def test_every_name_has_letters_to_show(name: str) -> None:
    assert 1 <= len(rules.initials(name)) <= 6


def test_the_same_person_has_the_same_colour() -> None:
    assert rules.color(7) == rules.color(7)
    assert {rules.color(n) for n in range(20)} == set(rules.COLORS)
