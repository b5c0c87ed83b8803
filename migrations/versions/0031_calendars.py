"""When each person wants to be reminded, nights that go quietly, and the room that a series asks for first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_choice",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("reminder", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_reminder_choice")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reminder_choice_person_id"), ondelete="CASCADE"
        ),
    )
    with op.batch_alter_table("evening") as batch:
        batch.add_column(sa.Column("is_quiet", sa.Boolean, nullable=False, server_default=sa.false()))
    with op.batch_alter_table("evening") as batch:
        batch.alter_column("is_quiet", existing_type=sa.Boolean, server_default=None)
    with op.batch_alter_table("series") as batch:
        batch.add_column(sa.Column("room_id", sa.Integer))
        batch.create_foreign_key(op.f("fk_series_room_id"), "room", ["room_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    with op.batch_alter_table("series") as batch:
        batch.drop_constraint(op.f("fk_series_room_id"), type_="foreignkey")
        batch.drop_column("room_id")
    with op.batch_alter_table("evening") as batch:
        batch.drop_column("is_quiet")
    op.drop_table("reminder_choice")
