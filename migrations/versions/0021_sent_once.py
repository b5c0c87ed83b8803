"""Finding what the same form has sent before without a name, in one step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

HAS_MASK = sa.text("mask IS NOT NULL")


def upgrade() -> None:
    for table in ("question", "answer", "comment"):
        op.create_index(f"ix_{table}_nameless_key", table, ["key"], sqlite_where=HAS_MASK, postgresql_where=HAS_MASK)


def downgrade() -> None:
    for table in ("question", "answer", "comment"):
        op.drop_index(f"ix_{table}_nameless_key", table)
