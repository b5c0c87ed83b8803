"""Big incidents: the list, opening one, and what those who lead it write. The page of one is its thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.models.posts import Question
from portal.blueprints.questions.queries import tags, threads
from portal.blueprints.urgent.forms.incidents import ClosingForm, HeadlineForm, OpeningForm, WordForm
from portal.blueprints.urgent.models.incidents import Incident
from portal.blueprints.urgent.queries import banners
from portal.blueprints.urgent.queries import calls as reading_calls
from portal.blueprints.urgent.queries import incidents as reading
from portal.blueprints.urgent.rules import incidents as rules
from portal.blueprints.urgent.service import following, incidents
from portal.blueprints.urgent.service.incidents import AlreadyOpen
from portal.blueprints.urgent.views import banner
from portal.blueprints.urgent.views.banner import bp_incidents as bp
from portal.core import clock
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_, format_time
from portal.core.paging import LARGEST
from portal.web import templating
from portal.web.auth import signed_in, viewer
from portal.web.forms import GuardedForm, form_key
from portal.web.fragments import flash, go, wants_fragment
from portal.web.i18n import _, locale
from portal.web.transactions import commits


@bp.get("/hjelp/hendingar")
@signed_in
def index() -> ResponseReturnValue:
    """Show what goes on, and what is over."""
    cursor = request.args.get("etter")
    return render_template("urgent/incidents.html", page=reading.past(viewer(), cursor=cursor), cursor=cursor)


@bp.get("/hjelp/hending/<int:incident_id>")
@signed_in
def incident(incident_id: int) -> ResponseReturnValue:
    """Lead to the thread, where everything of it stands."""
    return go(_thread(reading.get_incident(viewer(), incident_id)))


def _thread(found: Incident) -> str:
    return url_for("questions.thread", question_id=found.question_id)


@bp.route("/hjelp/hending/ny", methods=["GET", "POST"])
@signed_in
@commits
def opening() -> ResponseReturnValue:
    """Open a big incident: afresh, from a question (?sporsmal=), from a call (?rop=), about a system (?emne=)."""
    question_id, call_id = _number("sporsmal", request.args), _number("rop", request.args)
    question = threads.get_question(viewer(), question_id) if question_id else None
    if call_id:
        reading_calls.get_call(viewer(), call_id)
    form, known = _opening_form(question), None
    if form.validate_on_submit():
        try:
            opened = _open(form, question_id, call_id)
        except AlreadyOpen as refusal:
            known = reading.get_incident(viewer(), refusal.incident_id)
        except Invalid as error:
            form.refuse(error)
        else:
            return go(_thread(opened))
    page = render_template("urgent/open_incident.html", form=form, question=question, call_id=call_id, known=known)
    return make_response(page, 409 if known else 422 if form.is_submitted() else 200)


def _opening_form(question: Question | None) -> OpeningForm:
    about = question.tags[0].slug if question and question.tags else request.args.get("emne", "")[:40]
    known = tags.tags()
    form = OpeningForm(headline=question.title if question else "", tag=about, key=form_key())
    form.tag.choices = [("", _("Nothing in particular")), *((tag.slug, tag.name(locale())) for tag in known)]
    if form.tag.data not in {tag.slug for tag in known} and not form.is_submitted():
        form.tag.data = ""
    return form


def _open(form: OpeningForm, question_id: int, call_id: int) -> Incident:
    asked: dict[str, Any] = {
        "headline": form.text("headline"),
        "accepts": form.accepts,
        "is_another": request.form.get("is_another") == "1",
    }
    if question_id:
        return incidents.open_from_question(viewer(), question_id, **asked)
    asked |= {"words": form.text("words"), "key": form.key.data or None}
    if call_id:
        return incidents.open_from_call(viewer(), call_id, **asked)
    return incidents.open_afresh(viewer(), tag=form.tag.data or "", **asked)


def _number(name: str, said: Mapping[str, str]) -> int:
    """Read an id from the address, or from the form."""
    given = said.get(name, "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 11 else 0
    return number if number <= LARGEST else 0


@bp.post("/hjelp/hending/<int:incident_id>/med")
@signed_in
@commits
def following_along(incident_id: int) -> ResponseReturnValue:
    """Follow along, or no longer; a hand of one's own that is up comes down with it."""
    if request.form.get("on") == "0":
        following.no_longer(viewer(), incident_id)
        return _pressed(incident_id)
    call_id = _number("rop", request.form) or None
    found = following.follow(viewer(), incident_id, call_id)
    if call_id or not wants_fragment():
        flash(N_("You follow it. We tell you when something new is known."))
        return go(_thread(found))
    return _pressed(incident_id)


