"""What a game on the shelf may be, from values only."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

NAME, LANGUAGE, ADDRESS, NOTES = 120, 40, 300, 500
MOST_PLAYERS, LONGEST_MINUTES = 99, 1440
MOST_GAMES = 2000  # of one person
MOST_BYTES = 4_000_000
SCHEMES = ("https", "http")


class Fault(StrEnum):
    """What is wrong with a game, or with a line of a list of games, or with all of it (line 0)."""

    ARCHIVE = "archive"
    NOT_TEXT = "not_text"
    TOO_BIG = "too_big"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    NOT_CSV = "not_csv"
    NOT_XML = "not_xml"
    DECLARES = "declares"
    NOT_A_COLLECTION = "not_a_collection"
    NO_NAME_COLUMN = "no_name_column"
    NO_PLAYERS_COLUMN = "no_players_column"
    TWO_COLUMNS = "two_columns"
    CELLS = "cells"
    NAME = "name"
    PLAYERS = "players"
    BEST = "best"
    MINUTES = "minutes"
    LONG = "long"
    ADDRESS = "address"
    PATIENT = "patient"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One game as somebody has written it down."""

    name: str
    players_min: int
    players_max: int
    players_best: int | None = None
    minutes: int | None = None
    language: str = ""
    rules_url: str = ""
    notes: str = ""

    @property
    def title(self) -> str:
        """Give what two copies of the same game have in common."""
        return folded(self.name)


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A line that cannot be used, and why. What stands in it is not repeated."""

    line: int
    fault: Fault


class BadGame(Exception):
    """Say that a game, a line, or a whole file (line 0) cannot be used."""

    def __init__(self, fault: Fault, line: int = 0) -> None:
        super().__init__(fault)
        self.bad = Bad(line=line, fault=fault)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file says: its games, the lines that cannot be used, and how many it has that are not for the shelf."""

    entries: Sequence[tuple[int, Entry]] = field(default_factory=tuple)
    bad: Sequence[Bad] = ()
    passed_over: int = 0


def folded(name: str) -> str:
    """Give the name of a game so that «  CATAN » and «Catan» are one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:NAME]


def fault_of(entry: Entry) -> Fault | None:
    """Say what is wrong with a game, or nothing."""
    return _fault_of_numbers(entry) or _fault_of_words(entry)


def _fault_of_numbers(entry: Entry) -> Fault | None:
    if not 1 <= entry.players_min <= entry.players_max <= MOST_PLAYERS:
        return Fault.PLAYERS
    if entry.players_best is not None and not entry.players_min <= entry.players_best <= entry.players_max:
        return Fault.BEST
    if entry.minutes is not None and not 1 <= entry.minutes <= LONGEST_MINUTES:
        return Fault.MINUTES
    return None


def _fault_of_words(entry: Entry) -> Fault | None:
    if not entry.title:
        return Fault.NAME
    lengths = ((entry.name, NAME), (entry.language, LANGUAGE), (entry.rules_url, ADDRESS), (entry.notes, NOTES))
    if any(len(words) > most for words, most in lengths):
        return Fault.LONG
    return None if not entry.rules_url or is_address(entry.rules_url) else Fault.ADDRESS


def is_address(written: str) -> bool:
    """Tell whether this is the address of a page on the web, and of nothing else."""
    if any(sign.isspace() or sign in "\"'<>\\" or not sign.isprintable() for sign in written):
        return False
    try:
        parts = urlsplit(written)
        return parts.scheme in SCHEMES and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
