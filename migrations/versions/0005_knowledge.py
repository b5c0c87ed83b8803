"""Articles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("also_called", sa.String(200), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("tags", sa.String(400), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("source_key", sa.String(200)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reviewed_on", sa.Date),
        sa.Column("owner_id", sa.Integer),
        sa.Column("is_published", sa.Boolean, nullable=False),
        sa.Column("changed_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("number", name=op.f("uq_article_number")),
        sa.UniqueConstraint("source_key", name=op.f("uq_article_source_key")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_article_owner_id")),
    )
    op.create_index("ix_article_title", "article", ["is_published", "title", "id"])
    op.create_index(op.f("ix_article_owner_id"), "article", ["owner_id"])


def downgrade() -> None:
    op.drop_table("article")
