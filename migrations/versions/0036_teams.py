"""Teams of the desk, and which one a colleague belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("team_id", sa.Integer))
        batch.create_foreign_key(op.f("fk_person_team_id"), "team", ["team_id"], ["id"], ondelete="SET NULL")
        batch.create_index(op.f("ix_person_team_id"), ["team_id"])


def downgrade() -> None:
    with op.batch_alter_table("person") as batch:
        batch.drop_index(op.f("ix_person_team_id"))
        batch.drop_constraint(op.f("fk_person_team_id"), type_="foreignkey")
        batch.drop_column("team_id")
    op.drop_table("team")
