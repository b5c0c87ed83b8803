"""The drawing of weeks: everything stays inside, nothing is drawn where nothing is shown, and words carry it alone."""

from __future__ import annotations

from collections.abc import Sequence

from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.web.week_chart import NARROW, WIDE, Drawing, Week, both, draw

LEVELS = ("Heavy", "Tired", "Okay", "Good", "Great")
SHOWN = """{% from 'components/week_chart.html' import week_chart %}
{{ week_chart('sample', drawings, title='The <pulse>', text='Good lately.', gap_text='Too few answers') }}"""
histories = st.lists(st.one_of(st.none(), st.integers(0, len(LEVELS) - 1)), max_size=30)


def weeks_of(levels: Sequence[int | None]) -> list[Week]:
    return [Week(name=str(number), level=level) for number, level in enumerate(levels, start=1)]


def shown(app: Flask, drawings: tuple[Drawing, Drawing]) -> BeautifulSoup:
    with app.test_request_context():
        return BeautifulSoup(render_template_string(SHOWN, drawings=drawings), "html.parser")


@settings(max_examples=50)
@given(histories, st.sampled_from((WIDE, NARROW)))
def test_everything_stays_inside_the_drawing(levels: list[int | None], width: int) -> None:
    drawing = draw(weeks_of(levels), LEVELS, width=width)
    for dot in drawing.dots:
        assert drawing.left < dot.x < width
        assert 0 < dot.y < drawing.bottom
    for x in drawing.gaps:
        assert drawing.left - 0.1 <= x <= width - drawing.gap_width


@settings(max_examples=50)
@given(histories)
def test_a_week_has_either_a_dot_or_a_gap_and_lines_that_pass_a_gap_are_bridges(levels: list[int | None]) -> None:
    drawing = draw(weeks_of(levels), LEVELS, width=WIDE)
    assert len(drawing.dots) == sum(level is not None for level in levels)
    assert len(drawing.gaps) == sum(level is None for level in levels)
    for stroke in drawing.strokes:
        passes_a_gap = any(stroke.x1 < x < stroke.x2 for x in drawing.gaps)
        assert stroke.is_bridge == passes_a_gap


@settings(max_examples=50)
@given(histories)
def test_a_better_week_is_never_drawn_lower(levels: list[int | None]) -> None:
    known = [level for level in levels if level is not None]
    dots = draw(weeks_of(levels), LEVELS, width=NARROW).dots
    for one, dot in zip(known, dots, strict=True):
        for another, beside in zip(known, dots, strict=True):
            assert (one > another) == (dot.y < beside.y)


def test_names_that_have_no_room_are_left_out_but_never_the_newest() -> None:
    columns = draw(weeks_of([2] * 30), LEVELS, width=NARROW).columns
    assert columns[-1].name == "30"
    assert 0 < sum(bool(column.name) for column in columns) < 30


def test_only_the_newest_week_has_the_large_dot_and_only_if_it_is_shown() -> None:
    assert [dot.is_newest for dot in draw(weeks_of([1, 2, 3]), LEVELS, width=WIDE).dots] == [False, False, True]
    assert not any(dot.is_newest for dot in draw(weeks_of([1, 2, None]), LEVELS, width=WIDE).dots)


def test_both_widths_carry_the_same_words_and_no_id_twice(app: Flask) -> None:
    page = shown(app, both(weeks_of([1, None, 3]), LEVELS))
    wide, narrow = page.select("svg[role=img]")
    assert wide.select_one("title").text == narrow.select_one("title").text == "The <pulse>"
    assert wide.select_one("desc").text == "Good lately."
    assert [text.text for text in wide.select("text")] == [text.text for text in narrow.select("text")]
    ids = [element["id"] for element in page.select("[id]")]
    assert len(ids) == len(set(ids)) == 4


def test_a_bridge_is_explained_only_where_there_is_one(app: Flask) -> None:
    assert "Too few answers" in shown(app, both(weeks_of([1, None, 3]), LEVELS)).text
    assert "Too few answers" not in shown(app, both(weeks_of([1, 2, 3]), LEVELS)).text


def test_a_mark_stands_with_its_number_over_its_week(app: Flask) -> None:
    weeks = [Week(name="46", level=2), Week(name="47", level=None, mark=1)]
    page = shown(app, both(weeks, LEVELS))
    assert [mark.text for mark in page.select(".weeks--640 .weeks__number")] == ["1"]


def test_no_weeks_are_a_drawing_too(app: Flask) -> None:
    assert shown(app, both([], LEVELS)).select("svg[role=img]")
