"""What the breathing space does by itself."""

from portal.blueprints.checkins.jobs import forgetting, prompts

__all__ = ["forgetting", "prompts"]
