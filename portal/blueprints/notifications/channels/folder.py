"""Mail of the embedded portal: each letter becomes a file that any mail reader opens."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from portal.blueprints.notifications.channels import mime
from portal.blueprints.notifications.ports import Letter
from portal.core import clock

UNSAFE = re.compile(r"[^A-Za-z0-9@._-]")


@dataclass(frozen=True, kw_only=True)
class Folder:
    """Writes letters into a folder. The name comes from the Message-ID: a repeat overwrites and never doubles."""

    path: Path
    sender: str

    def greet(self) -> None:
        """Try whether the folder can be written to."""
        self.path.mkdir(parents=True, exist_ok=True)
        probe = self.path / f".greeting.{secrets.token_hex(4)}"
        probe.touch(mode=0o600)
        probe.unlink()

    def deliver(self, letter: Letter) -> None:
        """Write the letter whole, or not at all."""
        content = mime.compose(letter, sender=self.sender, moment=clock.now()).as_bytes()
        self.path.mkdir(parents=True, exist_ok=True)
        name = UNSAFE.sub("_", letter.message_id.strip("<>"))
        unfinished = self.path / f".{name}.{secrets.token_hex(4)}"
        try:
            # Mails say who signed up for what: nobody else on the machine needs to read them.
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.path / f"{name}.eml")
        finally:
            unfinished.unlink(missing_ok=True)
