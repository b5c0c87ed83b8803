"""A rota between the look at it and the press: sealed, so that it travels with the page and is stored nowhere."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from datetime import UTC, datetime, timedelta

from portal.blueprints.shifts.rules import Kind, Span
from portal.blueprints.shifts.service.importing import Line, Wanted
from portal.core import clock, sealing
from portal.core.errors import Conflict, Unavailable
from portal.core.i18n import N_
from portal.core.viewer import Viewer

LASTS = timedelta(hours=1)
LONGEST = 1_500_000
OLD = N_("Too much time has passed since you looked. Choose the file once more.")
KINDS = (Kind.WORK, Kind.LEAVE)


def seal(viewer: Viewer, wanted: Wanted) -> str:
    """Seal what a rota shall be, for the one who looks at it."""
    frame = [_number(wanted.frame.starts_at), _number(wanted.frame.ends_at)] if wanted.frame else None
    rows = [[person, KINDS.index(kind), _number(start), _number(end)] for person, kind, start, end in wanted.lines]
    written = json.dumps([_number(clock.now()), wanted.name, frame, sorted(rows)], separators=(",", ":"))
    packed = base64.b64encode(zlib.compress(written.encode())).decode()
    return base64.b64encode(sealing.seal(packed, context=_context(viewer))).decode()


def unseal(viewer: Viewer, sealed: str) -> Wanted:
    """Open it again: only for the same person, and within the hour."""
    try:
        packed = sealing.open_sealed(base64.b64decode(sealed[:LONGEST], validate=True), context=_context(viewer))
        written = zlib.decompress(base64.b64decode(packed))  # ours: nobody else can have sealed it
    except (binascii.Error, ValueError, zlib.error, Unavailable) as error:
        raise Conflict(OLD) from error
    moment, name, frame, rows = json.loads(written)
    if clock.now() - _moment(moment) > LASTS:
        raise Conflict(OLD)
    lines: list[Line] = [(person, KINDS[kind], _moment(start), _moment(end)) for person, kind, start, end in rows]
    span = Span(starts_at=_moment(frame[0]), ends_at=_moment(frame[1])) if frame else None
    return Wanted(name=name, frame=span, lines=frozenset(lines))


def _context(viewer: Viewer) -> str:
    return f"shifts.draft:{viewer.id}"


def _number(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(number: int) -> datetime:
    return datetime.fromtimestamp(number, UTC)
