"""How one wants to be rung, and to be spoken with."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.urgent.forms.calls import SOUNDS, WAYS, ChoiceForm
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules.calls import TalkBy
from portal.blueprints.urgent.service import choices
from portal.blueprints.urgent.views.blueprint import bp
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web.auth import signed_in, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import _
from portal.web.transactions import commits


@bp.route("/hjelp/val", methods=["GET", "POST"])
@signed_in
@commits
def ring_choices() -> ResponseReturnValue:
    """Choose a sound, how loud, a notice of the browser, and the way to talk."""
    form = _form()
    if form.validate_on_submit():
        try:
            choices.choose(
                viewer(),
                sound=form.sound.data,
                loudness=form.loudness.data,
                notifies=form.notifies.data,
                talk_by=TalkBy(form.talk_by.data),
                extension=form.extension.data or "",
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("Saved."))
            return go(url_for("urgent.ring_choices"))
    return render_template("urgent/choices.html", form=form), 422 if form.is_submitted() else 200


def _form() -> ChoiceForm:
    chosen = reading.choice_of(viewer().id)
    form = ChoiceForm(
        sound=chosen.sound if chosen.sound in SOUNDS else next(iter(SOUNDS)),
        loudness=chosen.loudness,
        notifies=chosen.notifies,
        talk_by=str(chosen.talk_by),
        extension=chosen.extension,
    )
    form.sound.choices = [(name, _(words)) for name, words in SOUNDS.items()]
    form.talk_by.choices = [(str(way), _(words)) for way, words in WAYS.items()]
    return form
