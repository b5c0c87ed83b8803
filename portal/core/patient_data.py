"""Keep identity numbers and other traces of patients out of every text that people write.

The rule and its error rates were measured: all of the written forms below are found, and case numbers, phone numbers,
addresses of machines and the like never block. A text that blocks is refused before it is stored, queued or logged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from markupsafe import Markup, escape

from portal.core import clock
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.settings import current_settings

MASK = "█"  # not •, which begins a pasted list item: «•01028012345» must be found


class Kind(StrEnum):
    """What a piece of text looks like."""

    IDENTITY_NUMBER = "identity_number"
    D_NUMBER = "d_number"
    H_NUMBER = "h_number"
    FH_NUMBER = "fh_number"
    TEST_NUMBER = "test_number"
    MISTYPED_NUMBER = "mistyped_number"
    RECORD_NUMBER = "record_number"
    BIRTH_DATE = "birth_date"
    PHONE = "phone"
    NAME = "name"


class Severity(StrEnum):
    """What is done about it: refused, masked without asking, pointed out, or allowed with a badge."""

    BLOCK = "block"
    MASK = "mask"
    WARN = "warn"
    BADGE = "badge"


LABELS = {
    Kind.IDENTITY_NUMBER: N_("national identity number"),
    Kind.D_NUMBER: N_("D-number"),
    Kind.H_NUMBER: N_("help number"),
    Kind.FH_NUMBER: N_("common help number"),
    Kind.TEST_NUMBER: N_("test number"),
    Kind.MISTYPED_NUMBER: N_("mistyped identity number"),
    Kind.RECORD_NUMBER: N_("patient or record number"),
    Kind.BIRTH_DATE: N_("birth date"),
    Kind.PHONE: N_("phone number of a patient"),
    Kind.NAME: N_("name of a patient"),
}

RANK = {Severity.BLOCK: 3, Severity.MASK: 2, Severity.WARN: 1, Severity.BADGE: 0}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Say what was found and where in the original text; never the text itself."""

    kind: Kind
    severity: Severity
    start: int
    end: int

    @property
    def label(self) -> str:
        """Give the message id of what this is called."""
        return LABELS[self.kind]


class PatientData(Invalid):
    """Refuse a text. It is carried for the author's own form only and is not part of any message or repr."""

    def __init__(self, found: Sequence[Finding], text: str, *, field: str | None) -> None:
        super().__init__(N_("This looks like a national identity number. Remove it before sending."), field=field)
        self.findings = found
        self.text = text

    @property
    def marked(self) -> Markup:
        """Give the author's text back with the places marked."""
        return marked(self.text, self.findings)


def check(text: str, *, field: str | None = None) -> None:
    """Refuse a text that holds an identity number."""
    _refuse(text, _findings_today(text), field=field)


def clean(text: str, *, field: str | None = None, viewer_accepts: bool = False) -> str:
    """Give the text with what is masked without asking masked, or refuse it.

    An author who says that it is not an identity number (viewer_accepts) gets what blocks through; masks stay.
    """
    found = _findings_today(text)
    if not viewer_accepts:
        _refuse(text, found, field=field)
    return _mask(text, [finding for finding in found if finding.severity is Severity.MASK])


def masked(text: str) -> str:
    """Mask the digits of everything found, as the button beside a refused text offers. Test numbers stay."""
    return _mask(text, [finding for finding in _findings_today(text) if finding.severity is not Severity.BADGE])


