"""What a desk writes, made up by a seeded dice: three written forms, words by Zipf's law, things that recur.

A few things are spoken of all the time and most of them almost never, compounds are made as people make them, and each
question has a subject that its answers return to: an index meets the same frequencies here as at a real desk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

FORMS = ("nn", "nb", "en")
SHARES = (0.55, 0.35, 0.10)
EXPONENT, OFFSET = 1.07, 2.7
"""Zipf's law as Mandelbrot wrote it."""

WORDS = Path(__file__).with_name("board_words.txt")
CODE = "\n\n```powershell\nGet-Service {app} | Restart-Service\n```"
SYLLABLES = ("me", "do", "ra", "fli", "nor", "sa", "vi", "ta", "lo", "ke", "sol", "bre", "hel", "mi", "an", "ti")
PLACES = (
    ("medisinsk", "kirurgisk", "barne", "føde", "nevrologisk", "røntgen", "lab", "hud", "auge", "nyre", "hjarte"),
    ("post", "poliklinikk", "mottak", "eining", "kontor", "sengepost"),
    ("Åsgard", "Fjellvik", "Nordnes", "Solheim", "Straumen", "Voss", "Dalen", "Havnes"),
)


@dataclass(frozen=True, kw_only=True)
class Thread:
    """What is written under one title."""

    form: str
    title: str
    body: str
    answers: tuple[str, ...]


class Dice:
    """Draws from lists as Zipf's law has it: the first of a list most often."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._weights: dict[int, list[float]] = {}

    def one(self, choices: Sequence[str]) -> str:
        """Draw one."""
        return choices[self.place(len(choices))]

    def place(self, size: int) -> int:
        """Draw a place in a list of a size."""
        if size not in self._weights:
            self._weights[size] = list(accumulate((rank + OFFSET) ** -EXPONENT for rank in range(size)))
        weights = self._weights[size]
        return self.random.choices(range(size), cum_weights=weights)[0]


def read_words() -> dict[str, dict[str, list[str]]]:
    """Read the lists, by name and by form."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            words = found.setdefault(line.strip("[]"), {form: [] for form in FORMS})
        elif line and not line.startswith("#"):
            for form, said in zip(FORMS, line.split("|"), strict=True):
                words[form].append(said)
    return found


class Writer:
    """Writes threads, one after the other, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed)
        self.words = read_words()
        self.nouns = {form: [_forms_of(noun, form) for noun in self.words["noun"][form]] for form in FORMS}
        self.apps = [self._app() for _ in range(3000)]
        self.places = [f"{a} {b} {c}" for a in PLACES[0] for b in PLACES[1] for c in PLACES[2]]
        self.dice.random.shuffle(self.places)

    def thread(self, answers: int) -> Thread:
        """Write a question, and so many answers to it."""
        form = self.dice.random.choices(FORMS, SHARES)[0]
        about = self._subject(form)
        title = self._fill(self.dice.one(self.words["title"][form]), form, about)[:140]
        return Thread(
            form=form,
            title=title[:1].upper() + title[1:],
            body=self._text("text", form, about, most=7) if self.dice.random.random() < 0.85 else "",
            answers=tuple(self._answer(form, about) for _ in range(answers)),
        )

    def _answer(self, form: str, about: dict[str, str]) -> str:
        other = self.dice.random.choices(FORMS, SHARES)[0]  # an answer comes in the form its author writes
        if other != form:
            about = {"app": about["app"], "code": about["code"]}
        text = self._text("answer", other, about, most=5)
        return text + CODE.format(app=about["app"]) if self.dice.random.random() < 0.05 else text

    def _text(self, kind: str, form: str, about: dict[str, str], *, most: int) -> str:
        count = 1 + self.dice.place(most)
        sentences = (self._fill(self.dice.one(self.words[kind][form]), form, about) for _ in range(count))
        return " ".join(each[:1].upper() + each[1:] for each in sentences)

    def _subject(self, form: str) -> dict[str, str]:
        slots = self._slots(form)
        return {name: slots[name]() for name in ("d", "v", "a", "app", "c", "code")}

    def _fill(self, pattern: str, form: str, about: dict[str, str]) -> str:
        slots = self._slots(form)
        text = pattern
        while "{" in text:  # what a slot brings may have slots of its own
            start, end = text.index("{"), text.index("}")
            name = text[start + 1 : end]
            said = about.get(name.lower())
            if said is None or self.dice.random.random() < 0.25:
                said = slots[name.lower().rstrip("2")]()
            text = text[:start] + (said[:1].upper() + said[1:] if name[0].isupper() else said) + text[end + 1 :]
        return text

    def _slots(self, form: str) -> dict[str, Callable[[], str]]:
        draw, words, number = self.dice.one, self.words, self.dice.random.randrange
        return {
            "d": lambda: self.nouns[form][self.dice.place(len(self.nouns[form]))][1],
            "c": lambda: self._compound(form),
            "v": lambda: draw(words["v"][form]),
            "a": lambda: draw(words["a"][form]),
            "t": lambda: draw(words["t"][form]),
            "app": lambda: draw(self.apps),
            "place": lambda: draw(self.places),
            "room": lambda: f"{draw('KMABHT')}{number(1, 9)}-{number(100, 400)}",
            "week": lambda: str(number(1, 53)),
            "code": lambda: f"0x8{number(16**4):04x}{self.dice.place(400):03d}",
            "article": lambda: f"KB{10000 + self.dice.place(5000)}",
            "case": lambda: f"INC{number(1_000_000, 10_000_000)}",
        }

    def _compound(self, form: str) -> str:
        nouns = self.nouns[form]
        first, second = nouns[self.dice.place(len(nouns))], nouns[self.dice.place(len(nouns))]
        if form == "en":
            return f"{second[1].split()[0]} {first[0]} {second[0]}"
        return first[0] + second[self.dice.random.randrange(2)]

    def _app(self) -> str:
        syllables = self.dice.random.choices(SYLLABLES, k=self.dice.random.choice((2, 3, 3, 4)))
        return "".join(syllables).capitalize()


def _forms_of(noun: str, form: str) -> tuple[str, str]:
    """Cut «skrivar skrivaren» or «patient list the patient list» into the form that stands alone and the known one."""
    if form == "en":
        alone, known = noun.split(" the ")
        return alone, f"the {known}"
    alone, known = noun.split()
    return alone, known
