"""What the hand that wrote a post is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portal.blueprints.questions.models.posts import Post
from portal.blueprints.questions.queries.authors import Alias
from portal.blueprints.questions.views.blueprint import bp
from portal.core.i18n import format_moment
from portal.web.i18n import _, locale


@bp.app_template_global()
def hand_name(post: Post, aliases: Mapping[str, Alias] | None = None) -> str:
    """Give the name of who wrote a post; where there is none, what the thread calls that hand."""
    if post.author:
        return post.author.name
    alias = (aliases or {}).get(post.mask or "")
    if alias is None:
        return _("A colleague, no name")
    return _("The asker") if alias.is_asker else _("Colleague %(number)s", number=alias.number)


@bp.app_template_global()
def when_of(post: Post) -> str:
    """Say when a post was written; of one without a name only the hour is known."""
    return _moment(post.created_at, is_coarse=post.is_anonymous)


@bp.app_template_global()
def changed_of(post: Post) -> str:
    """Say when a post was changed, in the same way; nothing when it never was."""
    return _("changed %(when)s", when=_moment(post.changed_at, is_coarse=post.is_anonymous)) if post.changed_at else ""


@bp.app_template_global()
def moment_of(moment: datetime, *, is_coarse: bool) -> str:
    """Say when something was, to the hour where whoever did it has no name."""
    return _moment(moment, is_coarse=is_coarse)


def _moment(moment: datetime, *, is_coarse: bool) -> str:
    whole = format_moment(moment, locale())
    return _("%(moment)s or within the hour", moment=whole) if is_coarse else whole
