"""Say which of the candidates answers best: the same rule for every engine, from what the viewer may see alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.blueprints.search.rules.parsing import Concept, Wanted

TITLE, BODY = 3.0, 1.0
TITLE_AS_WRITTEN, BODY_AS_WRITTEN = 0.8, 0.3
SATURATION = 1.6
LENGTH_MATTERS = 0.75
USUAL_LENGTH = 120
SHORTEST_LENGTH = 60
"""Below this a text is not any more to the point for being shorter."""
BEGINS_SO = 0.6
ECHO = 0.5
"""What a further duplicate adds to what the others have said for their original."""
FUSION = 60
"""The constant of reciprocal rank fusion."""


Answers = dict[str, list[tuple[int, float]]]
"""For each key, the things asked for that it counts as, by their numbers, and how much."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A document that an engine brings, as the index holds it."""

    id: int
    title_keys: str
    body_keys: str
    title_words: str
    body_words: str
    leads_to: int | None = None
    """The document it is a duplicate of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """A candidate's place: its score, and the share of what was asked for that it holds."""

    id: int
    score: float
    share: float


def ranked(candidates: Iterable[Candidate], wanted: Wanted) -> list[Ranked]:
    """Order the candidates by how well they answer; what holds nothing of it, or what was left out, falls away."""
    answers: Answers = {}
    for number, concept in enumerate(wanted.concepts):
        for key, weight in concept.keys.items():
            answers.setdefault(key, []).append((number, weight))
    found = [_weighed(candidate, wanted, answers) for candidate in candidates if _is_allowed(candidate, wanted)]
    return sorted((each for each in found if each.score > 0), key=lambda each: (-each.score, -each.id))


def selective(concepts: Sequence[Concept], most: int) -> list[Concept]:
    """Choose what to match on: the rarest first, until they bring about as many documents as are looked at."""
    chosen: list[Concept] = []
    total = 0
    for concept in sorted(concepts, key=lambda each: each.count):
        if chosen and total + concept.count > most:
            break
        chosen.append(concept)
        total += concept.count
    return chosen


def gathered(found: Iterable[Ranked], candidates: Iterable[Candidate]) -> list[Ranked]:
    """Let duplicates speak for their original, each one less than the better one before it.

    People have said that they ask the same, so the original is known by all the ways it has been asked in.
    """
    originals = {each.id: each.leads_to or each.id for each in candidates}
    speaking: dict[int, list[Ranked]] = {}
    for each in sorted(found, key=lambda each: -each.score):
        speaking.setdefault(originals[each.id], []).append(each)
    whole = [
        Ranked(
            id=identity,
            score=sum(each.score * ECHO**number for number, each in enumerate(voices)),
            share=max(each.share for each in voices),
        )
        for identity, voices in speaking.items()
    ]
    return sorted(whole, key=lambda each: (-each.score, -each.id))


def fused(first: Sequence[Ranked], second: Sequence[int], *, weight: float) -> list[Ranked]:
    """Let a second list of ids help the first one, by places only; what only it holds comes with share 0."""
    known = {each.id: each for each in first}
    points = {each.id: 1 / (FUSION + place) for place, each in enumerate(first)}
    for place, identity in enumerate(second):
        points[identity] = points.get(identity, 0.0) + weight / (FUSION + place)
    order = sorted(points, key=lambda identity: (-points[identity], -identity))
    return [known.get(identity) or Ranked(id=identity, score=0.0, share=0.0) for identity in order]


def _is_allowed(candidate: Candidate, wanted: Wanted) -> bool:
    if not wanted.phrases and not wanted.excluded and not wanted.excluded_keys:
        return True
    if any(_stands_in((key,), f" {candidate.title_keys} {candidate.body_keys} ") for key in wanted.excluded_keys):
        return False
    title, body = f" {candidate.title_words} ", f" {candidate.body_words} "
    return all(_stands_in(phrase, title, body) for phrase in wanted.phrases) and not any(
        _stands_in(phrase, title, body) for phrase in wanted.excluded
    )


def _stands_in(phrase: tuple[str, ...], *texts: str) -> bool:
    row = f" {' '.join(phrase)} "
    return any(row in text for text in texts)


def _weighed(candidate: Candidate, wanted: Wanted, answers: Answers) -> Ranked:
    body = candidate.body_keys.split()
    title_words, body_words = candidate.title_words.split(), f" {candidate.body_words} "
    in_titles = _held(candidate.title_keys.split(), answers, len(wanted.concepts))
    in_bodies = _held(body, answers, len(wanted.concepts))
    damping = 1 - LENGTH_MATTERS + LENGTH_MATTERS * max(len(body), SHORTEST_LENGTH) / USUAL_LENGTH
    score, held, asked = 0.0, 0.0, 0.0
    for concept, in_title, in_body in zip(wanted.concepts, in_titles, in_bodies, strict=True):
        weight = _in_title(concept, in_title, title_words, wanted.beginning)
        if in_body:
            as_written = any(f" {word} " in body_words for word in concept.words)
            weight += (BODY * in_body + BODY_AS_WRITTEN * as_written) / damping
        asked += concept.rarity
        if weight:
            held += concept.rarity
            score += concept.rarity * weight / (SATURATION + weight)
    if wanted.phrases:
        score, held, asked = score + len(wanted.phrases), held + 1, asked + 1
    share = held / asked if asked else 0.0
    return Ranked(id=candidate.id, score=score * (0.5 + share), share=share)


def _held(keys: Iterable[str], answers: Answers, size: int) -> list[float]:
    """Sum, for each thing that is asked for, the weights of the keys that count as it; one walk over the text."""
    sums = [0.0] * size
    for key in keys:
        if key in answers:
            for number, weight in answers[key]:
                sums[number] += weight
    return sums


def _in_title(concept: Concept, held: float, words: list[str], beginning: str) -> float:
    weight = TITLE * held
    if not concept.words.isdisjoint(words):
        weight += TITLE_AS_WRITTEN
    if beginning and not weight and beginning in concept.words:
        weight += TITLE * BEGINS_SO * any(word.startswith(beginning) for word in words)
    return weight
