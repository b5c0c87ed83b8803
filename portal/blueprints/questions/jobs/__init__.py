"""What is done in the background."""

from portal.blueprints.questions.jobs import drafts, flags, indexing, lapsing, nameless, pictures, to_whom

__all__ = ["drafts", "flags", "indexing", "lapsing", "nameless", "pictures", "to_whom"]
