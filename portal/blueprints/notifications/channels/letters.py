"""Puts mails into the words of their receiver. One text template a kind; the HTML is made from the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from portal.blueprints.notifications import rules
from portal.blueprints.notifications.ports import Draft, Letter
from portal.core import i18n, links, tokens
from portal.core.settings import current_settings

FOLDER = Path(__file__).parents[3] / "templates"
# Of the addresses in a mail only our own become links: what somebody wrote in a title leads nobody astray.
ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of a line: words, or one of our own addresses."""

    text: str
    is_link: bool


def write(draft: Draft) -> Letter:
    """Write the letter: subject, plain text and HTML."""
    template = environment().get_template(draft.template)
    words = {**draft.params, "name": draft.name.split(" ")[0], "locale": draft.locale, "base_url": _base_url()}
    context = template.new_context(words)
    subject = rules.one_line("".join(template.blocks["subject"](context)))
    text = template.render(words).strip() + "\n"
    page = environment().get_template("mail/layout.html")
    html = page.render(paragraphs=_paragraphs(text), subject=subject, locale=draft.locale)
    return Letter(
        message_id=draft.message_id,
        name=draft.name,
        address=draft.address,
        subject=subject,
        text=text,
        html=html,
        locale=draft.locale,
        root_id=draft.root_id,
        choices=links.absolute("notifications.choices", {}) if draft.told else "",
        calendar=draft.calendar,
        calendar_method=draft.calendar_method,
    )


@cache
def environment() -> Environment:
    """Give the templates of mails: no request, no current person, nothing missing in silence."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True, disabled_extensions=("txt",), enabled_extensions=("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(_=_gettext, ngettext=_ngettext, link=_link, signed_link=_signed_link)
    made.filters.update(day=_day, short_day=_short_day, time=_time, moment=_moment, number=_number)
    return made


def _base_url() -> str:
    return current_settings().base_url.rstrip("/")


def _paragraphs(text: str) -> Sequence[Sequence[Sequence[Piece]]]:
    return [[_pieces(line) for line in paragraph.splitlines()] for paragraph in re.split(r"\n\s*\n", text.strip())]


def _pieces(line: str) -> Sequence[Piece]:
    pieces, end = [], 0
    for found in ADDRESS.finditer(line):
        if found[0].startswith(_base_url() + "/"):
            pieces += [Piece(text=line[end : found.start()], is_link=False), Piece(text=found[0], is_link=True)]
            end = found.end()
    return [piece for piece in [*pieces, Piece(text=line[end:], is_link=False)] if piece.text]


def _link(endpoint: str, **values: int | str) -> str:
    return links.absolute(endpoint, values)


def _signed_link(endpoint: str, purpose: str, *values: int | str) -> str:
    # Written into the letter as it leaves: the row of the mail holds ids, and no key to anything.
    return links.absolute(endpoint, {"token": tokens.sign(purpose, values)})


@pass_context
def _gettext(context: Context, message: str, **params: Any) -> str:
    return i18n.text(message, context["locale"], **params)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, n: int, **params: Any) -> str:
    return i18n.plural(singular, plural, n, context["locale"], **params)


def _when(value: datetime | str) -> datetime:
    # The parameters of a mail lie in its row as JSON, where a moment is text.
    return datetime.fromisoformat(value) if isinstance(value, str) else value


@pass_context
def _day(context: Context, value: datetime | str) -> str:
    return i18n.format_day(_when(value), context["locale"])


@pass_context
def _short_day(context: Context, value: datetime | str) -> str:
    return i18n.format_short_day(_when(value), context["locale"])


@pass_context
def _time(context: Context, value: datetime | str) -> str:
    return i18n.format_time(_when(value), context["locale"])


@pass_context
def _moment(context: Context, value: datetime | str) -> str:
    return i18n.format_moment(_when(value), context["locale"])


@pass_context
def _number(context: Context, value: float) -> str:
    return i18n.format_number(value, context["locale"])
