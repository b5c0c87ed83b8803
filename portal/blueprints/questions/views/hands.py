"""What the hand that wrote a post is called."""

from __future__ import annotations

from collections.abc import Mapping

from portal.blueprints.questions.models.posts import Post
from portal.blueprints.questions.queries.authors import Alias
from portal.blueprints.questions.views.blueprint import bp
from portal.web.i18n import _


@bp.app_template_global()
def hand_name(post: Post, aliases: Mapping[str, Alias] | None = None) -> str:
    """Give the name of who wrote a post; where there is none, what the thread calls that hand."""
    if post.author:
        return post.author.name
    alias = (aliases or {}).get(post.mask or "")
    if alias is None:
        return _("A colleague, no name")
    return _("The asker") if alias.is_asker else _("Colleague %(number)s", number=alias.number)
