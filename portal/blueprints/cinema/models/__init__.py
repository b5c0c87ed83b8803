"""The tables of film polls and of seats that one has bought."""

from portal.blueprints.cinema.models import polls, tickets

__all__ = ["polls", "tickets"]
