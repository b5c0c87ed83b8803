"""How far ahead and how long each room may be booked, and who may have it for a quick meeting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("room", sa.Column("window_days", sa.Integer, nullable=False, server_default="180"))
    op.add_column("room", sa.Column("longest_minutes", sa.Integer, nullable=False, server_default="720"))
    op.add_column("room", sa.Column("open_to", sa.String(12), nullable=False, server_default="everybody"))


def downgrade() -> None:
    for name in ("open_to", "longest_minutes", "window_days"):
        op.drop_column("room", name)
