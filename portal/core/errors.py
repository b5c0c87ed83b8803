"""Refusals. A service refuses by raising one; web.errors turns it into a page, a fragment or JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import Any


class PortalError(Exception):
    """Refuse with a message id (see N_) and its parameters; the words are found when it is shown."""

    status = 500

    def __init__(self, message: str, /, *, field: str | None = None, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.params = params


class NotFound(PortalError):
    """It is not there, or the viewer may not know that it is."""

    status = 404


class NotAllowed(PortalError):
    """The viewer knows of it, but may not do this."""

    status = 403


class Conflict(PortalError):
    """Somebody or something came first."""

    status = 409


class Invalid(PortalError):
    """What was sent cannot be used as it is."""

    status = 422


class TooMany(PortalError):
    """Slow down; wait so long."""

    status = 429

    def __init__(self, message: str, /, *, wait: timedelta = timedelta(minutes=1), **params: Any) -> None:
        super().__init__(message, **params)
        self.wait = wait


class Unavailable(PortalError):
    """Another system does not answer now."""

    status = 503
