"""The settings of this process, reached without Flask, and the secrets that the embedded portal makes for itself."""

from __future__ import annotations

import base64
import dataclasses
import os
import secrets
from pathlib import Path

from portal.config import Settings

_current: Settings | None = None


def use(settings: Settings) -> Settings:
    """Make these the settings of the process; secrets that were not given are made once and kept in the folder."""
    global _current
    _current = dataclasses.replace(
        settings,
        secret_key=settings.secret_key or kept_secret(settings.folder / "secret.key"),
        sealing_keys=settings.sealing_keys or (_kept_sealing_key(settings.folder),),
    )
    return _current


def _kept_sealing_key(folder: Path) -> tuple[str, bytes]:
    return "kept", base64.b64decode(kept_secret(folder / "sealing.key"))


def current_settings() -> Settings:
    """Give the settings of the process."""
    if _current is None:
        raise RuntimeError("settings.use() has not been called")
    return _current


def kept_secret(path: Path) -> str:
    """Read a secret from a file that only its owner may read; make it the first time."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # database, pictures and mails will lie there as well
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    if not path.exists():
        # Written whole beside it, then linked: two processes that start at once agree on the one that came first.
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)).decode())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
