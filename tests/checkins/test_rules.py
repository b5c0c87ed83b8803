"""Who may read what, and how it is written down."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.checkins.rules import audiences, faces
from portal.blueprints.checkins.rules.faces import Face, Said

AUTHOR, CHOSEN = 1, 2


@pytest.mark.parametrize(("person_id", "may"), [(AUTHOR, True), (CHOSEN, True), (3, False), (0, False)])
def test_only_the_author_and_the_one_chosen_may_read(person_id: int, may: bool) -> None:
    assert audiences.may_read(person_id=person_id, author_id=AUTHOR, reader_id=CHOSEN) is may


def test_without_a_reader_only_the_author_may_read() -> None:
    assert audiences.may_read(person_id=AUTHOR, author_id=AUTHOR, reader_id=None)
    assert not audiences.may_read(person_id=CHOSEN, author_id=AUTHOR, reader_id=None)


def test_the_reader_may_not_change_it() -> None:
    assert audiences.may_change(person_id=AUTHOR, author_id=AUTHOR)
    assert not audiences.may_change(person_id=CHOSEN, author_id=AUTHOR)


def test_one_chooses_somebody_else_who_is_still_here() -> None:
    assert audiences.may_be_chosen(person_id=CHOSEN, author_id=AUTHOR, is_active=True)
    assert not audiences.may_be_chosen(person_id=AUTHOR, author_id=AUTHOR, is_active=True)
    assert not audiences.may_be_chosen(person_id=CHOSEN, author_id=AUTHOR, is_active=False)


@settings(max_examples=50)
@given(face=st.sampled_from(Face), words=st.text(max_size=300))
def test_what_is_written_is_read_again(face: Face, words: str) -> None:
    assert faces.read(faces.written(Said(face=face, words=words))) == Said(face=face, words=words)


def test_no_face_makes_the_text_longer_than_another() -> None:
    assert len({len(faces.written(Said(face=face)).encode()) for face in Face}) == 1


def test_neither_face_nor_words_stand_in_a_repr() -> None:
    shown = repr(Said(face=Face.HEAVY, words="tung dag"))
    assert "tung" not in shown
    assert "heavy" not in shown


def test_a_place_differs_by_row_author_and_reader() -> None:
    places = {
        audiences.place(row, author_id=author, reader_id=reader)
        for row in ("a", "b")
        for author in (1, 2)
        for reader in (None, 3, 4)
    }
    assert len(places) == 12


def test_the_same_form_gives_another_id_for_another_author_other_words_or_another_reader() -> None:
    ids = [
        audiences.id_from_key("k", Said(face=Face.GOOD, words=words), author_id=author, reader_id=reader)
        for words in ("", "ord")
        for author in (1, 2)
        for reader in (None, 3)
    ] * 2
    assert len(set(ids)) == 8
    assert {len(each) for each in ids} == {22}
