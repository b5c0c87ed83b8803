"""Calls for help, those around them, how one wants to be rung, day counts, and big incidents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CALL_IS_OPEN = sa.text("state <> 'over'")
INCIDENT_IS_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    _calls()
    _around_a_call("rung", sa.Column("round", sa.Integer, nullable=False), _moment("rung_at"), _flag("declined"))
    _around_a_call("helping", _moment("joined_at"))
    op.create_table(
        "ring_choice",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("sound", sa.String(20), nullable=False),
        sa.Column("loudness", sa.Integer, nullable=False),
        _flag("notifies"),
        sa.Column("talk_by", sa.String(10), nullable=False),
        sa.Column("extension", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_ring_choice")),
        _to("ring_choice", "person_id", "person", ondelete="CASCADE"),
    )
    op.create_table(
        "help_day_count",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("what", sa.String(30), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "what", name=op.f("pk_help_day_count")),
    )
    _incidents()


def _moment(name: str) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=False)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean, nullable=False)


def _to(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _calls() -> None:
    op.create_table(
        "help_call",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("asker_id", sa.Integer, nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("tag_id", sa.Integer),
        sa.Column("key", sa.String(40)),
        sa.Column("state", sa.String(10), nullable=False),
        _moment("rung_at"),
        sa.Column("rounds", sa.Integer, nullable=False),
        sa.Column("taken_by_id", sa.Integer),
        sa.Column("taken_at", MOMENT),
        sa.Column("talking_at", MOMENT),
        sa.Column("offered_to_id", sa.Integer),
        sa.Column("offered_until", MOMENT),
        sa.Column("ending", sa.String(10)),
        sa.Column("ended_at", MOMENT),
        sa.Column("solution", sa.Text, nullable=False),
        sa.Column("solution_by_id", sa.Integer),
        sa.Column("question_id", sa.Integer),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_call")),
        sa.UniqueConstraint("key", name=op.f("uq_help_call_key")),
        _to("help_call", "asker_id", "person"),
        _to("help_call", "tag_id", "tag"),
        _to("help_call", "taken_by_id", "person"),
        _to("help_call", "offered_to_id", "person"),
        _to("help_call", "solution_by_id", "person"),
        _to("help_call", "question_id", "question", ondelete="SET NULL"),
    )
    op.create_index(
        "uq_help_call_open",
        "help_call",
        ["asker_id"],
        unique=True,
        sqlite_where=CALL_IS_OPEN,
        postgresql_where=CALL_IS_OPEN,
    )
    op.create_index("ix_help_call_state", "help_call", ["state", "rung_at"])
    for name in ("asker_id", "tag_id", "taken_by_id", "offered_to_id", "ended_at", "question_id"):
        op.create_index(op.f(f"ix_help_call_{name}"), "help_call", [name])


def _around_a_call(table: str, *more: sa.Column) -> None:
    op.create_table(
        table,
        sa.Column("call_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        *more,
        sa.PrimaryKeyConstraint("call_id", "person_id", name=op.f(f"pk_{table}")),
        _to(table, "call_id", "help_call", ondelete="CASCADE"),
        _to(table, "person_id", "person"),
    )
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("question_id", sa.Integer, nullable=False),
        sa.Column("tag_id", sa.Integer),
        sa.Column("headline", sa.String(150), nullable=False),
        sa.Column("status", sa.String(300), nullable=False),
        _moment("status_at"),
        sa.Column("next_word_at", MOMENT),
        sa.Column("opened_by_id", sa.Integer),
        sa.Column("closed_at", MOMENT),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        _to("incident", "question_id", "question", ondelete="CASCADE"),
        _to("incident", "tag_id", "tag"),
        _to("incident", "opened_by_id", "person", ondelete="SET NULL"),
    )
    op.create_index(
        "uq_incident_open",
        "incident",
        ["question_id"],
        unique=True,
        sqlite_where=INCIDENT_IS_OPEN,
        postgresql_where=INCIDENT_IS_OPEN,
    )
    for name in ("tag_id", "opened_by_id"):
        op.create_index(op.f(f"ix_incident_{name}"), "incident", [name])
    op.create_table(
        "affected",
        sa.Column("incident_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        _moment("since"),
        sa.PrimaryKeyConstraint("incident_id", "person_id", name=op.f("pk_affected")),
        _to("affected", "incident_id", "incident", ondelete="CASCADE"),
        _to("affected", "person_id", "person", ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_affected_person_id"), "affected", ["person_id"])


def downgrade() -> None:
    for table in ("affected", "incident", "help_day_count", "ring_choice", "helping", "rung", "help_call"):
        op.drop_table(table)
