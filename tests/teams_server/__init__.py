"""A channel in Teams for tests: a real server that takes cards, and can fail in every way that is known of."""

from tests.teams_server.server import Fault, TeamsServer

__all__ = ["Fault", "TeamsServer"]
