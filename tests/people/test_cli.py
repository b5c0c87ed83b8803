from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from portal.blueprints.people import cli, queries
from portal.blueprints.people.models import OneTimeLink, Person
from portal.blueprints.people.rules import Role
from portal.core.audit import AuditEntry
from portal.core.db import db, transaction
from tests.client import AuditingClient
from tests.factories.people import make_person

HEADER = "username,name,email,title,phone,language,roles\n"
GOOD = HEADER + (
    "ann1,Ann Bø,Ann@Desk.example,Advisor,+47 55 00 00 01,nn,organiser\nbob2,Bob Åsen,bob@desk.example,,,,\n"
)
Import = Callable[..., Result]


@pytest.fixture
def bring_in(session: object, tmp_path: Path) -> Import:
    """Import a list as the command does, inside an app context."""

    def run(content: str | bytes, *words: str) -> Result:
        path = tmp_path / "staff.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return CliRunner().invoke(cli.import_people, [str(path), *words])

    return run


def usernames() -> set[str]:
    return set(db.session.scalars(select(Person.username)))


def person(username: str) -> Person:
    found = queries.find_by_username(username)
    assert found
    return found


def test_a_staff_list_makes_accounts(bring_in: Import) -> None:
    done = bring_in(GOOD)
    assert (done.exit_code, done.output) == (0, "2 added, 0 changed, 0 as before.\n")
    ann, bob = person("ann1"), person("bob2")
    assert (ann.name, ann.email, ann.title, ann.phone) == ("Ann Bø", "ann@desk.example", "Advisor", "+47 55 00 00 01")
    assert ann.roles == {Role.COLLEAGUE, Role.ORGANISER}
    assert (bob.locale, bob.roles, bob.is_active, bob.password_hash) == ("nn", {Role.COLLEAGUE}, True, None)


def test_the_same_list_again_changes_nothing(bring_in: Import) -> None:
    bring_in(GOOD)
    assert bring_in(GOOD).output == "0 added, 0 changed, 2 as before.\n"


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace(",", ";"),
        GOOD.replace("\n", "\r\n"),
        "roles,email,username,name\norganiser,ann@desk.example,ann1,Ann Bø\n,bob@desk.example,bob2,Bob Åsen\n",
        GOOD.replace("username,name", "Username, Name "),
        GOOD + "\n,,,,,,\n",
    ],
    ids=["BOM", "semicolons", "CRLF", "other columns", "spelling of the header", "empty lines"],
)
def test_spreadsheets_write_csv_in_many_ways(bring_in: Import, content: str | bytes) -> None:
    done = bring_in(content)
    assert done.exit_code == 0, done.output
    assert usernames() == {"ann1", "bob2"}
    assert person("ann1").name == "Ann Bø"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",No Name,no@desk.example,,,,", "username is empty"),
        ("cc,,cc@desk.example,,,,", "name is empty"),
        ("cc,C C,,,,,", "email is empty"),
        ("c c,C C,cc@desk.example,,,,", "username may hold"),
        ("c@c,C C,cc@desk.example,,,,", "username may hold"),
        ("cc,C C,cc,,,,", "email is not"),
        ("cc,C C,c@c@desk.example,,,,", "email is not"),
        ("cc,C C,cc@desk.example,,,sv,", "language must be one of nn, nb, en"),
        ("cc,C C,cc@desk.example,,,,boss organiser", "there is no role called boss"),
        (f"{'c' * 61},C C,cc@desk.example,,,,", "username is longer than 60"),
        (f"cc,{'c' * 121},cc@desk.example,,,,", "name is longer than 120"),
        (f"cc,C C,{'c' * 200}@desk.example,,,,", "email is longer than 200"),
        (f"cc,C C,cc@desk.example,{'c' * 121},,,", "title is longer than 120"),
        (f"cc,C C,cc@desk.example,,{'1' * 31},,", "phone is longer than 30"),
        ('cc,"C\nBcc: all@desk.example",cc@desk.example,,,,', "name holds a line break"),
        ("cc,C\x00C,cc@desk.example,,,,", "name holds a line break or another sign"),
        ("cc,C \u202eC,cc@desk.example,,,,", "name holds a line break or another sign"),
        ("cc,C C,cc@desk.example,,", "5 cells under 7 columns"),
        ("cc,C C,cc@desk.example,,,,,extra", "8 cells under 7 columns"),
        ("ANN1,Ann Other,other@desk.example,,,,", "username ann1 is on line 2 already"),
        ("cc,C C,ANN@desk.example,,,,", "email ann@desk.example is on line 2 already"),
    ],
)
def test_a_row_that_is_wrong_is_told_by_its_line_and_stops_the_list(bring_in: Import, row: str, words: str) -> None:
    done = bring_in(GOOD + row + "\n")
    assert done.exit_code == 1
    assert f"line 4: {words}" in done.output
    assert not usernames()


