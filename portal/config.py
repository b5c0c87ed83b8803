"""Typed settings from the environment; the defaults are the embedded portal (SQLite, one process)."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class InvalidSettings(Exception):
    """Say everything that is wrong with the settings, in one message."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("The settings are not right:\n" + "\n".join(f"  - {fault}" for fault in faults))


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class WeekTime:
    """A time on a day of each week, on the clock on the wall."""

    weekday: int  # 0 is Monday
    at: time

    def until(self, other: WeekTime) -> timedelta:
        """Tell how long it is from here to the next time that it is the other."""
        return (other._since_monday - self._since_monday) % timedelta(weeks=1)

    @property
    def _since_monday(self) -> timedelta:
        return timedelta(days=self.weekday, hours=self.at.hour, minutes=self.at.minute)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation may choose. Each field is read from PORTAL_<NAME>."""

    folder: Path = Path("var")  # everything embedded lives here: database, pictures, mails, keys
    database: str = field(default="", repr=False)  # SQLAlchemy URL; empty = SQLite in the folder
    live: str = field(default="", repr=False)  # redis://… between processes; empty = PostgreSQL carries the names
    secret_key: str = field(default="", repr=False)  # signs sessions; empty = made once and kept in the folder
    sealing_keys: tuple[tuple[str, bytes], ...] = field(
        default=(), repr=False
    )  # name:base64, newest first; empty = made once
    base_url: str = "http://127.0.0.1:8000"  # how people reach the portal; links in mails are made from it
    trusted_proxies: int = 0  # how many proxies in front may set X-Forwarded-*
    demo: bool = False
    testing: bool = False
    calendar: str = "embedded"  # embedded | exchange | graph
    calendar_connections: int = 4  # calls to the calendar that a process makes at once; Graph bears no more than four
    ews_url: str = ""
    ews_user: str = ""
    ews_password: str = field(default="", repr=False)
    ews_mailbox: str = ""
    ews_ca: str = ""
    ews_version: str = "Exchange2016"
    ews_auth: str = "basic"  # basic | ntlm
    graph_tenant: str = ""
    graph_client: str = ""
    graph_secret: str = field(default="", repr=False)
    graph_mailbox: str = ""
    graph_url: str = "https://graph.microsoft.com"
    graph_authority: str = "https://login.microsoftonline.com"
    mail: str = field(
        default="", repr=False
    )  # folder:<path> | smtp://user:password@host:port | smtps://…; empty = a folder beside the database
    mail_from: str = "Tunet <tunet@localhost>"
    session_hours: int = 12
    idle_minutes: int = 240  # without a look or a press; what a page fetches by itself does not count
    upload_megabytes: int = 10
    weeks_ahead: int = 6  # evenings of a series exist this many weeks ahead
    offer_hours: int = 12  # waking hours that an offered seat waits for an answer; fewer when the evening is near
    shared_days: int = 30  # that a colleague can read what was shared with them alone
    meetings_ahead: int = 6  # rooms that one person may have booked ahead without an event
    meeting_hours: int = 10  # of such rooms in one week
    accept_after_days: int = 3  # of silence, before peer supporters may say what solved a question
    review_after_days: int = 180  # without a confirmation, before those who use an answer are asked whether it holds
    case_url: str = ""  # e.g. https://desk.example/case/{number}; makes case numbers into links
    duty_phone: str = ""  # whom to ring when nobody at the desk can help now, as one would dial it
    teams_webhook: str = field(default="", repr=False)  # a channel in Teams that a call for help is shown in
    pulse_k: int = 5  # so many answers are counted in each number of the pulse, at the least
    pulse_opens: WeekTime = WeekTime(0, time(7))  # when a round of the pulse opens
    pulse_closes: WeekTime = WeekTime(4, time(16))  # when it closes; it is counted within the hour after
    rota_url: str = field(default="", repr=False)  # an iCalendar address with everybody's shifts, read every hour
    identity_rule_2032_from: date = date(2032, 1, 1)

    @property
    def database_url(self) -> str:
        """Tell which database to use."""
        return self.database or f"sqlite:///{(self.folder / 'tunet.sqlite').absolute()}"

    @property
    def mail_url(self) -> str:
        """Tell where mail goes."""
        return self.mail or f"folder:{self.folder / 'mail'}"

    @property
    def is_https(self) -> bool:
        """Tell whether people reach the portal over TLS."""
        return self.base_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Tell the host names that a request may carry."""
        return (urlsplit(self.base_url).hostname or "127.0.0.1",)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("must be a whole number")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("must be a day such as 2032-01-01") from error


