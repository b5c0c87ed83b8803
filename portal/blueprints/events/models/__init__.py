"""The tables of the evenings."""

from portal.blueprints.events.models import evenings, feeds, signups

__all__ = ["evenings", "feeds", "signups"]
