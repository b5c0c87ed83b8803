"""The tables of the breathing space."""

from portal.blueprints.checkins.models import checkins, joys

__all__ = ["checkins", "joys"]
