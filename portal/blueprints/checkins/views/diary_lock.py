"""The lock of the diary: making it, opening and closing it, its passphrase, its recovery code, and beginning anew."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.checkins.forms.checkins import CheckInForm
from portal.blueprints.checkins.forms.diary import AnewForm, ChangeForm, CodeForm, KeptForm, MakeForm, OpenForm
from portal.blueprints.checkins.queries import diary as queries
from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.rules.faces import Face, Said
from portal.blueprints.checkins.service import diary, saying
from portal.blueprints.checkins.service.saying import Wish
from portal.blueprints.checkins.views import diary_cookie
from portal.blueprints.checkins.views.blueprint import bp
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.core.vault import Key
from portal.web.auth import safe_path, signed_in, viewer
from portal.web.forms import Form, form_key
from portal.web.fragments import flash, go
from portal.web.transactions import commits


def ask_to_make() -> ResponseReturnValue:
    """Show how a diary is made."""
    return _making(MakeForm(formdata=None, key=form_key()), 200)


def begin_with(form: CheckInForm) -> ResponseReturnValue:
    """Ask somebody who has no diary to make one, with what they have just said in hand. Nothing is stored yet."""
    said = {"face": form.face.data, "words": form.text("words"), "key": form.key.data, "back": form.back.data}
    return _making(MakeForm(formdata=None, **said), 200)


def ask_to_open() -> ResponseReturnValue:
    """Ask for the passphrase."""
    return _shown("checkins/diary_closed.html", OpenForm(formdata=None))


def _making(form: MakeForm, status: int) -> ResponseReturnValue:
    form.offer()
    waiting = queries.count_waiting(viewer())
    return render_template("checkins/diary_making.html", form=form, waiting=waiting), status


def _shown(template: str, form: Form, **context: Any) -> ResponseReturnValue:
    return render_template(template, form=form, **context), 422 if form.is_submitted() else 200


def _with_new_code(key: Key, code: str, *, back: str = "") -> ResponseReturnValue:
    # Not by way of another address: the code would have to wait somewhere for it to be fetched.
    diary_cookie.keep_open(key)
    return render_template("checkins/diary_code.html", code=code, form=KeptForm(formdata=None, back=back))


@bp.post("/dagbok/oppretting")
@signed_in
@commits
def diary_making() -> ResponseReturnValue:
    """Make the diary, put in what was said just before, and show the recovery code, this once."""
    form = MakeForm()
    form.offer()
    if not form.validate():
        return _making(form, 422)
    said = Said(face=Face(form.face.data), words=form.text("words")) if form.face.data else None
    try:
        key, code = diary.make(
            viewer(), passphrase=form.passphrase.data, said=said, key=form.key.data or None, accepts=form.accepts
        )
    except Invalid as error:
        form.refuse(error)
        return _making(form, 422)
    except Conflict:
        return _made_already(form, said)
    return _with_new_code(key, code, back=form.back.data or "")


def _made_already(form: MakeForm, said: Said | None) -> ResponseReturnValue:
    """Go on to a diary that another window, or the same press, has made; what was said goes into it all the same."""
    if said:
        wish = Wish(audience=Audience.ME, face=said.face, words=said.words, key=form.key.data or None, accepts=True)
        saying.say(viewer(), wish)
    flash(N_("You have a diary already."))
    return go(url_for("checkins.diary_page"))


@bp.post("/dagbok/kode-i-hus")
@signed_in
@commits
def diary_code_kept() -> ResponseReturnValue:
    """Believe that the recovery code is kept, and go on to where one was going."""
    form = KeptForm()
    if form.validate():
        diary.note_code_kept(viewer())
        flash(N_("Your diary is ready. Only you can read it."))
    return go(safe_path(form.back.data) if form.back.data else url_for("checkins.diary_page"))


@bp.post("/dagbok/opning")
@signed_in
@commits
def diary_opening() -> ResponseReturnValue:
    """Open the diary in this browser."""
    form = OpenForm()
    if form.validate():
        try:
            diary_cookie.keep_open(diary.open_by_passphrase(viewer(), form.passphrase.data))
        except Invalid as error:
            form.refuse(error)
        else:
            return go(url_for("checkins.diary_page"))
    return _shown("checkins/diary_closed.html", form)


@bp.post("/dagbok/lukking")
@signed_in
@commits
def diary_closing() -> ResponseReturnValue:
    """Close the diary in this browser."""
    diary_cookie.close()
    flash(N_("Your diary is closed."))
    return go(url_for("checkins.index"))


@bp.route("/dagbok/passfrase", methods=["GET", "POST"])
@signed_in
@commits
def diary_passphrase() -> ResponseReturnValue:
    """Change the passphrase with the one of today."""
    queries.get_diary(viewer().id)
    form = ChangeForm()
    if form.validate_on_submit():
        try:
            key = diary.change_passphrase(viewer(), old=form.old.data, new=form.passphrase.data)
        except Invalid as error:
            form.refuse(error)
        else:
            diary_cookie.keep_open(key)
            flash(N_("Your passphrase is changed. The recovery code is the same as before."))
            return go(url_for("checkins.diary_page"))
    return _shown("checkins/diary_passphrase.html", form)


@bp.route("/dagbok/gloymt", methods=["GET", "POST"])
@signed_in
@commits
def diary_forgotten() -> ResponseReturnValue:
    """Open with the recovery code and choose a new passphrase."""
    queries.get_diary(viewer().id)
    form = CodeForm()
    if form.validate_on_submit():
        try:
            key, code = diary.open_by_code(viewer(), form.code.data, passphrase=form.passphrase.data)
        except Invalid as error:
            form.refuse(error)
        else:
            return _with_new_code(key, code)
    return _shown("checkins/diary_forgotten.html", form)


@bp.route("/dagbok/ny-kode", methods=["GET", "POST"])
@signed_in
@commits
def diary_new_code() -> ResponseReturnValue:
    """Make a new recovery code; the one from before opens nothing any more."""
    queries.get_diary(viewer().id)
    form = OpenForm()
    if form.validate_on_submit():
        try:
            key, code = diary.make_new_code(viewer(), passphrase=form.passphrase.data)
        except Invalid as error:
            form.refuse(error)
        else:
            return _with_new_code(key, code)
    return _shown("checkins/diary_new_code.html", form)


@bp.route("/dagbok/paa-nytt", methods=["GET", "POST"])
@signed_in
@commits
def diary_anew() -> ResponseReturnValue:
    """Delete the diary and everything in it."""
    queries.get_diary(viewer().id)
    form = AnewForm()
    if form.validate_on_submit():
        diary.begin_anew(viewer())
        diary_cookie.close()
        flash(N_("Your diary and everything in it are deleted."))
        return go(url_for("checkins.diary_page"))
    return _shown("checkins/diary_anew.html", form)
