"""Request ids and the log: one structured line per request, with nothing that a person wrote or is called."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from typing import Any

from flask import Flask, Response, g, has_request_context, request

log = logging.getLogger("portal.request")
WANTED = ("request_id", "method", "route", "status", "milliseconds", "fault", "place", "job")
ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class Lines(logging.Formatter):
    """Writes one JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Take the named fields only: free text of other packages may hold names."""
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "what": record.msg if record.name.startswith("portal") else record.name,
        }
        if has_request_context():
            line["request_id"] = g.get("request_id", "")
        line |= {name: getattr(record, name) for name in WANTED if hasattr(record, name)}
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send the log of the whole process to standard error."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[lines], force=True)


def install(app: Flask) -> None:
    """Give each request an id and one line in the log."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if ID.fullmatch(given) else secrets.token_hex(8)
    g.began = time.perf_counter()
    g.asked_at = time.time()


def _end(answer: Response) -> Response:
    answer.headers["X-Request-Id"] = g.request_id
    fields = {
        "method": request.method,
        # The rule, not the path: a path may hold a one-time link or a feed's secret.
        "route": request.url_rule.rule if request.url_rule else "",
        "status": answer.status_code,
        "milliseconds": round((time.perf_counter() - g.began) * 1000, 1),
    }
    log.info("request", extra=fields)
    return answer
