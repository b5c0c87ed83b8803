"""Erasing somebody who has left, and the list of those who have been erased."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.privacy import queries
from portal.blueprints.privacy.forms import EraseOtherForm
from portal.blueprints.privacy.service import erasures
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.parts import part_of
from portal.web.templating import piece
from portal.web.transactions import commits

bp_admin = Blueprint("privacy_admin", __name__, url_prefix="/styring/sletting")
navigation.register(
    "privacy_admin.erasures_done", N_("Erased"), icon="shield-lock", order=50, menu="admin", permission="people.manage"
)


@bp_admin.get("/")
@may("people.manage")
def erasures_done() -> ResponseReturnValue:
    """List the erasures: numbers and moments. After a backup is brought back, these are to be done again."""
    return render_template("privacy/erasures.html", erasures=queries.erasures())


@bp_admin.route("/<int:person_id>", methods=["GET", "POST"])
@may("people.manage")
@commits
def erase(person_id: int) -> ResponseReturnValue:
    """Say what erasing somebody means who has left, and do it."""
    person = people.get_person(person_id)
    form = EraseOtherForm()
    if form.validate_on_submit():
        try:
            erasures.begin_for(viewer(), person_id, typed=form.name.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("It is being erased. As a rule that takes less than a minute."))
            return go(url_for("privacy_admin.erasures_done"))
    status = 422 if form.is_submitted() else 200
    left = {"stays": queries.what_stays(), "leaves_rows": queries.leaves_rows()}
    return render_template("privacy/erase_other.html", form=form, person=person, **left), status


@part_of("staff.person", order=90)
def erase_card(person: Person) -> Markup | None:
    """Lead from the page of somebody who has left to erasing them."""
    return None if person.is_active else piece("privacy/_staff.html", person=person)
