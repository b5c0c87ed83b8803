"""What went from one thread to another, texts in two shapes, and flags."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STANDING_DUPLICATE = sa.text("way = 'duplicate' AND undone_at IS NULL")
OPEN = sa.text("settled_at IS NULL")
ONE_POST = (
    "(CASE WHEN question_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN answer_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN comment_id IS NULL THEN 0 ELSE 1 END) = 1"
)


def upgrade() -> None:
    _transfers()
    _items()
    _recasts()
    _flags()


def _points(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _transfers() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("target_id", sa.Integer, nullable=False),
        sa.Column("accepted_answer_id", sa.Integer),
        sa.Column("solved_at", MOMENT),
        sa.Column("accepted_by_peer", sa.Boolean, nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        _points("transfer", "source_id", "question"),
        _points("transfer", "target_id", "question"),
        _points("transfer", "accepted_answer_id", "answer", "SET NULL"),
    )
    for column in ("source_id", "target_id", "accepted_answer_id"):
        op.create_index(op.f(f"ix_transfer_{column}"), "transfer", [column])
    op.create_index(
        "uq_transfer_duplicate",
        "transfer",
        ["source_id"],
        unique=True,
        sqlite_where=STANDING_DUPLICATE,
        postgresql_where=STANDING_DUPLICATE,
    )


def _items() -> None:
    op.create_table(
        "transfer_item",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("transfer_id", sa.Integer, nullable=False),
        sa.Column("answer_id", sa.Integer),
        sa.Column("comment_id", sa.Integer),
        sa.Column("person_id", sa.Integer),
        sa.Column("mark", sa.String(10)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_item")),
        _points("transfer_item", "transfer_id", "transfer"),
        _points("transfer_item", "answer_id", "answer"),
        _points("transfer_item", "comment_id", "comment"),
        _points("transfer_item", "person_id", "person"),
    )
    for column in ("transfer_id", "answer_id", "comment_id", "person_id"):
        op.create_index(op.f(f"ix_transfer_item_{column}"), "transfer_item", [column])


def _recasts() -> None:
    op.create_table(
        "recast",
        sa.Column("answer_id", sa.Integer, nullable=False),
        sa.Column("comment_id", sa.Integer, nullable=False),
        sa.Column("under_id", sa.Integer),
        sa.Column("remarks", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_recast")),
        _points("recast", "answer_id", "answer"),
        _points("recast", "comment_id", "comment"),
        _points("recast", "under_id", "answer", "SET NULL"),
        sa.UniqueConstraint("comment_id", name=op.f("uq_recast_comment_id")),
    )
    op.create_index(op.f("ix_recast_under_id"), "recast", ["under_id"])


def _flags() -> None:
    op.create_table(
        "flag",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("post", sa.String(30), nullable=False),
        sa.Column("question_id", sa.Integer),
        sa.Column("answer_id", sa.Integer),
        sa.Column("comment_id", sa.Integer),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("suggested_id", sa.Integer),
        sa.Column("suggested_article", sa.String(20), nullable=False),
        sa.Column("has_hidden", sa.Boolean, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("outcome", sa.String(10)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        _points("flag", "person_id", "person"),
        _points("flag", "question_id", "question"),
        _points("flag", "answer_id", "answer"),
        _points("flag", "comment_id", "comment"),
        _points("flag", "suggested_id", "question", "SET NULL"),
        sa.CheckConstraint(ONE_POST, name=op.f("ck_flag_one_post")),
    )
    for column in ("post", "question_id", "answer_id", "comment_id", "suggested_id"):
        op.create_index(op.f(f"ix_flag_{column}"), "flag", [column])
    op.create_index("ix_flag_settled_at", "flag", ["settled_at"])
    op.create_index(
        "uq_flag_open", "flag", ["person_id", "post"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_flag_open", "flag", ["created_at", "id"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    for table in ("flag", "recast", "transfer_item", "transfer"):
        op.drop_table(table)
