from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.config import Settings
from portal.core import sealing, settings
from portal.core.errors import PortalError
from portal.core.sealing import KeyRing, Unreadable

OLD, NEW = ("2025", b"o" * 32), ("2026", b"n" * 32)
CONTEXT = "check-in:17:author:3:reader:5"
TEXT = "Ein tung samtale i dag, men det gjekk bra."


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing([NEW, OLD])


@given(st.text(st.characters(), max_size=600), st.text(max_size=40))
@hypothesis_settings(max_examples=60, deadline=None)
@example("", "")
@example("\ud800 halv", CONTEXT)
@example("å" * 126, CONTEXT)
def test_what_is_sealed_opens_again_as_it_was(plaintext: str, context: str) -> None:
    ring = KeyRing([NEW])
    assert ring.open_sealed(ring.seal(plaintext, context=context), context=context) == plaintext


@given(st.text(max_size=40), st.text(max_size=40))
@hypothesis_settings(max_examples=50, deadline=None)
@example("check-in:1:author:2", "check-in:1:author:22")
@example("", "\x00")
def test_it_opens_in_no_other_place(context: str, other: str) -> None:
    ring = KeyRing([NEW])
    blob = ring.seal(TEXT, context=context)
    if context != other:
        with pytest.raises(Unreadable):
            ring.open_sealed(blob, context=other)


def test_no_byte_can_be_changed(ring: KeyRing) -> None:
    blob = ring.seal(TEXT, context=CONTEXT)
    for at in range(len(blob)):
        for flipped in (1, 0x80, 0xFF):
            with pytest.raises(Unreadable):
                ring.open_sealed(blob[:at] + bytes((blob[at] ^ flipped,)) + blob[at + 1 :], context=CONTEXT)


def test_nothing_can_be_cut_off_or_added(ring: KeyRing) -> None:
    blob = ring.seal(TEXT, context=CONTEXT)
    for end in range(len(blob)):
        with pytest.raises(Unreadable):
            ring.open_sealed(blob[:end], context=CONTEXT)
    with pytest.raises(Unreadable):
        ring.open_sealed(blob + b"\x00", context=CONTEXT)


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda rest: b"\x01\x042026" + rest))
@hypothesis_settings(max_examples=50, deadline=None)
@example(b"\x01\x02\xff\xff" + bytes(60))
def test_any_other_bytes_are_unreadable(blob: bytes) -> None:
    with pytest.raises(Unreadable):
        KeyRing([NEW]).open_sealed(blob, context=CONTEXT)


def test_the_text_is_not_in_the_blob_and_no_two_blobs_are_alike(ring: KeyRing) -> None:
    blobs = {ring.seal(TEXT, context=CONTEXT) for _ in range(20)}
    assert len(blobs) == 20
    assert not any(b"samtale" in blob for blob in blobs)


def test_the_size_tells_only_short_or_long(ring: KeyRing) -> None:
    sizes = {len(ring.seal("x" * length, context=CONTEXT)) for length in range(253)}
    assert len(sizes) == 1
    assert len({len(ring.seal("x" * length, context=CONTEXT)) for length in range(0, 4_000, 7)}) == 5


class TestRotation:
    def test_the_first_key_seals_and_all_open(self, ring: KeyRing) -> None:
        old_blob = KeyRing([OLD]).seal(TEXT, context=CONTEXT)
        assert ring.open_sealed(old_blob, context=CONTEXT) == TEXT
        assert sealing.key_name(ring.seal(TEXT, context=CONTEXT)) == "2026"

    def test_resealing_moves_a_text_to_the_newest_key(self, ring: KeyRing) -> None:
        old_blob = KeyRing([OLD]).seal(TEXT, context=CONTEXT)
        assert not ring.is_newest(old_blob)
        new_blob = ring.reseal(old_blob, context=CONTEXT)
        assert ring.is_newest(new_blob)
        assert KeyRing([NEW]).open_sealed(new_blob, context=CONTEXT) == TEXT

    def test_what_has_the_newest_key_is_left_as_it_is(self, ring: KeyRing) -> None:
        blob = ring.seal(TEXT, context=CONTEXT)
        assert ring.reseal(blob, context=CONTEXT) == blob

    def test_resealing_refuses_what_it_cannot_open(self, ring: KeyRing) -> None:
        blob = ring.seal(TEXT, context=CONTEXT)
        with pytest.raises(Unreadable):
            ring.reseal(blob, context="elsewhere")

    def test_without_its_key_a_text_is_unreadable(self) -> None:
        blob = KeyRing([OLD]).seal(TEXT, context=CONTEXT)
        with pytest.raises(Unreadable) as refusal:
            KeyRing([NEW]).open_sealed(blob, context=CONTEXT)
        assert isinstance(refusal.value, PortalError)

    def test_a_key_of_the_same_name_with_other_bytes_does_not_open(self) -> None:
        blob = KeyRing([OLD]).seal(TEXT, context=CONTEXT)
        with pytest.raises(Unreadable):
            KeyRing([("2025", b"x" * 32)]).open_sealed(blob, context=CONTEXT)

    def test_the_same_key_under_another_name_does_not_open_it(self) -> None:
        blob = KeyRing([OLD]).seal(TEXT, context=CONTEXT)
        renamed = blob.replace(b"2025", b"2024", 1)
        with pytest.raises(Unreadable):
            KeyRing([("2024", OLD[1])]).open_sealed(renamed, context=CONTEXT)


@pytest.mark.parametrize(
    "keys",
    [[], [("a", b"short")], [("a", b"x" * 32), ("a", b"y" * 32)], [("", b"x" * 32)], [("a" * 65, b"x" * 32)]],
)
def test_a_wrong_ring_is_refused_at_once(keys: list[tuple[str, bytes]]) -> None:
    with pytest.raises(ValueError, match="key"):
        KeyRing(keys)


def test_a_ring_shows_its_names_and_never_its_keys(ring: KeyRing) -> None:
    assert repr(ring) == "<KeyRing 2026, 2025>"


class TestSettings:
    @pytest.fixture(autouse=True)
    def _keys(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setattr(settings, "_current", Settings(sealing_keys=(OLD,)))
        yield
        sealing._ring.cache_clear()

    def test_the_keys_of_the_settings_are_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        blob = sealing.seal(TEXT, context=CONTEXT)
        assert sealing.open_sealed(blob, context=CONTEXT) == TEXT
        monkeypatch.setattr(settings, "_current", Settings(sealing_keys=(NEW, OLD)))
        assert sealing.key_name(sealing.reseal(blob, context=CONTEXT)) == "2026"
