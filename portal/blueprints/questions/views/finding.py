"""Pages of what one follows and keeps: subjects, a colleague's questions, filters, the addresses of feeds."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.questions.queries import feeds as reading_feeds
from portal.blueprints.questions.queries import filters as reading_filters
from portal.blueprints.questions.queries import following as reading
from portal.blueprints.questions.queries import lists, searching, tags
from portal.blueprints.questions.rules.finding import FILTERS_MOST
from portal.blueprints.questions.service import feeds as opening
from portal.blueprints.questions.service import filters as keeping
from portal.blueprints.questions.service import following
from portal.blueprints.questions.views.blueprint import bp
from portal.core import links
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.web import templating
from portal.web.auth import signed_in, viewer
from portal.web.forms import stripped
from portal.web.fragments import flash, go
from portal.web.transactions import commits


@bp.get("/sporsmal/emne")
@signed_in
def subjects() -> ResponseReturnValue:
    """List what questions are about."""
    return render_template("questions/subjects.html", labels=tags.labels())


@bp.get("/sporsmal/emne/<slug>")
@signed_in
def about_tag(slug: str) -> ResponseReturnValue:
    """Show what is newest about a tag; another word for it leads to the tag itself."""
    tag = searching.find_tag(slug)
    if tag is None:
        raise NotFound(N_("We cannot find that tag."))
    if tag.slug != slug:
        return go(url_for("questions.about_tag", slug=tag.slug))
    return render_template(
        "questions/about_tag.html",
        tag=tag,
        page=lists.about_tag(tag.id, cursor=request.args.get("etter")),
        follows=reading.follows_tag(viewer(), tag.id),
        synonyms=tags.synonyms(tag.id),
        feed=feed_address("tag", slug=tag.slug),
    )


@bp.post("/sporsmal/emne/<int:tag_id>/folgjing")
@signed_in
@commits
def following_of_tag(tag_id: int) -> ResponseReturnValue:
    """Follow a tag, or no longer."""
    following.choose_tag(viewer(), tag_id, wanted=_is_on())
    return _back(url_for("questions.about_tag", slug=tags.get_tag(tag_id).slug))


@bp.get("/sporsmal/kollega/<int:person_id>")
@signed_in
def by_colleague(person_id: int) -> ResponseReturnValue:
    """Show what a colleague has asked under their name, and what they like to be asked about."""
    person = people.get_person(person_id)
    return render_template(
        "questions/by_colleague.html",
        person=person,
        page=lists.asked_by(person.id, cursor=request.args.get("etter")),
        is_open=reading.has_open_topics(person.id),
        topics=reading.open_topics(person.id),
        follows=reading.follows_topics(viewer(), person.id),
    )


@bp.post("/sporsmal/kollega/<int:person_id>/folgjing")
@signed_in
@commits
def following_of_topics(person_id: int) -> ResponseReturnValue:
    """Follow what a colleague has said they know, or no longer."""
    following.choose_topics(viewer(), person_id, wanted=_is_on())
    return _back(url_for("questions.by_colleague", person_id=person_id))


@bp.post("/sporsmal/emna-mine/vising")
@signed_in
@commits
def opening_of_topics() -> ResponseReturnValue:
    """Let the others see and follow what one knows, or no longer."""
    following.open_topics(viewer(), wanted=_is_on())
    return go(url_for("questions.by_colleague", person_id=viewer().id))


@bp.get("/sporsmal/folgjer")
@signed_in
def followed() -> ResponseReturnValue:
    """Show all that the viewer follows."""
    return render_template(
        "questions/followed.html",
        tags=reading.tags_followed(viewer()),
        people=reading.people_followed(viewer()),
        page=reading.questions_followed(viewer(), cursor=request.args.get("etter")),
        feed=feed_address("followed"),
    )


@bp.route("/sporsmal/filter", methods=["GET", "POST"])
@signed_in
@commits
def filters() -> ResponseReturnValue:
    """Show the searches that the viewer keeps; keep one more."""
    if request.method != "POST":
        return _filters()
    try:
        kept = keeping.keep(
            viewer(), name=stripped(request.form.get("name")), query=stripped(request.form.get("query"))
        )
    except (Invalid, Conflict) as refusal:
        return _filters(refusal)
    flash(N_("Kept. It stands beside the lists now."))
    return go(url_for("questions.index", q=kept.query))


@bp.post("/sporsmal/filter/<int:filter_id>")
@signed_in
@commits
def renaming_of_filter(filter_id: int) -> ResponseReturnValue:
    """Give a kept search another name."""
    try:
        keeping.rename(viewer(), filter_id, name=stripped(request.form.get("name")))
    except (Invalid, Conflict) as refusal:
        return _filters(refusal)
    flash(N_("Saved."))
    return go(url_for("questions.filters"))


@bp.post("/sporsmal/filter/<int:filter_id>/fjerning")
@signed_in
@commits
def removal_of_filter(filter_id: int) -> ResponseReturnValue:
    """Keep a search no longer."""
    keeping.remove(viewer(), filter_id)
    return go(url_for("questions.filters"))


def _filters(refusal: Invalid | Conflict | None = None) -> ResponseReturnValue:
    kept = reading_filters.filters(viewer())
    page = render_template("questions/filters.html", filters=kept, most=FILTERS_MOST, refusal=refusal)
    return page, refusal.status if refusal else 200


@bp.get("/sporsmal/straumar")
@signed_in
def feeds() -> ResponseReturnValue:
    """Show the addresses of the viewer's feeds."""
    return render_template(
        "questions/feeds.html",
        is_open=reading_feeds.find_key(viewer().id) is not None,
        address_of=feed_address,
        tags=reading.tags_followed(viewer()),
        filters=reading_filters.filters(viewer()),
    )


@bp.post("/sporsmal/straumar")
@signed_in
@commits
def opening_of_feeds() -> ResponseReturnValue:
    """Make the viewer's addresses, or make them anew."""
    opening.open_feeds(viewer())
    flash(N_("Your addresses are made. Older ones no longer work."))
    return go(url_for("questions.feeds"))


@bp.post("/sporsmal/straumar/stenging")
@signed_in
@commits
def closing_of_feeds() -> ResponseReturnValue:
    """Let the viewer's addresses work no longer."""
    opening.close_feeds(viewer())
    flash(N_("Your feeds are closed."))
    return go(url_for("questions.feeds"))


@bp.app_template_global()
def feed_address(name: str, **values: int | str) -> str:
    """Give the whole address of one of the viewer's own feeds, or nothing while they are closed."""
    key = reading_feeds.find_key(viewer().id)
    if key is None:
        return ""
    secret = reading_feeds.secrets_of(key)[0]
    return links.absolute(f"questions_feeds.{name}", {"person_id": key.person_id, "secret": secret, **values})


def _is_on() -> bool:
    return request.form.get("on") != "0"


def _back(url: str) -> ResponseReturnValue:
    """Go back to the page where the press stood: the page of the thing, or the list of all that one follows."""
    return go(url_for("questions.followed") if request.form.get("from") == "followed" else url)


def _press_for(person: Person) -> Markup:
    values = {"follows": reading.follows_topics(viewer(), person.id), "is_open": reading.has_open_topics(person.id)}
    return templating.piece("questions/_on_profile.html", person=person, **values)


templating.provide("questions_of_colleague", lambda: _press_for)
templating.provide("board_search", lambda: lambda text: url_for("questions.index", q=text or None))
