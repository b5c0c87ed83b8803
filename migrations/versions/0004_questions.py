"""Questions, answers, and what is said of them by a press."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("name_nn", sa.String(40), nullable=False),
        sa.Column("name_nb", sa.String(40), nullable=False),
        sa.Column("name_en", sa.String(40), nullable=False),
        sa.Column("color", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("slug", name=op.f("uq_tag_slug")),
    )
    _questions()
    _answers()
    with op.batch_alter_table("question") as batch:
        batch.create_foreign_key("fk_question_accepted_answer_id", "answer", ["accepted_answer_id"], ["id"])
    op.create_table(
        "question_tag",
        sa.Column("question_id", sa.Integer, nullable=False),
        sa.Column("tag_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("question_id", "tag_id", name=op.f("pk_question_tag")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_tag_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_question_tag_tag_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_question_tag_tag_id"), "question_tag", ["tag_id"])
    for table, subject in (("thanks", "answer"), ("wondering", "question"), ("following", "question")):
        _marks(table, subject)
    _pictures()


def _questions() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("author_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(40)),
        sa.Column("title", sa.String(150), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer_count", sa.Integer, nullable=False),
        sa.Column("accepted_answer_id", sa.Integer),
        sa.Column("solved_at", MOMENT),
        sa.Column("claimed_by_id", sa.Integer),
        sa.Column("claimed_until", MOMENT),
        sa.Column("changed_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("is_hidden", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_question_author_id")),
        sa.ForeignKeyConstraint(["claimed_by_id"], ["person.id"], name=op.f("fk_question_claimed_by_id")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_question_author_id")),
        sa.CheckConstraint(
            "(state = 'solved') = (accepted_answer_id IS NOT NULL)", name=op.f("ck_question_solved_by_an_answer")
        ),
    )
    op.create_index("ix_question_state", "question", ["state", "created_at", "id"])
    op.create_index("ix_question_author", "question", ["author_id", "created_at", "id"])
    op.create_index("ix_question_created", "question", ["created_at", "id"])


def _answers() -> None:
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("question_id", sa.Integer, nullable=False),
        sa.Column("author_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(40)),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("changed_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_answer_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_answer_author_id")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_answer_author_id")),
    )
    op.create_index(op.f("ix_answer_question_id"), "answer", ["question_id", "id"])


def _marks(table: str, subject: str) -> None:
    op.create_table(
        table,
        sa.Column(f"{subject}_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(f"{subject}_id", "person_id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            [f"{subject}_id"], [f"{subject}.id"], name=op.f(f"fk_{table}_{subject}_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id")),
    )
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])


def _pictures() -> None:
    op.create_table(
        "picture",
        sa.Column("token", sa.String(22), nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("mime", sa.String(20), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("question_id", sa.Integer),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_picture")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_picture_owner_id")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_picture_question_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_picture_owner_id"), "picture", ["owner_id"])
    op.create_index(op.f("ix_picture_question_id"), "picture", ["question_id"])


def downgrade() -> None:
    with op.batch_alter_table("question") as batch:
        batch.drop_constraint("fk_question_accepted_answer_id", type_="foreignkey")
    for table in ("picture", "following", "wondering", "thanks", "question_tag", "answer", "question", "tag"):
        op.drop_table(table)
