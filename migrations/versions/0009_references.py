"""Patterns of numbers that become links, and the first two."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

ARTICLES = {
    "name": "Kunnskapsartiklar",
    "pattern": r"(?i)\bKB[ -]?(?P<number>[0-9]{4,10})\b",
    "url": "/kunnskap/KB{number}",
    "cases": [
        {"text": "Sjå KB0001234.", "links": ["/kunnskap/KB0001234"]},
        {"text": "kb 10482 og KB-10483", "links": ["/kunnskap/KB10482", "/kunnskap/KB10483"]},
        {"text": "WKB10482, KB10482A og 64 KB", "links": []},
    ],
}
CASES = {
    "name": "Saker",
    "pattern": r"(?i)\b(?P<number>(?:INC|RITM|REQ|SCTASK|CHG|PRB)[0-9]{7,10})\b",
    "url": "{case_url}",
    "cases": [
        {"text": "Gjeld INC1234567 og RITM0012345", "links": ["INC1234567", "RITM0012345"]},
        {"text": "INC123 og XINC1234567", "links": []},
    ],
}


def upgrade() -> None:
    pattern = op.create_table(
        "reference_pattern",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("pattern", sa.String(300), nullable=False),
        sa.Column("url", sa.String(300), nullable=False),
        sa.Column("cases", sa.JSON, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_pattern")),
        sa.UniqueConstraint("name", name=op.f("uq_reference_pattern_name")),
    )
    version = op.create_table(
        "reference_version",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("word", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_version")),
    )
    op.bulk_insert(version, [{"id": 1, "word": secrets.token_hex(8)}])
    moment = datetime.now(UTC)
    rows = [
        {**row, "position": place, "is_active": True, "created_at": moment}
        for place, row in enumerate((ARTICLES, CASES), 1)
    ]
    op.bulk_insert(pattern, rows)


def downgrade() -> None:
    for table in ("reference_version", "reference_pattern"):
        op.drop_table(table)
