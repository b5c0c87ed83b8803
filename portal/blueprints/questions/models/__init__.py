"""The tables of the board."""

from portal.blueprints.questions.models import history, marks, pictures, posts, tags

__all__ = ["history", "marks", "pictures", "posts", "tags"]
