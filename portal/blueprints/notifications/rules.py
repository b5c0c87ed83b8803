"""Decides from values only: whether a mail goes now, bundled or later."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from portal.blueprints.notifications.ports import Delivery

# One thread does not mail more often than this, however lively it is: what came meanwhile stands in the next mail.
THREAD_PAUSE = timedelta(hours=1)
# A whole week of quiet has no end and is refused when it is chosen; seven spans are then the most in a row.
LONGEST_CHAIN = 8
LONGEST_TITLE = 120
UNWANTED = frozenset({"Cc", "Zl", "Zp", "Cs"})  # control characters, separators of lines, halves of characters
TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # marks that turn the reading
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """Wall-clock hours without mail. The weekdays (0 = Monday) are those on which a quiet time begins."""

    starts: time
    ends: time
    weekdays: frozenset[int]

    @property
    def crosses_midnight(self) -> bool:
        """Tell whether it ends on the day after; the same time twice means day and night."""
        return self.ends <= self.starts

    @property
    def has_no_end(self) -> bool:
        """Tell whether there would never be a time to mail in."""
        return self.starts == self.ends and len(self.weekdays) == 7


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What becomes of a notice outside the inbox: a mail at a moment, a place in the next bundle, or nothing."""

    mail_at: datetime | None = None
    is_bundled: bool = False


def plan(
    *, delivery: Delivery, moment: datetime, zone: tzinfo, quiet: Quiet | None, mailed_at: datetime | None = None
) -> Plan:
    """Decide whether a notice is mailed now, bundled or later. `mailed_at`: when its thread was last mailed."""
    if delivery is Delivery.NEVER:
        return Plan()
    if delivery is Delivery.DAILY:
        return Plan(is_bundled=True)
    earliest = max(moment, mailed_at + THREAD_PAUSE) if mailed_at else moment
    return Plan(mail_at=after_quiet(earliest, quiet, zone=zone))


def after_quiet(moment: datetime, quiet: Quiet | None, *, zone: tzinfo) -> datetime:
    """Give the first moment from here on that is not quiet."""
    for _ in range(LONGEST_CHAIN):
        end = quiet_until(moment, quiet, zone=zone) if quiet else None
        if end is None:
            return moment
        moment = end
    return moment


def quiet_until(moment: datetime, quiet: Quiet, *, zone: tzinfo) -> datetime | None:
    """Give the end of the quiet time that a moment lies in, if it does."""
    today = moment.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        start, end = _span(day, quiet, zone)
        if day.weekday() in quiet.weekdays and start <= moment < end:
            return end
    return None


def _span(day: date, quiet: Quiet, zone: tzinfo) -> tuple[datetime, datetime]:
    last = day + timedelta(days=1) if quiet.crosses_midnight else day
    # A time that the clock skips or shows twice is two moments: quiet begins with the first, ends with the last.
    return min(_moments(day, quiet.starts, zone)), max(_moments(last, quiet.ends, zone))


def _moments(day: date, at: time, zone: tzinfo) -> tuple[datetime, datetime]:
    wall = datetime.combine(day, at, zone)
    # In UTC, because moments of the same zone are compared by the wall clock, which knows no second 02:30.
    return wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


def one_line(text: str) -> str:
    """Make a text safe to stand in a subject or a name: one line, no control characters, no turned direction."""
    spaced = "".join(
        " " if letter in TURNING or unicodedata.category(letter) in UNWANTED else letter for letter in text
    )
    return " ".join(spaced.split())


def short_title(text: str) -> str:
    """Cut a title to what a notice keeps of it."""
    line = one_line(text)
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


def is_address(text: str) -> bool:
    """Tell whether this is one plain mail address and nothing besides."""
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None


def stored(value: Any) -> Any:
    """Make one parameter of a notice fit to be kept: titles cut short, days and moments marked as what they are."""
    if isinstance(value, str):
        return short_title(value)
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"on": value.isoformat()} if isinstance(value, date) else value


def thread_of(kind: str, *, endpoint: str, values: Mapping[str, int | str]) -> str:
    """Name what a notice is about: the same kind about the same page is the same thread."""
    page = f"{endpoint} {sorted(values.items())}"
    return f"{kind}:{hashlib.sha256(page.encode()).hexdigest()[:24]}"


def message_id(key: str, *, host: str) -> str:
    """Make the Message-ID of a mail from the key of its row: the same at every try, so that a repeat is recognised."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"
