"""The questions of a tag in the order in which they came, out of the index alone."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NAME = "ix_question_tag_tag_id"


def upgrade() -> None:
    op.drop_index(NAME, "question_tag")
    op.create_index(NAME, "question_tag", ["tag_id", "question_id"])


def downgrade() -> None:
    op.drop_index(NAME, "question_tag")
    op.create_index(NAME, "question_tag", ["tag_id"])
