"""Keeping the tags in order, for organisers and administrators."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.forms.tags import COLORS, CheckForm, MergeForm, TagForm
from portal.blueprints.questions.queries import tags as reading
from portal.blueprints.questions.service import checks, tags
from portal.blueprints.questions.views.blueprint import bp
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import _, locale
from portal.web.transactions import commits

navigation.register(
    "questions.tag_care", N_("Subjects"), icon="tag", order=31, menu="admin", permission="questions.tags"
)


@bp.get("/styring/emne")
@may("questions.tags")
def tag_care() -> ResponseReturnValue:
    """List the tags."""
    return render_template(
        "questions/tag_care.html",
        tags=reading.tags(),
        synonyms=reading.synonyms_by_tag(),
        counts=reading.question_counts(),
    )


@bp.route("/styring/emne/nytt", methods=["GET", "POST"])
@may("questions.tags")
@commits
def new_tag() -> ResponseReturnValue:
    """Make a tag."""
    return _edit(None, TagForm(color="neutral"))


@bp.route("/styring/emne/<int:tag_id>", methods=["GET", "POST"])
@may("questions.tags")
@commits
def tag_settings(tag_id: int) -> ResponseReturnValue:
    """Show a tag, and change it."""
    tag = reading.get_tag(tag_id)
    return _edit(tag_id, TagForm(obj=tag, synonyms=", ".join(reading.synonyms(tag_id))))


@bp.post("/styring/emne/<int:tag_id>/samanslaing")
@may("questions.tags")
@commits
def merging_of_tags(tag_id: int) -> ResponseReturnValue:
    """Put a tag into another one."""
    form = _merge_form(tag_id)
    if not form.validate():
        raise Invalid(N_("Choose the tag that this one is put into."))
    target = tags.merge(viewer(), tag_id, form.target.data)
    flash(N_("Everything about it now stands under %(name)s."), name=target.name(locale()))
    return go(url_for("questions.tag_settings", tag_id=target.id))


@bp.post("/styring/emne/<int:tag_id>/sjekk")
@may("questions.tags")
@commits
def checking_of_tag(tag_id: int) -> ResponseReturnValue:
    """Have every answer about a tag looked at again, or no longer."""
    slug = reading.get_tag(tag_id).slug
    if request.form.get("on") == "0":
        checks.end_check(viewer(), slug)
        flash(N_("The answers are as good as they were."))
        return go(url_for("questions.tag_settings", tag_id=tag_id))
    form = CheckForm()
    if not form.validate():
        return _page(tag_id, TagForm(formdata=None, obj=reading.get_tag(tag_id)), check=form, status=422)
    checks.ask_for_check(viewer(), slug, reason=form.reason.data)
    flash(N_("Older answers now say that they want a look."))
    return go(url_for("questions.tag_settings", tag_id=tag_id))


def _edit(tag_id: int | None, form: TagForm) -> ResponseReturnValue:
    form.color.choices = [(color, _(label)) for color, label in COLORS]
    if form.validate_on_submit():
        try:
            tag = tags.save(viewer(), tag_id, **form.values())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("questions.tag_settings", tag_id=tag.id))
    return _page(tag_id, form, check=CheckForm(formdata=None), status=422 if form.is_submitted() else 200)


def _page(tag_id: int | None, form: TagForm, *, check: CheckForm, status: int) -> ResponseReturnValue:
    form.color.choices = [(color, _(label)) for color, label in COLORS]
    page = render_template(
        "questions/tag_settings.html",
        form=form,
        check=check,
        merge=_merge_form(tag_id) if tag_id else None,
        tag=reading.get_tag(tag_id) if tag_id else None,
    )
    return page, status


def _merge_form(tag_id: int) -> MergeForm:
    form = MergeForm()
    form.target.choices = [(tag.id, tag.name(locale())) for tag in reading.tags() if tag.id != tag_id]
    return form
