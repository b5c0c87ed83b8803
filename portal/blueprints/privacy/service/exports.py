"""Writing what is held about a person into an archive that they take along. Nothing of it is kept here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from pathlib import PurePosixPath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from portal.blueprints.privacy import queries
from portal.blueprints.privacy.service import wording
from portal.core import clock, i18n
from portal.core.i18n import N_
from portal.core.privacy import Holding

UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
README, FOLDER = "index.html", "tunet"


@dataclass(frozen=True, kw_only=True)
class Given:
    """One holding as it is given along: what it is, its plain values, and the files beside it."""

    holding: Holding
    values: Any
    files: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What one part of the house gives along."""

    slice: str
    title: str
    given: Sequence[Given]


Index = Callable[[Sequence[Chapter]], str]


def write_archive(person_id: int, target: IO[bytes], *, index: Index) -> None:
    """Write everything that is held about a person: a file of values per part, pictures, and a page to read it on."""
    chapters = []
    with ZipFile(target, "w") as archive:
        for group in queries.groups():
            given = [_given(archive, holding, person_id) for holding in group.holdings if holding.export]
            if given:
                chapters.append(Chapter(slice=group.slice, title=group.title, given=given))
                values = {each.holding.what: each.values for each in given}
                _add(archive, f"{group.slice}.json", json.dumps(values, ensure_ascii=False, indent=2).encode())
        _add(archive, README, index(chapters).encode())


def _given(archive: ZipFile, holding: Holding, person_id: int) -> Given:
    values = plain(holding.export(person_id)) if holding.export else None
    files = []
    for file in holding.files(person_id) if holding.files else ():
        name = f"{holding.slice}/{UNSAFE.sub('_', PurePosixPath(file.name).name)}"
        _add(archive, name, file.content, method=ZIP_STORED)  # pictures do not get smaller
        files.append(name)
    return Given(holding=holding, values=values, files=files)


def _add(archive: ZipFile, name: str, content: bytes, *, method: int = ZIP_DEFLATED) -> None:
    entry = ZipInfo(f"{FOLDER}/{name}", date_time=clock.wall(clock.now()).timetuple()[:6])
    entry.compress_type = method
    archive.writestr(entry, content)


def plain(value: Any) -> Any:
    """Turn what a slice gives into what JSON can say; moments are shown with their zone."""
    match value:
        case Enum():
            return plain(value.value)
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return {str(plain(key)): plain(each) for key, each in value.items()}
        case str() | int() | float() | None:
            return value
        case set() | frozenset():
            return sorted((plain(each) for each in value), key=str)
        case _:
            return [plain(each) for each in value]


def shown(part: str, name: str, value: str | float, locale: str) -> str:
    """Put a value into the words of its reader: codes and moments; what somebody wrote stands as they wrote it."""
    code = wording.find_code(part, name, value)
    if code:
        return i18n.text(code, locale)
    match wording.find_moment(value):
        case datetime() as moment:
            at = {"day": i18n.format_date(moment, locale), "time": i18n.format_time(moment, locale)}
            return i18n.text(N_("%(day)s at %(time)s"), locale, **at)
        case date() as day:
            return i18n.format_date(day, locale)
        case time() as at_wall:
            return i18n.format_time(at_wall, locale)
    return str(value)