def test_every_fault_is_told_at_once(bring_in: Import) -> None:
    done = bring_in(HEADER + 'dd,"two\nlines",d,,,sv,\n' + "\n" + "ee,E E,,,,,\n")
    assert re.findall(r"line \d+", done.output) == ["line 2", "line 2", "line 2", "line 5"]


def test_very_many_faults_are_cut_short(bring_in: Import) -> None:
    done = bring_in(HEADER + "xy,,x@y,,,,\n" * 100)
    assert done.output.count("  line ") == cli.FAULTS_SHOWN
    assert "… and 248 more" in done.output  # an empty name in each row, and from the second on both twice


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "the column username is missing"),
        (HEADER, "There is nobody in the list"),
        ("ann1,Ann,ann@desk.example\n", "the column email is missing"),
        ("username,name,email,salary\na,A,a@b,1\n", "there is no column called 'salary'"),
        ("username,name,email,email\na,A,a@b,c@d\n", "the column email is there twice"),
        ("username,name,email\nøy,Øy,o@b\n".encode("latin-1"), "not UTF-8"),
        ('username,name,email\na,"A"x,a@b\n', "not CSV"),
        ('username,name,email\na,"never ends,a@b\n', "not CSV"),
        (b"PK\x03\x04\x00\x00spreadsheet", "the column username is missing"),
    ],
    ids=["empty", "only a header", "no header", "foreign column", "twice", "latin-1", "quotes", "open quote", "xlsx"],
)
def test_what_is_no_staff_list_is_refused_with_words(bring_in: Import, content: str | bytes, words: str) -> None:
    done = bring_in(content)
    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output
    assert not usernames()


def test_a_dry_run_says_what_would_happen_and_changes_nothing(bring_in: Import) -> None:
    bring_in(GOOD)
    done = bring_in(GOOD.replace("Advisor", "Leader") + "cc,C C,cc@desk.example,,,,\n", "--dry-run")
    assert done.output.splitlines()[-1] == "1 added, 1 changed, 1 as before."
    assert usernames() == {"ann1", "bob2"}
    assert person("ann1").title == "Advisor"


def test_a_dry_run_of_a_bad_list_fails_too(bring_in: Import) -> None:
    assert bring_in(GOOD + "cc,,,,,,\n", "--dry-run").exit_code == 1


def test_what_people_chose_themselves_is_left_alone(bring_in: Import) -> None:
    bring_in(GOOD)
    with transaction():
        ann = person("ann1")
        ann.locale, ann.roles, ann.is_active = "en", ann.roles | {Role.PEER_SUPPORTER}, False
    bring_in(HEADER + "ann1,Ann Bø Berg,ann@desk.example,,,nb,\n")
    ann = person("ann1")
    assert (ann.name, ann.title, ann.locale, ann.is_active) == ("Ann Bø Berg", "Advisor", "en", False)
    assert ann.roles == {Role.COLLEAGUE, Role.ORGANISER, Role.PEER_SUPPORTER}


def test_an_address_of_somebody_outside_the_list_is_refused_by_line(bring_in: Import, anne: Person) -> None:
    done = bring_in(GOOD + f"cc,C C,{anne.email.upper()},,,,\n")
    assert done.exit_code == 1
    assert f"line 4: the e-mail address {anne.email} is {anne.username}'s" in done.output
    assert usernames() == {anne.username}


def test_two_people_may_swap_their_addresses(bring_in: Import) -> None:
    bring_in(GOOD)
    swapped = GOOD.replace("Ann@", "X@").replace("bob@", "ann@").replace("X@", "bob@")
    done = bring_in(swapped)
    assert done.output == "0 added, 2 changed, 0 as before.\n"
    assert (person("ann1").email, person("bob2").email) == ("bob@desk.example", "ann@desk.example")


def test_a_newcomer_may_get_the_address_that_another_in_the_list_gives_up(bring_in: Import) -> None:
    bring_in(GOOD)
    done = bring_in(HEADER + "new3,New Bob,bob@desk.example,,,,\nbob2,Bob Åsen,bob.aasen@desk.example,,,,\n")
    assert done.output == "1 added, 1 changed, 0 as before.\n"
    assert person("new3").email == "bob@desk.example"


FORMULA = '=HYPERLINK("http://x";"y")+cmd|\'/C calc\'!A0'


