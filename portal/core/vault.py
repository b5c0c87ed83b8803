"""A vault whose owner alone can read what lies in it: not even whoever has the database and every key of the server.

What is put in is sealed with the vault's public key (X25519, HKDF-SHA256, AES-256-GCM), so that writing asks for
nothing. The private key is kept wrapped twice: by a key that Argon2id makes from the owner's passphrase, and by a code
that was shown once. Nobody else has either; when both are lost, so is what lies in the vault.
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
import threading
import unicodedata
from dataclasses import dataclass, field

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.sealing import KEY_BYTES, NONCE_BYTES, TAG_BYTES, Unreadable, padded, unpadded
from portal.core.settings import current_settings

VERSION = 1
SALT_BYTES = 16
CODE_BYTES = 20
CODE_SIGNS = 32  # of CODE_BYTES in base32
CHECK_SIGNS = 4
GROUP_SIGNS = 4
SHORTEST, LONGEST = 12, 200
# RFC 9106 names 64 MiB and three passes for who has not gigabytes to spare; each guess costs its finder that too.
COST = (64 * 1024, 3, 1)
COST_IN_TESTS = (64, 1, 1)
DEAREST = (1024 * 1024, 10, 8)
COST_FORMAT = ">IBB"
AT_ONCE = 2
_memory = threading.BoundedSemaphore(AT_ONCE)  # of 64 MiB each: many who open at once wait instead of filling memory


class WrongPassphrase(Invalid):
    """The passphrase does not open it."""

    def __init__(self) -> None:
        super().__init__(N_("That passphrase does not open your diary."), field="passphrase")


class WrongCode(Invalid):
    """The recovery code does not open it."""

    def __init__(self) -> None:
        super().__init__(N_("That recovery code does not open your diary."), field="code")


class MistypedCode(Invalid):
    """It is no recovery code: a sign is wrong or missing. Nothing was tried."""

    def __init__(self) -> None:
        super().__init__(N_("A sign is wrong or missing in the recovery code. Look at it once more."), field="code")


@dataclass(frozen=True, kw_only=True)
class Vault:
    """What is stored of a vault: none of it opens anything without the passphrase or the code."""

    public_key: bytes
    by_passphrase: bytes = field(repr=False)
    by_code: bytes = field(repr=False)


class Key:
    """A vault's private key, out of its wrapping. It lives as long as a request, and in no log."""

    def __init__(self, private: bytes) -> None:
        if len(private) != KEY_BYTES:
            raise Unreadable
        self._private = X25519PrivateKey.from_private_bytes(private)

    def __repr__(self) -> str:
        return "<Key>"

    @property
    def public_key(self) -> bytes:
        """Give the key that seals for it."""
        return self._private.public_key().public_bytes_raw()

    @property
    def raw(self) -> bytes:
        """Give its bytes, to be wrapped."""
        return self._private.private_bytes_raw()

    def open_sealed(self, blob: bytes, *, context: str) -> str:
        """Open what was sealed for this vault and this place, or raise Unreadable."""
        head, rest = blob[: 1 + KEY_BYTES], blob[1 + KEY_BYTES :]
        if len(rest) < NONCE_BYTES + TAG_BYTES or head[0] != VERSION:
            raise Unreadable
        passing = head[1:]
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(passing))
            cipher = AESGCM(_derived(shared, b"vault:text:" + passing + self.public_key))
            return unpadded(cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], head + context.encode()))
        except (InvalidTag, ValueError):  # ValueError: a key that was made up
            raise Unreadable from None


def make(passphrase: str, *, context: str) -> tuple[Vault, Key, str]:
    """Make a vault for one owner: give what is stored, its key, and the recovery code, which is stored nowhere."""
    key, code = Key(X25519PrivateKey.generate().private_bytes_raw()), new_code()
    vault = Vault(
        public_key=key.public_key,
        by_passphrase=wrap_by_passphrase(key, passphrase, context=context),
        by_code=wrap_by_code(key, code, context=context),
    )
    return vault, key, code


