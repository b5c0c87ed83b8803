"""Food on evenings, who eats, and what they do not eat (sealed)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "meal",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("evening_id", sa.Integer, nullable=False),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("deadline", MOMENT, nullable=False),
        sa.Column("capacity", sa.Integer),
        sa.Column("evening_starts_at", MOMENT, nullable=False),
        sa.Column("organiser_id", sa.Integer),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal")),
        sa.ForeignKeyConstraint(["evening_id"], ["evening.id"], name=op.f("fk_meal_evening_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["person.id"], name=op.f("fk_meal_organiser_id"), ondelete="SET NULL"
        ),
        sa.UniqueConstraint("evening_id", name=op.f("uq_meal_evening_id")),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_meal_capacity")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_meal_at"), "meal", ["at"])
    op.create_index(op.f("ix_meal_organiser_id"), "meal", ["organiser_id"])
    op.create_table(
        "diner",
        sa.Column("meal_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("guests", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("meal_id", "person_id", name=op.f("pk_diner")),
        sa.ForeignKeyConstraint(["meal_id"], ["meal.id"], name=op.f("fk_diner_meal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_diner_person_id"), ondelete="CASCADE"),
        sa.CheckConstraint("guests >= 0", name=op.f("ck_diner_guests")),
    )
    op.create_index(op.f("ix_diner_person_id"), "diner", ["person_id"])
    op.create_table(
        "diet",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("is_kept", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_diet")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_diet_person_id"), ondelete="CASCADE"),
    )


def downgrade() -> None:
    for table in ("diet", "diner", "meal"):
        op.drop_table(table)
