import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.config import Settings
from portal.core import settings, vault
from portal.core.errors import Invalid
from portal.core.sealing import Unreadable
from portal.core.vault import Key, MistypedCode, Vault, WrongCode, WrongPassphrase

PASSPHRASE = "blå sykkel i stille regn"
OWNER = "diary:3"
PLACE = "diary:3:entry:abc"
TEXT = "Ein tung samtale i dag, men det gjekk bra."


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_current", Settings(testing=True))


@pytest.fixture(scope="module")
def made() -> tuple[Vault, Key, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "_current", Settings(testing=True))
        return vault.make(PASSPHRASE, context=OWNER)


class TestTexts:
    @given(st.text(st.characters(), max_size=600), st.text(max_size=40))
    @hypothesis_settings(max_examples=40, deadline=None)
    @example("", "")
    @example("\ud800 halv", PLACE)
    def test_what_is_sealed_opens_again_as_it_was(
        self, made: tuple[Vault, Key, str], plaintext: str, context: str
    ) -> None:
        stored, key, _ = made
        blob = vault.seal(plaintext, public_key=stored.public_key, context=context)
        assert key.open_sealed(blob, context=context) == plaintext

    def test_it_opens_in_no_other_place_and_with_no_other_key(self, made: tuple[Vault, Key, str]) -> None:
        stored, key, _ = made
        blob = vault.seal(TEXT, public_key=stored.public_key, context=PLACE)
        other = vault.make(PASSPHRASE, context=OWNER)[1]
        with pytest.raises(Unreadable):
            key.open_sealed(blob, context=PLACE + "d")
        with pytest.raises(Unreadable):
            other.open_sealed(blob, context=PLACE)

    def test_no_byte_can_be_changed_and_nothing_cut_off_or_added(self, made: tuple[Vault, Key, str]) -> None:
        stored, key, _ = made
        blob = vault.seal(TEXT, public_key=stored.public_key, context=PLACE)
        touched = [blob[:at] + bytes((blob[at] ^ 1,)) + blob[at + 1 :] for at in range(len(blob))]
        for other in (*touched, *(blob[:end] for end in range(0, len(blob), 7)), blob + b"\0"):
            with pytest.raises(Unreadable):
                key.open_sealed(other, context=PLACE)

    @given(st.binary(max_size=200) | st.binary(max_size=120).map(lambda rest: b"\x01" + rest))
    @hypothesis_settings(max_examples=40, deadline=None)
    @example(b"\x01" + bytes(92))
    def test_any_other_bytes_are_unreadable(self, made: tuple[Vault, Key, str], blob: bytes) -> None:
        with pytest.raises(Unreadable):
            made[1].open_sealed(blob, context=PLACE)

    def test_no_two_are_alike_and_the_size_tells_only_short_or_long(self, made: tuple[Vault, Key, str]) -> None:
        stored = made[0]
        blobs = [vault.seal("x" * n, public_key=stored.public_key, context=PLACE) for n in (0, 1, 1, 250, 251)]
        assert len(set(blobs)) == 5
        assert len({len(blob) for blob in blobs}) == 1


