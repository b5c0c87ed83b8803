"""What the breathing space does by itself."""

from portal.blueprints.checkins.jobs import forgetting

__all__ = ["forgetting"]
