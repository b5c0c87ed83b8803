"""The page of those who like coffee with a colleague, and its part of the breathing space."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.coffee import queries
from portal.blueprints.coffee.forms import DAYS, RHYTHMS, BreakForm, TakingPartForm
from portal.blueprints.coffee.queries import MyWeek
from portal.blueprints.coffee.rules.times import Rhythm
from portal.blueprints.coffee.service import taking_part
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import _
from portal.web.parts import part_of
from portal.web.templating import piece
from portal.web.transactions import commits

bp = Blueprint("coffee", __name__, url_prefix="/pusterom/kaffi")
navigation.put_below("checkins", "coffee")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Show whom one meets this week, or what it is about."""
    week = queries.my_week(viewer())
    return _page(week, _form(week))


@bp.post("/paamelding")
@signed_in
@commits
def taking() -> ResponseReturnValue:
    """Take part, or choose anew how often and when."""
    form = TakingPartForm()
    form.offer()
    if not form.validate():
        return _page(queries.my_week(viewer()), form, status=422)
    is_new = queries.find_member(viewer().id) is None
    taking_part.take_part(viewer(), rhythm=Rhythm(form.rhythm.data), weekday=form.weekday.data)
    flash(_welcome() if is_new else N_("Saved."))
    return go(url_for("coffee.index"))


def _welcome() -> str:
    if queries.my_week(viewer()).company:
        return N_("You take part, and somebody is free this week already.")
    return N_("You take part. On Monday morning you hear whom you meet.")


@bp.post("/ikkje-no")
@signed_in
@commits
def not_now() -> ResponseReturnValue:
    """Let this week be."""
    taking_part.not_this_time(viewer())
    flash(N_("All right. Nobody asks why."))
    return go(url_for("coffee.index"))


@bp.post("/pause")
@signed_in
@commits
def resting() -> ResponseReturnValue:
    """Take a break."""
    form = BreakForm()
    form.offer()
    if not form.validate():
        week = queries.my_week(viewer())
        return _page(week, _form(week), status=422, break_form=form)
    taking_part.rest(viewer(), weeks=form.weeks.data)
    flash(N_("You have a break. Come back when you like."))
    return go(url_for("coffee.index"))


@bp.post("/framhald")
@signed_in
@commits
def coming_back() -> ResponseReturnValue:
    """End one's break."""
    taking_part.come_back(viewer())
    flash(N_("Welcome back. You are with us from the next Monday on."))
    return go(url_for("coffee.index"))


@bp.post("/avmelding")
@signed_in
@commits
def leaving() -> ResponseReturnValue:
    """Take part no more."""
    taking_part.leave(viewer())
    flash(N_("You do not take part any more, and whom you have met is forgotten."))
    return go(url_for("coffee.index"))


def _form(week: MyWeek) -> TakingPartForm:
    member = week.member
    chosen = {"rhythm": member.rhythm, "weekday": member.weekday} if member else {"rhythm": Rhythm.WEEKLY}
    form = TakingPartForm(formdata=None, **chosen)
    form.offer()
    return form


def _page(
    week: MyWeek, form: TakingPartForm, *, status: int = 200, break_form: BreakForm | None = None
) -> ResponseReturnValue:
    if break_form is None:
        break_form = BreakForm(formdata=None, weeks=2)
        break_form.offer()
    return render_template(
        "coffee/index.html", week=week, form=form, break_form=break_form, chosen=_chosen(week)
    ), status


def _chosen(week: MyWeek) -> str:
    if week.member is None:
        return ""
    rhythm = _(RHYTHMS[Rhythm(week.member.rhythm)])
    if week.member.weekday is None:
        return _(N_("%(often)s, any day"), often=rhythm)
    return _(N_("%(often)s, gladly on %(day)s"), often=rhythm, day=_(DAYS[week.member.weekday]))


@part_of("breathing.side", order=40)
def coffee_card() -> Markup:
    """Lead to coffee with a colleague, and say whom one meets this week."""
    return piece("coffee/_card.html", week=queries.my_week(viewer()))
