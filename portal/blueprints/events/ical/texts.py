"""Words that people wrote, made fit for a calendar file: none of them may become a line of it."""

from __future__ import annotations

import re

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")


def plain(text: str) -> str:
    """Keep line breaks as they are and drop every other control character: none may end a line of the file."""
    return CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Put a text on one line."""
    return " ".join(plain(text).split())


def parameter(text: str) -> str:
    """Make a text fit for a parameter, where a quotation mark cannot be written."""
    return one_line(text).replace('"', "'")
