"""The attack on what is said in confidence, in small; and that it would see what it looks for."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest

from bench import confided, seeds
from bench.confided import Blind
from portal.core.sealing import KeyRing

SENTENCES = seeds.sentences(20, seed=5)
KEY = ("kept", b"k" * 32)
NOISE = random.Random(1).randbytes(5_000)


@pytest.fixture(scope="module")
def finder() -> seeds.Finder:
    return seeds.Finder(SENTENCES)


@pytest.mark.slow
@pytest.mark.parametrize("attack", [confided.attack_diaries, confided.attack_shared])
def test_nothing_is_read_in_small(attack) -> None:  # type: ignore[no-untyped-def]
    lines = attack(False)
    assert lines
    assert all(": 0 of 24 sentences read" in line for line in lines)


def test_no_two_sentences_share_a_word() -> None:
    words = [word for sentence in seeds.sentences(1000) for word in sentence.split()]
    assert len(words) == len(set(words)) == 5000
    assert min(len(word.encode()) for word in words) >= seeds.KNOWN_BY


def test_a_sentence_is_found_in_every_shape_and_everywhere(finder: seeds.Finder) -> None:
    for number, shape in enumerate(seeds.shapes(SENTENCES[7])):
        at = 1000 + 13 * number
        assert finder.found_in(NOISE[:at] + shape + NOISE[at:]) == {7}, shape
        assert finder.found_in(shape) == {7}
    assert finder.found_in(NOISE) == set()


def test_one_word_of_it_is_enough_and_half_a_word_is_not(finder: seeds.Finder) -> None:
    word = SENTENCES[3].split()[2]
    assert finder.found_in(f"<p>{word}</p>".encode()) == {3}
    assert finder.found_in(word[: len(word) // 2].encode() + NOISE) == set()


def test_it_is_found_across_the_portions_that_are_searched(finder: seeds.Finder) -> None:
    wanted = SENTENCES[4].encode()
    for before in (1, 5, 30):
        assert finder.found_in(bytes(seeds.PORTION - before) + wanted) == {4}


def test_what_is_packed_is_unpacked(finder: seeds.Finder) -> None:
    packed = NOISE + zlib.compress(SENTENCES[1].encode()) + NOISE + gzip.compress(SENTENCES[2].encode()) + NOISE
    assert finder.found_in(packed) == set()
    assert finder.found_in(seeds.unpacked(packed)) == {1, 2}


def test_what_the_server_sealed_is_read_with_its_key_and_not_without(finder: seeds.Finder) -> None:
    raw = NOISE + KeyRing([KEY]).seal(f"3{SENTENCES[9]}", context="anything:at:all") + NOISE
    assert seeds.read_by_an_attacker({"file": raw}, finder, [KEY]) == {9}
    assert seeds.read_by_an_attacker({"file": raw}, finder, [("kept", b"x" * 32)]) == set()
    assert seeds.read_by_an_attacker({"file": raw}, finder, []) == set()


@pytest.mark.parametrize(
    ("found", "readable", "control"),
    [(set(), 20, {*range(21)}), ({20}, 3, {*range(21)}), ({20}, 20, {*range(5)})],
)
def test_a_search_that_sees_nothing_proves_nothing(found: set[int], readable: int, control: set[int]) -> None:
    with pytest.raises(Blind):
        confided._must_have_looked(found, readable, control, count=20)
