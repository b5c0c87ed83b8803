"""What a colleague likes to be asked about, or wants to learn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "skill",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("tag_id", sa.Integer, nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "tag_id", name=op.f("pk_skill")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_skill_person_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_skill_tag_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_skill_tag_id"), "skill", ["tag_id"])
    op.create_table(
        "asked_by_answers",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_asked_by_answers")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_asked_by_answers_person_id")),
    )


def downgrade() -> None:
    op.drop_table("asked_by_answers")
    op.drop_table("skill")
