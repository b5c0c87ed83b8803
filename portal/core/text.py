"""Text as it is kept: without the signs that nobody sees.

Two of them do harm. Marks that turn the direction of writing can show a title, a name or a command in another order
than it has, and reach past its end into what stands beside it on the page. Signs without width make two words that look
the same different ones, so that a search, a tag or a copied command fails and nobody sees why. Both are taken away when
a text comes in; what is written in Arabic or Hebrew needs none of them, and pages give each text its own direction.

The signs that join emoji and letters of other scripts stay where they join something.
"""

from __future__ import annotations

import re

_TURNING = "\u202a-\u202e\u2066-\u2069"
_WIDTHLESS = "\u00ad\u034f\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_CONTROLS = "\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f"
_UNSEEN = re.compile(f"[{_TURNING}{_WIDTHLESS}{_CONTROLS}]")
_BREAK = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")
_FOREIGN = r"[^\x00-\u024f\s\u200c\u200d]"  # no letter of ours: an emoji, or another script
_IDLE_JOINER = re.compile(f"(?<!{_FOREIGN})[\u200c\u200d]|[\u200c\u200d](?!{_FOREIGN})")
_ABOVE = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_HEAP = re.compile(f"([{_ABOVE}]{{4}})[{_ABOVE}]+")  # no language piles five marks on a letter; jokers pile fifty
_MARK = re.compile("[\u061c\u200e\u200f]")
# Spaces of every width, and letters that look like nothing.
_BLANK = re.compile("[\n\t\u00a0\u115f\u1160\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]")


def block(text: str) -> str:
    """Give a text of several lines as it is kept."""
    text = _BREAK.sub("\n", text.encode("utf-8", "replace").decode())
    text = _IDLE_JOINER.sub("", _UNSEEN.sub("", text))
    return _HEAP.sub(r"\1", text)


def line(text: str) -> str:
    """Give a title or a name as it is kept: on one line, and empty when there is nothing to see in it."""
    return block(_BLANK.sub(" ", _MARK.sub("", text))).replace("\n", " ").strip()
