"""portal import-people and portal admin-link: the staff list, and the way in for whoever runs the place."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from portal.blueprints.people import queries, service
from portal.blueprints.people.rules import Role
from portal.blueprints.people.service import Imported, StaffRow
from portal.core import links
from portal.core.db import transaction
from portal.core.i18n import DEFAULT, LOCALES

COLUMNS = ("username", "name", "email", "title", "phone", "language", "roles", "team")
NEEDED = ("username", "name", "email")
LONGEST = {"username": 60, "name": 120, "email": 200, "title": 120, "phone": 30, "team": 60}
USERNAME = re.compile(r"[a-z0-9æøå._-]+")
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
FAULTS_SHOWN = 50


@dataclass(kw_only=True)
class Reading:
    """A staff list as it is read: the good rows, and what is wrong with the others."""

    rows: list[StaffRow] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    def refuse_unless_whole(self) -> None:
        """Stop with every fault and its line, so that the list can be mended in one go."""
        if not self.faults:
            return
        shown = [f"line {line}: {words}" for line, words in sorted(self.faults)[:FAULTS_SHOWN]]
        if len(self.faults) > FAULTS_SHOWN:
            shown.append(f"… and {len(self.faults) - FAULTS_SHOWN} more")
        raise click.ClickException("Nothing was changed. Mend the list and try again:\n  " + "\n  ".join(shown))


class OnlyAsked(Exception):
    """End a dry run: what was done is undone."""


@click.command("import-people")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
def import_people(path: Path, dry_run: bool) -> None:
    """Bring people in line with a staff list.

    The list is CSV in UTF-8 with the columns username, name, email, title, phone, language, roles and team. The first
    three are needed. Several roles of one person are parted by spaces. Nobody is removed by being absent, and one row
    that is wrong stops the whole list.
    """
    reading = _read(path)
    reading.refuse_unless_whole()
    imported = Imported(added=0, changed=0, unchanged=0)
    try:
        with transaction():
            _check_against_stored(reading)
            imported = service.import_staff(reading.rows)
            if dry_run:
                raise OnlyAsked
    except OnlyAsked:
        click.echo("Nothing is changed by a dry run. It would be:")
    click.echo(f"{imported.added} added, {imported.changed} changed, {imported.unchanged} as before.")


@click.command("admin-link")
@click.argument("username")
@click.option("--name", default="", help="The name, for somebody who has no account yet.")
@click.option("--email", default="", help="The e-mail address, for somebody who has no account yet.")
def admin_link(username: str, name: str, email: str) -> None:
    """Make a person administrator, and print the one-time link that lets them choose a password."""
    username, name, email = username.strip().lower(), name.strip(), email.strip().lower()
    with transaction():
        if queries.find_by_username(username) is None:
            _check_newcomer({"username": username, "name": name, "email": email})
        person = service.make_administrator(username, name=name, email=email)
        secret = service.make_link(person)
    hours = service.LINK_LIFETIME.total_seconds() / 3600
    click.echo(f"{username} is administrator. This link works once, for {hours:.0f} hours:", err=True)
    click.echo(links.absolute("people.one_time_link", {"secret": secret}))


def _check_newcomer(cells: Mapping[str, str]) -> None:
    if not (cells["name"] and cells["email"]):
        raise click.UsageError(f"Nobody is called {cells['username']} here: give --name and --email.")
    faults = list(_faults(cells))
    owner = queries.usernames_by_email([cells["email"]]).get(cells["email"])
    if owner:
        faults.append(f"the e-mail address {cells['email']} is {owner}'s")
    if faults:
        raise click.UsageError("; ".join(faults))


def _read(path: Path) -> Reading:
    reading = Reading()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, delimiter=_delimiter(file.readline()), strict=True)
            file.seek(0)
            header = [name.strip().lower() for name in next(lines, [])]
            _check_header(header)
            _read_rows(lines, header, reading)
    except UnicodeDecodeError as error:
        raise click.ClickException("The list is not UTF-8. Save it as «CSV UTF-8».") from error
    except csv.Error as error:
        raise click.ClickException(f"The list is not CSV: {error}.") from error
    if not (reading.rows or reading.faults):
        raise click.ClickException("There is nobody in the list.")
    return reading


def _delimiter(first_line: str) -> str:
    return ";" if first_line.count(";") > first_line.count(",") else ","


def _check_header(header: list[str]) -> None:
    faults = [f"the column {name} is missing" for name in NEEDED if name not in header]
    faults += [f"there is no column called {name!r}" for name in header if name not in COLUMNS]
    faults += [f"the column {name} is there twice" for name in COLUMNS if header.count(name) > 1]
    if faults:
        raise click.ClickException("The first line must name the columns: " + "; ".join(faults) + ".")


def _read_rows(lines: Iterator[list[str]], header: list[str], reading: Reading) -> None:
    seen: dict[tuple[str, str], int] = {}
    # A cell may hold line breaks: the line where a row begins is the one after the end of the row before.
    begins = lines.line_num + 1  # type: ignore[attr-defined]
    for cells in lines:
        line, begins = begins, lines.line_num + 1  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            reading.faults.append((line, f"{len(cells)} cells under {len(header)} columns"))
            continue
        row = {name: unicodedata.normalize("NFC", cell).strip() for name, cell in zip(header, cells, strict=True)}
        row |= {name: row.get(name, "").lower() for name in ("username", "email", "language", "roles")}
        faults = [*_faults(row), *_twice(row, line, seen)]
        reading.faults += [(line, words) for words in faults]
        if not faults:
            reading.rows.append(_staff_row(row, line))


def _faults(row: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{name} is empty" for name in NEEDED if not row[name])
    yield from _faults_of_length_and_signs(row)
    if row["username"] and not USERNAME.fullmatch(row["username"]):
        yield "username may hold letters, digits, and the signs . _ - only"
    if row["email"] and not EMAIL.fullmatch(row["email"]):
        yield "email is not an e-mail address"
    if row.get("language") and row["language"] not in LOCALES:
        yield f"language must be one of {', '.join(LOCALES)}"
    unknown = sorted(set(_role_names(row)) - set(Role))
    if unknown:
        yield f"there is no role called {', '.join(unknown)}; there are {', '.join(Role)}"


def _faults_of_length_and_signs(row: Mapping[str, str]) -> Iterator[str]:
    for name, most in LONGEST.items():
        if len(row.get(name, "")) > most:
            yield f"{name} is longer than {most} characters"
    for name in COLUMNS:
        # A line break in a name could begin a new header in a mail, or a new line in a calendar file.
        if not row.get(name, "").isprintable():
            yield f"{name} holds a line break or another sign that cannot be shown"


def _twice(row: Mapping[str, str], line: int, seen: dict[tuple[str, str], int]) -> Iterator[str]:
    for name in ("username", "email"):
        first = seen.setdefault((name, row[name]), line)
        if row[name] and first != line:
            yield f"{name} {row[name]} is on line {first} already"


def _role_names(row: Mapping[str, str]) -> list[str]:
    return [name for name in re.split(r"[\s,;|]+", row.get("roles", "")) if name]


def _staff_row(row: Mapping[str, str], line: int) -> StaffRow:
    return StaffRow(
        line=line,
        username=row["username"],
        name=row["name"],
        email=row["email"],
        title=row.get("title", ""),
        phone=row.get("phone", ""),
        locale=row["language"] or DEFAULT,
        roles=frozenset(Role(name) for name in _role_names(row)),
        team=row.get("team", ""),
    )


def _check_against_stored(reading: Reading) -> None:
    lines = {row.username: row.line for row in reading.rows}
    owners = queries.usernames_by_email([row.email for row in reading.rows])
    for row in reading.rows:
        owner = owners.get(row.email, row.username)
        if owner != row.username and owner not in lines:
            reading.faults.append((row.line, f"the e-mail address {row.email} is {owner}'s, who is not in the list"))
    reading.refuse_unless_whole()
