"""Who is told what of urgent help."""

from portal.blueprints.urgent.notices import incidents

__all__ = ["incidents"]
