"""Games: the shelf, what is brought to an evening and wished for there, and the table plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "game",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("owner_id", sa.Integer),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("players_min", sa.Integer, nullable=False),
        sa.Column("players_max", sa.Integer, nullable=False),
        sa.Column("players_best", sa.Integer),
        sa.Column("minutes", sa.Integer),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("rules_url", sa.String(300), nullable=False),
        sa.Column("notes", sa.String(500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_game")),
        _to("game", "owner_id", "person"),
        sa.UniqueConstraint("owner_id", "title", name=op.f("uq_game_owner_id")),
        sa.CheckConstraint("1 <= players_min AND players_min <= players_max", name=op.f("ck_game_players")),
        sa.CheckConstraint("players_best >= players_min AND players_best <= players_max", name=op.f("ck_game_best")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_game_minutes")),
    )
    op.create_index(op.f("ix_game_title"), "game", ["title"])
    op.create_table(
        "teaches",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "title", name=op.f("pk_teaches")),
        _to("teaches", "person_id", "person"),
    )
    op.create_index(op.f("ix_teaches_title"), "teaches", ["title"])
    _of_an_evening("brought_game", _id("game_id"), _id("person_id"), key=["game_id"])
    _of_an_evening(
        "game_wish",
        _id("person_id"),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("wish", sa.String(10), nullable=False),
        key=["person_id", "title"],
    )
    _of_an_evening(
        "table_plan",
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("night", sa.String(64), nullable=False),
        sa.Column("laid_at", sa.DateTime(timezone=True)),
        sa.Column("is_shown", sa.Boolean, nullable=False),
        sa.Column("is_proven", sa.Boolean, nullable=False),
        sa.Column("why", sa.JSON, nullable=False),
        key=[],
    )
    _of_an_evening("table_seat", _id("person_id"), _id("game_id"), key=["person_id"])
    _of_an_evening("seat_pin", _id("person_id"), _id("game_id"), key=["person_id"])
    _of_an_evening("table_pin", _id("game_id"), sa.Column("is_open", sa.Boolean, nullable=False), key=["game_id"])


def downgrade() -> None:
    for table in ("table_pin", "seat_pin", "table_seat", "table_plan", "game_wish", "brought_game", "teaches", "game"):
        op.drop_table(table)


def _id(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def _of_an_evening(table: str, *columns: sa.Column, key: list[str]) -> None:
    """Make a table of what belongs to an evening and goes with it."""
    targets = [name for name in ("person_id", "game_id") if name in {column.name for column in columns}]
    op.create_table(
        table,
        _id("evening_id"),
        *columns,
        sa.PrimaryKeyConstraint("evening_id", *key, name=op.f(f"pk_{table}")),
        _to(table, "evening_id", "evening"),
        *(_to(table, name, name.removesuffix("_id")) for name in targets),
    )
    for name in targets:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])
