"""A list of games between the look at it and the press: sealed, it travels with the page and is kept nowhere."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from portal.blueprints.games.rules.shelf import Entry
from portal.core import clock, sealing
from portal.core.errors import Conflict, Unavailable
from portal.core.i18n import N_
from portal.core.viewer import Viewer

LASTS = timedelta(hours=1)
LONGEST = 1_500_000
OLD = N_("Too much time has passed since you looked. Choose the file once more.")


def seal(viewer: Viewer, entries: Sequence[Entry]) -> str:
    """Seal what is to be put on the shelf, for the one who looks at it."""
    written = json.dumps([clock.now().timestamp(), [asdict(entry) for entry in entries]], separators=(",", ":"))
    packed = base64.b64encode(zlib.compress(written.encode())).decode()
    return base64.b64encode(sealing.seal(packed, context=_context(viewer))).decode()


def unseal(viewer: Viewer, sealed: str) -> list[Entry]:
    """Open it again: only for the same person, and within the hour."""
    try:
        packed = sealing.open_sealed(base64.b64decode(sealed[:LONGEST], validate=True), context=_context(viewer))
        written = zlib.decompress(base64.b64decode(packed))  # ours: nobody else can have sealed it
    except (binascii.Error, ValueError, zlib.error, Unavailable) as error:
        raise Conflict(OLD) from error
    sealed_at, entries = json.loads(written)
    if clock.now().timestamp() - sealed_at > LASTS.total_seconds():
        raise Conflict(OLD)
    return [Entry(**entry) for entry in entries]


def _context(viewer: Viewer) -> str:
    return f"games.draft:{viewer.id}"
