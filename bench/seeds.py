"""Seeded sentences, and a search that finds them in whatever bytes an attacker has got hold of.

Every sentence is made of words that no language has, so that finding one of its words is finding it. A sentence is
looked for as it is, in UTF-16, Latin-1, hexadecimal, base64 at every place in the line, as JSON and Python escape it,
as an address carries it, and within everything that zlib or gzip has packed. With keys of a server in hand, everything
that they have sealed is opened first, wherever in the bytes it lies and whatever it was bound to.
"""

from __future__ import annotations

import base64
import json
import random
import re
import urllib.parse
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from portal.core.sealing import NONCE_BYTES, VERSION

WORDS = 5
BEGINNINGS = ("bl", "br", "d", "fj", "gr", "h", "k", "kv", "l", "m", "n", "r", "sk", "sl", "st", "t", "tr", "v")
VOWELS = ("a", "e", "i", "o", "u", "y", "æ", "ø", "å")
ENDS = ("", "l", "n", "r", "s", "t", "nd", "rk", "ft")
KNOWN_BY = 8  # bytes at the start of what is looked for
HASHED, HASH_BITS = 4, 24
PORTION = 1 << 20
PACKED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
MOST_UNPACKED = 1 << 16
LONGEST_SEALED = 1 << 13


def sentences(count: int, *, seed: int = 1) -> list[str]:
    """Make sentences that nobody has ever said."""
    chance = random.Random(seed)
    return [" ".join(_word(chance) for _ in range(WORDS)) for _ in range(count)]


def _word(chance: random.Random) -> str:
    word = ""
    while len(word) < 10:
        word += chance.choice(BEGINNINGS) + chance.choice(VOWELS) + chance.choice(ENDS)
    return word


def shapes(text: str) -> Iterator[bytes]:
    """Give a text as it might lie somewhere."""
    plain = text.encode()
    yield from (plain, text.encode("utf-16-le"), text.encode("utf-16-be"), text.encode("latin-1", "replace"))
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    yield from (json.dumps(text)[1:-1].encode(), repr(plain)[2:-1].encode(), urllib.parse.quote(text).encode())
    yield urllib.parse.quote_plus(text).encode()
    for before in range(3):
        # What stands before shifts the signs; the first and the last depend on the neighbours.
        signs = base64.b64encode(bytes(before) + plain)[-(-before * 8 // 6) :].rstrip(b"=")[:-1]
        yield from (signs, signs.replace(b"+", b"-").replace(b"/", b"_"))


class Finder:
    """Looks for many things at once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._owners: dict[bytes, set[int]] = {}
        for number, text in enumerate(texts):
            for wanted in {shape for part in (text, *text.split()) for shape in shapes(part)}:
                self._owners.setdefault(wanted, set()).add(number)
        self._by_start: dict[bytes, list[bytes]] = {}
        for wanted in self._owners:
            self._by_start.setdefault(wanted[:KNOWN_BY], []).append(wanted)
        self._begins = np.zeros(1 << HASH_BITS, dtype=np.bool_)
        self._begins[_hashes(b"".join(start[:HASHED] for start in self._by_start))[::HASHED]] = True

    def found_in(self, raw: bytes) -> set[int]:
        """Give the numbers of the texts of which anything at all, a word is enough, stands in these bytes."""
        found: set[int] = set()
        for at in range(0, len(raw), PORTION):
            for place in np.flatnonzero(self._begins[_hashes(raw[at : at + PORTION + HASHED - 1])]).tolist():
                for wanted in self._by_start.get(raw[at + place : at + place + KNOWN_BY], ()):
                    if raw.startswith(wanted, at + place):
                        found |= self._owners[wanted]
        return found


def _hashes(portion: bytes) -> np.ndarray:
    """Give a small number for every four bytes in a row: most of what is not wanted is left out by it."""
    signs = np.frombuffer(portion, dtype=np.uint8).astype(np.uint32)
    count = max(len(signs) - HASHED + 1, 0)
    windows = np.zeros(count, dtype=np.uint32)
    for place in range(HASHED):
        windows |= signs[place : place + count] << np.uint32(8 * place)
    return (windows * np.uint32(2654435761)) >> np.uint32(32 - HASH_BITS)


def unpacked(raw: bytes) -> bytes:
    """Unpack everything that looks as if zlib or gzip had packed it."""
    found = []
    for match in PACKED.finditer(raw):
        way = 31 if match.group().startswith(b"\x1f") else 15
        try:
            found.append(
                zlib.decompressobj(way).decompress(raw[match.start() : match.start() + MOST_UNPACKED], MOST_UNPACKED)
            )
        except zlib.error:
            continue
    return b"\n".join(found)


def unsealed(raw: bytes, keys: Iterable[tuple[str, bytes]]) -> bytes:
    """Open what keys of a server have sealed, wherever it lies.

    Who only wants to read need not know what it is bound to: the text is taken out without its proof.
    """
    found = []
    for name, key in keys:
        head = bytes((VERSION, len(name.encode()))) + name.encode()
        at = raw.find(head)
        while at >= 0:
            nonce, sealed = _after(raw, at + len(head))
            found.append(Cipher(AES(key), CTR(nonce + b"\0\0\0\2")).decryptor().update(sealed))
            at = raw.find(head, at + 1)
    return b"\n".join(found)


def _after(raw: bytes, at: int) -> tuple[bytes, bytes]:
    nonce = raw[at : at + NONCE_BYTES].ljust(NONCE_BYTES, b"\0")
    return nonce, raw[at + NONCE_BYTES : at + NONCE_BYTES + LONGEST_SEALED]


def read_by_an_attacker(pieces: Mapping[str, bytes], finder: Finder, keys: Sequence[tuple[str, bytes]]) -> set[int]:
    """Give the numbers of the sentences that somebody with these bytes and keys reads anything of."""
    found: set[int] = set()
    for raw in pieces.values():
        opened = unsealed(raw, keys)
        for layer in (raw, unpacked(raw), opened, unpacked(opened)):
            found |= finder.found_in(layer)
    return found
