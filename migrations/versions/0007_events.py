"""Series, evenings, sign-ups and the secrets of calendar feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        sa.Column("frequency", sa.String(10), nullable=False),
        sa.Column("weekday", sa.Integer, nullable=False),
        sa.Column("nth", sa.Integer),
        sa.Column("interval", sa.Integer, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("count", sa.Integer),
        sa.Column("exceptions", sa.JSON, nullable=False),
        sa.Column("starts", sa.Time, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("capacity", sa.Integer),
        sa.Column("needs_room", sa.Boolean, nullable=False),
        sa.Column("seats", sa.Integer),
        sa.Column("organiser_id", sa.Integer),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["person.id"], name=op.f("fk_series_organiser_id"), ondelete="SET NULL"
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_series_minutes")),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_series_capacity")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_series_seats")),
    )
    op.create_index(op.f("ix_series_organiser_id"), "series", ["organiser_id"])
    op.create_table(
        "evening",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uid", sa.String(80), nullable=False),
        sa.Column("series_id", sa.Integer),
        sa.Column("original_on", sa.Date),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("own_title", sa.String(120)),
        sa.Column("own_text", sa.String(2000)),
        sa.Column("own_place", sa.String(160)),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("capacity", sa.Integer),
        sa.Column("needs_room", sa.Boolean, nullable=False),
        sa.Column("seats", sa.Integer),
        sa.Column("room_place", sa.String(160), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("organiser_id", sa.Integer),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("changed_revision", sa.Integer, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evening")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_evening_series_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["person.id"], name=op.f("fk_evening_organiser_id"), ondelete="SET NULL"
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_evening_uid")),
        sa.UniqueConstraint("series_id", "original_on", name=op.f("uq_evening_series_id")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_evening_interval")),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_evening_capacity")),
        sa.CheckConstraint("series_id IS NOT NULL OR own_title IS NOT NULL", name=op.f("ck_evening_title")),
    )
    op.create_index(op.f("ix_evening_starts_at"), "evening", ["starts_at"])
    op.create_index(op.f("ix_evening_organiser_id"), "evening", ["organiser_id"])
    op.create_table(
        "sign_up",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("evening_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("shown_as", sa.String(10), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary),
        sa.Column("invited_sequence", sa.Integer),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.ForeignKeyConstraint(["evening_id"], ["evening.id"], name=op.f("fk_sign_up_evening_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_up_person_id"), ondelete="CASCADE"),
        sa.UniqueConstraint("evening_id", "person_id", name=op.f("uq_sign_up_evening_id")),
        sa.UniqueConstraint("evening_id", "position", name=op.f("uq_sign_up_position")),
    )
    op.create_index(op.f("ix_sign_up_person_id"), "sign_up", ["person_id"])
    op.create_table(
        "feed_secret",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_feed_secret")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_feed_secret_person_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("digest", name=op.f("uq_feed_secret_digest")),
    )


def downgrade() -> None:
    for table in ("feed_secret", "sign_up", "evening", "series"):
        op.drop_table(table)
