"""Proposals, those who help with an evening, and what is left of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "evening_thanks",
    "recap_picture",
    "recap",
    "evening_handover",
    "evening_helper",
    "would_come",
    "proposal",
)


def _of(table: str, column: str, target: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    _make_proposals()
    _make_crew()
    _make_recaps()


def _make_proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("proposer_id", sa.Integer, nullable=False),
        sa.Column("is_named", sa.Boolean, nullable=False),
        sa.Column("key", sa.String(40)),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("why", sa.String(1000), nullable=False),
        sa.Column("timing", sa.String(120), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("word", sa.String(600), nullable=False),
        sa.Column("answered_by_id", sa.Integer),
        sa.Column("answered_at", MOMENT),
        sa.Column("evening_id", sa.Integer),
        sa.Column("series_id", sa.Integer),
        sa.Column("created_at", MOMENT, nullable=False),
        _key("proposal", "id"),
        _of("proposal", "proposer_id", "person"),
        _of("proposal", "answered_by_id", "person", "SET NULL"),
        _of("proposal", "evening_id", "evening", "SET NULL"),
        _of("proposal", "series_id", "series", "SET NULL"),
        sa.UniqueConstraint("proposer_id", "key", name=op.f("uq_proposal_proposer_id")),
    )
    op.create_index(op.f("ix_proposal_state"), "proposal", ["state", "id"])
    op.create_table(
        "would_come",
        sa.Column("proposal_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        _key("would_come", "proposal_id", "person_id"),
        _of("would_come", "proposal_id", "proposal"),
        _of("would_come", "person_id", "person"),
    )
    op.create_index(op.f("ix_would_come_person_id"), "would_come", ["person_id"])


def _make_crew() -> None:
    op.create_table(
        "evening_helper",
        sa.Column("evening_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _key("evening_helper", "evening_id", "person_id"),
        _of("evening_helper", "evening_id", "evening"),
        _of("evening_helper", "person_id", "person"),
    )
    op.create_index(op.f("ix_evening_helper_person_id"), "evening_helper", ["person_id"])
    op.create_table(
        "evening_handover",
        sa.Column("evening_id", sa.Integer, nullable=False),
        sa.Column("from_id", sa.Integer, nullable=False),
        sa.Column("to_id", sa.Integer, nullable=False),
        sa.Column("whole_series", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _key("evening_handover", "evening_id"),
        _of("evening_handover", "evening_id", "evening"),
        _of("evening_handover", "from_id", "person"),
        _of("evening_handover", "to_id", "person"),
    )
    op.create_index(op.f("ix_evening_handover_to_id"), "evening_handover", ["to_id"])


def _make_recaps() -> None:
    op.create_table(
        "recap",
        sa.Column("evening_id", sa.Integer, nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("author_id", sa.Integer),
        sa.Column("created_at", MOMENT, nullable=False),
        _key("recap", "evening_id"),
        _of("recap", "evening_id", "evening"),
        _of("recap", "author_id", "person", "SET NULL"),
    )
    op.create_index(op.f("ix_recap_author_id"), "recap", ["author_id"])
    op.create_table(
        "recap_picture",
        sa.Column("token", sa.String(22), nullable=False),
        sa.Column("evening_id", sa.Integer, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.Column("alt", sa.String(200), nullable=False),
        sa.Column("mime", sa.String(20), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _key("recap_picture", "token"),
        _of("recap_picture", "evening_id", "evening"),
        _of("recap_picture", "owner_id", "person"),
    )
    op.create_index(op.f("ix_recap_picture_evening_id"), "recap_picture", ["evening_id"])
    op.create_index(op.f("ix_recap_picture_owner_id"), "recap_picture", ["owner_id"])
    op.create_table(
        "evening_thanks",
        sa.Column("evening_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _key("evening_thanks", "evening_id", "person_id"),
        _of("evening_thanks", "evening_id", "evening"),
        _of("evening_thanks", "person_id", "person"),
    )
    op.create_index(op.f("ix_evening_thanks_person_id"), "evening_thanks", ["person_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
