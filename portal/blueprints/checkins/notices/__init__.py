"""Who is told what of the breathing space."""

from portal.blueprints.checkins.notices import joys, sharing

__all__ = ["joys", "sharing"]
