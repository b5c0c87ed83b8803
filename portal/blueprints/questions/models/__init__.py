"""The tables of the board."""

from portal.blueprints.questions.models import drafts, history, marks, pictures, posts, tags

__all__ = ["drafts", "history", "marks", "pictures", "posts", "tags"]
