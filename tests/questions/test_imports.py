"""Taking another board in, and giving this one out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import quoteattr
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.blueprints.notifications.models import Notice
from portal.blueprints.people.models import Person
from portal.blueprints.questions.cli import export_questions, import_questions
from portal.blueprints.questions.models.posts import Answer, Comment, Question
from portal.blueprints.questions.rules import imports, spreadsheets, stack_exchange
from portal.blueprints.questions.rules.imports import Bad, Fault
from portal.blueprints.search import queries as search
from portal.core.db import db, transaction
from tests.factories.questions import make_answer, make_question, make_tag

pytestmark = pytest.mark.usefixtures("session")
IDENTITY_NUMBER = "13097248022"  # made up, with digits that check
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def row(**values: str) -> str:
    """Write one line of a dump."""
    return "  <row " + " ".join(f"{name}={quoteattr(value)}" for name, value in values.items()) + " />\n"


QUESTION = {"PostTypeId": "1", "CreationDate": "2012-01-01T00:00:00", "Title": "x", "Body": "<p>x</p>"}
ANSWER = {"PostTypeId": "2", "CreationDate": "2011-06-22T08:00:00"}
FERRY = {
    "AcceptedAnswerId": "3",
    "CreationDate": "2011-06-21T20:19:34.730",
    "OwnerUserId": "7",
    "Title": "Where do I find the ferry?",
    "Tags": "<ferries><norway>",
    "Body": "<p>The <b>small</b> one.</p><script>alert(1)</script>",
}
AT_THE_QUAY = row(Id="3", ParentId="1", OwnerUserId="8", Body="<p>At the quay.</p>", **ANSWER)
POSTS = "".join(
    (
        '\ufeff<?xml version="1.0" encoding="utf-8"?>\n<posts>\n',
        row(Id="1", **QUESTION | FERRY),
        row(Id="2", **QUESTION | {"Title": "Which ferry is it?", "Tags": "|ferries|", "OwnerDisplayName": "Somebody"}),
        AT_THE_QUAY,
        row(Id="4", ParentId="99", Body="<p>Lost.</p>", **ANSWER),
        row(Id="5", **QUESTION | {"Title": ""}),
        row(Id="6", **QUESTION | {"CreationDate": "yesterday"}),
        '  <row Id="7" PostTypeId="1" Title="Broken\n',
        row(Id="8", PostTypeId="4", Body="a wiki page"),
        row(Id="9", **QUESTION | {"Title": f"About {IDENTITY_NUMBER}"}),
        "</posts>\n",
    )
)
OTHERS = {
    "Users.xml": row(Id="7", DisplayName="Kari There") + row(Id="8", DisplayName="Ola There"),
    "Comments.xml": row(Id="1", PostId="3", Text="Thank you.", CreationDate="2011-06-23T08:00:00", UserId="7"),
    "PostLinks.xml": row(Id="1", PostId="2", RelatedPostId="1", LinkTypeId="3")
    + row(Id="2", PostId="2", RelatedPostId="1", LinkTypeId="1"),
}


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "travel"
    folder.mkdir()
    (folder / "Posts.xml").write_text(POSTS, encoding="utf-8")
    for name, text in OTHERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def take_in(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(import_questions, [str(each) for each in arguments])


def count(kind: type[Question | Answer | Comment | Notice]) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def by_title(title: str) -> Question:
    return db.session.scalars(select(Question).where(Question.title == title)).one()


def test_a_dump_becomes_questions_answers_comments_and_links(dump: Path, anne: Person) -> None:
    result = take_in(dump, "--address", "https://travel.example/q/{key}", "--licence", "CC BY-SA 3.0")
    assert result.exit_code == 1  # some lines could not be used
    assert "4 posts taken in, 0 were here already, 5 lines cannot be used." in result.output
    first, second = by_title("Where do I find the ferry?"), by_title("Which ferry is it?")
    assert first.body == "The **small** one.\n\n— Kari There · https://travel.example/q/1 · CC BY-SA 3.0"
    assert first.created_at == datetime(2011, 6, 21, 20, 19, 34, 730000, tzinfo=UTC)
    assert [tag.slug for tag in first.tags] == ["ferries", "norway"]
    (answer,) = first.answers
    assert (first.accepted_answer_id, first.answer_count, first.state) == (answer.id, 1, "solved")
    assert db.session.scalars(select(Comment)).one().answer_id == answer.id
    assert second.duplicate_of_id == first.id
    assert first.id in [hit.ref for hit in search.find(anne, "quay ferry")]
    assert count(Notice) == 0


def test_refusals_name_the_line_and_never_the_words(dump: Path) -> None:
    output = take_in(dump).output
    for line, said in (
        (6, "belongs to a post that is not here"),
        (7, "has no title"),
        (8, "has no moment that can be read"),
        (9, "cannot be read"),
        (11, "holds what looks like a national identity number"),
    ):
        assert f"Posts.xml, line {line}: {said}" in output
    assert IDENTITY_NUMBER not in output


def test_the_same_dump_again_doubles_nothing_and_takes_up_what_was_left(dump: Path) -> None:
    (dump / "Posts.xml").write_text(POSTS.replace(AT_THE_QUAY, ""), encoding="utf-8")
    take_in(dump)
    assert count(Answer) == 0
    (dump / "Posts.xml").write_text(POSTS, encoding="utf-8")
    assert "2 posts taken in, 2 were here already" in take_in(dump).output
    assert "0 posts taken in, 4 were here already" in take_in(dump).output
    assert (count(Question), count(Answer), count(Comment)) == (2, 1, 1)
    assert by_title("Where do I find the ferry?").state == "solved"


def test_a_dry_run_stores_nothing_and_says_the_same_of_the_lines(dump: Path) -> None:
    output = take_in(dump, "--dry-run").output
    assert "Posts.xml, line 9: cannot be read" in output
    assert count(Question) == 0


def test_a_folder_without_posts_is_no_dump(tmp_path: Path) -> None:
    result = take_in(tmp_path)
    assert result.exit_code == 1
    assert "There is no Posts.xml in that folder." in result.output


def test_declared_entities_are_not_followed(dump: Path) -> None:
    evil = '<!DOCTYPE posts [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n<posts>\n'
    reads = '<row Id="1" PostTypeId="1" CreationDate="2012-01-01T00:00:00" Title="&x;" Body="b" />\n'
    (dump / "Posts.xml").write_text(evil + reads + "</posts>", encoding="utf-8")
    assert "line 3: cannot be read" in take_in(dump).output


CSV = (
    "id;title;body;tags;author;asked_at;answer;answer_author;solved\n"
    "1;Korleis byter eg tonar?;Den store;utskrift, tonar;anne;2026-01-05 08:00;Opne luka;bjarne;ja\n"
    '1;Korleis byter eg tonar?;;;;;"To\nlinjer";;\n'
    ";Utan svar;;;ukjend;;;;\n"
    ";;;;anne;;;;\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_spreadsheet_becomes_questions_with_their_answers(
    tmp_path: Path, anne: Person, bjarne: Person, encoding: str
) -> None:
    file = tmp_path / "board.csv"
    file.write_bytes(CSV.replace("Utan svar", "Ærleg utan svar").encode(encoding))
    people = tmp_path / "people.csv"
    people.write_text(f"anne,{anne.username}\nbjarne,{bjarne.username}\n")
    result = take_in(file, "--people", people)
    assert "board.csv, line 6: has no title" in result.output
    toner = by_title("Korleis byter eg tonar?")
    assert (toner.author_id, toner.state) == (anne.id, "solved")
    assert [(each.body, each.author_id) for each in toner.answers] == [("Opne luka", bjarne.id), ("To\nlinjer", None)]
    assert by_title("Ærleg utan svar").body == "\n\n— ukjend"
    assert "0 posts taken in, 4 were here already" in take_in(file, "--people", people).output


def test_a_spreadsheet_without_titles_is_refused_at_its_head(tmp_path: Path) -> None:
    file = tmp_path / "board.csv"
    file.write_text("a,b\n1,2\n")
    assert "board.csv, line 1: has no title" in take_in(file).output


@given(st.binary(max_size=400))
def test_whatever_the_bytes_a_spreadsheet_is_read_or_refused(raw: bytes) -> None:
    for found in spreadsheets.rows(b"title;answer\n" + raw, now=NOON):
        assert isinstance(found, Bad) or found.line


@given(st.binary(max_size=400))
def test_whatever_the_bytes_a_dump_is_read_or_refused(raw: bytes) -> None:
    for found in stack_exchange.posts(BytesIO(b"<row " + raw), {}):
        assert isinstance(found, Bad) or found.line


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<air-travel><visas>", ("air-travel", "visas")),
        ("|a|b|", ("a", "b")),
        ("Utskrift, DIPS; Citrix", ("utskrift", "dips", "citrix")),
        ("a a a b c d e f", ("a", "b", "c", "d", "e")),
        ("", ()),
        ("C# .NET_core", ("c", "net-core")),
    ],
)
def test_tags_are_read_as_boards_write_them(written: str, expected: tuple[str, ...]) -> None:
    assert imports.tags(written) == expected


def test_a_bad_moment_is_a_fault() -> None:
    with pytest.raises(imports.BadRow) as refusal:
        imports.moment("in the spring")
    assert refusal.value.fault is Fault.NO_MOMENT


def test_the_whole_board_is_given_out_and_nobody_without_a_name_is_named(
    tmp_path: Path, anne: Person, bjarne: Person
) -> None:
    with transaction():
        make_tag()
        named = make_question(anne, title="Named", tags=["utskrift"])
        make_answer(bjarne, named, "Here.", is_anonymous=True)
        make_question(bjarne, title="Nameless", is_anonymous=True)
    target = tmp_path / "board.zip"
    assert "2 questions written" in CliRunner().invoke(export_questions, [str(target)]).output
    with ZipFile(target) as archive:
        text = archive.read("questions.jsonl").decode()
    first, second = map(json.loads, text.splitlines())
    assert (first["author"], first["tags"], second["author"]) == (anne.username, ["utskrift"], None)
    assert first["answers"][0]["body"] == "Here."
    assert bjarne.username not in text
    assert "mask" not in text
    assert not target.with_name("board.zip.part").exists()


def test_what_was_taken_in_can_be_read(dump: Path, anne: Person, browse: Callable[[Person], object]) -> None:
    take_in(dump)
    page = browse(anne).get(f"/sporsmal/{by_title('Where do I find the ferry?').id}")  # type: ignore[attr-defined]
    assert page.status_code == 200
    assert "At the quay." in page.text
