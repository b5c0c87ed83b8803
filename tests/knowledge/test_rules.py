"""Numbers in texts, and what a row must be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.blueprints.knowledge import rules
from portal.blueprints.knowledge.rules import BadRow, Fault
from tests.factories.knowledge import row


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sjå KB10482", ["KB10482"]),
        ("sjå kb 10482, eller KB-0010483.", ["KB10482", "KB0010483"]),
        ("(KB10482) og KB10482 igjen", ["KB10482"]),
        ("WKB10482 KB10482A KB12 XKB-10482 KB12345678901 10482", []),
        ("https://tunet.example/kunnskap/KB10482", ["KB10482"]),
        ("KB\u00a010482", ["KB10482"]),
        ("KB١٠٤٨٢", []),
        ("", []),
    ],
)
def test_numbers_are_found_as_people_write_them(text: str, found: list[str]) -> None:
    assert rules.references(text) == found


def test_a_text_of_numbers_only_gives_twenty_at_most() -> None:
    assert len(rules.references(" ".join(f"KB{number}" for number in range(10000, 10100)))) == rules.REFERENCES_MOST


@settings(max_examples=50)
@given(before=st.text(max_size=20), serial=st.integers(1000, 10**10 - 1), after=st.text(max_size=20))
def test_a_number_that_stands_apart_is_always_found(before: str, serial: int, after: str) -> None:
    assert rules.number(serial) in rules.references(f"{before} {rules.number(serial)} {after}")


def test_a_plain_row_becomes_an_article() -> None:
    read = rules.read_row(row(tags="Utskrift, utskrift,Citrix", reviewed_on="2026-03-12", number="kb10482"))
    assert (read.key, read.title, read.body) == ("start-print-queue", "Starte skriverkøen", "Start tjenesten.")
    assert (read.tags, read.reviewed_on, read.number) == (("utskrift", "citrix"), date(2026, 3, 12), "KB10482")


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"id": ""}, Fault.NO_ID),
        ({"id": None}, Fault.NO_ID),
        ({"id": "a" * 201}, Fault.LONG_ID),
        ({"title": "  "}, Fault.NO_TITLE),
        ({"title": "a" * 201}, Fault.LONG_TITLE),
        ({"body_markdown": ""}, Fault.NO_BODY),
        ({"body_markdown": "# Starte skriverkøen\n"}, Fault.NO_BODY),
        ({"body_markdown": "a" * 20_001}, Fault.LONG_BODY),
        ({"body_markdown": ["a"]}, Fault.NOT_A_ROW),
        ({"source": "a" * 301}, Fault.LONG_SOURCE),
        ({"number": "10482"}, Fault.NUMBER),
        ({"number": "KB12"}, Fault.NUMBER),
        ({"language": "tlh"}, Fault.LANGUAGE),
        ({"tags": 7}, Fault.TAGS),
        ({"tags": [str(number) for number in range(9)]}, Fault.TAGS),
        ({"tags": ["a,b"]}, Fault.TAGS),
        ({"reviewed_on": "12.03.2026"}, Fault.DAY),
    ],
)
def test_what_cannot_be_an_article_says_why(values: dict[str, object], fault: Fault) -> None:
    with pytest.raises(BadRow) as refused:
        rules.read_row(row(**values))
    assert refused.value.fault is fault


@pytest.mark.parametrize("values", [None, 7, "text", ["id"]])
def test_what_is_no_object_is_no_row(values: object) -> None:
    with pytest.raises(BadRow):
        rules.read_row(values)


def test_the_title_is_not_said_twice_and_headings_begin_at_the_top() -> None:
    body = "# Starte  skriverkøen\n\nTekst\n\n## Windows\n\n### 11\n\n```\n# ikkje ei overskrift\n```"
    assert rules.tidied(body, "Starte skriverkøen") == (
        "Tekst\n\n# Windows\n\n## 11\n\n```\n# ikkje ei overskrift\n```"
    )


def test_a_heading_with_other_words_stays_where_others_follow_it() -> None:
    assert rules.tidied("# Før du ringer\n\nA\n\n# Etterpå\n\nB", "Om telefonen").startswith("# Før du ringer")
    assert rules.tidied("# Nesten same tittel\n\nA", "Same tittel") == "A"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("sjå [her](https://a.example/b(1)) no", "sjå [her](https://a.example/b(1)) no"),
        ("sjå [](https://a.example) no", "sjå <https://a.example> no"),
        ("sjå [her](/sharepoint/x) og [der](other.md)", "sjå her og der"),
        ("opne [innstillingane](ms-settings:network)", "opne innstillingane"),
        ("tom []() lenkje", "tom  lenkje"),
        ("![Ein knapp](media/knapp.png) og ![](data:image/png;base64,AAAA)", "Ein knapp og"),
        ("[![Ein knapp](media/knapp.png)](https://a.example)", "[Ein knapp](https://a.example)"),
        ("```\n[](https://a.example)\n```", "```\n[](https://a.example)\n```"),
        ("skriv til [oss](mailto:a@b.example)", "skriv til [oss](mailto:a@b.example)"),
        ("[farleg](javascript:alert(1))", "farleg"),
    ],
)
def test_links_that_lead_nowhere_from_here_become_words(written: str, kept: str) -> None:
    assert rules.tidied(written, "Tittel") == kept


def test_a_row_has_another_digest_when_anything_of_it_changes() -> None:
    rows = [row(), row(title="Ny"), row(tags="a"), row(source="x"), row(heading_en="Start"), row(language="nn")]
    assert len({rules.read_row(each).digest for each in rows}) == len(rows)
    assert rules.read_row(row()).digest == rules.read_row(row()).digest
