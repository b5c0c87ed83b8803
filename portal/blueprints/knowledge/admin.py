"""Articles, for those who look after them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.knowledge import queries, service
from portal.blueprints.knowledge.forms import ArticleForm
from portal.blueprints.knowledge.models import Article
from portal.blueprints.knowledge.rules import BODY_LONGEST
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.web import navigation
from portal.web.auth import may, viewer
from portal.web.fragments import flash, go, piece_of
from portal.web.i18n import _
from portal.web.transactions import commits

bp_admin = Blueprint("knowledge_admin", __name__, url_prefix="/styring/kunnskap")
navigation.register(
    "knowledge_admin.articles", N_("Articles"), icon="book", order=30, menu="admin", permission="knowledge.manage"
)


@bp_admin.get("")
@may("knowledge.manage")
def articles() -> ResponseReturnValue:
    """List every article, retired ones too."""
    text, cursor = request.args.get("q", "")[:100], request.args.get("etter")
    page = queries.everything(text, cursor=cursor)
    return render_template("knowledge/articles.html", page=page, text=text, cursor=cursor)


@bp_admin.route("/ny", methods=["GET", "POST"])
@may("knowledge.manage")
@commits
def new() -> ResponseReturnValue:
    """Write an article."""
    form = ArticleForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            added = service.add(viewer(), form.draft, accepts=form.accepts)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(N_("The article is published as %(number)s."), number=added.number)
            return go(url_for("knowledge.article", number=added.number))
    return render_template("knowledge/edit.html", form=form, article=None, theirs=None), status


@bp_admin.route("/<string:number>", methods=["GET", "POST"])
@may("knowledge.manage")
@commits
def edit(number: str) -> ResponseReturnValue:
    """Change an article. If somebody was quicker, what one wrote stays in the form, with theirs beside it."""
    article = queries.get_article(viewer(), number)
    form = ArticleForm(data=_written(article))
    if not form.validate_on_submit():
        return _edit(form, article, 422 if form.is_submitted() else 200)
    try:
        version = int(form.version.data) if form.version.data.isdigit() else 0
        service.edit(viewer(), number, form.draft, version=version, accepts=form.accepts)
    except Invalid as error:
        form.refuse(error)
        return _edit(form, article, 422)
    except Conflict as error:
        return _conflict(form, article, error)
    flash(N_("Saved."))
    return go(url_for("knowledge.article", number=article.number))


def _written(article: Article) -> dict[str, Any]:
    names = ("title", "body", "language", "source", "reviewed_on")
    plain = {name: getattr(article, name) for name in names}
    return {**plain, "tags": ", ".join(article.tags), "version": str(article.version)}


def _edit(form: ArticleForm, article: Article, status: int) -> ResponseReturnValue:
    return render_template("knowledge/edit.html", form=form, article=article, theirs=None), status


def _conflict(form: ArticleForm, article: Article, error: Conflict) -> ResponseReturnValue:
    form.form_errors.append(_(error.message))
    form.version.data = str(article.version)  # sent again, it was written in the knowledge of theirs
    return render_template("knowledge/edit.html", form=form, article=article, theirs=article.body), 409


@bp_admin.post("/forhandsvising")
@may("knowledge.manage")
@piece_of("knowledge_admin.articles")
@commits
def preview() -> ResponseReturnValue:
    """Show how a text will look; nothing is kept."""
    return render_template(
        "knowledge/_preview.html", text=request.form.get("body", "")[:BODY_LONGEST], limit=BODY_LONGEST
    )


@bp_admin.post("/<string:number>/utfasing")
@may("knowledge.manage")
@commits
def retirement(number: str) -> ResponseReturnValue:
    """Take an article out of sight."""
    service.publish(viewer(), number, published=False)
    flash(N_("The article is retired. Only those who look after articles see it."))
    return go(url_for("knowledge.article", number=number))


@bp_admin.post("/<string:number>/publisering")
@may("knowledge.manage")
@commits
def publishing(number: str) -> ResponseReturnValue:
    """Show an article again."""
    service.publish(viewer(), number, published=True)
    flash(N_("The article is published."))
    return go(url_for("knowledge.article", number=number))
