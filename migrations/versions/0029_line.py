"""Guests, offered seats and groups; evenings that need a minimum; and who wants to hear of new ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sign_up_group",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("evening_id", sa.Integer, nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up_group")),
        sa.ForeignKeyConstraint(
            ["evening_id"], ["evening.id"], name=op.f("fk_sign_up_group_evening_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("code", name=op.f("uq_sign_up_group_code")),
    )
    op.create_index(op.f("ix_sign_up_group_evening_id"), "sign_up_group", ["evening_id"])
    op.create_table(
        "evening_follow",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_evening_follow")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_evening_follow_person_id"), ondelete="CASCADE"
        ),
    )
    _let_sign_ups_bring_guests()
    _let_evenings_need_a_minimum()


def _let_sign_ups_bring_guests() -> None:
    with op.batch_alter_table("sign_up") as batch:
        batch.add_column(sa.Column("guests", sa.Integer, nullable=False, server_default="0"))
        batch.add_column(sa.Column("offered_until", MOMENT))
        batch.add_column(sa.Column("group_id", sa.Integer))
        batch.add_column(sa.Column("keeps_together", sa.Boolean, nullable=False, server_default=sa.false()))
        batch.create_foreign_key(
            op.f("fk_sign_up_group_id"), "sign_up_group", ["group_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_check_constraint(op.f("ck_sign_up_guests"), "guests BETWEEN 0 AND 3")
        batch.create_check_constraint(op.f("ck_sign_up_offer"), "(state = 'offered') = (offered_until IS NOT NULL)")
    with op.batch_alter_table("sign_up") as batch:
        batch.alter_column("guests", existing_type=sa.Integer, server_default=None)
        batch.alter_column("keeps_together", existing_type=sa.Boolean, server_default=None)
    op.create_index(op.f("ix_sign_up_group_id"), "sign_up", ["group_id"])


def _let_evenings_need_a_minimum() -> None:
    with op.batch_alter_table("series") as batch:
        batch.add_column(sa.Column("minimum", sa.Integer))
        batch.add_column(sa.Column("decide_hours", sa.Integer))
        batch.create_check_constraint(op.f("ck_series_minimum"), "minimum > 0")
        batch.create_check_constraint(op.f("ck_series_decide_hours"), "decide_hours > 0")
    with op.batch_alter_table("evening") as batch:
        batch.add_column(sa.Column("minimum", sa.Integer))
        batch.add_column(sa.Column("decides_at", MOMENT))
        batch.add_column(sa.Column("decided_at", MOMENT))
        batch.add_column(sa.Column("announced_at", MOMENT))
        batch.add_column(sa.Column("reason", sa.String(20)))
        batch.create_check_constraint(op.f("ck_evening_minimum"), "minimum > 0")
        batch.create_check_constraint(op.f("ck_evening_decision"), "(minimum IS NULL) = (decides_at IS NULL)")
    op.create_index(op.f("ix_evening_decides_at"), "evening", ["decides_at"])
    # What stands on the list today is not new: nobody is to get a heap of mail for it.
    op.execute("UPDATE evening SET announced_at = created_at")


def downgrade() -> None:
    op.drop_index(op.f("ix_evening_decides_at"), table_name="evening")
    with op.batch_alter_table("evening") as batch:
        for name in ("minimum", "decision"):
            batch.drop_constraint(op.f(f"ck_evening_{name}"), type_="check")
        for name in ("minimum", "decides_at", "decided_at", "announced_at", "reason"):
            batch.drop_column(name)
    with op.batch_alter_table("series") as batch:
        for name in ("minimum", "decide_hours"):
            batch.drop_constraint(op.f(f"ck_series_{name}"), type_="check")
            batch.drop_column(name)
    # Who holds an offer waits again: nobody had been given the seat.
    op.execute("UPDATE sign_up SET state = 'waiting', offered_until = NULL WHERE state = 'offered'")
    op.drop_index(op.f("ix_sign_up_group_id"), table_name="sign_up")
    with op.batch_alter_table("sign_up") as batch:
        for name in ("guests", "offer"):
            batch.drop_constraint(op.f(f"ck_sign_up_{name}"), type_="check")
        batch.drop_constraint(op.f("fk_sign_up_group_id"), type_="foreignkey")
        for name in ("guests", "offered_until", "group_id", "keeps_together"):
            batch.drop_column(name)
    op.drop_table("evening_follow")
    op.drop_table("sign_up_group")
