"""Writing rows that may be there already, or be written twice in the same moment."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from portal.blueprints.notifications.models import Mail, Notice, ToldOnce
from portal.core.db import is_sqlite


def insert(model: type[Notice | Mail | ToldOnce]) -> Any:
    """Give an INSERT that knows ON CONFLICT, for the database that is there."""
    return (sqlite.insert if is_sqlite() else postgresql.insert)(model)
