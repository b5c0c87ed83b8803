"""Seal what is said in confidence, so that a copy of the database tells nobody anything.

AES-256-GCM. A blob is: version, length and name of the key, nonce, ciphertext with its tag. The header and the context
are authenticated: a blob moved to another row, or marked with another key, does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.core.errors import Unavailable
from portal.core.i18n import N_
from portal.core.settings import current_settings

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
NAME_BYTES = 64
LENGTH_BYTES = 4
SMALLEST_BUCKET = 256


class Unreadable(Unavailable):
    """It does not open: the key is gone, or it is not what was sealed here."""

    def __init__(self) -> None:
        super().__init__(N_("This text is sealed with a key that is not here, so it cannot be opened."))


class KeyRing:
    """Hold named keys: the first one seals, all of them open."""

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        names = [name for name, _ in keys]
        if not names or len(set(names)) < len(names):
            raise ValueError("a key ring needs at least one key, and different names")
        if not all(0 < len(name.encode()) <= NAME_BYTES for name in names):
            raise ValueError(f"the name of a key has from 1 to {NAME_BYTES} bytes")
        if any(len(key) != KEY_BYTES for _, key in keys):
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._newest = names[0]
        self._ciphers = {name: AESGCM(key) for name, key in keys}
        self._marking = [hmac.digest(key, b"marks", hashlib.sha256) for _, key in keys]

    def __repr__(self) -> str:
        return f"<KeyRing {', '.join(self._ciphers)}>"

    def seal(self, plaintext: str, *, context: str) -> bytes:
        """Seal a text for one place, such as "check-in:17:author:3:reader:5"."""
        header = _header(self._newest)
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + self._ciphers[self._newest].encrypt(nonce, padded(plaintext), _bound(header, context))

    def open_sealed(self, blob: bytes, *, context: str) -> str:
        """Open what was sealed for this place, or raise Unreadable."""
        name = key_name(blob)
        cipher = self._ciphers.get(name)
        header = _header(name)
        nonce, sealed = blob[len(header) :][:NONCE_BYTES], blob[len(header) + NONCE_BYTES :]
        if cipher is None or len(sealed) < TAG_BYTES:
            raise Unreadable
        try:
            return unpadded(cipher.decrypt(nonce, sealed, _bound(header, context)))
        except InvalidTag:
            raise Unreadable from None

    def reseal(self, blob: bytes, *, context: str) -> bytes:
        """Seal again with the newest key; what has it already is given back as it is, once it has been opened."""
        plaintext = self.open_sealed(blob, context=context)
        return blob if self.is_newest(blob) else self.seal(plaintext, context=context)

    def marks(self, text: str, *, context: str) -> list[str]:
        """Give the keyed digest of a text under every key, the newest first: equal texts are known, nothing is read."""
        message = f"{context}\0{text}".encode("utf-8", "surrogatepass")
        return [hmac.digest(key, message, hashlib.sha256).hex() for key in self._marking]

    @property
    def header(self) -> bytes:
        """Give what everything begins with that the newest key has sealed."""
        return _header(self._newest)

    def is_newest(self, blob: bytes) -> bool:
        """Tell whether the newest key sealed it."""
        return key_name(blob) == self._newest


def seal(plaintext: str, *, context: str) -> bytes:
    """Seal a text for one place with the keys of the settings."""
    return ring().seal(plaintext, context=context)


def open_sealed(blob: bytes, *, context: str) -> str:
    """Open what was sealed for this place, or raise Unreadable."""
    return ring().open_sealed(blob, context=context)


def reseal(blob: bytes, *, context: str) -> bytes:
    """Seal again with the newest key, for a rotation of keys."""
    return ring().reseal(blob, context=context)


def marks(text: str, *, context: str) -> list[str]:
    """Give the keyed digest of a text under every key of the settings, the newest first."""
    return ring().marks(text, context=context)


def ring() -> KeyRing:
    """Give the key ring of the settings."""
    return _ring(current_settings().sealing_keys)


@lru_cache(maxsize=2)
def _ring(keys: tuple[tuple[str, bytes], ...]) -> KeyRing:
    return KeyRing(keys)


def key_name(blob: bytes) -> str:
    """Read which key sealed it; the name is proved only by opening."""
    if len(blob) < 2 or blob[0] != VERSION or len(blob) < 2 + blob[1]:
        raise Unreadable
    try:
        return blob[2 : 2 + blob[1]].decode()
    except UnicodeDecodeError:
        raise Unreadable from None


def _header(name: str) -> bytes:
    encoded = name.encode()
    return bytes((VERSION, len(encoded))) + encoded


def _bound(header: bytes, context: str) -> bytes:
    return header + context.encode()


def padded(plaintext: str) -> bytes:
    """Fill up to a power of two, so that the size tells no more than short or long."""
    # Halves of characters pass, because an encoding error would carry the text into a log.
    encoded = plaintext.encode("utf-8", "surrogatepass")
    length = LENGTH_BYTES + len(encoded)
    bucket = max(SMALLEST_BUCKET, 1 << (length - 1).bit_length())
    return len(encoded).to_bytes(LENGTH_BYTES, "big") + encoded + bytes(bucket - length)


def unpadded(padded: bytes) -> str:
    """Take away what padded() filled up with."""
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    return padded[LENGTH_BYTES : LENGTH_BYTES + length].decode("utf-8", "surrogatepass")
