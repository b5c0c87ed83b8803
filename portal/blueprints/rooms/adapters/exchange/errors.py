"""What exchangelib's many errors mean for us: nothing happened, nobody knows, or no."""

from __future__ import annotations

import re
from datetime import timedelta

from exchangelib.errors import (
    ErrorAccessDenied,
    ErrorAccountDisabled,
    ErrorADOperation,
    ErrorADUnavailable,
    ErrorBatchProcessingStopped,
    ErrorConnectionFailed,
    ErrorConnectionFailedTransientError,
    ErrorExceededConnectionCount,
    ErrorImpersonateUserDenied,
    ErrorInsufficientResources,
    ErrorInternalServerError,
    ErrorInternalServerTransientError,
    ErrorIrresolvableConflict,
    ErrorMailboxFailover,
    ErrorMailboxMoveInProgress,
    ErrorMailboxStoreUnavailable,
    ErrorNonExistentMailbox,
    ErrorNotEnoughMemory,
    ErrorPasswordExpired,
    ErrorProxyRequestProcessingFailed,
    ErrorQuotaExceeded,
    ErrorServerBusy,
    ErrorTimeoutExpired,
    EWSError,
    ResponseMessageError,
    TransportError,
    UnauthorizedError,
    UnknownTimeZone,
)
from requests import RequestException

from portal.blueprints.rooms.adapters.door import bounded

BUSY_REST = timedelta(seconds=30)  # when a busy server does not say for how long

# After these nobody knows whether a change was made.
DOUBTFUL = (
    ErrorTimeoutExpired,
    ErrorServerBusy,
    ErrorInternalServerError,
    ErrorInternalServerTransientError,
    ErrorBatchProcessingStopped,
    ErrorConnectionFailed,
    ErrorConnectionFailedTransientError,
    ErrorInsufficientResources,
    ErrorIrresolvableConflict,
    ErrorMailboxFailover,
    ErrorMailboxMoveInProgress,
    ErrorMailboxStoreUnavailable,
    ErrorNotEnoughMemory,
    ErrorProxyRequestProcessingFailed,
)
# The house has something to mend: no fault of the meeting, and no other room would do better.
SHUT = (
    ErrorADOperation,
    ErrorADUnavailable,
    ErrorAccessDenied,
    ErrorAccountDisabled,
    ErrorExceededConnectionCount,
    ErrorImpersonateUserDenied,
    ErrorNonExistentMailbox,
    ErrorPasswordExpired,
    ErrorQuotaExceeded,
)
OF_THE_HOUSE = DOUBTFUL + SHUT
UNREADABLE = (ResponseMessageError, UnknownTimeZone, ValueError, KeyError, TypeError, AttributeError)
TROUBLES = (EWSError, RequestException, OSError, ValueError, KeyError, TypeError, AttributeError)

_UNKNOWN_CODE = re.compile(r"Unknown ResponseCode in ResponseMessage: (Error[A-Za-z]{1,60})\b")


def code_of(error: Exception) -> str:
    """Name an error. exchangelib keeps the code of those it does not know in a sentence with all that was said."""
    found = _UNKNOWN_CODE.match(str(error)) if type(error) is TransportError else None
    return found[1] if found else type(error).__name__


def may_be_one_rooms_fault(error: Exception) -> bool:
    """Tell whether an answer about many rooms may be unreadable because of one of them."""
    if isinstance(error, (*OF_THE_HOUSE, UnauthorizedError, RequestException)):
        return False
    return isinstance(error, UNREADABLE)


def may_pass(error: Exception) -> bool:
    """Tell whether asking the same once more, at once, is worth while; what took long once may take long again."""
    is_lasting = isinstance(error, (*SHUT, UnauthorizedError, AttributeError, TypeError))
    # exchangelib calls a connection that broke off a time-out too, and keeps the true name in its words.
    return not is_lasting and "Timeout" not in str(error) and rest_asked_for(error) is None


def rest_asked_for(error: Exception) -> timedelta | None:
    """Give the rest that the server itself asks for. exchangelib calls lost connections and 503 «busy» as well."""
    if not isinstance(error, ErrorServerBusy) or str(error).startswith(("Reraised from", "Caused by")):
        return None
    return bounded(timedelta(seconds=error.back_off)) if error.back_off else BUSY_REST
