"""The tables of the evenings."""

from portal.blueprints.events.models import crew, evenings, feeds, follows, proposals, recaps, signups

__all__ = ["crew", "evenings", "feeds", "follows", "proposals", "recaps", "signups"]
