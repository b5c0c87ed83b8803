"""The staff, seen by administrators: roles, links, and accounts that close."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.people import queries, service
from portal.blueprints.people.forms import ROLES, RolesForm, TeamForm
from portal.blueprints.people.models import Person
from portal.blueprints.people.rules import Role
from portal.core import links
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go
from portal.web.i18n import _
from portal.web.transactions import commits

bp_admin = Blueprint("people_admin", __name__, url_prefix="/styring/folk")
navigation.register(
    "people_admin.staff", N_("People"), icon="users", order=10, menu="admin", permission="people.manage"
)


@bp_admin.get("/")
@may("people.manage")
def staff() -> ResponseReturnValue:
    """List everybody, also those who have left."""
    text = request.args.get("q", "")[:100]
    page = queries.directory(text, cursor=request.args.get("etter"), everybody=True)
    return render_template("people/staff.html", page=page, text=text, roles=ROLES)


@bp_admin.route("/<int:person_id>", methods=["GET", "POST"])
@may("people.manage")
@commits
def person(person_id: int) -> ResponseReturnValue:
    """Show one person, and give roles."""
    person = queries.get_person(person_id)
    form = RolesForm(person.roles)
    if form.validate_on_submit():
        try:
            service.give_roles(viewer(), person, [Role(name) for name in form.roles.data])
        except Conflict as error:
            form.form_errors.append(_(error.message))
        else:
            flash(N_("Saved."))
            return go(url_for("people_admin.person", person_id=person.id))
    return _page_of(person, form=form, status=422 if form.is_submitted() else 200)


@bp_admin.post("/<int:person_id>/lag")
@may("people.manage")
@commits
def team(person_id: int) -> ResponseReturnValue:
    """Say which team somebody belongs to."""
    person = queries.get_person(person_id)
    form = TeamForm(queries.team_names(), person.team_id)
    if not form.validate_on_submit():
        return _page_of(person, team=form, status=422)
    service.put_in_team(viewer(), person, service.make_team(form.named).id if form.named else form.chosen)
    flash(N_("Saved."))
    return go(url_for("people_admin.person", person_id=person.id))


def _page_of(
    person: Person, *, form: RolesForm | None = None, team: TeamForm | None = None, status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "people/staff_person.html",
        person=person,
        form=form or RolesForm(person.roles),
        team=team or TeamForm(queries.team_names(), person.team_id),
    ), status


@bp_admin.post("/<int:person_id>/lenkje")
@may("people.manage")
@commits
def link(person_id: int) -> ResponseReturnValue:
    """Make a one-time link and show it once."""
    person = queries.get_person(person_id)
    secret = service.make_link(person, by=viewer().id)
    url = links.absolute("people.one_time_link", {"secret": secret})
    return render_template("people/link_made.html", person=person, url=url)


@bp_admin.post("/<int:person_id>/sluttar")
@may("people.manage")
@commits
def deactivation(person_id: int) -> ResponseReturnValue:
    """Close an account; its sessions end at once."""
    person = queries.get_person(person_id)
    service.deactivate(viewer(), person)
    flash(N_("%(name)s can no longer sign in."), name=person.name)
    return go(url_for("people_admin.person", person_id=person.id))


@bp_admin.post("/<int:person_id>/tilbake")
@may("people.manage")
@commits
def reactivation(person_id: int) -> ResponseReturnValue:
    """Open an account again."""
    person = queries.get_person(person_id)
    service.reactivate(viewer(), person)
    flash(N_("%(name)s can come in again with a new link."), name=person.name)
    return go(url_for("people_admin.person", person_id=person.id))
