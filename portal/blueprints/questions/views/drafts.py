"""Drafts: kept while one writes, brought back when the form is opened again, on whatever machine."""

from __future__ import annotations

from typing import Any

from flask import g, get_template_attribute, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import BooleanField, Field, SelectMultipleField, StringField

from portal.blueprints.questions.queries import drafts
from portal.blueprints.questions.queries.drafts import Kept
from portal.blueprints.questions.rules import drafts as rules
from portal.blueprints.questions.rules.drafts import Fields
from portal.blueprints.questions.service import drafts as keeping
from portal.blueprints.questions.views.blueprint import bp
from portal.core import clock
from portal.core.errors import Conflict
from portal.core.i18n import N_, format_moment, format_time
from portal.web.auth import safe_path, signed_in, viewer
from portal.web.forms import Form
from portal.web.fragments import flash, go
from portal.web.i18n import _, locale
from portal.web.transactions import commits


@bp.get("/utkast")
@signed_in
def find_draft() -> ResponseReturnValue:
    """Give what one was writing in a place, or nothing."""
    found = drafts.find_draft(viewer(), request.args.get("stad", "")[:60])
    if found is None:
        return jsonify({})
    acts = {**_acts(), "take": _("Bring the draft back")}  # older or newer than what stands there: who knows
    return jsonify({**_told(found, _brought_back(found)), "waiting": _waiting(found), "acts": acts})


@bp.post("/utkast")
@signed_in
@commits
def keep_draft() -> ResponseReturnValue:
    """Keep what is being written."""
    place, known, key = _sent()
    try:
        draft = keeping.keep(viewer(), place, rules.written(request.form.lists()), known=known, key=key)
    except Conflict as newer:
        return _with_the_newer(newer, place)
    if _is_asked_by_script():
        return jsonify(version=draft.version, words=_("Draft kept at %(time)s.", time=_when(draft.saved_at)))
    flash(N_("Your draft is kept. Only you see it."))
    return go(safe_path(request.form.get("back")))


@bp.post("/utkast/kasting")
@signed_in
@commits
def throw_draft_away() -> ResponseReturnValue:
    """Throw a draft away."""
    keeping.throw_away(viewer(), _sent()[0])
    if _is_asked_by_script():
        return jsonify({})
    flash(N_("The draft is thrown away."))
    return go(safe_path(request.form.get("back")))


def forget_draft() -> None:
    """Take away the draft that the form which was just posted had been kept as. For the view that posts it."""
    place, known, key = _sent()
    if place:
        keeping.posted(viewer(), place, known=known, key=key)


@bp.app_template_global()
def draft_of(place: str, form: Form | None = None) -> Markup:
    """Keep the form that this stands in as a draft; bring back what was kept, where the form is still empty.

    Without the form, as for comments that lie folded: what was kept is asked for when somebody begins to write there.
    """
    component = get_template_attribute("components/draft.html", "draft")
    addresses = {"url": url_for("questions.keep_draft"), "away": url_for("questions.throw_draft_away")}
    if form is None:
        return component(place, **addresses, late=True)
    sent_to, known, _key = _sent()
    is_sent = sent_to == place  # it comes back to be mended, as it was written
    kept = None if is_sent else _mine().get(place)
    is_filled = kept is not None and _is_free(form, kept.fields)
    if kept and is_filled:
        _fill(form, kept.fields)
    known = kept.version if kept and is_filled else known if is_sent else 0
    told = _told(kept, _brought_back(kept) if is_filled else _waiting(kept)) if kept else {}
    return component(place, **addresses, **{**told, "version": known}, is_filled=is_filled)


def _mine() -> dict[str, Kept]:
    if "drafts" not in g:
        g.drafts = {kept.place: kept for kept in drafts.drafts(viewer())}
    return g.drafts


def _is_free(form: Form, fields: Fields) -> bool:
    """Tell whether nothing would be written over: what stands in the form is nothing, or the draft itself."""
    texts = ((form[name], values) for name, values in fields.items() if name in form)
    return all(
        not field.data or [field.data] == list(values) for field, values in texts if isinstance(field, StringField)
    )


def _fill(form: Form, fields: Fields) -> None:
    for name, values in fields.items():
        if name in form and name not in rules.NOT_WRITTEN:
            form[name].data = _value(form[name], list(values))


def _value(field: Field, values: list[str]) -> Any:
    if isinstance(field, SelectMultipleField):
        return values
    if isinstance(field, BooleanField):
        return True
    return values[0] if values else ""


def _sent() -> tuple[str, int, str]:
    known = request.form.get("draft_version", "0")
    is_number = known.isascii() and known.isdigit() and len(known) < 10
    place = request.form.get("draft", "")
    return place, int(known) if is_number else 0, request.form.get("key", "")


def _is_asked_by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _with_the_newer(refusal: Conflict, place: str) -> ResponseReturnValue:
    kept = drafts.find_draft(viewer(), place)
    if kept is None or not _is_asked_by_script():
        raise refusal
    words = _("There is a newer draft from another window, kept at %(time)s.", time=_when(kept.saved_at))
    return jsonify({**_told(kept, words), "acts": _acts()}), 409


def _acts() -> dict[str, str]:
    """Give the words of what one may do with a draft, for the script that offers it."""
    return {
        "take": _("Use the newer one"),
        "stay": _("Keep what stands here"),
        "away": _("Throw the draft away"),
    }


def _told(kept: Kept, words: str) -> dict[str, Any]:
    return {"version": kept.version, "fields": kept.fields, "text": kept.text, "words": words}


def _brought_back(kept: Kept) -> str:
    return _("Your draft from %(time)s is brought back.", time=_when(kept.saved_at))


def _waiting(kept: Kept) -> str:
    return _("You have a draft from %(time)s.", time=_when(kept.saved_at))


def _when(moment: Any) -> str:
    is_today = clock.wall(moment).date() == clock.today()
    return format_time(moment, locale()) if is_today else format_moment(moment, locale())
