"""The pages of the breathing space."""

from portal.blueprints.checkins.views import front, joys, own
from portal.blueprints.checkins.views.blueprint import bp

__all__ = ["bp", "front", "joys", "own"]
