"""How it goes with an incident stands in its thread alone; and which cards have gone to the Teams channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "incident_word",
        sa.Column("comment_id", sa.Integer, nullable=False),
        sa.Column("incident_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_incident_word")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_incident_word_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_word_incident_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_incident_word_incident_id"), "incident_word", ["incident_id"])
    op.create_table(
        "teams_card",
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_teams_card")),
    )
    op.create_index(op.f("ix_teams_card_began_at"), "teams_card", ["began_at"])
    with op.batch_alter_table("incident") as batch:
        batch.drop_column("status")
        batch.alter_column("status_at", existing_type=MOMENT, existing_nullable=False, new_column_name="said_at")
    op.create_index("ix_incident_question_id", "incident", ["question_id"])


def downgrade() -> None:
    op.drop_index("ix_incident_question_id", table_name="incident")
    with op.batch_alter_table("incident") as batch:
        batch.alter_column("said_at", existing_type=MOMENT, existing_nullable=False, new_column_name="status_at")
        batch.add_column(sa.Column("status", sa.String(300), nullable=False, server_default=""))
    op.drop_table("teams_card")
    op.drop_table("incident_word")
