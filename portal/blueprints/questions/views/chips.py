"""What was understood of a search, in words, each with a way to take it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.blueprints.questions.queries.searching import MYSELF, Understood
from portal.blueprints.questions.rules import operators
from portal.blueprints.questions.rules.operators import ANSWERS_MOST, Kind, Term
from portal.blueprints.questions.rules.states import Shown
from portal.core import i18n
from portal.core.i18n import N_
from portal.web.i18n import _, locale

STATES = {
    Shown.OPEN: N_("Waiting"),
    Shown.LOOKED_AT: N_("Someone is looking at it"),
    Shown.NEEDS_INFO: N_("Needs to know more"),
    Shown.REOPENED: N_("Opened again"),
    Shown.ANSWERED: N_("Answered"),
    Shown.SOLVED: N_("Solved"),
    Shown.DUPLICATE: N_("Asked before"),
}


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One part of a search as it was understood, and the address of the search without it."""

    label: str
    url: str


def chips(understood: Understood, url_of: Callable[[str], str]) -> list[Chip]:
    """Say what was understood."""
    terms = understood.parsed.terms
    return [
        Chip(label=_words(term, understood), url=url_of(operators.without(terms, place)))
        for place, term in enumerate(terms)
    ]


def unknown_words(understood: Understood) -> list[str]:
    """Say kindly what was taken in another way than it may have been meant."""
    said = [
        _("«%(name)s» is no filter here, so we look for it as words.", name=name) for name in understood.parsed.misread
    ]
    for term in understood.unknown:
        kind = (
            N_("There is no subject called «%(name)s».")
            if term.kind is Kind.TAG
            else N_("Nobody here is called «%(name)s».")
        )
        said.append(_(kind, name=term.text))
    return said


def _words(term: Term, understood: Understood) -> str:
    words = _plain(term, understood)
    return _("Without: %(what)s", what=words) if term.is_excluded else words


def _plain(term: Term, understood: Understood) -> str:
    if term.kind is Kind.WORD:
        return f"«{term.text}»" if term.is_phrase else term.text
    if term.kind is Kind.TAG:
        tag = understood.tags.get(term.text.lower())
        return _("Subject: %(name)s", name=tag.name(locale()) if tag else term.text)
    if term.kind is Kind.AUTHOR:
        return _("From: %(name)s", name=_("me") if term.text.lower() in MYSELF else term.text)
    if term.kind is Kind.STATUS:
        return _(STATES[operators.find_state(term.text) or Shown.OPEN])
    return _answers(term.text) if term.kind is Kind.ANSWERS else _day(term)


def _answers(text: str) -> str:
    low, high = operators.find_bounds(text) or (0, ANSWERS_MOST)
    if high <= 0:
        return _("No answers")
    if low == high:
        return _("Answers: %(count)s", count=low)
    if high >= ANSWERS_MOST:
        return _("Answers: %(count)s or more", count=low)
    return _("Answers: %(count)s or fewer", count=high)


def _day(term: Term) -> str:
    day = operators.find_day(term.text)
    shown = i18n.format_day(day, locale()) if day else term.text
    return _("From %(day)s on", day=shown) if term.kind is Kind.AFTER else _("Before %(day)s", day=shown)
