"""Who lets colleagues see and follow what they know."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_topics",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_open_topics")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_open_topics_person_id")),
    )


def downgrade() -> None:
    op.drop_table("open_topics")
