"""Diaries that their owners alone can read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "diary",
        sa.Column("person_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("by_passphrase", sa.LargeBinary, nullable=False),
        sa.Column("by_code", sa.LargeBinary, nullable=False),
        sa.Column("is_code_kept", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_diary")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_diary_person_id")),
    )
    op.create_table(
        "diary_entry",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary_entry")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_diary_entry_person_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_diary_entry_person_id"), "diary_entry", ["person_id"])


def downgrade() -> None:
    for table in ("diary_entry", "diary"):
        op.drop_table(table)
