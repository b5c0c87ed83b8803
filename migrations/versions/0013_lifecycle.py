"""Marks that are settled, colleagues who look together, and questions whose asker has told more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FEW = ("claimed_by_id", "info_given_at", "reopened_at")


def upgrade() -> None:
    op.add_column("question", sa.Column("info_given_at", MOMENT))
    for name in FEW:
        there = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_question_{name}", "question", [name], sqlite_where=there, postgresql_where=there)
    with op.batch_alter_table("verdict") as batch:
        batch.add_column(sa.Column("answer_version", sa.Integer, nullable=False, server_default="1"))
        batch.add_column(sa.Column("settled_at", MOMENT))
    with op.batch_alter_table("verdict") as batch:
        batch.alter_column("answer_version", existing_type=sa.Integer, server_default=None)
    op.create_index("ix_verdict_kind", "verdict", ["kind", "created_at"])
    op.create_index("ix_thanks_created_at", "thanks", ["created_at"])
    _of_a_person(
        "looking",
        sa.Column("is_asked", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    _of_a_person("review_pause")


def _of_a_person(name: str, *more: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("question_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        *more,
        sa.PrimaryKeyConstraint("question_id", "person_id", name=op.f(f"pk_{name}")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f(f"fk_{name}_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{name}_person_id")),
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])


def downgrade() -> None:
    op.drop_table("review_pause")
    op.drop_table("looking")
    op.drop_index("ix_thanks_created_at", "thanks")
    op.drop_index("ix_verdict_kind", "verdict")
    with op.batch_alter_table("verdict") as batch:
        batch.drop_column("settled_at")
        batch.drop_column("answer_version")
    for name in FEW:
        op.drop_index(f"ix_question_{name}", "question")
    op.drop_column("question", "info_given_at")
