"""Wishes for a talk, buddies, contact cards, and who wants to be asked again after a hard call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0035"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "talk",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("asker_id", sa.Integer, nullable=False),
        sa.Column("helper_id", sa.Integer),
        sa.Column("whom", sa.String(10), nullable=False),
        sa.Column("suits", sa.String(10)),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer", sa.String(10)),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name=op.f("fk_talk_asker_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["helper_id"], ["person.id"], name=op.f("fk_talk_helper_id"), ondelete="CASCADE"),
        sa.CheckConstraint("helper_id <> asker_id", name=op.f("ck_talk_helper_is_somebody_else")),
        sa.CheckConstraint("state <> 'passed' OR helper_id IS NULL", name=op.f("ck_talk_passed_is_forgotten")),
        sa.CheckConstraint("state <> 'agreed' OR helper_id IS NOT NULL", name=op.f("ck_talk_agreed_with_somebody")),
    )
    op.create_index(op.f("ix_talk_asker_id"), "talk", ["asker_id"])
    op.create_index(op.f("ix_talk_helper_id"), "talk", ["helper_id"])
    op.create_index(op.f("ix_talk_until"), "talk", ["until"])
    is_asked = sa.text("state = 'asked'")
    op.create_index(
        "uq_talk_asked", "talk", ["asker_id"], unique=True, sqlite_where=is_asked, postgresql_where=is_asked
    )
    op.create_table(
        "talk_told",
        sa.Column("talk_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("is_passed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("talk_id", "person_id", name=op.f("pk_talk_told")),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_talk_told_talk_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_talk_told_person_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_talk_told_person_id"), "talk_told", ["person_id"])
    op.create_table(
        "buddy",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("buddy_id", sa.Integer, nullable=False),
        sa.Column("asked_until", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buddy")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_buddy_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["buddy_id"], ["person.id"], name=op.f("fk_buddy_buddy_id"), ondelete="CASCADE"),
        sa.UniqueConstraint("person_id", name=op.f("uq_buddy_person_id")),
        sa.CheckConstraint("buddy_id <> person_id", name=op.f("ck_buddy_buddy_is_somebody_else")),
    )
    op.create_index(op.f("ix_buddy_buddy_id"), "buddy", ["buddy_id"])
    op.create_table(
        "contact_card",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("link", sa.String(300), nullable=False),
        sa.Column("hours", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_card")),
    )
    op.create_table(
        "follow_up",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_follow_up_person_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_follow_up_person_id"), "follow_up", ["person_id"])


def downgrade() -> None:
    for table in ("follow_up", "contact_card", "buddy", "talk_told", "talk"):
        op.drop_table(table)
