"""Check-ins for one's team, sealed, and the signs that answer them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0043"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "team_checkin",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("author_id", sa.Integer, nullable=False),
        sa.Column("team_id", sa.Integer),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("is_hidden", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_checkin")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_team_checkin_author_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_checkin_team_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_team_checkin_author_id"), "team_checkin", ["author_id"])
    op.create_index(op.f("ix_team_checkin_team_id"), "team_checkin", ["team_id"])
    op.create_index(op.f("ix_team_checkin_until"), "team_checkin", ["until"])
    op.create_index("ix_team_checkin_created_at", "team_checkin", ["created_at", "id"])
    op.create_table(
        "team_sign",
        sa.Column("checkin_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("sign", sa.String(5), nullable=False),
        sa.PrimaryKeyConstraint("checkin_id", "person_id", name=op.f("pk_team_sign")),
        sa.ForeignKeyConstraint(
            ["checkin_id"], ["team_checkin.id"], name=op.f("fk_team_sign_checkin_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_team_sign_person_id")),
    )
    op.create_index(op.f("ix_team_sign_person_id"), "team_sign", ["person_id"])


def downgrade() -> None:
    op.drop_table("team_sign")
    op.drop_table("team_checkin")