def _five_signs(text: str) -> str:
    if len(text) != len("07:00"):
        raise ValueError("must be hours and minutes")
    return text


def _week_time(text: str) -> WeekTime:
    day, _, at = text.strip().lower().partition(" ")
    try:
        return WeekTime(WEEKDAYS.index(day), time.fromisoformat(_five_signs(at.strip())))
    except ValueError as error:
        raise ValueError("must be a day and a time such as monday 07:00") from error


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("must be 1 or 0")


def _keys(text: str) -> tuple[tuple[str, bytes], ...]:
    keys = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ValueError("must be name:base64, comma between keys") from error
        if len(key) != 32:
            raise ValueError("each key must be 32 bytes")
        keys.append((name, key))
    return tuple(keys)


READERS: Mapping[str, Callable[[str], Any]] = {
    "Path": Path,
    "str": str,
    "int": _number,
    "bool": _flag,
    "date": _day,
    "WeekTime": _week_time,
    "tuple[tuple[str, bytes], ...]": _keys,
}

# Plain signs, a host that is always the same, and one place for the number.
CASE_URL = re.compile(r"https://[^/{}?#@\\\s]+[/?#][!-z|~]*\{number\}[!-z|~]*")
TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")  # a GUID or a domain: it becomes a part of an address
MAILBOX = re.compile(r"[^@\s/?#]+@[^@\s/?#]+")
EWS_VERSION = re.compile(r"Exchange20[0-9]{2}(?:_SP[0-9])?")
PHONE = re.compile(r"\+?[0-9][0-9 ]{1,18}[0-9]")
MOST_GRAPH_CONNECTIONS = 4  # Graph throttles a fifth call to a mailbox at once
PULSE_SHORTEST, PULSE_LONGEST = timedelta(days=2), timedelta(days=6)  # then it is counted before the next one opens
HERE = ("127.0.0.1", "localhost", "::1")
NUMBER_RANGES = {
    "trusted_proxies": (0, 5),
    "session_hours": (1, 24 * 31),
    "idle_minutes": (5, 24 * 60 * 31),
    "upload_megabytes": (1, 100),
    "weeks_ahead": (1, 26),
    "offer_hours": (1, 72),
    "meetings_ahead": (1, 100),
    "meeting_hours": (1, 168),
    "calendar_connections": (1, 20),
    "shared_days": (1, 365),
    "accept_after_days": (1, 60),
    "review_after_days": (7, 3650),
    "pulse_k": (5, 50),
}


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, or raise InvalidSettings with every fault in one message."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    faults: list[str] = []
    names = {f"PORTAL_{each.name.upper()}": each for each in fields(Settings)}
    for name, each in names.items():
        if name not in environment:
            continue
        try:
            values[each.name] = READERS[str(each.type)](environment[name])
        except ValueError as error:
            faults.append(f"{name}: {error}")
    unknown = sorted(name for name in environment if name.startswith("PORTAL_") and name not in names)
    faults += [f"{name}: there is no such setting" for name in unknown]
    if "base_url" in values:
        values["base_url"] = values["base_url"].rstrip("/")
    settings = Settings(**values)
    faults += _faults(settings)
    if faults:
        raise InvalidSettings(faults)
    return settings


def _faults(settings: Settings) -> list[str]:
    faults = []
    for name, (low, high) in NUMBER_RANGES.items():
        if not low <= getattr(settings, name) <= high:
            faults.append(f"PORTAL_{name.upper()}: must be from {low} to {high}")
    if not _is_whole_address(settings.base_url):
        faults.append("PORTAL_BASE_URL: must be a whole address without a path, such as https://tunet.example")
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        faults.append("PORTAL_DATABASE: must begin with sqlite:/// or postgresql+psycopg://")
    if settings.secret_key and len(settings.secret_key) < 32:
        faults.append("PORTAL_SECRET_KEY: must have at least 32 characters")
    if not settings.mail_url.startswith(("folder:", "smtp://", "smtps://")):
        faults.append("PORTAL_MAIL: must begin with folder:, smtp:// or smtps://")
    if settings.case_url and not CASE_URL.fullmatch(settings.case_url):
        faults.append("PORTAL_CASE_URL: must be an https address with {number} in it, behind the host")
    return (
        faults + _pulse_faults(settings) + _live_faults(settings) + _desk_faults(settings) + _calendar_faults(settings)
    )


def _pulse_faults(settings: Settings) -> list[str]:
    if PULSE_SHORTEST <= settings.pulse_opens.until(settings.pulse_closes) <= PULSE_LONGEST:
        return []
    return ["PORTAL_PULSE_CLOSES: must be from two to six days after PORTAL_PULSE_OPENS"]


