"""The pages of urgent help."""

from portal.blueprints.urgent.views import banner, call, choosing, handing, incidents, presses, raising, strips
from portal.blueprints.urgent.views.banner import bp_incidents
from portal.blueprints.urgent.views.blueprint import bp

__all__ = [
    "banner",
    "bp",
    "bp_incidents",
    "call",
    "choosing",
    "handing",
    "incidents",
    "presses",
    "raising",
    "strips",
]
