"""A ring without a sound; a tag that goes leaves what named it; and the number of a call is never another's.

Calls are deleted every day: without AUTOINCREMENT SQLite would give their numbers away again, and a page that was left
open would act on somebody else's call.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rung") as batch:
        batch.add_column(sa.Column("is_silent", sa.Boolean, nullable=False, server_default=sa.false()))
    with op.batch_alter_table("rung") as batch:
        batch.alter_column("is_silent", existing_type=sa.Boolean, server_default=None)
    _point_at_tags(ondelete="SET NULL")


def _point_at_tags(ondelete: str | None) -> None:
    for table in ("help_call", "incident"):
        numbering = {"sqlite_autoincrement": table == "help_call" and ondelete is not None}
        with op.batch_alter_table(table, table_kwargs=numbering) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_tag_id"), type_="foreignkey")
            batch.create_foreign_key(op.f(f"fk_{table}_tag_id"), "tag", ["tag_id"], ["id"], ondelete=ondelete)


def downgrade() -> None:
    _point_at_tags(ondelete=None)
    with op.batch_alter_table("rung") as batch:
        batch.drop_column("is_silent")
