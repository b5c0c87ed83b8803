"""The opened diary: reading it, one's own weeks, changing and deleting what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.checkins.forms.checkins import FACES
from portal.blueprints.checkins.forms.diary import EntryForm, ReopenForm, SharingForm
from portal.blueprints.checkins.queries import diary as queries
from portal.blueprints.checkins.queries import teams
from portal.blueprints.checkins.queries.diary import Line
from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.rules.diary import Entry, Week
from portal.blueprints.checkins.rules.faces import Face, Said
from portal.blueprints.checkins.service import diary, saying
from portal.blueprints.checkins.views import diary_cookie, diary_lock, wording
from portal.blueprints.checkins.views.blueprint import bp, colleagues, shared_days
from portal.core import clock
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.vault import Key
from portal.web import bounds, week_chart
from portal.web.auth import signed_in, viewer
from portal.web.forms import form_key
from portal.web.fragments import flash, go
from portal.web.i18n import _
from portal.web.parts import part_of
from portal.web.templating import piece
from portal.web.transactions import commits
from portal.web.week_chart import Drawing


@dataclass(frozen=True, kw_only=True)
class Trend:
    """One's own weeks, drawn, in a sentence, and as rows of a table."""

    drawings: tuple[Drawing, Drawing]
    summary: str
    weeks: Sequence[Week]


@part_of("breathing.side", order=15)
def card() -> Markup:
    """Lead to the diary from the breathing space."""
    return piece("checkins/_diary_card.html", has_diary=diary.has_diary(viewer().id))


@bp.get("/dagbok")
@signed_in
def diary_page() -> ResponseReturnValue:
    """Show the diary: opened, closed, or how one is made."""
    lock = queries.find_diary(viewer().id)
    if lock is None:
        return diary_lock.ask_to_make()
    key = diary_cookie.find_key()
    if key is None:
        return diary_lock.ask_to_open()
    after = request.args.get("etter")
    leaf = queries.leaf(viewer(), key, after=after)
    trend = _trend(leaf.weeks) if len(leaf.weeks) > 1 and after is None else None
    return render_template("checkins/diary.html", leaf=leaf, trend=trend, after=after, is_code_kept=lock.is_code_kept)


def _trend(weeks: Sequence[Week]) -> Trend:
    drawn = [week_chart.Week(name=_number(week), level=week.face.number - 1 if week.face else None) for week in weeks]
    return Trend(
        drawings=week_chart.both(drawn, [_(FACES[face]) for face in Face]), summary=_summary(weeks), weeks=weeks
    )


def _summary(weeks: Sequence[Week]) -> str:
    told = [(_(FACES[week.face]), _number(week)) for week in weeks if week.face]
    (first, one), (last, other) = told[0], told[-1]
    if len(told) == 1:
        return _("%(face)s in week %(week)s.", face=first, week=one)
    return _("%(first)s in week %(one)s, %(last)s in week %(other)s.", first=first, one=one, last=last, other=other)


def _number(week: Week) -> str:
    return str(week.monday.isocalendar().week)


@bp.get("/dagbok/tekst")
@signed_in
def diary_text() -> ResponseReturnValue:
    """Give the opened diary as plain text, to take along."""
    key = diary_cookie.find_key()
    if key is None:
        return go(url_for("checkins.diary_page"))
    bounds.take_along()
    entries = [line.entry for line in reversed(queries.lines(viewer(), key)) if line.entry]
    answer = Response("\n".join(map(_as_text, entries)), content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = "attachment; filename=dagbok.txt"
    return answer


def _as_text(entry: Entry) -> str:
    when = clock.wall(entry.moment).strftime("%Y-%m-%d %H:%M")
    return f"{when}  {_(FACES[entry.said.face])}\n{entry.said.words}\n".encode("utf-8", "replace").decode()


@bp.route("/dagbok/<string(length=22):entry_id>", methods=["GET", "POST"])
@signed_in
@commits
def diary_entry(entry_id: str) -> ResponseReturnValue:
    """Change one entry."""
    key = diary_cookie.find_key()
    if key is None and request.method == "POST":
        return _changed_while_closed(entry_id)
    line = queries.get_line(viewer(), key, entry_id) if key else None
    if key is None or line is None or line.entry is None:
        return go(url_for("checkins.diary_page"))
    form = EntryForm(face=line.entry.said.face, words=line.entry.said.words)
    form.offer()
    if form.validate_on_submit() and _is_changed(form, key, entry_id):
        flash(N_("Saved. Only you can read it."))
        return go(url_for("checkins.diary_page"))
    sharing = SharingForm(formdata=None, audience=Audience.ONE, key=form_key())
    return _entry(line, form, sharing, 422 if form.is_submitted() else 200)


def _entry(line: Line, form: EntryForm, sharing: SharingForm, status: int) -> ResponseReturnValue:
    form.offer()
    sharing.offer_others(colleagues())
    context = {"line": line, "form": form, "sharing": sharing, "days": shared_days()}
    return render_template("checkins/diary_entry.html", team=teams.team_name(viewer()), **context), status


def _changed_while_closed(entry_id: str) -> ResponseReturnValue:
    queries.get_entry(viewer().id, entry_id)
    form = ReopenForm()
    form.offer()
    key = _reopened(form) if form.validate() else None
    if key and _is_changed(form, key, entry_id):
        flash(N_("Saved. Only you can read it."))
        return go(url_for("checkins.diary_page"))
    if not form.passphrase.raw_data:
        form.passphrase.errors = []  # it was not asked for before
    return render_template("checkins/diary_entry_closed.html", form=form, entry_id=entry_id), 422


def _reopened(form: ReopenForm) -> Key | None:
    try:
        key = diary.open_by_passphrase(viewer(), form.passphrase.data)
    except Invalid as error:
        form.refuse(error)
        return None
    diary_cookie.keep_open(key)
    return key


def _is_changed(form: EntryForm, key: Key, entry_id: str) -> bool:
    said = Said(face=Face(form.face.data), words=form.text("words"))
    try:
        diary.rewrite(viewer(), key, entry_id, said, accepts=form.accepts)
    except Invalid as error:
        form.refuse(error)
        return False
    return True


@bp.post("/dagbok/<string(length=22):entry_id>/deling")
@signed_in
@commits
def diary_sharing(entry_id: str) -> ResponseReturnValue:
    """Let one colleague or the team see an entry too."""
    key = diary_cookie.find_key()
    line = queries.get_line(viewer(), key, entry_id) if key else None
    if key is None or line is None or line.entry is None:
        return go(url_for("checkins.diary_page"))
    form, others = SharingForm(), colleagues()
    form.offer_others(others)
    if form.validate() and _is_shared(form, key, entry_id):
        wording.say_who_reads(Audience(form.audience.data), form.reader_id, others)
        return go(url_for("checkins.mine"))
    return _entry(line, EntryForm(formdata=None, face=line.entry.said.face, words=line.entry.said.words), form, 422)


def _is_shared(form: SharingForm, key: Key, entry_id: str) -> bool:
    chosen = Audience(form.audience.data)
    try:
        saying.share_from_diary(
            viewer(), key, entry_id, audience=chosen, reader_id=form.reader_id, key=form.key.data or None
        )
    except Invalid as error:
        form.refuse(error)
        return False
    return True


@bp.post("/dagbok/<string(length=22):entry_id>/sletting")
@signed_in
@commits
def diary_deletion(entry_id: str) -> ResponseReturnValue:
    """Delete one entry of the opened diary."""
    if diary_cookie.find_key():
        diary.remove(viewer(), entry_id)
        flash(N_("Deleted."))
    return go(url_for("checkins.diary_page"))
