"""The tables of urgent help."""

from portal.blueprints.urgent.models import calls, cards, choices, counts, incidents

__all__ = ["calls", "cards", "choices", "counts", "incidents"]
