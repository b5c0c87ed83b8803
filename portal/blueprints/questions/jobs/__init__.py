"""What is done in the background."""

from portal.blueprints.questions.jobs import drafts, indexing, lapsing, pictures, to_whom

__all__ = ["drafts", "indexing", "lapsing", "nameless", "pictures", "to_whom"]
