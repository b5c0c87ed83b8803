"""What happens to people. Ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PersonJoined:
    """A colleague got an account."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class PersonLeft:
    """A colleague was deactivated: nothing may reach them, and their places go to others."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class PersonErased:
    """Nothing names a person any more; only the number stays taken, so that it never becomes somebody else's."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class SessionsEnded:
    """Every session of a person ended at once."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class SessionEnded:
    """A person signed out in one browser."""

    person_id: int
