"""The tables of the breathing space."""

from portal.blueprints.checkins.models import checkins, diary, joys

__all__ = ["checkins", "diary", "joys"]
