"""Rooms, bookings with their ledger, busy times, and the embedded calendar."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_rooms()
    _make_bookings()
    _make_embedded_calendar()


def downgrade() -> None:
    for table in ("embedded_slot", "embedded_meeting", "busy_span", "booking_step", "booking", "room"):
        op.drop_table(table)


def _make_rooms() -> None:
    op.create_table(
        "room",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("site", sa.String(80), nullable=False),
        sa.Column("floor", sa.String(20), nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("equipment", sa.String(300), nullable=False),
        sa.Column("is_bookable", sa.Boolean, nullable=False),
        sa.Column("opens_at", sa.Time, nullable=False),
        sa.Column("closes_at", sa.Time, nullable=False),
        sa.Column("busy_seen_at", MOMENT),
        sa.Column("busy_problem", sa.String(80), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_room_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("address", name=op.f("uq_room_address")),
    )
    op.create_table(
        "busy_span",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("room_id", sa.Integer, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_span")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], ondelete="CASCADE", name=op.f("fk_busy_span_room_id")),
    )
    op.create_index("ix_busy_span_room_id", "busy_span", ["room_id", "starts_at"])


def _make_bookings() -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("purpose", sa.String(80), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("preferred_room_id", sa.Integer),
        sa.Column("room_id", sa.Integer),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("is_wanted", sa.Boolean, nullable=False),
        sa.Column("is_current", sa.Boolean, nullable=False),
        sa.Column("is_quiet", sa.Boolean, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("misses", sa.Integer, nullable=False),
        sa.Column("doubts", sa.Integer, nullable=False),
        sa.Column("was_free", sa.Boolean, nullable=False),
        sa.Column("was_moved", sa.Boolean, nullable=False),
        sa.Column("remote_id", sa.String(600), nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("answered_at", MOMENT),
        sa.Column("cleared_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_booking_interval")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("uuid", name=op.f("uq_booking_uuid")),
        sa.ForeignKeyConstraint(["preferred_room_id"], ["room.id"], name=op.f("fk_booking_preferred_room_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_booking_room_id")),
    )
    op.create_index("ix_booking_purpose", "booking", ["purpose"])
    op.create_index("ix_booking_room_id", "booking", ["room_id", "starts_at"])
    op.create_index(
        "uq_booking_current",
        "booking",
        ["purpose"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "booking_step",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("booking_id", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("detail", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_step")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], ondelete="CASCADE", name=op.f("fk_booking_step_booking_id")
        ),
    )
    op.create_index(op.f("ix_booking_step_booking_id"), "booking_step", ["booking_id"])


def _make_embedded_calendar() -> None:
    op.create_table(
        "embedded_meeting",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("uid", sa.String(120), nullable=False),
        sa.Column("room_address", sa.String(200), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("answer", sa.String(10), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embedded_meeting")),
    )
    op.create_index(op.f("ix_embedded_meeting_key"), "embedded_meeting", ["key"])
    op.create_table(
        "embedded_slot",
        sa.Column("room_address", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("meeting_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("room_address", "at", name=op.f("pk_embedded_slot")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["embedded_meeting.id"],
            ondelete="CASCADE",
            name=op.f("fk_embedded_slot_meeting_id"),
        ),
    )
    op.create_index(op.f("ix_embedded_slot_meeting_id"), "embedded_slot", ["meeting_id"])
