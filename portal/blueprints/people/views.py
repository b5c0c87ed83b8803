"""Signing in and out, one's own page, and the directory."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.people import queries, service
from portal.blueprints.people.forms import AppearanceForm, ChangePasswordForm, NewPasswordForm, ProfileForm, SignInForm
from portal.blueprints.people.rules import Role
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import LOCALES, N_
from portal.web import auth
from portal.web.auth import public, signed_in, viewer
from portal.web.forms import stripped
from portal.web.fragments import flash, go
from portal.web.i18n import _
from portal.web.transactions import commits

bp = Blueprint("people", __name__)
auth.loads_people(queries.find_by_session)
auth.ends_sessions(service.end_session)
YEAR = 365 * 24 * 3600


@bp.route("/logg-inn", methods=["GET", "POST"])
@public
@commits
def sign_in() -> ResponseReturnValue:
    """Let a person in by user name and password."""
    if auth.find_viewer():
        return redirect(auth.safe_path(request.args.get("next")), 303)
    form = SignInForm(next=request.args.get("next"))
    if form.validate_on_submit():
        person = service.sign_in(form.login.data, form.password.data, address=request.remote_addr or "")
        if person:
            auth.start_session(person)
            return redirect(auth.safe_path(form.next.data), 303)
        form.form_errors.append(
            _("The user name and the password do not go together. Try again, or ask for a new link.")
        )
    is_demo = current_app.config["SETTINGS"].demo
    return render_template("people/sign_in.html", form=form, is_demo=is_demo), 422 if form.is_submitted() else 200


@bp.route("/demo", methods=["GET", "POST"])
@public
@commits
def pick() -> ResponseReturnValue:
    """Let anybody in as anybody: demo mode only, which never leaves the machine."""
    if not current_app.config["SETTINGS"].demo:
        raise NotFound(N_("We cannot find that page"))
    if request.method == "POST":
        person = queries.get_person(request.form.get("person", 0, type=int))
        auth.start_session(person)
        return redirect(auth.safe_path(request.form.get("next")), 303)
    everybody = queries.colleagues()
    special = [person for person in everybody if person.roles - {Role.COLLEAGUE}]
    return render_template(
        "people/pick.html", everybody=everybody, special=special, next=auth.safe_path(request.args.get("next"))
    )


@bp.route("/lenkje/<secret>", methods=["GET", "POST"])
@public
@commits
def one_time_link(secret: str) -> ResponseReturnValue:
    """Let a person in by a one-time link, once they have chosen a password."""
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            person = service.sign_in_by_link(secret, form.password.data, address=request.remote_addr or "")
        except Invalid as error:
            form.refuse(error)
        else:
            auth.start_session(person)
            flash(N_("Welcome to the yard."))
            return redirect(url_for("people.me"), 303)
    link = service.get_open_link(secret)
    return render_template(
        "people/one_time_link.html", form=form, person=link.person
    ), 422 if form.is_submitted() else 200


@bp.post("/logg-ut")
@signed_in
@commits
def sign_out() -> ResponseReturnValue:
    """Sign out here."""
    auth.end_session()
    return _out()


@bp.post("/logg-ut-overalt")
@signed_in
@commits
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign out here and everywhere else."""
    service.end_sessions(viewer())
    auth.end_session()
    flash(N_("You are signed out everywhere."))
    return _out()


def _out() -> ResponseReturnValue:
    # Not the cookies: browsers would clear those of the whole domain, the neighbours' and the look of the page too.
    return redirect(url_for("people.sign_in"), 303), {"Clear-Site-Data": '"cache", "storage"'}


@bp.post("/utsjaanad")
@public
@commits
def appearance() -> ResponseReturnValue:
    """Choose language, light or dark, and contrast; kept with the person, or in cookies before signing in."""
    form = AppearanceForm()
    answer = redirect(auth.safe_path(form.back.data), 303)
    if not form.validate_on_submit():
        return answer
    person = auth.find_viewer()
    if person:
        service.choose_appearance(
            person,
            locale=form.locale.data or person.locale,
            theme=form.theme.data or person.theme,
            contrast=person.contrast if form.contrast.data is None else form.contrast.data,
            hotkeys=person.hotkeys,
        )
    for name in ("locale", "theme", "contrast"):
        if form[name].data is not None:
            answer.set_cookie(
                name, form[name].data, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure
            )
    return answer


@bp.route("/meg", methods=["GET", "POST"])
@signed_in
@commits
def me() -> ResponseReturnValue:
    """Show and change one's own page."""
    person = viewer()
    form = ProfileForm(obj=person)
    if form.validate_on_submit():
        try:
            service.describe(
                person,
                title=stripped(form.title.data),
                phone=stripped(form.phone.data),
                about=stripped(form.about.data),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            locale = form.locale.data if form.locale.data in LOCALES else person.locale
            service.choose_appearance(
                person, locale=locale, theme=person.theme, contrast=person.contrast, hotkeys=form.hotkeys.data
            )
            flash(N_("Saved."))
            return go(url_for("people.me"))
    status = 422 if form.is_submitted() else 200
    return render_template("people/me.html", form=form, password_form=ChangePasswordForm(), person=person), status


@bp.route("/meg/passord", methods=["GET", "POST"])
@signed_in
@commits
def password() -> ResponseReturnValue:
    """Change one's own password; every other session ends."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            service.change_password(viewer(), old=form.old.data, new=form.password.data)
        except Invalid as error:
            form.refuse(error)
        else:
            auth.start_session(viewer())
            flash(N_("Your password is changed. Other places you were signed in are signed out."))
            return go(url_for("people.me"))
    return render_template("people/password.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/folk")
@signed_in
def directory() -> ResponseReturnValue:
    """Show the colleagues."""
    text = request.args.get("q", "")[:100]
    page = queries.directory(text, cursor=request.args.get("etter"))
    return render_template("people/directory.html", page=page, text=text)


@bp.get("/folk/<int:person_id>")
@signed_in
def person(person_id: int) -> ResponseReturnValue:
    """Show a colleague's page."""
    return render_template("people/person.html", person=queries.get_person(person_id))
