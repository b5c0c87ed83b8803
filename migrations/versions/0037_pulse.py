"""The pulse: rounds, sealed ballots, who was asked, what was published, notes and annotations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "pulse_annotation",
    "pulse_note",
    "pulse_hand",
    "pulse_held",
    "pulse_level",
    "pulse_member",
    "pulse_ballot",
    "pulse_round",
)


def upgrade() -> None:
    op.create_table(
        "pulse_round",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("opens_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("k", sa.Integer, nullable=False),
        sa.Column("published_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_round")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_pulse_round_closes_at"), "pulse_round", ["closes_at"])
    op.create_table(
        "pulse_ballot",
        sa.Column("token", sa.String(64), nullable=False),
        _round(),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_pulse_ballot")),
        _of_round("pulse_ballot"),
    )
    op.create_index(op.f("ix_pulse_ballot_round_id"), "pulse_ballot", ["round_id"])
    op.create_table(
        "pulse_member",
        _round(),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("cell", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("round_id", "mark", name=op.f("pk_pulse_member")),
        _of_round("pulse_member"),
    )
    op.create_table(
        "pulse_level",
        _round(),
        sa.Column("cell", sa.Integer, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("round_id", "cell", name=op.f("pk_pulse_level")),
        _of_round("pulse_level"),
    )
    _create_notes_and_annotations()


def _create_notes_and_annotations() -> None:
    op.create_table(
        "pulse_held",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("mixed_since", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_held")),
    )
    op.create_table(
        "pulse_hand",
        sa.Column("mark", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_pulse_hand")),
    )
    op.create_table(
        "pulse_note",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("published_on", sa.Date, nullable=False),
        sa.Column("is_hidden", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_note")),
    )
    op.create_index(op.f("ix_pulse_note_published_on"), "pulse_note", ["published_on"])
    op.create_table(
        "pulse_annotation",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("words", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_annotation")),
    )
    op.create_index(op.f("ix_pulse_annotation_day"), "pulse_annotation", ["day"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _round() -> sa.Column[int]:
    return sa.Column("round_id", sa.Integer, nullable=False)


def _of_round(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_round_id")
    return sa.ForeignKeyConstraint(["round_id"], ["pulse_round.id"], name=name, ondelete="CASCADE")
