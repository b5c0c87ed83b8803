"""The tables of the evenings."""

from portal.blueprints.events.models import crew, evenings, feeds, proposals, recaps, signups

__all__ = ["crew", "evenings", "feeds", "proposals", "recaps", "signups"]
