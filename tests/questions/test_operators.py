from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.blueprints.questions.rules import operators
from portal.blueprints.questions.rules.finding import QUERY_LONGEST
from portal.blueprints.questions.rules.operators import KINDS, STATES, TERMS_MOST, Kind
from portal.blueprints.questions.rules.states import Shown


def read(text: str) -> list[tuple[str, str, bool]]:
    return [(str(term.kind), term.text, term.is_excluded) for term in operators.parse(text).terms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("   ", []),
        ("skrivar", [("word", "skrivar", False)]),
        ("skrivar kø", [("word", "skrivar", False), ("word", "kø", False)]),
        ('"raud lampe"', [("word", "raud lampe", False)]),
        ("«raud lampe»", [("word", "raud lampe", False)]),
        ("-dips", [("word", "dips", True)]),
        ('-"raud lampe"', [("word", "raud lampe", True)]),
        ("tag:citrix", [("tag", "citrix", False)]),
        ("emne:citrix", [("tag", "citrix", False)]),
        ("TAG:citrix", [("tag", "citrix", False)]),
        ("-tag:dips", [("tag", "dips", True)]),
        ('tag:"delt postboks"', [("tag", "delt postboks", False)]),
        ("frå:ola", [("author", "ola", False)]),
        ("fra:ola", [("author", "ola", False)]),
        ("fra\u030a:ola", [("author", "ola", False)]),
        ('from:"Ola Nordmann"', [("author", "Ola Nordmann", False)]),
        ("-frå:ola", [("author", "ola", True)]),
        ("status:open", [("status", "open", False)]),
        ("status:ventar", [("status", "ventar", False)]),
        ("status:sett-på", [("status", "sett-på", False)]),
        ('status:"sett på"', [("status", "sett på", False)]),
        ("status:løyst", [("status", "løyst", False)]),
        ("-status:Løst", [("status", "Løst", True)]),
        ("svar:0", [("answers", "0", False)]),
        ("svar:>3", [("answers", ">3", False)]),
        ("answers:<=2", [("answers", "<=2", False)]),
        ("etter:2026-01-01", [("after", "2026-01-01", False)]),
        ("før:31.1.2026", [("before", "31.1.2026", False)]),
        ("before:2026", [("before", "2026", False)]),
        ("tag:a tag:a", [("tag", "a", False)]),
        ("a - b", [("word", "a", False), ("word", "b", False)]),
        ("--a", [("word", "a", True)]),
        ("tag:", [("word", "tag:", False)]),
        ("Feil: boot", [("word", "Feil:", False), ("word", "boot", False)]),
        ("https://example.org/x", [("word", "https://example.org/x", False)]),
        ("C:\\temp", [("word", "C:\\temp", False)]),
        ("12:30", [("word", "12:30", False)]),
        ("0x80090308", [("word", "0x80090308", False)]),
        ("INC0012345", [("word", "INC0012345", False)]),
        ('"open end', [("word", "open", False), ("word", "end", False)]),
        ("e-post", [("word", "e-post", False)]),
    ],
)
def test_a_search_is_read(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert read(text) == expected
    assert operators.parse(text).misread == ()


@pytest.mark.parametrize(
    ("text", "misread", "words"),
    [
        ("outlook:krasjar", ("outlook:",), ["outlook:krasjar"]),
        ("status:sur", ("status:",), ["status:sur"]),
        ("svar:mange", ("svar:",), ["svar:mange"]),
        ("etter:i-går", ("etter:",), ["etter:i-går"]),
        ("etter:2026-02-30", ("etter:",), ["etter:2026-02-30"]),
        ("-sak:12 -sak:13", ("sak:",), ["sak:12", "sak:13"]),
        ("svar:>3+", ("svar:",), ["svar:>3+"]),
    ],
)
def test_what_is_no_filter_is_taken_as_words_and_said_so(text: str, misread: tuple[str, ...], words: list[str]) -> None:
    parsed = operators.parse(text)
    assert parsed.misread == misread
    assert [term.text for term in parsed.words] == words
    assert parsed.filters == ()


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("0", (0, 0)),
        ("3", (3, 3)),
        ("=3", (3, 3)),
        (">3", (4, 9999)),
        (">=3", (3, 9999)),
        ("3+", (3, 9999)),
        ("≥3", (3, 9999)),
        ("<3", (0, 2)),
        ("<0", (0, -1)),
        ("≤3", (0, 3)),
        ("many", None),
        ("", None),
        ("-1", None),
        ("99999", None),
    ],
)
def test_numbers_of_answers_are_understood(text: str, bounds: tuple[int, int] | None) -> None:
    assert operators.find_bounds(text) == bounds


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("31.1.2026", date(2026, 1, 31)),
        ("2026-03", date(2026, 3, 1)),
        ("2026", date(2026, 1, 1)),
        ("2026-13-01", None),
        ("0000", None),
        ("tomorrow", None),
    ],
)
def test_days_are_understood(text: str, day: date | None) -> None:
    assert operators.find_day(text) == day


def test_every_state_has_words_in_the_three_languages_and_no_word_means_two() -> None:
    assert {operators.find_state(word) for word in ("ventar", "venter", "waiting")} == {Shown.OPEN}
    assert {operators.find_state(word) for word in ("løyst", "løst", "SOLVED")} == {Shown.SOLVED}
    assert set(STATES.values()) == set(Shown)
    assert sum(len(words) for words in operators.STATUSES.values()) == len(STATES)
    assert sum(len(names) for names in operators.NAMES.values()) == len(KINDS)


def test_a_term_can_be_taken_away() -> None:
    terms = operators.parse('skrivar tag:citrix -"raud lampe" frå:"Ola Nordmann"').terms
    assert operators.without(terms, 1) == 'skrivar -"raud lampe" frå:"Ola Nordmann"'
    assert operators.without(terms, 2) == 'skrivar tag:citrix frå:"Ola Nordmann"'


def test_leaving_out_is_not_looking_for() -> None:
    assert not operators.parse("-dips tag:citrix").asks_for_words
    assert operators.parse("-dips citrix").asks_for_words


PIECES = st.sampled_from(
    [
        "tag:",
        "frå:",
        "status:",
        "svar:",
        "etter:",
        "-",
        '"',
        "«",
        "»",
        " ",
        ":",
        "x:",
        "open",
        ">3",
        "2026",
        "a\u030a",
        "/",
    ]
)


@settings(max_examples=60)
@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=60).map("".join))
@example('tag:""')
@example('"a"b"c"')
@example('-"-a"')
@example("x:-a")
@example("\u0958" * 300)
@example('tag:"a\u00a0b"')
def test_nothing_that_is_written_is_refused_and_all_of_it_is_read_the_same_again(text: str) -> None:
    parsed = operators.parse(text)
    written = operators.write(parsed.terms)
    assert operators.parse(written) == parsed
    assert len(parsed.terms) <= TERMS_MOST
    assert len(written) <= 2 * QUERY_LONGEST
    for term in parsed.terms:
        assert term.text
        assert term.kind is not Kind.STATUS or operators.find_state(term.text)
