"""Film polls, what was proposed and ticked in them, and the seats that one has bought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "film_poll",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("choose_by", MOMENT),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("evening_id", sa.Integer),
        sa.Column("organiser_id", sa.Integer),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film_poll")),
        sa.ForeignKeyConstraint(
            ["evening_id"], ["evening.id"], name=op.f("fk_film_poll_evening_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["person.id"], name=op.f("fk_film_poll_organiser_id"), ondelete="SET NULL"
        ),
    )
    for column in ("state", "evening_id", "organiser_id"):
        op.create_index(op.f(f"ix_film_poll_{column}"), "film_poll", [column])
    _add_showings()
    _add_orders()


def _add_showings() -> None:
    op.create_table(
        "film_showing",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("poll_id", sa.Integer, nullable=False),
        sa.Column("proposed_by_id", sa.Integer),
        sa.Column("film", sa.String(120), nullable=False),
        sa.Column("link", sa.String(300), nullable=False),
        sa.Column("place", sa.String(80), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("price", sa.Integer),
        sa.Column("ticks", sa.Integer),
        sa.Column("is_chosen", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film_showing")),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["film_poll.id"], name=op.f("fk_film_showing_poll_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_film_showing_proposed_by_id"), ondelete="SET NULL"
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_film_showing_minutes")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_film_showing_price")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_film_showing_poll_id"), "film_showing", ["poll_id"])
    op.create_index(op.f("ix_film_showing_proposed_by_id"), "film_showing", ["proposed_by_id"])
    chosen = sa.text("is_chosen")
    op.create_index(
        "uq_film_showing_chosen", "film_showing", ["poll_id"], unique=True, sqlite_where=chosen, postgresql_where=chosen
    )
    op.create_table(
        "film_tick",
        sa.Column("showing_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("showing_id", "person_id", name=op.f("pk_film_tick")),
        sa.ForeignKeyConstraint(
            ["showing_id"], ["film_showing.id"], name=op.f("fk_film_tick_showing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_film_tick_person_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_film_tick_person_id"), "film_tick", ["person_id"])


def _add_orders() -> None:
    op.create_table(
        "film_order",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("evening_id", sa.Integer, nullable=False),
        sa.Column("buyer_id", sa.Integer, nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("is_each", sa.Boolean, nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film_order")),
        sa.ForeignKeyConstraint(
            ["evening_id"], ["evening.id"], name=op.f("fk_film_order_evening_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["person.id"], name=op.f("fk_film_order_buyer_id"), ondelete="CASCADE"),
        sa.UniqueConstraint("evening_id", name=op.f("uq_film_order_evening_id")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_film_order_amount")),
    )
    op.create_index(op.f("ix_film_order_buyer_id"), "film_order", ["buyer_id"])
    op.create_table(
        "film_share",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("order_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("says_paid", sa.Boolean, nullable=False),
        sa.Column("has_come", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film_share")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["film_order.id"], name=op.f("fk_film_share_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_film_share_person_id"), ondelete="CASCADE"),
        sa.UniqueConstraint("order_id", "person_id", name=op.f("uq_film_share_order_id")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_film_share_seats")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_film_share_amount")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_film_share_person_id"), "film_share", ["person_id"])


def downgrade() -> None:
    for table in ("film_share", "film_order", "film_tick", "film_showing", "film_poll"):
        op.drop_table(table)
