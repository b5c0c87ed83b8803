"""Rooms are held while somebody chooses, and no two wanted bookings overlap in a room: the database sees to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

NAME = "ex_booking_room_id"
COLUMNS = {
    "held_until": "{moment}",
    "outside_starts_at": "{moment}",
    "outside_ends_at": "{moment}",
    "own_name": "VARCHAR(80) NOT NULL DEFAULT ''",
}
# Of two that overlap the later one gives way: it is tidied up outside, and another room is sought for it.
GIVE_WAY = """
    UPDATE booking SET is_wanted = {no}, state = 'declined', cleared_at = NULL
    WHERE is_wanted AND room_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM booking AS other
        WHERE other.id < booking.id AND other.is_wanted AND other.room_id = booking.room_id
          AND other.starts_at < booking.ends_at AND other.ends_at > booking.starts_at
    )
"""
EXCLUDE = f"""
    ALTER TABLE booking ADD CONSTRAINT {NAME} EXCLUDE USING gist (
        int4range(room_id, room_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&
    ) WHERE (is_wanted AND room_id IS NOT NULL)
"""
# Whoever makes the table anew on SQLite (batch_alter_table) has to make these anew as well.
TRIGGER = """
    CREATE TRIGGER ex_booking_room_id_{when} BEFORE {event} ON booking
    WHEN NEW.is_wanted AND NEW.room_id IS NOT NULL
    BEGIN
        SELECT RAISE(ABORT, 'ex_booking_room_id') WHERE EXISTS (
            SELECT 1 FROM booking
            WHERE room_id = NEW.room_id AND is_wanted AND id IS NOT NEW.id
              AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
        );
    END
"""
EVENTS = {"insert": "INSERT", "update": "UPDATE OF room_id, starts_at, ends_at, is_wanted"}


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    moment = "DATETIME" if is_sqlite else "TIMESTAMP WITH TIME ZONE"
    for name, kind in COLUMNS.items():
        op.execute(f"ALTER TABLE booking ADD COLUMN {name} {kind.format(moment=moment)}")
    person = sa.ForeignKey("person.id", name=op.f("fk_booking_booked_by_id"), ondelete="SET NULL")
    with op.batch_alter_table("booking") as batch:
        batch.add_column(sa.Column("booked_by_id", sa.Integer(), person))
    op.create_index("ix_booking_booked_by_id", "booking", ["booked_by_id"])
    op.execute(GIVE_WAY.format(no="0" if is_sqlite else "false"))
    if is_sqlite:
        for when, event in EVENTS.items():
            op.execute(TRIGGER.format(when=when, event=event))
    else:
        op.execute(EXCLUDE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for when in EVENTS:
            op.execute(f"DROP TRIGGER {NAME}_{when}")
    else:
        op.execute(f"ALTER TABLE booking DROP CONSTRAINT {NAME}")
    op.drop_index("ix_booking_booked_by_id", table_name="booking")
    with op.batch_alter_table("booking") as batch:
        for name in (*COLUMNS, "booked_by_id"):
            batch.drop_column(name)
