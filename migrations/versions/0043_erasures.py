"""Who has been erased: a number, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0037"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("person_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("takes_words", sa.Boolean, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erasure")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
    )


def downgrade() -> None:
    op.drop_table("erasure")
