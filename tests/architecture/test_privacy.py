"""The list of what is held about people says everything: each table and column is compared with it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import JSON, Column, LargeBinary, String, Table

from portal.blueprints.privacy import queries
from portal.core import privacy
from portal.core.db import Base

# Tables with text that nobody is named in, and that is not somebody's own words about themselves; and why.
NOT_OF_PEOPLE = {
    "article": "the desk's own texts",
    "booking_step": "what the calendar answered, in words of the portal",
    "busy_span": "that a room is taken",
    "calendar_line": "how the line to the calendar is",
    "contact_card": "whom anybody may ring, written by administrators",
    "embedded_meeting": "bookings as the built-in calendar knows them",
    "embedded_slot": "bookings as the built-in calendar knows them",
    "ended_session": "a digest of a session's name; whose it was is not in it",
    "evening": "what everybody is invited to",
    "film_poll": "the heading of a choice between films",
    "film_showing": "films and where they are shown",
    "help_call": "covered column by column",
    "help_day_count": "counts of the whole desk by the day",
    "incident": "what is wrong, for everybody",
    "mail_line": "numbers of notices in a mail",
    "meal": "what is eaten and where",
    "pulse_annotation": "what happened at the desk, for everybody",
    "question_tag": "numbers",
    "recast": "which shape a text has",
    "reference_pattern": "what case numbers look like",
    "reference_version": "a digest of the patterns",
    "room": "rooms",
    "rota": "where the shifts were read from",
    "search_state": "how the index is",
    "search_synonym": "words of the house",
    "series": "what everybody is invited to",
    "table_plan": "how a plan was reached",
    "tag": "subjects",
    "tag_synonym": "words for subjects",
    "team": "what a team is called",
    "teams_card": "that a card was put up in Teams",
    "throttle": "keyed digests that last as long as the bound they count for",
    "transfer": "which thread went where",
}
# A number that leads to a person without a foreign key.
NAMES_A_PERSON = re.compile(r"(^|_)(person|viewer|author|owner|asker|reader|buddy|peer)_id$")


@pytest.fixture(autouse=True)
def awake(app: Flask) -> None:
    """Wake every slice, so that all have said what they hold."""


def covered(column: Column[object]) -> bool:
    return any(privacy.answers_for(holding, column) for holding in privacy.holdings())


def tables() -> list[Table]:
    return list(Base.metadata.sorted_tables)


def test_every_column_that_names_a_person_stands_on_the_list() -> None:
    named = list(privacy.columns_naming_people())
    assert len(named) > 60
    assert [f"{column.table.name}.{column.name}" for column in named if not covered(column)] == []


def test_every_number_of_a_person_without_a_key_stands_on_the_list() -> None:
    loose = [column for table in tables() for column in table.columns if NAMES_A_PERSON.search(column.name)]
    assert {"audit_entry.viewer_id"} <= {f"{column.table.name}.{column.name}" for column in loose}
    assert [f"{column.table.name}.{column.name}" for column in loose if not covered(column)] == []


def test_every_table_with_text_stands_on_the_list_or_says_why_not() -> None:
    unsaid = []
    for table in tables():
        texts = [column for column in table.columns if isinstance(column.type, String | LargeBinary | JSON)]
        if texts and not all(covered(column) for column in texts) and table.name not in NOT_OF_PEOPLE:
            unsaid.append(table.name)
    assert unsaid == []


def test_no_excuse_has_outlived_its_table() -> None:
    assert sorted(set(NOT_OF_PEOPLE) - {table.name for table in tables()}) == []


def test_the_list_names_tables_and_columns_that_are_there() -> None:
    there = {table.name for table in tables()}
    there |= {f"{table.name}.{column.name}" for table in tables() for column in table.columns}
    named = {name for holding in privacy.holdings() for name in holding.tables}
    assert sorted(named - there) == []


def test_everything_held_names_its_tables_and_is_given_and_erased_or_says_what_stays() -> None:
    for holding in privacy.holdings():
        assert holding.tables or holding.letters, f"{holding.slice}: {holding.what}: which tables?"
        assert holding.seen_by
        assert holding.kept
        if holding.export is None or holding.erase is None:
            assert holding.stays, f"{holding.slice}: {holding.what}: is neither given, nor erased, nor explained"


def test_what_nothing_erases_is_little_and_known() -> None:
    kept = sorted({name for holding in privacy.holdings() if holding.erase is None for name in holding.tables})
    # A copy goes with its text; and of what the pulse keeps, nobody can tell whose it is.
    known = ["audit_entry", "erasure", "job"]
    assert [name for name in kept if not name.startswith(("search_", "pulse_"))] == known


def test_every_part_of_the_house_that_holds_something_has_a_name_in_plain_words() -> None:
    assert {holding.slice for holding in privacy.holdings()} <= set(queries.TITLES)
