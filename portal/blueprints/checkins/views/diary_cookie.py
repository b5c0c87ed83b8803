"""The key of an opened diary, for a quarter of an hour, in its owner's browser alone.

It is sealed with the server's keys, so that the browser alone opens nothing, and it is stored nowhere on the server, so
that the server alone opens nothing either. It holds for one person in one session until a moment that moves on with
every page of the diary.
"""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta

from flask import Response, after_this_request, current_app, request, session

from portal.blueprints.checkins.queries import diary
from portal.core import clock, sealing
from portal.core.sealing import Unreadable
from portal.core.vault import Key
from portal.web.auth import viewer

LASTS = timedelta(minutes=15)
PATH = "/pusterom/dagbok"


def keep_open(key: Key) -> None:
    """Let the answer carry the key, for the next quarter of an hour."""
    until = (clock.now() + LASTS).timestamp()
    sealed = sealing.seal(f"{until:.0f}:{base64.b64encode(key.raw).decode()}", context=_context())
    _set(base64.urlsafe_b64encode(sealed).decode(), max_age=int(LASTS.total_seconds()))


def close() -> None:
    """Let the answer take the key away."""
    _set("", max_age=0)


def find_key() -> Key | None:
    """Give the key of the viewer's diary if it is open here and now, and keep it open as long again."""
    key = _read(request.cookies.get(_name(), ""))
    lock = diary.find_diary(viewer().id) if key else None
    if key is None or lock is None or lock.public_key != key.public_key:
        return None
    keep_open(key)
    return key


def _read(cookie: str) -> Key | None:
    try:
        opened = sealing.open_sealed(base64.urlsafe_b64decode(cookie), context=_context())
    except (Unreadable, binascii.Error, ValueError):
        return None
    until, _, raw = opened.partition(":")
    return Key(base64.b64decode(raw)) if clock.now().timestamp() < float(until) else None


def _set(value: str, *, max_age: int) -> None:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    name = _name()

    @after_this_request
    def carry(answer: Response) -> Response:
        answer.set_cookie(name, value, max_age=max_age, path=PATH, httponly=True, samesite="Strict", secure=secure)
        return answer


def _name() -> str:
    return "__Secure-diary" if current_app.config["SESSION_COOKIE_SECURE"] else "diary"


def _context() -> str:
    return f"diary-open:{viewer().id}:{session['id']}"
