"""What an article number looks like, and what a row must be to become an article. Values only."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

TITLE_LONGEST = 200
BODY_LONGEST = 20_000
SOURCE_LONGEST = 300
KEY_LONGEST = 200
TAG_LONGEST = 40
TAGS_MOST = 8
FIRST_NUMBER = 10001
REFERENCES_MOST = 20
LANGUAGES = ("nn", "nb", "en", "sv", "da")

NUMBER = re.compile(r"KB\d{4,10}")
# «kb 10482» and «KB-10482» are how people write it; WKB10482 and KB10482A are something else.
_MENTION = re.compile(r"(?<![\w-])KB[ \u00a0-]?(\d{4,10})(?![\w])", re.IGNORECASE | re.ASCII)
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_HEADING = re.compile(r"(#{1,6})(?= )")
_LINK = re.compile(r"(!?)\[([^\[\]\n]*)\]\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)")


class Fault(StrEnum):
    """What is wrong with a row."""

    NOT_A_ROW = "not_a_row"
    NO_ID = "no_id"
    NO_TITLE = "no_title"
    NO_BODY = "no_body"
    LONG_ID = "long_id"
    LONG_TITLE = "long_title"
    LONG_BODY = "long_body"
    LONG_SOURCE = "long_source"
    NUMBER = "number"
    LANGUAGE = "language"
    TAGS = "tags"
    DAY = "day"
    TWICE = "twice"
    PATIENT_DATA = "patient_data"


class BadRow(Exception):
    """Refuse a row. What stood in it is not part of this."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, kw_only=True)
class ArticleRow:
    """One article of an existing knowledge base, checked."""

    key: str
    title: str
    body: str
    number: str = ""
    also_called: str = ""
    language: str = "nb"
    source: str = ""
    tags: tuple[str, ...] = ()
    reviewed_on: date | None = None

    @property
    def digest(self) -> str:
        """Give what tells this row from an earlier state of itself."""
        plain = json.dumps(asdict(self), default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def references(text: str) -> Sequence[str]:
    """Find the article numbers in a text, in their order, each once."""
    found = dict.fromkeys(f"KB{digits}" for digits in _MENTION.findall(text))
    return list(found)[:REFERENCES_MOST]


def number(serial: int) -> str:
    """Write the number of an article."""
    return f"KB{serial}"


def serial(number: str) -> int:
    """Read the serial out of a number; none is 0."""
    return int(number[2:] or 0)


def tags(written: str | Iterable[str]) -> tuple[str, ...]:
    """Read tags: small letters, each once, in their order."""
    words = re.split(r"[,;\n]", written) if isinstance(written, str) else written
    tidy = (" ".join(str(word).lower().split()) for word in words)
    return tuple(dict.fromkeys(word for word in tidy if word))


def are_fit(chosen: Sequence[str]) -> bool:
    """Tell whether tags can be stored: few, short, and without the sign that divides them."""
    return len(chosen) <= TAGS_MOST and all(len(tag) <= TAG_LONGEST and "," not in tag for tag in chosen)


def read_row(values: object) -> ArticleRow:
    """Check one row of an export, or raise BadRow."""
    if not isinstance(values, Mapping):
        raise BadRow(Fault.NOT_A_ROW)
    title = " ".join(_text(values, "title").split())
    row = ArticleRow(
        key=_text(values, "id").strip(),
        title=title,
        body=tidied(_text(values, "body_markdown").replace("\r\n", "\n").strip(), title),
        number=_text(values, "number").strip().upper(),
        also_called=" ".join(_text(values, "heading_en").split())[:TITLE_LONGEST],
        language=_text(values, "language").strip() or "nb",
        source=_text(values, "source").strip(),
        tags=_row_tags(values.get("tags")),
        reviewed_on=_day(values.get("reviewed_on")),
    )
    for fault in _faults(row):
        raise BadRow(fault)
    return row


def _text(values: Mapping[Any, Any], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int):
        raise BadRow(Fault.NOT_A_ROW)
    # Halves of characters and NUL can stand in JSON, and no database takes them.
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()


def _row_tags(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(tag, str) for tag in value)):
        return tags(value)
    raise BadRow(Fault.TAGS)


def _day(value: object) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadRow(Fault.DAY) from None


def _faults(row: ArticleRow) -> Iterator[Fault]:
    checks = {
        Fault.NO_ID: not row.key,
        Fault.NO_TITLE: not row.title,
        Fault.NO_BODY: not row.body,
        Fault.LONG_ID: len(row.key) > KEY_LONGEST,
        Fault.LONG_TITLE: len(row.title) > TITLE_LONGEST,
        Fault.LONG_BODY: len(row.body) > BODY_LONGEST,
        Fault.LONG_SOURCE: len(row.source) > SOURCE_LONGEST,
        Fault.NUMBER: bool(row.number) and not NUMBER.fullmatch(row.number),
        Fault.LANGUAGE: row.language not in LANGUAGES,
        Fault.TAGS: not are_fit(row.tags),
    }
    return (fault for fault, is_so in checks.items() if is_so)


def tidied(body: str, title: str) -> str:
    """Fit a text of another system into a page here."""
    lines = _without_title(body, title).split("\n")
    headings = _levels(lines)
    highest = min((level for _, level in headings), default=1)
    for place, _level in headings:
        lines[place] = lines[place][highest - 1 :]
    for place in _outside_code(lines):
        # Pictures first: one may stand inside a link.
        lines[place] = _LINK.sub(_reachable, _LINK.sub(_without_picture, lines[place]))
    return "\n".join(lines).strip()


def _without_picture(match: re.Match[str]) -> str:
    return match[2] if match[1] else match[0]


def _reachable(match: re.Match[str]) -> str:
    """Keep a link that leads somewhere from here too; of the others keep the words."""
    words, target = match[2].strip(), match[3].strip()
    if not target.startswith(("https://", "http://", "mailto:")):
        return words
    return match[0] if words else f"<{target}>"


def _without_title(body: str, title: str) -> str:
    first, _, rest = body.partition("\n")
    if first.startswith("# ") and (" ".join(first[2:].split()) == title or not _levels(rest.split("\n"))):
        return rest.strip()
    return body


def _levels(lines: Sequence[str]) -> list[tuple[int, int]]:
    headings = ((place, _HEADING.match(lines[place])) for place in _outside_code(lines))
    return [(place, len(heading[1])) for place, heading in headings if heading]


def _outside_code(lines: Sequence[str]) -> Iterator[int]:
    fence = ""
    for place, line in enumerate(lines):
        opening = _FENCE.match(line)
        if opening:
            fence = "" if fence == opening[1] else fence or opening[1]
        elif not fence:
            yield place
