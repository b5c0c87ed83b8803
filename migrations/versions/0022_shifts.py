"""Who is at work, what each says of themselves, and who has a page open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "rota",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.Column("first_at", MOMENT),
        sa.Column("last_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota")),
        sa.UniqueConstraint("name", name=op.f("uq_rota_name")),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("rota_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_shift_rota_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_shift_person_id"), ondelete="CASCADE"),
    )
    op.create_index("ix_shift_ends_at", "shift", ["ends_at", "starts_at"])
    op.create_index("ix_shift_person_id", "shift", ["person_id", "ends_at"])
    op.create_index(op.f("ix_shift_rota_id"), "shift", ["rota_id"])
    op.create_table(
        "standing",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("availability", sa.String(10), nullable=False),
        sa.Column("until", MOMENT),
        sa.Column("works_until", MOMENT),
        sa.Column("off_until", MOMENT),
        sa.Column("easy_until", MOMENT),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_standing")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_standing_person_id"), ondelete="CASCADE"),
    )
    op.create_table(
        "presence",
        sa.Column("process", sa.String(60), nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("process", "person_id", name=op.f("pk_presence")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_presence_person_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_presence_person_id"), "presence", ["person_id"])
    op.create_index(op.f("ix_presence_seen_at"), "presence", ["seen_at"])


def downgrade() -> None:
    for table in ("presence", "standing", "shift", "rota"):
        op.drop_table(table)
