"""Who is told what of the breathing space."""

from portal.blueprints.checkins.notices import joys, sharing, teams

__all__ = ["joys", "sharing", "teams"]
