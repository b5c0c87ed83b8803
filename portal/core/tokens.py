"""Words in an address that nobody can make up: what stands in a mail so that one press answers it.

A token names who may do what, signed for one purpose; it is made when the mail is written and kept nowhere. How long it
holds is for its reader to say: it must look at how things stand before it does anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsdangerous import BadData, URLSafeSerializer

from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.settings import current_settings

LONGEST = 300


def sign(purpose: str, values: Sequence[int | str]) -> str:
    """Write a token for a purpose."""
    return str(_signer(purpose).dumps(list(values)))


def opened(purpose: str, token: str) -> list[int | str]:
    """Read a token that was written for a purpose; anything else is not there."""
    try:
        if len(token) > LONGEST:
            raise BadData("too long")
        values = _signer(purpose).loads(token)
    except BadData as error:
        raise NotFound(N_("That address is not right. Was all of it copied?")) from error
    return list(values)


def _signer(purpose: str) -> URLSafeSerializer:
    # A salt of its own for each purpose: no session, and no token for something else, opens this door.
    return URLSafeSerializer(current_settings().secret_key, salt=f"tunet.{purpose}")
