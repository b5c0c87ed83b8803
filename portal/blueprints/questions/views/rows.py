"""The lines of the lists, as HTML.

A line is made of values only and looks the same to everybody who reads the language, so what it looks like is
remembered: a list of twenty is then as cheap as one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from portal.blueprints.questions.queries.rows import Label, Row
from portal.blueprints.questions.views.blueprint import bp
from portal.core import clock, i18n
from portal.web import templating
from portal.web.i18n import locale

REMEMBERED = 4000  # lines; about a kilobyte each


@bp.app_template_global()
def question_rows(rows: Iterable[Row], tags_most: int = 5) -> Markup:
    """Write lines of a list, for <ul class="rows">."""
    language, today = locale(), clock.today()
    return templating.lines(
        _line(row, language, i18n.format_ago(row.created_at, language), today, tags_most) for row in rows
    )


@bp.app_template_global()
def tag_links(labels: Iterable[Label]) -> Markup:
    """Write tags as links, for <ul class="cluster plain-list">."""
    return _tags(tuple(labels), locale())


@lru_cache(maxsize=500)
def _tags(labels: tuple[Label, ...], language: str) -> Markup:
    return templating.line("questions/_tags.html", labels=labels, locale=language)


@lru_cache(maxsize=REMEMBERED)
def _line(row: Row, language: str, _ago: str, _today: date, tags_most: int) -> Markup:
    # «For 5 min sidan» and the day are asked for so that the line is written anew when they change.
    return templating.line("questions/_row.html", row=row, locale=language, tags=row.tags[:tags_most])
