"""Bringing rotas in: what the files may look like, what they change, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.people.models import Person
from portal.blueprints.shifts import queries, rules
from portal.blueprints.shifts.models import Rota, Shift
from portal.blueprints.shifts.rules import Fault, Kind, Reading
from portal.blueprints.shifts.service import importing, reading
from portal.blueprints.shifts.service.importing import Plan
from portal.core import clock
from portal.core.db import db, transaction
from portal.core.errors import Invalid
from tests.factories.shifts import NOW

Stored = tuple[int, str, str, str]


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None], session: Session) -> None:
    at(NOW)


def bring(content: str | bytes, name: str = "Haust") -> Plan:
    written = content.encode() if isinstance(content, str) else content
    with transaction():
        planned = importing.plan(name, reading.read(written))
        if not planned.bad:
            importing.carry_out(None, planned.wanted)
    return planned


def stored() -> list[Stored]:
    rows = db.session.scalars(select(Shift).order_by(Shift.starts_at, Shift.person_id, Shift.kind))
    return [
        (
            row.person_id,
            str(row.kind),
            f"{clock.wall(row.starts_at):%m-%d %H:%M}",
            f"{clock.wall(row.ends_at):%m-%d %H:%M}",
        )
        for row in rows
    ]


def read(content: str | bytes) -> Reading:
    return reading.read(content.encode() if isinstance(content, str) else content)


def faults(content: str | bytes) -> list[tuple[int, Fault]]:
    return [(bad.line, bad.fault) for bad in read(content).bad]


@pytest.mark.parametrize(
    "header",
    [
        "Brukarnamn;Dato;Frå;Til;Slag",
        "brukernavn,dato,fra,til,type",
        "username,date,from,to,kind",
        "e-post;dag;start;slutt;art",
    ],
)
def test_the_columns_are_found_in_three_languages(anne: Person, header: str) -> None:
    mark = ";" if ";" in header else ","
    who = anne.email if "post" in header else anne.username.upper()
    bring(f"{header}\n" + mark.join([who, "2026-11-27", "07:30", "15.30", "vakt"]))
    assert stored() == [(anne.id, "work", "11-27 07:30", "11-27 15:30")]


def test_the_order_of_columns_is_free_and_others_are_passed_over(anne: Person) -> None:
    bring(f"til;merknad;frå;brukarnamn;dato\n15:30;pasienten ringte;7;{anne.username};27.11.2026\n")
    assert stored() == [(anne.id, "work", "11-27 07:00", "11-27 15:30")]


def test_a_file_from_an_older_spreadsheet_is_read(anne: Person) -> None:
    content = f"brukarnamn;dato;frå;til;slag\n{anne.username};27.11.2026;0730;1530;Tidlegvakt på Møhlenpris\n"
    bring(content.encode("cp1252"))
    assert len(stored()) == 1


def test_two_moments_do_and_a_night_goes_over_midnight(anne: Person, bjarne: Person) -> None:
    bring(f"person,frå,til\n{anne.username},2026-11-27 22:00,2026-11-28 07:00\n")
    bring(
        f"person,dato,frå,til\n{bjarne.username},2026-11-27,22:00,07:00\n{bjarne.username},2026-11-29,15:00,24:00\n",
        "B",
    )
    assert stored() == [
        (anne.id, "work", "11-27 22:00", "11-28 07:00"),
        (bjarne.id, "work", "11-27 22:00", "11-28 07:00"),
        (bjarne.id, "work", "11-29 15:00", "11-30 00:00"),
    ]


def test_a_moment_with_its_own_zone_is_that_moment(anne: Person) -> None:
    bring(f"person,from,to\n{anne.username},2026-11-27T06:30:00Z,2026-11-27T15:30:00+01:00\n")
    assert stored() == [(anne.id, "work", "11-27 07:30", "11-27 15:30")]


@pytest.mark.parametrize("word", ["fri", "Ferie", "permisjon", "sjuk", "sykmeldt", "leave"])
def test_leave_of_any_kind_is_leave_and_its_reason_is_nowhere(anne: Person, word: str) -> None:
    bring(f"person;dato;frå;til;slag\n{anne.username};2026-11-27;;;{word}\n")
    assert stored() == [(anne.id, "leave", "11-27 00:00", "11-28 00:00")]
    (row,) = db.session.scalars(select(Shift))
    kept = {str(getattr(row, column.key)) for column in Shift.__table__.columns}
    assert word == "leave" or not any(word.casefold() in each.casefold() for each in kept)


def test_leave_of_many_days_is_one(anne: Person) -> None:
    days = "".join(f"{anne.username};2026-12-0{day};;;ferie\n" for day in range(1, 6))
    bring(f"person;dato;frå;til;slag\n{days}")
    bring(f"person;frå;til;slag\n{anne.username};2026-12-04;2026-12-07;fri\n", "Annan")
    assert stored() == [
        (anne.id, "leave", "12-01 00:00", "12-06 00:00"),
        (anne.id, "leave", "12-04 00:00", "12-08 00:00"),
    ]


def test_overlapping_shifts_are_put_together(anne: Person) -> None:
    bring(
        f"person;dato;frå;til\n{anne.username};2026-11-27;07:00;15:00\n{anne.username};2026-11-27;14:00;18:00\n"
        f"{anne.username};2026-11-27;18:00;20:00\n"
    )
    assert stored() == [
        (anne.id, "work", "11-27 07:00", "11-27 18:00"),
        (anne.id, "work", "11-27 18:00", "11-27 20:00"),
    ]


def test_the_nights_on_which_the_clock_changes(anne: Person, at: Callable[[datetime], None]) -> None:
    bring(f"person;dato;frå;til\n{anne.username};2027-03-27;22:00;07:00\n{anne.username};2027-10-30;22:00;07:00\n")
    lengths = [row.ends_at - row.starts_at for row in db.session.scalars(select(Shift).order_by(Shift.starts_at))]
    assert lengths == [timedelta(hours=8), timedelta(hours=10)]


TWO_DAYS = "person;dato;frå;til\n{0};2026-11-27;07:00;15:00\n{0};2026-11-28;07:00;15:00\n{1};2026-11-28;22:00;07:00\n"


def test_the_same_file_again_changes_nothing(anne: Person, bjarne: Person) -> None:
    content = TWO_DAYS.format(anne.username, bjarne.username) + f"{anne.username};2026-11-29;;\n"
    content = content.replace("frå;til", "frå;til;slag").replace("00\n", "00;vakt\n").replace(";;\n", ";;;ferie\n")
    assert bring(content).added == 4
    before = [row.id for row in db.session.scalars(select(Shift).order_by(Shift.id))]
    again = bring(content)
    assert again.changes_nothing
    assert [row.id for row in db.session.scalars(select(Shift).order_by(Shift.id))] == before


def test_a_new_file_replaces_exactly_its_days(anne: Person, bjarne: Person) -> None:
    bring(TWO_DAYS.format(anne.username, bjarne.username))
    planned = bring(f"person;dato;frå;til\n{anne.username};2026-11-28;08:00;16:00\n")
    assert (planned.added, planned.removed) == (1, 2)
    assert stored() == [
        (anne.id, "work", "11-27 07:00", "11-27 15:00"),
        (anne.id, "work", "11-28 08:00", "11-28 16:00"),
    ]


def test_the_night_between_two_months_belongs_to_the_first(anne: Person, bjarne: Person) -> None:
    november = f"person;dato;frå;til\n{anne.username};2026-11-30;22:00;07:00\n"
    december = f"person;dato;frå;til\n{bjarne.username};2026-12-01;06:30;14:30\n"
    bring(november)
    bring(december)
    assert bring(november).changes_nothing
    assert len(stored()) == 2


def test_another_rota_is_left_alone(anne: Person, bjarne: Person) -> None:
    bring(TWO_DAYS.format(anne.username, bjarne.username), "Ein")
    bring(f"person;dato;frå;til\n{bjarne.username};2026-11-28;08:00;16:00\n", "To")
    assert len(stored()) == 4
    assert {rota.name for rota in queries.rotas()} == {"Ein", "To"}


def test_leave_that_reaches_into_the_new_days_is_cut_and_comes_back_whole(anne: Person) -> None:
    long = f"person;frå;til;slag\n{anne.username};2026-11-25;2026-12-20;ferie\n"
    week = f"person;dato;frå;til\n{anne.username};2026-12-07;07:00;15:00\n{anne.username};2026-12-08;07:00;15:00\n"
    bring(long)
    bring(week)
    leave = [each[2:] for each in stored() if each[1] == "leave"]
    assert leave == [("11-25 00:00", "12-07 00:00"), ("12-09 00:00", "12-21 00:00")]
    bring(long)
    assert [each[2:] for each in stored()] == [("11-25 00:00", "12-21 00:00")]


def test_unknown_people_are_left_out_and_told_by_line(anne: Person) -> None:
    planned = bring(
        f"person;dato;frå;til\nukjend;2026-11-27;07:00;15:00\n{anne.username};2026-11-27;07:00;15:00\n"
        'ukjend;2026-11-28;07:00;15:00\n=HYPERLINK("x");2026-11-28;07:00;15:00\n'.replace('"', "'")
    )
    assert [(each.who, list(each.lines)) for each in planned.unknown] == [("ukjend", [2, 4]), ("=hyperlink('x')", [5])]
    assert planned.added == 1


def test_whoever_has_left_is_unknown(anne: Person) -> None:
    with transaction():
        anne.is_active = False
    assert bring(f"person;dato;frå;til\n{anne.username};2026-11-27;07:00;15:00\n").unknown


def test_two_of_the_same_name_are_not_mixed_up(anne: Person) -> None:
    assert queries.persons_by_word()["anne askeland"] == anne.id
    from tests.factories.people import make_person

    with transaction():
        make_person("Anne Askeland")
    assert "anne askeland" not in queries.persons_by_word()


def test_every_line_that_cannot_be_used_is_told_and_nothing_is_brought_in(anne: Person) -> None:
    user = anne.username
    content = "\n".join(
        [
            "person;dato;frå;til;slag",
            f"{user};2026-11-27;07:00;15:00;vakt",
            f"{user};2026-02-30;07:00;15:00;vakt",
            f"{user};2026-11-27;25:00;15:00;vakt",
            ";2026-11-27;07:00;15:00;vakt",
            f"{user};2026-11-27;07:00;07:00;vakt",
            f"{user};2026-11-27;;;vakt",
            f"{user};2062-11-27;07:00;15:00;vakt",
            f"{user};2026-11-27;07:00;15:00;kantine",
            f"{user};2026-11-27;07:00;15:00",
        ]
    )
    assert faults(content) == [
        (3, Fault.DAY),
        (4, Fault.TIME),
        (5, Fault.NO_PERSON),
        (6, Fault.NO_LENGTH),
        (7, Fault.TIME),
        (8, Fault.FAR),
        (9, Fault.KIND),
        (10, Fault.CELLS),
    ]
    bring(content)
    assert stored() == []
    assert db.session.scalars(select(Rota)).all() == []


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"PK\x03\x04 a workbook", Fault.ARCHIVE),
        (b"\x1f\x8b packed", Fault.ARCHIVE),
        ("person;dato".encode("utf-16"), Fault.NOT_TEXT),
        (b"x" * (rules.MOST_BYTES + 1), Fault.TOO_BIG),
        (b"", Fault.NO_PERSON_COLUMN),
        (b"person;dato;til;til\n", Fault.TWO_COLUMNS),
        (b"dato;til\n", Fault.NO_PERSON_COLUMN),
        (b"person;til\n", Fault.NO_TIME_COLUMN),
        (b'person;dato;til\n"open', Fault.NOT_CSV),
        (b"person;dato;til\n" + b"a" * 200_000, Fault.NOT_CSV),
        (b"person;dato;fra;til\n", Fault.EMPTY),
        (b"person;dato;fra;til\n" + b"a;2026-11-27;07:00;15:00\n" * (rules.MOST_LINES + 1), Fault.TOO_MANY),
    ],
)
def test_what_is_no_rota_is_refused_in_words(content: bytes, fault: Fault) -> None:
    assert [each for _, each in faults(content)] == [fault]


def test_past_shifts_are_passed_over_and_later_forgotten(anne: Person) -> None:
    found = read(
        f"person;dato;frå;til\n{anne.username};2026-10-01;07:00;15:00\n{anne.username};2026-11-27;07:00;15:00\n"
    )
    assert (len(found.entries), found.passed_over) == (1, 1)


def test_the_name_of_the_rota_that_is_fetched_is_kept_for_it(anne: Person) -> None:
    with pytest.raises(Invalid):
        bring(f"person;dato;frå;til\n{anne.username};2026-11-27;07:00;15:00\n", importing.FEED.lower())


LINES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 12), st.sampled_from(["vakt", "fri"])),
    min_size=1,
    max_size=8,
)


def table(person: Person, lines: list[tuple[int, int, int, str]]) -> str:
    rows = []
    for day, hour, length, kind in lines:
        begins = datetime(2026, 11, 27, hour, tzinfo=clock.OSLO) + timedelta(days=day)
        ends = begins + timedelta(hours=length)
        rows.append(f"{person.username};{begins:%Y-%m-%d %H:%M};{ends:%Y-%m-%d %H:%M};{kind}")
    return "person;frå;til;slag\n" + "\n".join(rows)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, LINES)
def test_whatever_came_before_the_days_of_a_file_are_as_it_says_and_again_nothing(
    anne: Person, first: list[tuple[int, int, int, str]], second: list[tuple[int, int, int, str]]
) -> None:
    db.session.query(Rota).delete()
    bring(table(anne, first))
    earlier = {each[:1] + each[2:] for each in stored() if each[1] == "work"}
    planned = bring(table(anne, second))
    assert planned.wanted.frame
    assert planned.wanted.lines <= {
        (row.person_id, Kind(row.kind), row.starts_at, row.ends_at)
        for row in db.session.scalars(select(Shift))
        if Kind(row.kind) is Kind.WORK
    } | {line for line in planned.wanted.lines if line[1] is Kind.LEAVE}
    frame = planned.wanted.frame
    outside = {each for each in earlier if not frame.holds(_moment(each[1]))}
    assert outside <= {each[:1] + each[2:] for each in stored()}
    assert bring(table(anne, second)).changes_nothing


def _moment(written: str) -> datetime:
    return datetime.strptime(f"2026-{written}", "%Y-%m-%d %H:%M").replace(tzinfo=clock.OSLO).astimezone(UTC)


@settings(max_examples=50, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_no_file_of_any_kind_breaks_the_reading(content: bytes) -> None:
    for head in (b"", b"person;dato;til;fra\n", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n"):
        found = reading.read(head + content)
        assert found.entries or found.bad or found.passed_over
