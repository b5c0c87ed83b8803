"""Which engine serves the database of this app."""

from portal.blueprints.search.backends.postgres import PostgresIndex
from portal.blueprints.search.backends.sqlite import SqliteIndex
from portal.blueprints.search.ports import Index
from portal.core.db import db, is_sqlite


def engine() -> Index:
    """Give the index of the current session."""
    return SqliteIndex(db.session()) if is_sqlite() else PostgresIndex(db.session())
