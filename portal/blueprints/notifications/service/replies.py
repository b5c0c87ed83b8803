"""What somebody hears who answers a mail of the portal by mail."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from portal.blueprints.notifications.queries import replies
from portal.core import i18n
from portal.core.i18n import N_

WORDS = N_("Your message did not arrive, and nobody has read it. Answer in the portal: %(address)s")
# A mail server says ASCII. The words are chosen to need no more; what slips in is spelled as typewriters did.
SPELLED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})
LONGEST = 450  # RFC 5321: a line of an answer has at most 512 octets


def refusal(sender: str, message_ids: Sequence[str]) -> str:
    """Say in the sender's language that mail is not read, and where to answer instead: one line, ASCII."""
    instead = replies.instead(sender, message_ids)
    words = i18n.text(WORDS, instead.locale, address=instead.address)
    plain = unicodedata.normalize("NFKD", words.translate(SPELLED)).encode("ascii", "ignore").decode()
    return " ".join(plain.split())[:LONGEST]
