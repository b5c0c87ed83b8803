"""The key of a round: a file of its own, outside the database and every copy of it, that dies when the round closes.

What was sealed with it (ballots, and whatever journals, dumps and backups hold of them) dies with it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from portal.core import sealing
from portal.core.settings import current_settings

KEY_BYTES = sealing.KEY_BYTES


def make_key(name: str) -> None:
    """Make the key of something that is to be forgotten, in the place of one that an undone opening left."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    destroy_key(name)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        _let_it_land(file.fileno())
    _let_folder_land(path.parent)


def has_key(name: str) -> bool:
    """Tell whether the key is there and whole."""
    path = _path(name)
    return path.is_file() and path.stat().st_size == KEY_BYTES


def destroy_key(name: str) -> None:
    """Overwrite the key and take its file away; again does nothing."""
    path = _path(name)
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        _let_it_land(file.fileno())
    path.unlink(missing_ok=True)
    _let_folder_land(path.parent)


def key_names() -> list[str]:
    """Name every key that lives."""
    return sorted(path.stem for path in _folder().glob("*.key"))


def ring(name: str) -> sealing.KeyRing:
    """Give what seals and opens with the key, or raise Unreadable."""
    return sealing.KeyRing([("round", _key(name))])


def digest(name: str, text: str) -> str:
    """Give the keyed digest of a text: equal texts are known while the key lives, and nobody can try them after."""
    return hmac.digest(_key(name), text.encode(), hashlib.sha256).hex()


def _key(name: str) -> bytes:
    if not has_key(name):
        raise sealing.Unreadable
    return _path(name).read_bytes()


def _folder() -> Path:
    return current_settings().folder / "mortal"


def _path(name: str) -> Path:
    return _folder() / f"{name}.key"


def _let_it_land(descriptor: int) -> None:
    os.fsync(descriptor)


def _let_folder_land(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
