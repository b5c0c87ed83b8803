"""The order of the hands that write without a name, and what is new for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nameless_hand",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("question_id", sa.Integer, nullable=False),
        sa.Column("mask", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nameless_hand")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_nameless_hand_question_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("question_id", "mask", name=op.f("uq_nameless_hand_question_id")),
    )
    op.create_table(
        "nameless_news",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("question_id", sa.Integer, nullable=False),
        sa.Column("mask", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nameless_news")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_nameless_news_question_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("question_id", "mask", "kind", name=op.f("uq_nameless_news_question_id")),
    )
    op.create_index(op.f("ix_nameless_news_told_at"), "nameless_news", ["told_at"])


def downgrade() -> None:
    op.drop_table("nameless_news")
    op.drop_table("nameless_hand")