def _live_faults(settings: Settings) -> list[str]:
    if not settings.live or _is_redis(settings.live):
        return []
    return ["PORTAL_LIVE: must be redis://[:password@]host[:port][/number], or rediss:// over TLS"]


def _is_redis(text: str) -> bool:
    try:
        url = urlsplit(text)
        has_number = url.path in {"", "/"} or (url.path[1:].isascii() and url.path[1:].isdigit())
        return url.scheme in {"redis", "rediss"} and bool(url.hostname) and url.port != 0 and has_number
    except ValueError:
        return False


def _is_whole_address(text: str) -> bool:
    try:
        url = urlsplit(text)
        has_more = url.path or url.query or url.fragment or "@" in url.netloc
        return url.scheme in {"http", "https"} and bool(url.hostname) and not has_more
    except ValueError:
        return False


def _is_safe_address(text: str) -> bool:
    try:
        url = urlsplit(text)
        return url.scheme == "https" and bool(url.hostname)
    except ValueError:
        return False


def _desk_faults(settings: Settings) -> list[str]:
    addresses = {"TEAMS_WEBHOOK": settings.teams_webhook, "ROTA_URL": settings.rota_url}
    faults = [
        f"PORTAL_{name}: must be an https address"
        for name, text in addresses.items()
        if text and not _is_safe_address(text)
    ]
    if settings.duty_phone and not PHONE.fullmatch(settings.duty_phone):
        faults.append("PORTAL_DUTY_PHONE: must be a number as one dials it, such as +47 55 97 00 00")
    return faults


def _calendar_faults(settings: Settings) -> list[str]:
    faults = {"embedded": _no_faults, "exchange": _exchange_faults, "graph": _graph_faults}.get(settings.calendar)
    if faults is None:
        return ["PORTAL_CALENDAR: must be embedded, exchange or graph"]
    return faults(settings)


def _no_faults(_settings: Settings) -> list[str]:
    return []


def _exchange_faults(settings: Settings) -> list[str]:
    faults = _missing(settings, ("ews_url", "ews_user", "ews_password", "ews_mailbox"), "Exchange")
    if settings.ews_url and not _is_safe_or_here(settings.ews_url):
        faults.append("PORTAL_EWS_URL: must be an https address, such as https://mail.example/EWS/Exchange.asmx")
    if settings.ews_mailbox and not MAILBOX.fullmatch(settings.ews_mailbox):
        faults.append("PORTAL_EWS_MAILBOX: must be the address of a mailbox")
    if settings.ews_auth not in {"basic", "ntlm"}:
        faults.append("PORTAL_EWS_AUTH: must be basic or ntlm")
    if not EWS_VERSION.fullmatch(settings.ews_version):
        faults.append("PORTAL_EWS_VERSION: must be a version such as Exchange2016 or Exchange2010_SP2")
    if settings.ews_ca and not Path(settings.ews_ca).is_file():
        faults.append("PORTAL_EWS_CA: there is no such file")
    return faults


def _graph_faults(settings: Settings) -> list[str]:
    faults = _missing(settings, ("graph_tenant", "graph_client", "graph_secret", "graph_mailbox"), "Graph")
    for name in ("graph_tenant", "graph_client"):
        value = getattr(settings, name)
        if value and not TENANT.fullmatch(value):
            faults.append(f"PORTAL_{name.upper()}: must be the id that Entra shows")
    if settings.graph_mailbox and not MAILBOX.fullmatch(settings.graph_mailbox):
        faults.append("PORTAL_GRAPH_MAILBOX: must be the address of a mailbox")
    for name in ("graph_url", "graph_authority"):
        value = getattr(settings, name)
        if not (_is_whole_address(value) and _is_safe_or_here(value)):
            faults.append(f"PORTAL_{name.upper()}: must be an https address without a path")
    if settings.calendar_connections > MOST_GRAPH_CONNECTIONS:
        faults.append(f"PORTAL_CALENDAR_CONNECTIONS: must be from 1 to {MOST_GRAPH_CONNECTIONS} for Graph")
    return faults


def _missing(settings: Settings, names: tuple[str, ...], calendar: str) -> list[str]:
    return [f"PORTAL_{name.upper()}: is needed for {calendar}" for name in names if not getattr(settings, name)]


def _is_safe_or_here(text: str) -> bool:
    try:
        url = urlsplit(text)
        return (url.scheme == "https" and bool(url.hostname)) or (url.scheme == "http" and url.hostname in HERE)
    except ValueError:
        return False
