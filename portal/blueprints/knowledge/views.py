"""Articles to read.

They have no entry in the main menu: nobody goes to look for an article, one looks for an answer. The field of «Ask» and
the search find articles together with questions, questions lead to the articles they speak of, and each article leads
to the list of all.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.knowledge import queries
from portal.blueprints.knowledge.models import Article
from portal.blueprints.knowledge.rules import BODY_LONGEST
from portal.blueprints.search import queries as search
from portal.core import links
from portal.core.i18n import format_day
from portal.web import bounds, templating
from portal.web.auth import signed_in, viewer
from portal.web.fragments import piece_of
from portal.web.i18n import _, locale

bp = Blueprint("knowledge", __name__, url_prefix="/kunnskap")

# For the pages of slices below this one, which know of no articles: linked_articles(text, …) in a template.
templating.provide("linked_articles", lambda: queries.referenced)
templating.provide("get_article", lambda: lambda article_id: queries.get_by_id(viewer(), article_id))


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """List the articles by title, or those with a tag."""
    tag = request.args.get("merke", "")[:40]
    cursor = request.args.get("etter")
    page = queries.articles(viewer(), tag=tag, cursor=cursor)
    pills = [
        {"label": each, "url": url_for("knowledge.index", merke=each), "is_current": each == tag}
        for each in queries.tags()
    ]
    return render_template("knowledge/index.html", page=page, pills=pills, tag=tag, cursor=cursor)


@bp.get("/<int:article_id>")
@signed_in
def by_id(article_id: int) -> ResponseReturnValue:
    """Lead from a hit of the search to the article under its number."""
    return redirect(url_for("knowledge.article", number=queries.get_by_id(viewer(), article_id).number), 303)


@bp.get("/<int:article_id>/kort")
@signed_in
@piece_of("knowledge.by_id")
def short(article_id: int) -> ResponseReturnValue:
    """Show an article beside what one is writing."""
    return render_template("knowledge/_short.html", article=queries.get_by_id(viewer(), article_id), limit=BODY_LONGEST)


@bp.get("/<string:number>")
@signed_in
def article(number: str) -> ResponseReturnValue:
    """Show an article."""
    article = queries.get_article(viewer(), number)
    if article.number != number:
        return redirect(url_for("knowledge.article", number=article.number), 303)
    bounds.look_up()
    hits = search.find(viewer(), f'"{article.number}"', kinds=("question",), limit=5)
    address = links.absolute("knowledge.article", {"number": article.number})
    context = {"address": address, "facts": _facts(article), "limit": BODY_LONGEST}
    return render_template("knowledge/article.html", article=article, hits=hits, **context)


def _facts(article: Article) -> list[dict[str, str]]:
    """Say what is known of an article; what is not known is left out."""
    facts = []
    if article.owner:
        href = url_for("people.person", person_id=article.owner.id)
        facts.append({"icon": "user", "title": article.owner.name, "text": _("looks after it"), "href": href})
    if article.reviewed_on:
        reviewed = format_day(article.reviewed_on, locale())
        facts.append({"icon": "circle-check", "title": _("Reviewed %(day)s", day=reviewed)})
    changed = format_day(article.changed_at or article.created_at, locale())
    facts.append({"icon": "history", "title": _("Last changed here %(day)s", day=changed)})
    if article.source:
        is_address = article.source.startswith(("https://", "http://"))
        facts.append({"icon": "link", "title": article.source, "href": article.source if is_address else ""})
    return facts
