"""What is new for those who write without a name: shown among their notices, kept by the mask of the thread."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g, url_for
from flask.typing import ResponseReturnValue

from portal.blueprints.questions.models.nameless import NamelessNews, News
from portal.blueprints.questions.queries import news as reading
from portal.blueprints.questions.queries import threads
from portal.blueprints.questions.service import news
from portal.blueprints.questions.views.blueprint import bp
from portal.core.i18n import N_
from portal.web import templating
from portal.web.auth import signed_in, viewer
from portal.web.fragments import go
from portal.web.i18n import _
from portal.web.transactions import commits

WORDS = {
    News.ANSWERED: N_("Somebody answered «%(title)s», where you write without your name"),
    News.COMMENTED: N_("Somebody commented on «%(title)s», where you write without your name"),
    News.THANKED: N_("Somebody thanks you for your answer to «%(title)s», which has no name"),
    News.SOLVED: N_("Your answer without a name solved «%(title)s»"),
    News.INFO_WANTED: N_("Somebody needs to know more about «%(title)s», which you asked without your name"),
    News.WARNED: N_("Somebody warns about your answer without a name to «%(title)s». Take a look"),
    News.ACCEPTED: N_("A peer supporter says that «%(title)s», which you asked without your name, is solved"),
    News.MERGED: N_("«%(title)s», where you write without your name, was asked before. The answers are together now"),
    News.MOVED: N_("What you wrote without your name stands in «%(title)s» now"),
    News.SUGGESTED: N_("Somebody thinks that «%(title)s», which you asked without your name, was asked before"),
    News.OUT_OF_SIGHT: N_("What you wrote without your name in «%(title)s» was taken out of sight"),
}


def _mine() -> Sequence[NamelessNews]:
    if "nameless_news" not in g:  # the bell counts it, and the inbox shows it
        g.nameless_news = reading.news(viewer())
    return g.nameless_news


templating.provide("nameless_count", lambda: len(_mine()))
templating.provide("nameless_news", _mine)


@bp.app_template_global()
def nameless_words(line: NamelessNews) -> str:
    """Put into words what is new."""
    return _(WORDS[News(line.kind)], title=line.question.title)


@bp.post("/sporsmal/utan-namn/lest")
@signed_in
@commits
def nameless_read() -> ResponseReturnValue:
    """Take away all that is new in one's threads without a name."""
    news.read(viewer())
    return go(url_for("notifications.inbox"))


@bp.post("/sporsmal/<int:question_id>/lest")
@signed_in
@commits
def nameless_opened(question_id: int) -> ResponseReturnValue:
    """Go to a thread, of which everything is read now."""
    news.read(viewer(), threads.get_question(viewer(), question_id).id)
    return go(url_for("questions.thread", question_id=question_id))
