"""Writing and reading entries, and one's own weeks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.blueprints.checkins.rules import diary as rules
from portal.blueprints.checkins.rules.diary import Entry
from portal.blueprints.checkins.rules.faces import Face, Said
from portal.core.clock import OSLO

MOMENTS = st.floats(min_value=1.5e9, max_value=3e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
TODAY = date(2026, 11, 26)


def entry(day: date, face: Face) -> Entry:
    return Entry(moment=datetime(day.year, day.month, day.day, 12, tzinfo=UTC), said=Said(face=face))


@given(MOMENTS, st.sampled_from(Face), st.text(max_size=100))
@hypothesis_settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_again_to_the_second(moment: datetime, face: Face, words: str) -> None:
    before = Entry(moment=moment, said=Said(face=face, words=words))
    after = rules.read(rules.written(before))
    assert (after.moment, after.said) == (moment.replace(microsecond=0), before.said)


def test_neither_moment_nor_face_makes_it_longer() -> None:
    moments = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, 999, tzinfo=OSLO))
    written = {rules.written(Entry(moment=m, said=Said(face=f, words="x"))) for m in moments for f in Face}
    assert len({len(text) for text in written}) == 1


def test_nothing_of_an_entry_is_in_what_is_printed() -> None:
    printed = repr(entry(TODAY, Face.HEAVY))
    assert "heavy" not in printed.lower()
    assert "2026" not in printed


@given(st.text(min_size=1, max_size=30), st.text(max_size=30), st.text(max_size=30))
@hypothesis_settings(max_examples=50, deadline=None)
def test_a_form_has_one_id_for_each_thing_it_says_and_each_owner(key: str, one: str, other: str) -> None:
    first = rules.id_from_key(key, Said(face=Face.GOOD, words=one), person_id=1)
    assert first == rules.id_from_key(key, Said(face=Face.GOOD, words=one), person_id=1)
    assert first != rules.id_from_key(key, Said(face=Face.GOOD, words=one), person_id=11)
    assert first != rules.id_from_key(key, Said(face=Face.GREAT, words=one), person_id=1)
    assert (first == rules.id_from_key(key, Said(face=Face.GOOD, words=other), person_id=1)) == (one == other)


@pytest.mark.parametrize(
    ("passphrase", "fault"),
    [
        ("elleveteikn", "short"),
        ("   elleveteikn   ", "short"),
        ("tolvteikn her", None),
        ("aaaabbbbcccc", "guessable"),
        ("AaAaBbBbCcCcDd", "guessable"),
        ("x" * 201, "long"),
        ("blå sykkel i stille regn", None),
    ],
)
def test_length_counts_and_odd_signs_are_not_demanded(passphrase: str, fault: str | None) -> None:
    assert rules.passphrase_fault(passphrase) == fault


class TestWeeks:
    def test_nothing_written_is_no_week(self) -> None:
        assert rules.weeks([], today=TODAY, zone=OSLO) == []

    def test_weeks_without_an_entry_are_gaps(self) -> None:
        written = [entry(date(2026, 11, 2), Face.TIRED), entry(date(2026, 11, 22), Face.GOOD)]
        weeks = rules.weeks(written, today=TODAY, zone=OSLO)
        assert [(week.monday, week.face) for week in weeks] == [
            (date(2026, 11, 2), Face.TIRED),
            (date(2026, 11, 9), None),
            (date(2026, 11, 16), Face.GOOD),
            (date(2026, 11, 23), None),
        ]

    def test_a_week_of_several_is_the_one_in_the_middle(self) -> None:
        faces = (Face.HEAVY, Face.GREAT, Face.GREAT, Face.OKAY, Face.HEAVY)
        weeks = rules.weeks([entry(TODAY, face) for face in faces], today=TODAY, zone=OSLO)
        assert [week.face for week in weeks] == [Face.OKAY]

    def test_a_sunday_night_belongs_to_the_week_of_the_clock_on_the_wall(self) -> None:
        late = Entry(moment=datetime(2026, 11, 22, 23, 30, tzinfo=UTC), said=Said(face=Face.GOOD))
        assert [week.monday for week in rules.weeks([late], today=TODAY, zone=OSLO)] == [date(2026, 11, 23)]

    @given(st.lists(st.integers(min_value=-10, max_value=800), min_size=1, max_size=20))
    @hypothesis_settings(max_examples=50, deadline=None)
    def test_at_most_half_a_year_in_order_and_without_holes(self, days: list[int]) -> None:
        written = [entry(TODAY - timedelta(days=ago), Face.GOOD) for ago in days]
        weeks = rules.weeks(written, today=TODAY, zone=OSLO)
        assert 1 <= len(weeks) <= rules.WEEKS_SHOWN
        assert [week.monday for week in weeks] == [
            weeks[0].monday + timedelta(weeks=number) for number in range(len(weeks))
        ]
        assert weeks[-1].monday >= date(2026, 11, 23)
