"""The strip at the foot of every page: one's own hand, what rings, and whom one is helping."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from flask import g, request
from flask.typing import ResponseReturnValue

from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Face
from portal.blueprints.people.queries import Way
from portal.blueprints.urgent.models.choices import RingChoice
from portal.blueprints.urgent.queries import calls
from portal.blueprints.urgent.queries.calls import Line
from portal.blueprints.urgent.rules import ring
from portal.blueprints.urgent.views.blueprint import bp
from portal.core import clock
from portal.core.settings import current_settings
from portal.web import auth, templating
from portal.web.auth import signed_in
from portal.web.fragments import piece_of
from portal.web.i18n import locale

PAGE_OF_A_CALL = re.compile(r"/hjelp/rop/([0-9]{1,9})")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the strip shows one reader on one page."""

    own: Line | None = None
    helping: Line | None = None
    ringing: Sequence[Line] = ()
    offered: Sequence[Line] = ()
    ways: Mapping[int, Way] = field(default_factory=dict)  # to the other one, by call
    choice: RingChoice | None = None  # how it rings; asked for only where something does

    @property
    def is_quiet(self) -> bool:
        """Tell whether there is nothing to show."""
        return not (self.own or self.helping or self.ringing or self.offered)


def shown() -> Shown:
    """Give the strip of whoever looks; looked up once for a page."""
    if "help_strip" not in g:
        g.help_strip = _look()
    found: Shown = g.help_strip
    return found


templating.provide("help_strip", shown)


def _look() -> Shown:
    viewer = auth.find_viewer()
    if viewer is None:  # the style guide is for strangers too
        return Shown()
    strip = calls.strip(viewer)
    if strip.is_quiet:
        return Shown()
    page = _call_of_the_page()
    rings = bool(strip.ringing or strip.offered)
    found = Shown(
        own=strip.own if strip.own and strip.own.id != page else None,
        helping=strip.helping if strip.helping and strip.helping.id != page else None,
        ringing=strip.ringing,
        offered=strip.offered,
        choice=calls.choice_of(viewer.id) if rings else None,
    )
    return replace(found, ways=_ways(found))


def _ways(found: Shown) -> Mapping[int, Way]:
    others: dict[int, Face] = {}
    if found.helping:
        others[found.helping.id] = found.helping.asker
    if found.own and found.own.taken_by:
        others[found.own.id] = found.own.taken_by
    return {call_id: calls.way_to_talk(people.get_person(face.id)) for call_id, face in others.items()}


def _call_of_the_page() -> int | None:
    """Tell which call the page itself shows: the strip need not say the same."""
    path = request.path if not request.headers.get("HX-Request") else urlsplit(_page()).path
    match = PAGE_OF_A_CALL.match(path)
    return int(match[1]) if match else None


def _page() -> str:
    return request.headers.get("HX-Current-URL", "")


def again(said: str = "", *, is_refusal: bool = False, over_id: int | None = None) -> str:
    """Write the strip as it is now, and in the corner what became of a press, where the next look leaves it."""
    found = _look()
    # Without what every other piece of a page looks up as well: all the browsers of the desk ask for this at once.
    strip = "" if found.is_quiet else templating.line("urgent/_strip.html", help=found, locale=locale())
    if not said:
        return strip
    return strip + templating.line("urgent/_said.html", said=said, is_refusal=is_refusal, over_id=over_id)


@bp.get("/hjelp/stripe")
@signed_in
@piece_of("urgent.index")
def strip() -> ResponseReturnValue:
    """Give the strip again, when something has happened."""
    return again()


@bp.app_template_global()
def elapsed(since: datetime) -> int:
    """Tell how many whole seconds have passed; the clock on the page goes on from there."""
    return max(0, int((clock.now() - since).total_seconds()))


@bp.app_template_global()
def rings_all(line: Line) -> bool:
    """Tell whether a call has reached everybody at work."""
    return ring.circle(elapsed(line.rung_at)) >= ring.LAST


@bp.app_template_global()
def duty_phone() -> str:
    """Give the number to call when nobody at the desk is free; nothing where there is none."""
    return current_settings().duty_phone
