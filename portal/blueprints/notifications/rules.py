"""Decides from values only: whether a mail goes now, together with others or later, and when it is quiet."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from portal.blueprints.notifications.ports import Delivery, Way

# One thread does not mail more often than this, however lively it is: what came meanwhile stands in the next mail.
THREAD_PAUSE = timedelta(hours=1)
BUNDLE_AT = time(8, 30)
BUNDLE_DAY = 0  # Monday
REST_ENDS = time(8)  # «quiet for the rest of today» ends in the morning: nobody wants the mails of a day at midnight
LONGEST_REST = timedelta(days=183)
MOST_SPANS = 7
MINUTES_A_DAY, DAYS = 24 * 60, 7
# Each step leads to the end of a span; a fortnight has fewer ends than this, and a week without one is refused.
LONGEST_CHAIN = 2 * DAYS * MOST_SPANS + 2
LONGEST_TITLE = 120
UNWANTED = frozenset({"Cc", "Zl", "Zp", "Cs"})  # control characters, separators of lines, halves of characters
TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # marks that turn the reading
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class Span:
    """Wall-clock hours without mail, once on each of the weekdays (0 = Monday) on which they begin.

    They end the next time that the clock shows the end, or on the next day of the week that is named.
    """

    starts: time
    ends: time
    weekdays: frozenset[int]
    ends_on: int | None = None

    def nights(self, weekday: int) -> int:
        """Count the midnights in it when it begins on this weekday; the same time twice means day and night."""
        ends_early = self.ends <= self.starts
        if self.ends_on is None:
            return int(ends_early)
        return (self.ends_on - weekday) % DAYS or DAYS * ends_early


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """When somebody wants no mail: every week, and besides until a moment."""

    spans: tuple[Span, ...] = ()
    until: datetime | None = None

    @property
    def has_no_end(self) -> bool:
        """Tell whether the week would have no time to mail in."""
        week = bytearray(DAYS * MINUTES_A_DAY)
        for span in self.spans:
            for day in span.weekdays:
                start = day * MINUTES_A_DAY + _minute(span.starts)
                end = (day + span.nights(day)) * MINUTES_A_DAY + _minute(span.ends)
                for minute in range(start, end):
                    week[minute % len(week)] = 1
        return all(week)


NO_QUIET = Quiet()


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What becomes of a notice outside the inbox: a mail of its own, a place in a bundle, or nothing; and when."""

    way: Way = Way.NONE
    mail_at: datetime | None = None


def plan(*, delivery: Delivery, moment: datetime, zone: tzinfo, quiet: Quiet, told_at: datetime | None = None) -> Plan:
    """Decide how and when a notice is mailed that was told of then, or now.

    What quiet time has held back comes in one mail when it ends.
    """
    if delivery is Delivery.NEVER:
        return Plan()
    told_at = told_at or moment
    wanted = told_at if delivery is Delivery.AT_ONCE else next_bundle(delivery, told_at, zone=zone)
    mail_at = after_quiet(max(wanted, moment), quiet, zone=zone)
    is_alone = delivery is Delivery.AT_ONCE and mail_at == moment
    return Plan(way=Way.ALONE if is_alone else Way.TOGETHER, mail_at=mail_at)


def next_bundle(delivery: Delivery, moment: datetime, *, zone: tzinfo) -> datetime:
    """Give when the next bundle leaves: on the hour, in the morning, or on Monday morning, by the clock on the wall."""
    wall = moment.astimezone(zone)
    if delivery is Delivery.HOURLY:
        return (moment - timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)).astimezone(
            UTC
        ) + timedelta(hours=1)
    days = (wall.date() + timedelta(days=number) for number in range(DAYS + 1))
    mornings = (min(_moments(day, BUNDLE_AT, zone)) for day in days if _has_bundle(delivery, day))
    return next(morning for morning in mornings if morning > moment)


def _has_bundle(delivery: Delivery, day: date) -> bool:
    return delivery is Delivery.DAILY or day.weekday() == BUNDLE_DAY


def rest_of_today(moment: datetime, *, zone: tzinfo) -> datetime:
    """Give the end of «quiet for the rest of today»: the coming morning."""
    wall = moment.astimezone(zone)
    today = min(_moments(wall.date(), REST_ENDS, zone))
    return today if moment < today else min(_moments(wall.date() + timedelta(days=1), REST_ENDS, zone))


def after_pause(moment: datetime, mailed_at: datetime | None) -> datetime:
    """Give when a thread may be mailed again that was last mailed then."""
    return max(moment, mailed_at + THREAD_PAUSE) if mailed_at else moment


def after_quiet(moment: datetime, quiet: Quiet, *, zone: tzinfo) -> datetime:
    """Give the first moment from here on that is not quiet."""
    for _ in range(LONGEST_CHAIN):
        end = quiet_until(moment, quiet, zone=zone)
        if end is None:
            break
        moment = end
    return moment


def quiet_until(moment: datetime, quiet: Quiet, *, zone: tzinfo) -> datetime | None:
    """Give the end of the quiet time that a moment lies in, if it does; another may begin there."""
    today = moment.astimezone(zone).date()
    days = [today - timedelta(days=number) for number in range(DAYS + 1)]
    spans = (_moments_of(span, day, zone) for span in quiet.spans for day in days if day.weekday() in span.weekdays)
    ends = [end for start, end in spans if start <= moment < end]
    if quiet.until and moment < quiet.until:
        ends.append(quiet.until)
    return max(ends, default=None)


def _moments_of(span: Span, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    last = day + timedelta(days=span.nights(day.weekday()))
    # A time that the clock skips or shows twice is two moments: quiet begins with the first, ends with the last.
    return min(_moments(day, span.starts, zone)), max(_moments(last, span.ends, zone))


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


def page_of(endpoint: str, values: Mapping[str, int | str]) -> str:
    """Name the page that a notice leads to; a place on it (_anchor) makes no other page."""
    page = f"{endpoint} {sorted(item for item in values.items() if not item[0].startswith('_'))}"
    return hashlib.sha256(page.encode()).hexdigest()[:24]


def thread_of(kind: str, page: str) -> str:
    """Name what a notice is about: the same kind about the same page is the same thread."""
    return f"{kind}:{page}"


def message_id(key: str, *, host: str) -> str:
    """Make the Message-ID of a mail from the key of its row: the same at every try, so that a repeat is recognised."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


def root_id(page: str, *, host: str) -> str:
    """Make the Message-ID that all mails about one page refer to, so that mail readers put them together."""
    return f"<{page}.thread@{host}>"


def page_of_root(message_id: str) -> str:
    """Give the page of which this is the root, or nothing."""
    found = re.fullmatch(r"<([0-9a-f]{24})\.thread@[^>]*>", message_id)
    return found[1] if found else ""