def test_formulas_are_stored_and_shown_as_the_text_they_are(
    bring_in: Import, browse: Callable[[Person], AuditingClient], anne: Person
) -> None:
    quoted = FORMULA.replace('"', '""')
    done = bring_in(HEADER + f'ff,"@SUM(1+1) <b>F</b>",ff@desk.example,"{quoted}",+47 1,,\n')
    assert done.exit_code == 0, done.output
    found = person("ff")
    assert (found.title, found.phone) == (FORMULA, "+47 1")
    page = BeautifulSoup(browse(anne).get(f"/folk/{found.id}").text, "html.parser")
    assert FORMULA in page.get_text()
    assert "@SUM(1+1) <b>F</b>" in page.h1.get_text()  # type: ignore[union-attr]


def test_ten_thousand_rows_are_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    rows = (f"u{n},Name {n},u{n}@desk.example,Advisor,+47 {n},nn,organiser\n" for n in range(10_000))
    path.write_text(HEADER + "".join(rows))
    tracemalloc.start()
    try:
        reading = cli._read(path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (len(reading.rows), reading.faults) == (10_000, [])
    assert most < 40 * 1024 * 1024


@pytest.mark.slow
def test_thousands_come_in_by_one_list(bring_in: Import) -> None:
    rows = "".join(f"u{n},Name {n},u{n}@desk.example,,,,\n" for n in range(6_000))
    assert bring_in(HEADER + rows).output == "6000 added, 0 changed, 0 as before.\n"
    assert bring_in(HEADER + rows).output == "0 added, 0 changed, 6000 as before.\n"


def admin_link(*words: str) -> Result:
    return CliRunner().invoke(cli.admin_link, words)


def test_an_administrators_link_lets_somebody_in_once(app: Flask, client: AuditingClient) -> None:
    done = admin_link("Kari", "--name", "Kari Styrar", "--email", "Kari@desk.example")
    assert done.exit_code == 0, done.output
    link = done.stdout.strip()
    assert re.fullmatch(r"http://localhost/lenkje/[\w-]{43}", link), link
    path = link.removeprefix("http://localhost")
    answer = client.post(path, data={"password": "three calm green horses"})
    assert (answer.status_code, answer.location) == (303, "/meg")
    assert client.get("/styring/folk/").status_code == 200
    assert app.test_client().get(path).status_code == 404


def test_the_secret_of_the_link_is_not_stored(session: object) -> None:
    secret = admin_link("kari", "--name", "Kari", "--email", "k@desk.example").stdout.strip().rpartition("/")[2]
    assert db.session.scalars(select(OneTimeLink.digest)).one() == OneTimeLink.digest_of(secret)
    assert secret not in repr(db.session.execute(select(OneTimeLink.__table__)).all())


def test_somebody_who_has_an_account_becomes_administrator(anne: Person) -> None:
    assert admin_link(anne.username).exit_code == 0
    assert Role.ADMINISTRATOR in person(anne.username).roles
    assert person(anne.username).name == "Anne Askeland"
    acts = set(db.session.scalars(select(AuditEntry.act).where(AuditEntry.viewer_id.is_(None))))
    assert acts == {"people.made_administrator", "people.link_made"}


def test_whoever_had_left_cannot_come_back_with_the_password_of_then(session: object) -> None:
    with transaction():
        left = make_person("Ola Utflytta", is_active=False, password_hash="of then")
    assert admin_link(left.username).exit_code == 0
    back = person(left.username)
    assert (back.is_active, back.password_hash) == (True, None)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["kari"], "Nobody is called kari here: give --name and --email."),
        (["kari", "--name", "Kari"], "give --name and --email"),
        (["kari", "--name", "Kari", "--email", "no address"], "email is not an e-mail address"),
        (["ka ri", "--name", "Kari", "--email", "k@desk.example"], "username may hold"),
        (["kari", "--name", "Kari\nBcc: x", "--email", "k@desk.example"], "name holds a line break"),
    ],
)
def test_a_newcomer_needs_a_name_and_an_address(session: object, words: list[str], fault: str) -> None:
    done = admin_link(*words)
    assert done.exit_code == 2
    assert fault in done.output
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_newcomer_cannot_take_the_address_of_another(anne: Person) -> None:
    done = admin_link("kari", "--name", "Kari", "--email", anne.email)
    assert done.exit_code == 2
    assert f"is {anne.username}'s" in done.output


def test_a_new_link_makes_the_one_before_worthless(client: AuditingClient) -> None:
    first = admin_link("kari", "--name", "Kari", "--email", "k@desk.example").stdout.strip()
    second = admin_link("kari").stdout.strip()
    assert client.get(first.removeprefix("http://localhost")).status_code == 404
    assert client.get(second.removeprefix("http://localhost")).status_code == 200
