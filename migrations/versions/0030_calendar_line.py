"""Whether the calendar is called at all, for all workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calendar_line",
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.Column("knocks", sa.Integer, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_calendar_line")),
    )


def downgrade() -> None:
    op.drop_table("calendar_line")
