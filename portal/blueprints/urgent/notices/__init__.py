"""Who is told what of urgent help."""

from portal.blueprints.urgent.notices import calls, incidents

__all__ = ["calls", "incidents"]
