"""Split compounds with the words that the house itself uses: utskriftskø → utskrift, kø."""

from collections.abc import Container, Iterator

from portal.blueprints.search.rules import folding, tables

SHORTEST = 6
SHORTEST_HEAD = 3
SHORT_TAILS = frozenset({"kø", "pc", "id", "ip", "øy", "by", "tv"})


def parts(word: str, known: Container[str]) -> tuple[str, ...]:
    """Return the keys of the parts of a compound; nothing for a word that is not made of known words."""
    if len(word) < SHORTEST or not word.isalpha() or folding.is_name(word):
        return ()
    best = max(_splits(word, known), key=lambda pair: min(len(pair[0]), len(pair[1])), default=None)
    if best is None:
        return ()
    head, tail = best
    return (*(parts(head, known) or (folding.key(head),)), *(parts(tail, known) or (folding.key(tail),)))


def _splits(word: str, known: Container[str]) -> Iterator[tuple[str, str]]:
    for place in range(SHORTEST_HEAD, len(word) - 1):
        head, tail = word[:place], word[place:]
        if not _is_tail(tail, known):
            continue
        for bare in _heads(head):
            if _is_head(bare, known):
                yield bare, tail
                break


def _heads(head: str) -> Iterator[str]:
    """Give the head as it stands and without the sound that ties it to the tail."""
    yield head
    if len(head) > 4 and head[-1] in "se":
        yield head[:-1]


def _is_head(head: str, known: Container[str]) -> bool:
    return head not in tables.whole_words("not_heads.txt") and not _says_nothing(head) and folding.key(head) in known


def _is_tail(tail: str, known: Container[str]) -> bool:
    is_long = len(tail) >= 3 or tail in SHORT_TAILS
    return (
        is_long
        and tail not in tables.whole_words("not_tails.txt")
        and not _says_nothing(tail)
        and folding.key(tail) in known
    )


def _says_nothing(word: str) -> bool:
    return word in tables.whole_words("stopwords.txt")
