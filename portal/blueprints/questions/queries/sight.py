"""Who sees a post that is out of sight: its author, and those who keep order. Nobody sees an empty shell."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_

from portal.blueprints.questions.models.posts import Answer, Comment, Post
from portal.blueprints.questions.queries import authors
from portal.core.viewer import Viewer


def may_see(viewer: Viewer, post: Post) -> bool:
    """Tell whether a post is there for the viewer."""
    if not post.is_hidden:
        return True
    if not isinstance(post, Answer | Comment) or post.body:
        return viewer.may("questions.moderate") or authors.is_author(viewer, post)
    return False


def in_sight(viewer: Viewer, kind: type[Answer] | type[Comment], salt: str | None) -> ColumnElement[bool]:
    """Give the condition for the posts of a thread that the viewer sees; the salt is the thread's."""
    if viewer.may("questions.moderate"):
        return ~is_shell(kind)
    own = kind.author_id == viewer.id
    if salt is not None:
        own = or_(own, kind.mask.in_(authors.masks(viewer.id, salt)))
    return or_(kind.is_hidden.is_(False), and_(own, ~is_shell(kind)))


def is_shell(kind: type[Answer] | type[Comment]) -> ColumnElement[bool]:
    """Give the condition for a row whose words stand in its other shape, an answer or a comment."""
    return kind.is_hidden & (kind.body == "")