def _pressed(incident_id: int) -> ResponseReturnValue:
    if wants_fragment() or request.form.get("back"):
        return banner.answer_to_press()
    return go(_thread(reading.get_incident(viewer(), incident_id)))


@bp.route("/hjelp/hending/<int:incident_id>/ord", methods=["GET", "POST"])
@signed_in
@commits
def word(incident_id: int) -> ResponseReturnValue:
    """Say how it goes."""
    found, form = _to_lead(incident_id), word_form()
    if form.validate_on_submit():
        try:
            incidents.say(
                viewer(),
                incident_id,
                words=form.text("words"),
                next_word_in=form.next_word_in.data,
                key=form.key.data or None,
                accepts=form.accepts,
            )
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            return go(_thread(found))
    return _written("urgent/incident_word.html", found, form)


def word_form() -> WordForm:
    """Give the form in which one says how it goes."""
    form = WordForm(key=form_key())
    moments = [(minutes, clock.now() + timedelta(minutes=minutes)) for minutes in rules.NEXT_WORD_IN]
    form.next_word_in.choices = [
        ("", _("I cannot say yet")),
        *((str(minutes), _("At %(time)s", time=format_time(at, locale()))) for minutes, at in moments),
    ]
    return form


@bp.route("/hjelp/hending/<int:incident_id>/overskrift", methods=["GET", "POST"])
@signed_in
@commits
def headline(incident_id: int) -> ResponseReturnValue:
    """Change the headline."""
    found = _to_lead(incident_id)
    form = HeadlineForm(obj=found)
    if form.validate_on_submit():
        try:
            incidents.head(viewer(), incident_id, headline=form.text("headline"), accepts=form.accepts)
        except Invalid as error:
            form.refuse(error)
        else:
            return go(_thread(found))
    return _written("urgent/incident_headline.html", found, form)


@bp.route("/hjelp/hending/<int:incident_id>/slutt", methods=["GET", "POST"])
@signed_in
@commits
def closing(incident_id: int) -> ResponseReturnValue:
    """Say that it is over."""
    found, form = _to_lead(incident_id), ClosingForm(key=form_key())
    if form.validate_on_submit():
        try:
            incidents.close(
                viewer(), incident_id, words=form.text("words"), key=form.key.data or None, accepts=form.accepts
            )
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            flash(N_("It is over. Everybody who followed along is told."))
            return go(_thread(found))
    return _written("urgent/incident_closing.html", found, form)


@bp.post("/hjelp/hending/<int:incident_id>/gjenopning")
@signed_in
@commits
def reopening(incident_id: int) -> ResponseReturnValue:
    """Open it again."""
    return go(_thread(incidents.reopen(viewer(), incident_id)))


def _to_lead(incident_id: int) -> Incident:
    found = reading.get_incident(viewer(), incident_id)
    if not incidents.may_lead(viewer(), found):
        raise NotAllowed(N_("Only the one who opened it, organisers and administrators can do that."))
    return found


def _written(template: str, found: Incident, form: GuardedForm) -> ResponseReturnValue:
    page = render_template(template, form=form, incident=found)
    return make_response(page, 422 if form.is_submitted() else 200)


def _head(question: Question) -> str:
    """Write the head of an incident on top of its thread; nothing on any other, without asking the database."""
    found = reading.find_newest(question.id) if question.id in banners.board().question_ids else None
    if found is None:
        return ""
    return templating.piece(
        "urgent/_incident_head.html",
        incident=found,
        said=reading.said(found.id),
        notice=next((each for each in banner.shown().notices if each.banner.id == found.id), None),
        may_lead=incidents.may_lead(viewer(), found),
        form=word_form() if found.closed_at is None and request.method == "GET" else None,
    )


def _opening_url(question: Question) -> str:
    """Give where a question becomes a big incident; nothing where it is one."""
    is_one = any(each.banner.question_id == question.id for each in banner.shown().notices)
    return "" if is_one or question.is_locked else url_for("incidents.opening", sporsmal=question.id)


templating.provide("thread_head", lambda: _head)
templating.provide("incident_opening", lambda: _opening_url)
