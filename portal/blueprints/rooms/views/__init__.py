"""The pages about rooms: when they are free, and meetings without an event."""

from portal.blueprints.rooms.views import grids, meetings
from portal.blueprints.rooms.views.blueprint import bp

__all__ = ["bp", "grids", "meetings"]
