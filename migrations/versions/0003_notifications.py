"""Notices, mails, preferences and quiet hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("thread", sa.String(120), nullable=False),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column("endpoint", sa.String(80), nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT),
        sa.Column("is_bundled", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_notice_actor_id"), ondelete="SET NULL"),
    )
    op.create_index(op.f("ix_notice_person_id"), "notice", ["person_id", "told_at", "id"])
    op.create_index(op.f("ix_notice_actor_id"), "notice", ["actor_id"])
    unread = sa.text("read_at IS NULL")
    op.create_index(
        op.f("uq_notice_unread"),
        "notice",
        ["person_id", "thread"],
        unique=True,
        sqlite_where=unread,
        postgresql_where=unread,
    )
    op.create_table(
        "told_once",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_told_once")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_told_once_person_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_told_once_told_at"), "told_once", ["told_at"])
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("notice_id", sa.Integer),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column("calendar", sa.LargeBinary),
        sa.Column("calendar_method", sa.String(20)),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("refusal", sa.Integer),
        sa.Column("sent_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_mail_notice_id"), ondelete="CASCADE"),
        sa.UniqueConstraint("key", name=op.f("uq_mail_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    op.create_index(op.f("ix_mail_person_id"), "mail", ["person_id"])
    op.create_index(op.f("ix_mail_notice_id"), "mail", ["notice_id"])
    op.create_index(op.f("ix_mail_state"), "mail", ["state", "created_at"])
    op.create_table(
        "notice_preference",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("group_name", sa.String(40), nullable=False),
        sa.Column("delivery", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "group_name", name=op.f("pk_notice_preference")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_preference_person_id"), ondelete="CASCADE"
        ),
    )
    op.create_table(
        "quiet_hours",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("starts", sa.Time, nullable=False),
        sa.Column("ends", sa.Time, nullable=False),
        sa.Column("weekdays", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_quiet_hours")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_quiet_hours_person_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("weekdays > 0 AND weekdays < 128", name=op.f("ck_quiet_hours_weekdays")),
    )


def downgrade() -> None:
    for table in ("quiet_hours", "notice_preference", "mail", "told_once", "notice"):
        op.drop_table(table)
