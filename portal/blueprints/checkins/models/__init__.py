"""The tables of the breathing space."""

from portal.blueprints.checkins.models import checkins, diary, joys, prompts, teams

__all__ = ["checkins", "diary", "joys", "prompts", "teams"]
