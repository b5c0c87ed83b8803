"""What is done in the background."""

from portal.blueprints.questions.jobs import indexing, pictures

__all__ = ["indexing", "pictures"]
