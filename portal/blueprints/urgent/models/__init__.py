"""The tables of urgent help."""

from portal.blueprints.urgent.models import calls, choices, counts, incidents

__all__ = ["calls", "choices", "counts", "incidents"]
