"""The blueprint that the pages of the board hang on, and their place in the menu."""

from __future__ import annotations

from flask import Blueprint

from portal.blueprints.search import service as search
from portal.blueprints.search.queries import Hit
from portal.core.i18n import N_
from portal.web import navigation

bp = Blueprint("questions", __name__)
navigation.register("questions.index", N_("Ask"), icon="ask", order=20)


@bp.app_template_global()
def hit_url(hit: Hit) -> str:
    """Give the address of something found."""
    return navigation.page_of(search.sources[hit.kind].endpoint, hit.ref)
