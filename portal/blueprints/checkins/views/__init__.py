"""The pages of the breathing space."""

from portal.blueprints.checkins.views import diary, diary_lock, front, joys, own, prompts, teams
from portal.blueprints.checkins.views.blueprint import bp

__all__ = ["bp", "diary", "diary_lock", "front", "joys", "own", "prompts", "teams"]
