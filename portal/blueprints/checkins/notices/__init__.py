"""Who is told what of the breathing space."""

from portal.blueprints.checkins.notices import joys, prompts, sharing, teams

__all__ = ["joys", "prompts", "sharing", "teams"]