def marked(text: str, found: Iterable[Finding]) -> Markup:
    """Escape a text and wrap the places that were found in mark elements."""
    pieces, done = Markup(), 0
    for start, end in _merged(found):
        pieces += escape(text[done:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        done = end
    return pieces + escape(text[done:])


def findings(text: str, *, today: date, new_rule_from: date = date(2032, 1, 1)) -> Sequence[Finding]:
    """Find everything that looks like a patient, in order; where two overlap, the graver wins."""
    folded, origins = _fold(text)
    spans = [
        Finding(kind=kind, severity=severity, start=origins[start], end=origins[end - 1] + 1)
        for start, end, kind, severity in (
            *_numbers(folded, is_new_rule=today >= new_rule_from, today=today),
            *_cues(folded),
        )
    ]
    return _gravest(spans, len(text))


def _refuse(text: str, found: Sequence[Finding], *, field: str | None) -> None:
    if any(finding.severity is Severity.BLOCK for finding in found):
        raise PatientData(found, text, field=field)


def _findings_today(text: str) -> Sequence[Finding]:
    return findings(text, today=clock.today(), new_rule_from=current_settings().identity_rule_2032_from)


def _gravest(spans: Iterable[Finding], length: int) -> Sequence[Finding]:
    taken, kept = bytearray(length), []
    by_rank = sorted(set(spans), key=lambda each: (-RANK[each.severity], each.start, each.end))
    for _, group in groupby(by_rank, key=lambda each: each.severity):
        free = [each for each in group if not any(taken[each.start : each.end])]
        for each in free:
            taken[each.start : each.end] = b"\x01" * (each.end - each.start)
        kept += free
    return tuple(sorted(kept, key=lambda each: each.start))


def _merged(found: Iterable[Finding]) -> Iterator[tuple[int, int]]:
    reached = 0
    for finding in sorted(found, key=lambda each: each.start):
        if finding.end > reached:
            yield max(finding.start, reached), finding.end
            reached = finding.end


def _mask(text: str, found: Iterable[Finding]) -> str:
    characters = list(text)
    for start, end in _merged(finding for finding in found if finding.kind is not Kind.NAME):
        characters[start:end] = [MASK if _has_digit(character) else character for character in text[start:end]]
    return "".join(characters)


# What people see is what is read: full-width digits, invisible characters and the like, with the way back to the
# original. Letters of West European languages and the usual dashes and quotes are already as they should be.
_ODD = re.compile("[^\x00-\x7fÀ-ÖØ-öø-ÿ–—«»]")
_INVISIBLE = {"Cf", "Mn", "Me"}  # zero-width, soft hyphen, direction marks, combining strokes


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if unicodedata.category(character) in _INVISIBLE:
        return ""
    usual = unicodedata.normalize("NFKC", character)
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in usual)


def _has_digit(character: str) -> bool:
    return any(each.isdecimal() for each in _fold_character(character))


def _fold(text: str) -> tuple[str, Sequence[int]]:
    pieces: list[str] = []
    origins: list[int] = []
    done = 0
    for odd in _ODD.finditer(text):
        folded = _fold_character(odd[0])
        pieces += text[done : odd.start()], folded
        origins += [*range(done, odd.start()), *[odd.start()] * len(folded)]
        done = odd.end()
    if not pieces:
        return text, range(len(text))
    return "".join((*pieces, text[done:])), [*origins, *range(done, len(text))]


# A mask counts as a digit at the edges, so that masking one number never makes another one out of its neighbour.
_ALONE = rf"(?<![\d{MASK}])", rf"(?![\d{MASK}])"
# Groups with signs around them are addresses, versions and times.
_APART = rf"{_ALONE[0]}(?<![\d{MASK}][.:\-])", rf"{_ALONE[1]}(?![.:\-][\d{MASK}])"
_GAP = r"[ \t.:/_\-\u2010-\u2015\u2212]"
_BREAK = r"[ \t]?\r?\n[ \t]?"

# Each is looked for at every place (a lookahead takes nothing), so a wrong start never hides a right one.
FORMS = tuple(
    re.compile(f"{before}(?={body}{after})")
    for (before, after), body in (
        (_ALONE, r"(\d{11})"),
        (_APART, rf"(\d{{6}}(?:{_GAP}{{1,3}}|{_BREAK})\d{{5}})"),
        (_APART, rf"(\d\d{_GAP}\d\d{_GAP}(?:19|20)?\d\d{_GAP}{{1,3}}\d{{5}})"),
        (_APART, rf"(\d{{4}}(?:19|20)\d\d{_GAP}{{1,3}}\d{{5}})"),
        (_APART, r"(\d\d \d\d \d\d ?\d{3} ?\d\d)"),
        (_ALONE, r"(\d(?: \d){10})"),
        (_APART, r"(\d(?:[.\-]\d){10})"),  # only when alone: object identifiers are long rows of these
    )
)
_CENTURY = re.compile(r"^(\d{4})(?:19|20)(?=\d{7}$)")

_LABEL_REACH = 40
_OTHER_REACH = 20
_WORD = r"(?<![^\W\d_])"  # no letter before; digits and underscores may stand there
_END = r"(?![^\W\d_])"
_LABEL = re.compile(
    rf"f(?:ø|oe?)d(?:t|d|sels?)|{_WORD}(?:f\.? ?nr|p\.? ?nr|[dh]-?n(?:umme)?r|fh-?n(?:umme)?r|ssn|npr){_END}"
    rf"|person(?:nummer|nr|al number)|identi(?:tets|ty) ?nu?m|pasient|patient|journal|{_WORD}pas(?:nr|id)?{_END}",
    re.IGNORECASE,
)
_OTHER = re.compile(
    rf"konto|account|serie|serial|telefon|mobil|faktura|invoice|ordre|order|vers[ij]on"
    rf"|{_WORD}(?:kid(?:nr)?|imei|s/?n|sak(?:s?nr|snummer)?|case|inc|tlf|ean|gtin|ticket|build|kb|ref){_END}",
    re.IGNORECASE,
)


def _numbers(text: str, *, is_new_rule: bool, today: date) -> Iterator[tuple[int, int, Kind, Severity]]:
    for form in FORMS:
        for match in form.finditer(text):
            start, end = match.span(1)
            number = _CENTURY.sub(r"\1", "".join(filter(str.isdecimal, match[1])))
            if kind_of(number) is None:
                continue
            is_labelled = _LABEL.search(text, max(0, start - _LABEL_REACH), start) is not None
            is_other = _OTHER.search(text, max(0, start - _OTHER_REACH), start) is not None
            judged = judge(number, is_labelled=is_labelled, is_other=is_other, is_new_rule=is_new_rule, today=today)
            if judged:
                yield start, end, *judged


# What is done with a true number: beside a label that says so, beside a label that says something else, without any.
SEVERITIES = {
    Kind.IDENTITY_NUMBER: (Severity.BLOCK, Severity.MASK, Severity.BLOCK),
    Kind.D_NUMBER: (Severity.BLOCK, Severity.MASK, Severity.BLOCK),
    Kind.H_NUMBER: (Severity.BLOCK, Severity.WARN, Severity.MASK),
    Kind.FH_NUMBER: (Severity.BLOCK, Severity.WARN, Severity.WARN),
    Kind.TEST_NUMBER: (Severity.BADGE, Severity.BADGE, Severity.BADGE),
}


def judge(
    number: str, *, is_labelled: bool, is_other: bool, is_new_rule: bool, today: date
) -> tuple[Kind, Severity] | None:
    """Decide about eleven digits."""
    kind, remainder = kind_of(number), remainder_of(number)
    if kind is None:
        return None
    if remainder is None:
        # The check digits catch a slip of the finger, so a label is what still tells that it was meant as a number.
        is_slip = is_labelled and kind not in {Kind.TEST_NUMBER, Kind.FH_NUMBER}
        return (Kind.MISTYPED_NUMBER, Severity.WARN) if is_slip else None
    if kind is not Kind.TEST_NUMBER and not is_new_rule and not (remainder == 0 and _is_born(number, kind, today)):
        # No such number is in use yet: a hint beside a label, otherwise four times as many false alarms.
        return (kind, Severity.WARN) if is_labelled else None
    return kind, SEVERITIES[kind][0 if is_labelled else 1 if is_other else 2]


_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_TEST_MONTHS = (65, 80)  # the health network's and the tax administration's persons who do not exist


def remainder_of(number: str) -> int | None:
    """Give the first check digit's remainder: 0 today, 0–3 from 2032. None when the check digits are wrong."""
    digits = [int(digit) for digit in number]
    if sum(weight * digit for weight, digit in zip(_SECOND_WEIGHTS, digits, strict=True)) % 11:
        return None
    remainder = sum(weight * digit for weight, digit in zip(_FIRST_WEIGHTS, digits[:10], strict=True)) % 11
    return remainder if remainder <= 3 else None


def kind_of(number: str) -> Kind | None:
    """Tell the kind by the date in it: day + 40 is a D-number, month + 40 a help number, + 65 and + 80 are tests."""
    if number[0] in "89":
        return Kind.FH_NUMBER
    day, month, year = int(number[:2]), int(number[2:4]), int(number[4:6])
    is_d = day > 40
    for offset in (0, 40, *_TEST_MONTHS):
        if 1 <= month - offset <= 12 and _is_date(day - 40 * is_d, month - offset, 2000 + year):
            if offset in _TEST_MONTHS:
                return Kind.TEST_NUMBER
            return Kind.H_NUMBER if offset else Kind.D_NUMBER if is_d else Kind.IDENTITY_NUMBER
    return None


def _is_date(day: int, month: int, year: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_born(number: str, kind: Kind, today: date) -> bool:
    """Tell whether the individual digits fit the year and the person can have been born; true until 2032."""
    if kind is Kind.FH_NUMBER:
        return True
    day, month, year = int(number[:2]) % 40, int(number[2:4]) % 40, int(number[4:6])
    century = _century(year, int(number[6:9]))
    return century is not None and _is_date(day, month, century + year) and date(century + year, month, day) <= today


def _century(year: int, individual: int) -> int | None:
    if individual < 500 or (individual >= 900 and year >= 40):
        return 1900
    if individual < 750 and year >= 54:
        return 1800
    return 2000 if year < 40 else None


_PATIENT = r"(?:pasient(?:en)?s?|pårør[ae]nde|parør[ae]nde|patient(?:'s)?|next of kin)"
_CAPITALISED = r"[A-ZÆØÅ][a-zæøåéèôöäü]{1,30}"
_MONTHS = r"(?:jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des)[a-z]{0,6}"

CUES = (
    (
        Kind.RECORD_NUMBER,
        re.compile(
            rf"{_WORD}(?i:pasient-?(?:nr|nummer|id)|npr(?:-?(?:nr|nummer|id))?|rekvisisjons?-?(?:nr|nummer|id)"
            rf"|prøve-?(?:nr|nummer|id)|journal-?(?:nr|nummer|id)|patient (?:number|id)|record number)"
            rf"[ .:#=]{{0,3}}(\d{{4,12}})(?!\d)"
        ),
    ),
    (
        Kind.BIRTH_DATE,
        re.compile(
            rf"{_WORD}(?i:f\.|f(?:ø|oe?)d[td]|f(?:ø|oe?)dselsdato|born)[ .:]{{0,3}}(?i:den )?"
            rf"(\d\d?[./\- ]{{1,2}}(?:\d\d?|(?i:{_MONTHS}))[./\- ]{{1,2}}(?:\d{{4}}|\d\d)(?!\d))"
        ),
    ),
    (
        Kind.PHONE,
        re.compile(
            rf"{_WORD}(?i:{_PATIENT}){_END}[^\d\n]{{0,40}}?(?<!\d)"
            rf"((?:\+47 ?|0047 ?)?[49]\d(?:\d{{6}}|\d \d\d \d{{3}}|(?: \d\d){{3}}))(?!\d)"
        ),
    ),
    (
        Kind.NAME,
        re.compile(
            rf"{_WORD}(?i:{_PATIENT}){_END}[ :,]{{1,3}}(?:(?:heiter|heter|ved namn|ved navn|named|er) )?"
            rf"({_CAPITALISED}[ \-]{_CAPITALISED}){_END}"
        ),
    ),
)


def _cues(text: str) -> Iterator[tuple[int, int, Kind, Severity]]:
    for kind, cue in CUES:
        for match in cue.finditer(text):
            yield *match.span(1), kind, Severity.WARN
