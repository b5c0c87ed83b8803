"""The tables of the breathing space."""

from portal.blueprints.checkins.models import checkins, diary, joys, teams

__all__ = ["checkins", "diary", "joys", "teams"]
