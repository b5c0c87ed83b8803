"""Followed tags and topics, kept filters, the keys of feeds, and indexes for what is newest solved or written in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_index("ix_question_solved", "question", ["solved_at", "id"])
    op.create_index("ix_question_active", "question", ["active_at", "id"])
    _following("tag_following", "tag_id", "tag.id", ondelete="CASCADE")
    _following("topic_following", "of_id", "person.id")
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("query", sa.String(300), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_filter_person_id")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_filter_person_id")),
    )
    op.create_table(
        "feed_key",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_feed_key")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feed_key_person_id")),
    )


def _following(table: str, subject: str, target: str, **rule: str) -> None:
    op.create_table(
        table,
        sa.Column(subject, sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(subject, "person_id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint([subject], [target], name=op.f(f"fk_{table}_{subject}"), **rule),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id")),
    )
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])


def downgrade() -> None:
    for table in ("feed_key", "saved_filter", "topic_following", "tag_following"):
        op.drop_table(table)
    op.drop_index("ix_question_active", "question")
    op.drop_index("ix_question_solved", "question")
