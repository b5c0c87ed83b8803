"""Search: what a text leads to (a duplicate to its original), and what each text is like, kept for its page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UNLIKENED = sa.text("likened_at IS NULL")


def upgrade() -> None:
    # Plain ALTER TABLE, no batch: the index of SQLite reads the table by its name and must not see it replaced.
    op.add_column("search_document", sa.Column("leads_to_kind", sa.String(40)))
    op.add_column("search_document", sa.Column("leads_to_ref", sa.Integer))
    op.add_column("search_document", sa.Column("likened_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_search_document_unlikened", "search_document", ["id"], sqlite_where=UNLIKENED, postgresql_where=UNLIKENED
    )
    op.create_table(
        "search_likeness",
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("other_id", sa.Integer, nullable=False),
        sa.Column("score", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("document_id", "other_id", name=op.f("pk_search_likeness")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["search_document.id"], name=op.f("fk_search_likeness_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["search_document.id"], name=op.f("fk_search_likeness_other_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_search_likeness_other_id"), "search_likeness", ["other_id"])


def downgrade() -> None:
    op.drop_table("search_likeness")
    op.drop_index("ix_search_document_unlikened", "search_document")
    for column in ("likened_at", "leads_to_ref", "leads_to_kind"):
        op.drop_column("search_document", column)
