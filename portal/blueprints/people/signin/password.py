"""Passwords: argon2id, and the same time taken whether the account exists or not."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

# 46 MiB, one pass, one lane: a strong setting of OWASP's cheat sheet for a server that has other things to do as well.
hasher = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)


def digest(password: str) -> str:
    """Hash a new password."""
    return hasher.hash(password)


@cache
def nobody() -> str:
    """Give a hash to check against when there is no account, so that time tells nothing."""
    return hasher.hash("nobody has this password")


def is_right(password_hash: str | None, password: str) -> bool:
    """Check a password."""
    try:
        hasher.verify(password_hash or nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


def is_worn(password_hash: str) -> bool:
    """Tell whether the hash was made with weaker parameters than today's."""
    return hasher.check_needs_rehash(password_hash)
