"""What one likes to be asked about."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.people import queries as people
from portal.blueprints.questions.forms.skills import SkillsForm
from portal.blueprints.questions.queries import skills as reading
from portal.blueprints.questions.queries import tags
from portal.blueprints.questions.rules.skills import Level
from portal.blueprints.questions.service import skills
from portal.blueprints.questions.views.blueprint import bp
from portal.core.i18n import N_
from portal.web import templating
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import locale
from portal.web.transactions import commits


@bp.route("/sporsmal/emna-mine", methods=["GET", "POST"])
@signed_in
@commits
def my_topics() -> ResponseReturnValue:
    """Say what one likes to be asked about, and what one wants to learn."""
    said = reading.declared(viewer().id)
    form = SkillsForm(
        knows=[tag.slug for tag in said[Level.KNOWS]],
        learning=[tag.slug for tag in said[Level.LEARNING]],
        by_answers=reading.is_asked_by_answers(viewer().id),
    )
    form.knows.choices = form.learning.choices = tag_choices()
    if form.validate_on_submit():
        skills.declare(viewer(), knows=form.knows.data, learning=form.learning.data, by_answers=form.by_answers.data)
        flash(N_("Saved."))
        return go(url_for("questions.my_topics"))
    return render_template("questions/my_topics.html", form=form), 422 if form.is_submitted() else 200


def tag_choices() -> list[tuple[str, str]]:
    """Give every tag for a choice, named in the reader's language."""
    return [(tag.slug, tag.name(locale())) for tag in tags.tags()]


def colleague_choices() -> list[tuple[str, str]]:
    """Give the colleagues that a question can be put to."""
    return [(str(person_id), name) for person_id, name in people.others(viewer())]


templating.provide("my_topics_url", lambda: url_for("questions.my_topics"))
