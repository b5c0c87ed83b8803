"""How Exchange is reached: one account, one configuration in the process, and a quiet log."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from exchangelib import BASIC, DELEGATE, NTLM, Account, Configuration, Credentials, EWSTimeZone, FailFast
from exchangelib.protocol import BaseProtocol
from exchangelib.version import VERSIONS, Version
from requests.adapters import HTTPAdapter

TIMEOUT = 25  # seconds; exchangelib's own 120 is as long as a worker's lease
ZONE = EWSTimeZone("Europe/Oslo")


class QuietLog(logging.Filter):
    """Keeps the XML of requests out of the log: exchangelib writes whole requests at level ERROR."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Leave the place and the kind of a record; drop everything that was said."""
        record.msg, record.args, record.exc_info, record.exc_text = f"exchangelib: {record.funcName}", (), None, None
        return record.levelno >= logging.WARNING


def _quieten() -> None:
    # A filter of a logger does not see what its children say: every one of them gets it.
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "exchangelib"]
    for name in ("exchangelib", "exchangelib.util.xml", *names):
        logging.getLogger(name).addFilter(QuietLog())


_quieten()


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How to reach the service mailbox."""

    url: str
    user: str
    password: str = field(repr=False)
    mailbox: str
    ca: str = ""
    version: str = "Exchange2016"
    auth: str = "basic"
    connections: int = 4


def connect(connection: Connection) -> Account:
    """Give the account. It is made late, because exchangelib does not survive a fork."""
    BaseProtocol.TIMEOUT = TIMEOUT  # class-wide in exchangelib; there is one Configuration in the process
    if connection.ca:
        BaseProtocol.HTTP_ADAPTER_CLS = _trusting(connection.ca)
    configuration = Configuration(
        service_endpoint=connection.url,
        credentials=Credentials(connection.user, connection.password),
        auth_type=NTLM if connection.auth == "ntlm" else BASIC,
        version=_version(connection.version),
        # FaultTolerance sends a request again when its answer is lost, which books a room twice.
        retry_policy=FailFast(),
        max_connections=connection.connections,
    )
    return Account(
        connection.mailbox, config=configuration, autodiscover=False, access_type=DELEGATE, default_timezone=ZONE
    )


def _version(name: str) -> Version:
    builds = [build for build, api_version, _ in VERSIONS if api_version == name]
    if not builds:
        raise ValueError("PORTAL_EWS_VERSION")
    return Version(build=builds[-1], api_version=name)


def _trusting(bundle: str) -> type[HTTPAdapter]:
    class TrustingAdapter(HTTPAdapter):
        """Checks certificates against the house's own authority; there is no adapter that does not check."""

        def send(self, request: Any, *_: Any, **options: Any) -> Any:
            return super().send(request, **{**options, "verify": bundle})

    return TrustingAdapter
