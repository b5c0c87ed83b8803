"""Who likes coffee with a colleague, who meets this week, and who has met whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0039"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "coffee_member",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("rhythm", sa.String(10), nullable=False),
        sa.Column("weekday", sa.Integer),
        sa.Column("is_paused", sa.Boolean, nullable=False),
        sa.Column("paused_until", sa.Date),
        sa.Column("slot", sa.Integer, nullable=False),
        sa.Column("last_on", sa.Date),
        sa.Column("is_first", sa.Boolean, nullable=False),
        sa.Column("free_in", sa.Integer),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_coffee_member")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_coffee_member_person_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_coffee_member_weekday")),
    )
    op.create_table(
        "coffee_round",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("week_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_coffee_round")),
        sa.UniqueConstraint("week_on", name=op.f("uq_coffee_round_week_on")),
    )
    op.create_table(
        "coffee_group",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("meets_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coffee_group")),
        sa.ForeignKeyConstraint(
            ["number"], ["coffee_round.number"], name=op.f("fk_coffee_group_number"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_coffee_group_number"), "coffee_group", ["number"])
    op.create_table(
        "coffee_seat",
        sa.Column("group_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f("pk_coffee_seat")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["coffee_group.id"], name=op.f("fk_coffee_seat_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_coffee_seat_person_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_coffee_seat_person_id"), "coffee_seat", ["person_id"])
    op.create_table(
        "coffee_pair",
        sa.Column("low_id", sa.Integer, nullable=False),
        sa.Column("high_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("low_id", "high_id", "number", name=op.f("pk_coffee_pair")),
        sa.ForeignKeyConstraint(["low_id"], ["person.id"], name=op.f("fk_coffee_pair_low_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["high_id"], ["person.id"], name=op.f("fk_coffee_pair_high_id"), ondelete="CASCADE"),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_coffee_pair_in_order")),
    )
    op.create_index(op.f("ix_coffee_pair_high_id"), "coffee_pair", ["high_id"])


def downgrade() -> None:
    for table in ("coffee_pair", "coffee_seat", "coffee_group", "coffee_round", "coffee_member"):
        op.drop_table(table)
