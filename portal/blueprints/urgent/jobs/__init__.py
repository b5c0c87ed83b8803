"""Work that nobody waits for; what is held of persons is made known here as well."""

from portal.blueprints.urgent.jobs import incidents, sparing, stepping, teams
from portal.blueprints.urgent.service import following, own

__all__ = ["following", "incidents", "own", "sparing", "stepping", "teams"]
