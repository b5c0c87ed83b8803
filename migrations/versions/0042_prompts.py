"""Who wants to be asked how they are, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checkin_prompt",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("weekday", sa.Integer),
        sa.Column("at", sa.Time, nullable=False),
        sa.Column("asked_on", sa.Date),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_checkin_prompt")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_checkin_prompt_person_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_checkin_prompt_weekday")),
    )
    op.create_index(op.f("ix_checkin_prompt_weekday"), "checkin_prompt", ["weekday"])


def downgrade() -> None:
    op.drop_table("checkin_prompt")
