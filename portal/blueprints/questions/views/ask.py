"""Asking, and changing what one asked."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.posts import AskForm, QuestionEditForm, QuestionForm
from portal.blueprints.questions.models.tags import Tag
from portal.blueprints.questions.queries import authors, shorts, tags, threads
from portal.blueprints.questions.rules import posts as rules
from portal.blueprints.questions.service import asking
from portal.blueprints.questions.views.blueprint import bp
from portal.blueprints.questions.views.conflicts import Theirs, find_theirs
from portal.blueprints.questions.views.drafts import forget_draft
from portal.blueprints.questions.views.pictures import with_picture
from portal.blueprints.questions.views.skills import colleague_choices, tag_choices
from portal.blueprints.search import queries as search
from portal.blueprints.search.queries import Hit
from portal.core import markdown
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.i18n import N_
from portal.core.patient_data import PatientData, check
from portal.web import bounds, navigation
from portal.web.auth import signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import flash, go, piece_of, wants_fragment
from portal.web.i18n import _, locale
from portal.web.transactions import commits

SHORTEST = 3  # characters; fewer are like everything
LOOKED_THROUGH = ("question", "article")
SHORT_FORMS = {"question": "questions.short", "article": "knowledge.short"}  # by the kind of what was found


def _with_choices(form: QuestionForm) -> QuestionForm:
    form.tags.choices = [(tag.slug, tag.name(locale())) for tag in tags.tags()]
    return form


@bp.route("/sporsmal/nytt", methods=["GET", "POST"])
@signed_in
@commits
def ask() -> ResponseReturnValue:
    """Ask: one field is enough, and Enter sends it."""
    form = _with_choices(_empty_form())
    if form.validate_on_submit():
        try:
            question = asking.ask(
                viewer(),
                title=form.text("title"),
                body=with_picture(form.text("body")),
                tags=form.tags.data or (),
                key=form.key.data or None,
                accepts=form.accepts,
                addressee_id=form.addressee.data,
                asked_tag=form.asked_tag.data or "",
                is_easy=form.is_easy.data,
                is_anonymous=form.is_anonymous.data,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            forget_draft()
            return _asked(url_for("questions.thread", question_id=question.id))
    page = "questions/_quick.html" if _is_quick() else "questions/ask.html"
    return render_template(page, form=form, asked=""), 422 if form.is_submitted() else 200


def _empty_form() -> AskForm:
    """Give the form with what the address says: a title, a subject (?tag=), and its text to begin from (?mal=)."""
    wanted = request.args.get("mal", "") or request.args.get("tag", "")
    about = next(iter(tags.tags_by_slug([wanted[:40]])), None)
    form = AskForm(
        title=request.args.get("title", "")[:150],
        body=about.template if about and "mal" in request.args else "",
        tags=[about.slug] if about else [],
        key=form_key(),
    )
    form.addressee.choices = [("", _("Everybody")), *colleague_choices()]
    form.asked_tag.choices = [("", _("Nobody in particular")), *tag_choices()]
    return form


@bp.app_template_global()
def tag_templates() -> list[Tag]:
    """Give the subjects that have a text to begin a question from."""
    return [tag for tag in tags.tags() if tag.template]


def _is_quick() -> bool:
    """Tell whether it was asked in the field that opens over any page, which stays open where one is."""
    return wants_fragment() and "quick" in request.form


def _asked(address: str) -> ResponseReturnValue:
    if _is_quick():
        return render_template("questions/_quick.html", form=None, asked=address)
    flash(N_("Your question is out. Your colleagues see it now."))
    return go(address)


@bp.route("/sporsmal/<int:question_id>/endring", methods=["GET", "POST"])
@signed_in
@commits
def edit(question_id: int) -> ResponseReturnValue:
    """Add details to a question, or mend it."""
    question = threads.get_question(viewer(), question_id)
    if not rules.may_edit(
        is_author=authors.is_author(viewer(), question),
        is_moderator=viewer().may("questions.moderate"),
        is_locked=question.is_locked,
    ):
        raise NotAllowed(N_("Only the one who wrote this can change it."))
    form = _with_choices(QuestionEditForm(obj=question, tags=[tag.slug for tag in question.tags]))
    theirs: Theirs | None = None
    if form.validate_on_submit():
        try:
            asking.edit_question(
                viewer(),
                question_id,
                title=form.text("title"),
                body=with_picture(form.text("body")),
                tags=form.tags.data or (),
                version=form.version.data or 0,
                accepts=form.accepts,
            )
        except (Invalid, Conflict) as error:
            form.refuse(error)
            theirs = find_theirs(error, form, question)
        else:
            return go(url_for("questions.thread", question_id=question_id))
    page = render_template("questions/edit.html", form=form, question=question, theirs=theirs)
    return page, 422 if form.is_submitted() else 200


@bp.get("/sporsmal/liknande")
@signed_in
@piece_of("questions.ask")
def similar() -> ResponseReturnValue:
    """Show what has been asked before and what is written about it, while somebody types."""
    bounds.look_up()
    text = request.args.get("title", "")[:150]
    # The same question may be shown below two fields of one page.
    prefix = "quick-" if "#quick-" in request.headers.get("HX-Target", "") else "like-"
    try:
        check(text)
    except PatientData as error:
        return render_template("questions/_similar.html", hits=[], warning=_(error.message), prefix=prefix)
    hits = search.similar(viewer(), text, kinds=LOOKED_THROUGH, limit=6) if len(text.strip()) >= SHORTEST else []
    return render_template("questions/_similar.html", hits=hits, warning="", prefix=prefix)


@bp.get("/sporsmal/<int:question_id>/kort")
@signed_in
@piece_of("questions.thread")
def short(question_id: int) -> ResponseReturnValue:
    """Show a question and what answers it, beside what one is writing."""
    found = shorts.short(viewer(), question_id)
    return render_template("questions/_short.html", question=found.question, answers=found.answers)


@bp.app_template_global()
def short_url(hit: Hit) -> str:
    """Give the address of the short form of something found; nothing when it has none."""
    endpoint = SHORT_FORMS.get(hit.kind, "")
    return navigation.page_of(endpoint, hit.ref) if endpoint in current_app.view_functions else ""


@bp.post("/sporsmal/forhandsvising")
@signed_in
@piece_of("questions.ask")
@commits
def preview() -> ResponseReturnValue:
    """Show how a text will look; nothing is kept."""
    return render_template("questions/_preview.html", text=markdown.to_html(request.form.get("body", "")[:8000]))