class TestPassphrase:
    def test_it_opens_and_another_does_not(self, made: tuple[Vault, Key, str]) -> None:
        stored, key, _ = made
        assert vault.open_by_passphrase(stored, PASSPHRASE, context=OWNER).raw == key.raw
        for wrong in ("", PASSPHRASE[:-1], PASSPHRASE + "x", PASSPHRASE.title()):
            with pytest.raises(WrongPassphrase):
                vault.open_by_passphrase(stored, wrong, context=OWNER)

    def test_keyboards_may_differ(self, made: tuple[Vault, Key, str]) -> None:
        two_signs = unicodedata.normalize("NFD", PASSPHRASE) + " "
        assert two_signs.strip() != PASSPHRASE
        assert vault.open_by_passphrase(made[0], two_signs, context=OWNER).raw == made[1].raw

    def test_it_opens_no_other_owners_vault(self, made: tuple[Vault, Key, str]) -> None:
        with pytest.raises(WrongPassphrase):
            vault.open_by_passphrase(made[0], PASSPHRASE, context="diary:4")

    def test_a_new_wrapping_opens_the_same_vault(self, made: tuple[Vault, Key, str]) -> None:
        stored, key, _ = made
        anew = vault.wrap_by_passphrase(key, "noko heilt anna", context=OWNER)
        changed = Vault(public_key=stored.public_key, by_passphrase=anew, by_code=stored.by_code)
        assert vault.open_by_passphrase(changed, "noko heilt anna", context=OWNER).raw == key.raw
        with pytest.raises(WrongPassphrase):
            vault.open_by_passphrase(changed, PASSPHRASE, context=OWNER)

    def test_guessing_is_dear_outside_tests(
        self, made: tuple[Vault, Key, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "_current", Settings())
        wrapped = vault.wrap_by_passphrase(made[1], PASSPHRASE, context=OWNER)
        assert int.from_bytes(wrapped[1:5], "big") >= 64 * 1024
        assert wrapped[5] >= 3
        stored = Vault(public_key=made[0].public_key, by_passphrase=wrapped, by_code=b"")
        assert vault.open_by_passphrase(stored, PASSPHRASE, context=OWNER).raw == made[1].raw

    @pytest.mark.parametrize("head", [b"", b"\x01", b"\x02" + bytes(80), b"\x01\xff\xff\xff\xff\x03\x01" + bytes(76)])
    def test_a_wrapping_that_was_made_up_costs_nothing(self, head: bytes) -> None:
        stored = Vault(public_key=b"", by_passphrase=head, by_code=head)
        with pytest.raises(Unreadable):
            vault.open_by_passphrase(stored, PASSPHRASE, context=OWNER)


class TestCode:
    def test_it_has_160_bits_and_groups_of_four(self) -> None:
        codes = {vault.new_code() for _ in range(50)}
        assert len(codes) == 50
        assert all(re.fullmatch(r"([A-Z2-7]{4}-){8}[A-Z2-7]{4}", code) for code in codes)

    def test_it_opens_however_it_is_copied(self, made: tuple[Vault, Key, str]) -> None:
        stored, key, code = made
        careless = code.replace("O", "0").replace("I", "1").replace("B", "8")
        for copied in (code, code.lower(), code.replace("-", " "), f"  {code} ", careless, careless.lower()):
            assert vault.open_by_code(stored, copied, context=OWNER).raw == key.raw

    def test_a_slip_of_the_pen_is_told_from_another_code(self, made: tuple[Vault, Key, str]) -> None:
        stored, _, code = made
        slipped = ("A" if code[0] != "A" else "C") + code[1:]
        for mistyped in ("", slipped, code[:-1], code + "A", "æ" * 36, "\ud800" * 36):
            with pytest.raises(MistypedCode):
                vault.open_by_code(stored, mistyped, context=OWNER)
        with pytest.raises(WrongCode):
            vault.open_by_code(stored, vault.new_code(), context=OWNER)

    def test_it_opens_no_other_owners_vault(self, made: tuple[Vault, Key, str]) -> None:
        with pytest.raises(Invalid):
            vault.open_by_code(made[0], made[2], context="diary:4")


def test_nothing_secret_is_in_what_is_printed(made: tuple[Vault, Key, str]) -> None:
    stored, key, code = made
    printed = f"{stored!r} {key!r} {key}"
    assert all(str(secret) not in printed for secret in (key.raw, stored.by_passphrase, stored.by_code, code))


def test_what_is_stored_holds_neither_key_passphrase_nor_code(made: tuple[Vault, Key, str]) -> None:
    stored, key, code = made
    raw = stored.public_key + stored.by_passphrase + stored.by_code
    assert all(secret not in raw for secret in (key.raw, PASSPHRASE.encode(), code.encode()))
