"""The banner on every page: what goes on now, folded by each reader until something new is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.blueprints.search import queries as search
from portal.blueprints.urgent.models.calls import HelpCall
from portal.blueprints.urgent.queries import banners
from portal.blueprints.urgent.queries import incidents as reading
from portal.blueprints.urgent.queries.banners import Board
from portal.blueprints.urgent.queries.calls import Line
from portal.blueprints.urgent.queries.incidents import Banner, Together
from portal.blueprints.urgent.rules import incidents as rules
from portal.core import clock
from portal.web import auth, templating
from portal.web.auth import safe_path, signed_in
from portal.web.fragments import piece_of, wants_fragment
from portal.web.i18n import _, locale
from portal.web.transactions import commits

bp_incidents = Blueprint("incidents", __name__)
PAGE_OF_A_THREAD = re.compile(r"/sporsmal/([0-9]{1,9})")
FOLDED = "folded"  # a cookie: which words of which incidents this browser has put away
LONGEST_COOKIE = 400
ALIKE = 8  # questions looked at for an incident in the same words


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One incident as a reader sees it."""

    banner: Banner
    is_followed: bool
    is_folded: bool
    is_here: bool = False  # on top of the page of its own thread, which says it all

    @property
    def next_word_at(self) -> object:
        """Give when the next word is promised; nothing once that has passed."""
        at = self.banner.next_word_at
        return at if at and at > clock.now() else None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the banner shows a reader."""

    notices: Sequence[Notice] = ()
    together: Sequence[Together] = ()
    say: str = ""  # to those who hear the page

    @property
    def first(self) -> Sequence[Notice]:
        """Give those that stand in the banner."""
        return self._elsewhere[: rules.SHOWN]

    @property
    def more(self) -> int:
        """Give how many do not."""
        return len(self._elsewhere) - len(self.first)

    @property
    def _elsewhere(self) -> Sequence[Notice]:
        return [each for each in self.notices if not each.is_here]


def shown() -> Shown:
    """Give the banner of whoever looks; looked up once for a page."""
    if "incidents_shown" not in g:
        g.incidents_shown = _look(banners.board()) if auth.find_viewer() else Shown()
    found: Shown = g.incidents_shown
    return found


templating.provide("incidents", shown)


def _look(board: Board, *, say: str = "", folded: frozenset[str] | None = None) -> Shown:
    viewer = auth.viewer()
    followed = reading.followed_by(viewer) if board.banners else frozenset()
    put_away = _folded() if folded is None else folded
    here = _thread_of_the_page()
    return Shown(
        notices=[
            Notice(
                banner=each,
                is_followed=each.id in followed,
                is_folded=each.signature in put_away,
                is_here=each.question_id == here,
            )
            for each in board.banners
        ],
        together=[each for each in board.together if viewer.may(rules.PERMISSION) or viewer.id in each.asker_ids],
        say=say,
    )


def _thread_of_the_page() -> int | None:
    """Tell which thread the page itself shows, also when only the banner of it is asked for."""
    path = urlsplit(request.headers.get("HX-Current-URL", "")).path if wants_fragment() else request.path
    match = PAGE_OF_A_THREAD.fullmatch(path)
    return int(match[1]) if match else None


def _folded() -> frozenset[str]:
    return frozenset(request.cookies.get(FOLDED, "")[:LONGEST_COOKIE].split("."))


@bp_incidents.app_template_global()
def incidents_to_follow(call: HelpCall | Line | None = None) -> Sequence[Notice]:
    """Give what a caller may be hit by and the viewer does not follow yet.

    Before a hand is raised that is all that goes on; beside one that is up, what is about the same system, or (on its
    page, where there are words to look at) what is written of in the same words.
    """
    found = [each for each in shown().notices if not each.is_followed]
    if call is None or not found:
        return found
    tag_id = call.tag.id if call.tag else None
    alike = _alike(call.text) if isinstance(call, HelpCall) else frozenset()
    return [
        each
        for each in found
        if each.banner.question_id in alike or rules.is_alike(tag_id, each.banner.tag.id if each.banner.tag else None)
    ]


def _alike(text: str) -> frozenset[int]:
    """Give the questions that are about the same as a text, by the search of the house."""
    return frozenset(hit.ref for hit in search.similar(auth.viewer(), text, kinds=("question",), limit=ALIKE))


@bp_incidents.get("/hjelp/hendingar/banner")
@signed_in
@piece_of("incidents.index")
def banner() -> ResponseReturnValue:
    """Give the banner again, read now; what the page had not shown before is said aloud."""
    board = banners.fresh()
    heard = set(request.args.getlist("heard"))
    words = [_in_words(each) for each in board.banners if each.signature not in heard]
    return _piece(_look(board, say=" ".join(words)))


def _in_words(each: Banner) -> str:
    about = f" ({each.tag.name(locale())})" if each.tag else ""
    return _("Big incident: %(title)s.", title=f"{each.headline}{about}") + f" {each.words}"


def _piece(found: Shown) -> Response:
    return make_response(render_template("urgent/_banner.html", incidents=found))


@bp_incidents.post("/hjelp/hendingar/brett")
@signed_in
@commits
def fold() -> ResponseReturnValue:
    """Fold an incident away until something new is said of it, or unfold it."""
    known = {each.signature for each in banners.fresh().banners}
    wanted = request.form.get("signature", "")
    kept = _folded() & known
    kept = kept | ({wanted} & known) if request.form.get("on") != "0" else kept - {wanted}
    answer = answer_to_press(folded=kept)
    answer.set_cookie(FOLDED, ".".join(sorted(kept)), httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def answer_to_press(*, folded: frozenset[str] | None = None) -> Response:
    """Give the banner again, or go back to where one was."""
    if not wants_fragment():
        return make_response(redirect(safe_path(request.form.get("back")), 303))
    return _piece(_look(banners.fresh(), folded=folded))