def seal(plaintext: str, *, public_key: bytes, context: str) -> bytes:
    """Seal a text for a vault and a place in it. Whoever seals cannot open it again."""
    passing = X25519PrivateKey.generate()
    head = bytes((VERSION,)) + passing.public_key().public_bytes_raw()
    shared = passing.exchange(X25519PublicKey.from_public_bytes(public_key))
    cipher = AESGCM(_derived(shared, b"vault:text:" + head[1:] + public_key))
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + cipher.encrypt(nonce, padded(plaintext), head + context.encode())


def wrap_by_passphrase(key: Key, passphrase: str, *, context: str) -> bytes:
    """Wrap a key by a passphrase; what the guessing costs stands with it, so that it can be raised one day."""
    cost = COST_IN_TESTS if current_settings().testing else COST
    head = bytes((VERSION,)) + struct.pack(COST_FORMAT, *cost) + os.urandom(SALT_BYTES)
    return _wrapped(key, _stretched(passphrase, head), head, context)


def open_by_passphrase(vault: Vault, passphrase: str, *, context: str) -> Key:
    """Take the key out of its wrapping, or raise WrongPassphrase."""
    head = vault.by_passphrase[: 1 + struct.calcsize(COST_FORMAT) + SALT_BYTES]
    try:
        return _unwrapped(vault.by_passphrase, _stretched(passphrase, head), head, context)
    except InvalidTag:
        raise WrongPassphrase from None


def wrap_by_code(key: Key, code: str, *, context: str) -> bytes:
    """Wrap a key by a recovery code: 160 bits of chance need no stretching."""
    head = bytes((VERSION,))
    return _wrapped(key, _derived(_read_code(code), b"vault:code"), head, context)


def open_by_code(vault: Vault, code: str, *, context: str) -> Key:
    """Take the key out of its wrapping, or raise MistypedCode or WrongCode."""
    try:
        return _unwrapped(vault.by_code, _derived(_read_code(code), b"vault:code"), vault.by_code[:1], context)
    except InvalidTag:
        raise WrongCode from None


def new_code() -> str:
    """Make a recovery code: groups of four signs, the last of which tells whether the others were copied rightly."""
    signs = base64.b32encode(os.urandom(CODE_BYTES)).decode()
    whole = signs + _check_signs(signs)
    return "-".join(whole[at : at + GROUP_SIGNS] for at in range(0, len(whole), GROUP_SIGNS))


def _read_code(code: str) -> bytes:
    signs = "".join(sign for sign in code.upper() if sign.isalnum()).translate(str.maketrans("018", "OIB"))
    if len(signs) != CODE_SIGNS + CHECK_SIGNS or _check_signs(signs[:CODE_SIGNS]) != signs[CODE_SIGNS:]:
        raise MistypedCode
    try:
        return base64.b32decode(signs[:CODE_SIGNS])
    except ValueError:
        raise MistypedCode from None


def _check_signs(signs: str) -> str:
    digest = hashlib.sha256(b"vault:check:" + signs.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode()[:CHECK_SIGNS]


def _stretched(passphrase: str, head: bytes) -> bytes:
    try:
        version, cost = head[0], struct.unpack(COST_FORMAT, head[1:-SALT_BYTES])
    except (IndexError, struct.error):
        raise Unreadable from None
    if version != VERSION or any(asked > most for asked, most in zip(cost, DEAREST, strict=True)):
        raise Unreadable
    memory, passes, lanes = cost
    # The same letters may come as one sign or two, by the keyboard; a space at the end comes by itself on a telephone.
    secret = unicodedata.normalize("NFC", passphrase.strip()).encode("utf-8", "surrogatepass")
    with _memory:
        return hash_secret_raw(
            secret,
            head[-SALT_BYTES:],
            time_cost=passes,
            memory_cost=memory,
            parallelism=lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )


def _derived(secret: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=use).derive(secret)


def _wrapped(key: Key, by: bytes, head: bytes, context: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + AESGCM(by).encrypt(nonce, key.raw, head + context.encode())


def _unwrapped(blob: bytes, by: bytes, head: bytes, context: str) -> Key:
    rest = blob[len(head) :]
    if blob[:1] != bytes((VERSION,)) or len(rest) != NONCE_BYTES + KEY_BYTES + TAG_BYTES:
        raise Unreadable
    return Key(AESGCM(by).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], head + context.encode()))
