"""Signs that nobody sees are not kept; what they stand between is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.core import text

ODD = st.sampled_from("\u202e\u2066\u200b\u200c\u200d\u200e\u00ad\ufeff\x00\x1b\x85\u2028\r\n\t \u0301\ud800🙂️å")
TEXTS = st.lists(ODD | st.characters(), max_size=40).map("".join)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Bærbar\u202egnp.exe", "Bærbargnp.exe"),
        ("\u2067Skrivar\u2069", "Skrivar"),
        ("pass\u200bord\u00ad og\ufeff k\u2060o", "passord og ko"),
        ("cit\u200drix cit\u200crix", "citrix citrix"),
        ("æ\u200dø", "æø"),
        ("\x00a\x07b\x1b[31mc\x7f", "ab[31mc"),
        ("ein\r\nto\rtre\u2028fire\x85fem\x0bseks", "ein\nto\ntre\nfire\nfem\nseks"),
        ("z" + "\u0301" * 50 + "a", "z" + "\u0301" * 4 + "a"),
        ("halv \ud800", "halv ?"),
        ("gøymt\U000e0041\U000e0042", "gøymt"),
    ],
)
def test_what_nobody_sees_is_taken_away(written: str, kept: str) -> None:
    assert text.block(written) == kept


@pytest.mark.parametrize(
    "seen",
    [
        "", "Skrivaren på 3. svarar ikkje 🙂", "👩‍💻 🏳️‍🌈 ❤️‍🔥 👨‍👩‍👧", "می‌خواهم", "क्‍ष", "שלום עולם",
        "\tkode\n    meir", "café å", "a  b", "1️⃣",
    ],
)  # fmt: skip
def test_what_is_seen_stays(seen: str) -> None:
    assert text.block(seen) == seen


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ein\nto\tre", "ein to re"),
        ("\u200b\u2060 \u3164\u2800\u00a0", ""),
        ("\u200eHei\u200f\u061c", "Hei"),
        ("\u202e\u202d", ""),
        ("👩‍💻", "👩‍💻"),
        ("a\u200e\u200d💻", "a💻"),
        ("\u2800\u200d💻", "💻"),
        ("a  b", "a  b"),
    ],
)
def test_a_title_is_one_line_of_what_is_seen(written: str, kept: str) -> None:
    assert text.line(written) == kept


@given(TEXTS)
@hypothesis_settings(max_examples=100, deadline=None)
def test_nothing_that_is_kept_turns_the_reading_or_has_no_width(written: str) -> None:
    for kept in (text.block(written), text.line(written)):
        assert not [sign for sign in kept if unicodedata.bidirectional(sign) in TURNING]
        assert not [
            sign for sign in kept if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} and sign not in "\n\t"
        ]
        kept.encode()


TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(TEXTS)
@hypothesis_settings(max_examples=100, deadline=None)
def test_what_is_kept_is_kept_as_it_is_the_next_time(written: str) -> None:
    assert text.block(text.block(written)) == text.block(written)
    assert text.line(text.line(written)) == text.line(written)
    assert "\n" not in text.line(written)
