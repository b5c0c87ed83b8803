"""The front page, and a sign of life for those who watch over the portal."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.blueprints.checkins.queries import wall
from portal.blueprints.events.queries import outlooks
from portal.blueprints.home import rules
from portal.blueprints.home.rules import PartOfDay
from portal.blueprints.questions.queries import lists as questions
from portal.core import clock, jobs
from portal.core.i18n import N_, format_day
from portal.web import navigation
from portal.web.auth import public, signed_in, viewer
from portal.web.fragments import piece_of
from portal.web.i18n import _, locale, ngettext

NEWEST = 8
GREETINGS = {
    PartOfDay.NIGHT: N_("Up late, %(name)s?"),
    PartOfDay.MORNING: N_("Good morning, %(name)s"),
    PartOfDay.DAY: N_("Good day, %(name)s"),
    PartOfDay.EVENING: N_("Good evening, %(name)s"),
}
bp = Blueprint("home", __name__)
navigation.register("home.front", N_("Home"), icon="home", order=10)


@bp.get("/")
@signed_in
def front() -> ResponseReturnValue:
    """Show what is on now, for whoever looks."""
    return render_template(
        "home/front.html",
        greeting=_(GREETINGS[rules.part_of_day(clock.wall(clock.now()).hour)], name=viewer().first_name),
        questions=questions.newest(viewer(), NEWEST),
        evenings=outlooks.next_evenings(viewer(), 4),
        joys=wall.latest_joys(viewer(), 3),
    )


@bp.app_template_global()
def lead_of(at_work: int) -> str:
    """Say which day it is and, where anybody is, how many are at work too."""
    day = format_day(clock.now(), locale())
    together = ngettext("%(n)s colleague is at work with you", "%(n)s colleagues are at work with you", at_work)
    words = f"{day} · {together}" if at_work else day
    return words[:1].upper() + words[1:]


@bp.get("/nye-sporsmal")
@signed_in
@piece_of("home.front")
def new_questions() -> ResponseReturnValue:
    """Give the newest questions again, when something has changed."""
    return render_template("home/_questions.html", questions=questions.newest(viewer(), NEWEST))


@bp.get("/helse")
@public
def health() -> ResponseReturnValue:
    """Say that the portal and its database are up; nothing more, for anybody may ask."""
    jobs.is_reachable()
    return {"status": "ok"}
