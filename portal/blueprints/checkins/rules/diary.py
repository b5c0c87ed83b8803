"""The diary: how an entry is written before it is sealed, what makes a passphrase good enough, and one's own weeks."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from statistics import median

from portal.blueprints.checkins.rules import faces
from portal.blueprints.checkins.rules.faces import Face, Said

PASSPHRASE_SHORTEST, PASSPHRASE_LONGEST = 12, 200
FEWEST_DIFFERENT = 5
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
MOMENT_LONG = 20
WEEKS_SHOWN = 26


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. Neither when nor what is part of its repr, which might end in a log."""

    moment: datetime = field(repr=False)
    said: Said = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Week:
    """One week of one's own, from its Monday on: the face in the middle of it, or nothing."""

    monday: date
    face: Face | None = field(repr=False)


def written(entry: Entry) -> str:
    """Write moment, face and words as one text, of which only the words make it longer."""
    return entry.moment.astimezone(UTC).strftime(MOMENT) + faces.written(entry.said)


def read(text: str) -> Entry:
    """Read what written() wrote."""
    moment = datetime.strptime(text[:MOMENT_LONG], MOMENT).replace(tzinfo=UTC)
    return Entry(moment=moment, said=faces.read(text[MOMENT_LONG:]))


def lock_of(person_id: int) -> str:
    """Name the place that a person's key is wrapped for."""
    return f"diary:{person_id}"


def place(entry_id: str, *, person_id: int) -> str:
    """Name the place that an entry is sealed for: moved to another row or owner, it does not open."""
    return f"diary:{person_id}:entry:{entry_id}"


def id_from_key(key: str, said: Said, *, person_id: int) -> str:
    """Make the id of what a form sends: sent twice it is one entry, and changed meanwhile it is another.

    The key is chance and stored nowhere, so that nobody can try faces and words against an id.
    """
    digest = hashlib.sha256(f"{person_id}\0{key}\0{faces.written(said)}".encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def passphrase_fault(passphrase: str) -> str | None:
    """Say in a word what is wrong with a new passphrase, or nothing. Length counts; odd signs are not demanded."""
    passphrase = passphrase.strip()
    if len(passphrase) < PASSPHRASE_SHORTEST:
        return "short"
    if len(passphrase) > PASSPHRASE_LONGEST:
        return "long"
    return "guessable" if len(set(passphrase.casefold())) < FEWEST_DIFFERENT else None


def weeks(entries: Iterable[Entry], *, today: date, zone: tzinfo) -> Sequence[Week]:
    """Give the weeks up to this one, the oldest first, beginning with the first that has a face."""
    by_monday: defaultdict[date, list[int]] = defaultdict(list)
    for entry in entries:
        by_monday[_monday(entry.moment.astimezone(zone).date())].append(entry.said.face.number)
    if not by_monday:
        return []
    newest = max(_monday(today), *by_monday)
    first = max(min(by_monday), newest - timedelta(weeks=WEEKS_SHOWN - 1))
    mondays = [first + timedelta(weeks=n) for n in range((newest - first).days // 7 + 1)]
    return [Week(monday=monday, face=_middle(by_monday.get(monday))) for monday in mondays]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _middle(numbers: Sequence[int] | None) -> Face | None:
    return tuple(Face)[int(median(numbers)) - 1] if numbers else None
