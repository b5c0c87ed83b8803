"""Writing rows that two presses at once may both want."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from portal.core.db import Base, db, is_sqlite


def put(model: type[Base], **values: Any) -> None:
    """Write a row under its key; where there is one already, it takes over what is said now."""
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(model).values(values)
    keys = [column.name for column in model.__table__.primary_key]
    rest = {name: insert.excluded[name] for name in values if name not in keys}
    if rest:
        written = insert.on_conflict_do_update(index_elements=keys, set_=rest)
    else:
        written = insert.on_conflict_do_nothing(index_elements=keys)
    db.session.execute(written, execution_options={"synchronize_session": False})
