"""The pages of talks."""

from portal.blueprints.talks.views import afterwards, asking, buddies, parts, talks
from portal.blueprints.talks.views.blueprint import bp

__all__ = ["afterwards", "asking", "bp", "buddies", "parts", "talks"]
