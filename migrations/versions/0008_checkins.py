"""Check-ins, sealed, and the wall of joys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "checkin",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("author_id", sa.Integer, nullable=False),
        sa.Column("reader_id", sa.Integer),
        sa.Column("shared_until", MOMENT),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_checkin_author_id")),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_checkin_reader_id")),
        sa.CheckConstraint("(reader_id IS NULL) = (shared_until IS NULL)", name=op.f("ck_checkin_shared_for_a_time")),
        sa.CheckConstraint("reader_id <> author_id", name=op.f("ck_checkin_reader_is_somebody_else")),
    )
    op.create_index(op.f("ix_checkin_author_id"), "checkin", ["author_id", "created_at", "id"])
    op.create_index(op.f("ix_checkin_reader_id"), "checkin", ["reader_id", "created_at", "id"])
    op.create_table(
        "joy",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("author_id", sa.Integer, nullable=False),
        sa.Column("to_id", sa.Integer),
        sa.Column("key", sa.String(40)),
        sa.Column("text", sa.String(280), nullable=False),
        sa.Column("is_hidden", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joy")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_joy_author_id")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_joy_to_id")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_joy_author_id")),
        sa.CheckConstraint("to_id <> author_id", name=op.f("ck_joy_thanks_are_for_others")),
    )
    op.create_index(op.f("ix_joy_created_at"), "joy", ["created_at", "id"])
    op.create_index(op.f("ix_joy_to_id"), "joy", ["to_id"])


def downgrade() -> None:
    for table in ("joy", "checkin"):
        op.drop_table(table)
