"""Mail of the embedded portal: each letter becomes a file that any mail reader opens."""

from __future__ import annotations

import email
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
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

    def remove_naming(self, words: Sequence[str]) -> None:
        """Remove the letters that say one of these names or addresses, to whomever they went."""
        said = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in words), re.IGNORECASE)
        for file in self.path.glob("*.eml"):
            if said.search(_all_of(file.read_bytes())):
                file.unlink(missing_ok=True)


def _all_of(letter: bytes) -> str:
    read = email.message_from_bytes(letter, policy=policy.default)
    heads = [f"{name}: {value}" for name, value in read.items()]
    return "\n".join([*heads, *(part.get_content() for part in read.walk() if part.get_content_maintype() == "text")])
