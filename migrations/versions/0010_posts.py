"""Posts without a name, comments, earlier wordings, marks from everyday use, and what a question has become."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ONE_HAND = "author_id IS NULL OR mask IS NULL"


def upgrade() -> None:
    _questions()
    _answers()
    _tags()
    _comments()
    _revisions()
    _verdicts()
    with op.batch_alter_table("picture") as batch:
        batch.alter_column("owner_id", existing_type=sa.Integer, nullable=True)


def _authored() -> list[sa.Column]:
    return [
        sa.Column("mask", sa.String(64)),
        sa.Column("salt", sa.String(64)),
        sa.Column("origin", sa.String(120)),
    ]


def _questions() -> None:
    with op.batch_alter_table("question") as batch:
        for column in _authored():
            batch.add_column(column)
        batch.alter_column("author_id", existing_type=sa.Integer, nullable=True)
        batch.add_column(sa.Column("accepted_by_peer", sa.Boolean, nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("reopened_at", MOMENT))
        batch.add_column(sa.Column("active_at", MOMENT))
        batch.add_column(sa.Column("addressee_id", sa.Integer))
        batch.add_column(sa.Column("asked_tag_id", sa.Integer))
        batch.add_column(sa.Column("is_easy", sa.Boolean, nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("info_wanted_at", MOMENT))
        batch.add_column(sa.Column("duplicate_of_id", sa.Integer))
        batch.add_column(sa.Column("duplicate_article", sa.String(20), nullable=False, server_default=""))
        batch.add_column(sa.Column("is_locked", sa.Boolean, nullable=False, server_default=sa.false()))
        batch.create_unique_constraint(op.f("uq_question_origin"), ["origin"])
        batch.create_unique_constraint(op.f("uq_question_mask"), ["mask", "key"])
        batch.create_check_constraint(op.f("ck_question_one_hand"), ONE_HAND)
        batch.create_foreign_key(op.f("fk_question_addressee_id"), "person", ["addressee_id"], ["id"])
        batch.create_foreign_key(op.f("fk_question_asked_tag_id"), "tag", ["asked_tag_id"], ["id"], ondelete="SET NULL")
        batch.create_foreign_key(
            op.f("fk_question_duplicate_of_id"), "question", ["duplicate_of_id"], ["id"], ondelete="SET NULL"
        )
    op.execute(
        "UPDATE question SET active_at = coalesce((SELECT max(created_at) FROM answer"
        " WHERE answer.question_id = question.id), created_at)"
    )
    with op.batch_alter_table("question") as batch:
        batch.alter_column("active_at", existing_type=MOMENT, nullable=False)
        for name in ("accepted_by_peer", "is_easy", "is_locked"):
            batch.alter_column(name, existing_type=sa.Boolean, server_default=None)
        batch.alter_column("duplicate_article", existing_type=sa.String(20), server_default=None)
    op.create_index("ix_question_mask", "question", ["mask"])
    for name in ("addressee_id", "asked_tag_id", "duplicate_of_id"):
        op.create_index(op.f(f"ix_question_{name}"), "question", [name])


def _answers() -> None:
    with op.batch_alter_table("answer") as batch:
        for column in _authored():
            batch.add_column(column)
        batch.alter_column("author_id", existing_type=sa.Integer, nullable=True)
        batch.add_column(sa.Column("is_hidden", sa.Boolean, nullable=False, server_default=sa.false()))
        batch.create_unique_constraint(op.f("uq_answer_origin"), ["origin"])
        batch.create_unique_constraint(op.f("uq_answer_mask"), ["mask", "key"])
        batch.create_check_constraint(op.f("ck_answer_one_hand"), ONE_HAND)
    with op.batch_alter_table("answer") as batch:
        batch.alter_column("is_hidden", existing_type=sa.Boolean, server_default=None)


def _tags() -> None:
    with op.batch_alter_table("tag") as batch:
        batch.add_column(sa.Column("template", sa.Text, nullable=False, server_default=""))
        batch.add_column(sa.Column("check_since", MOMENT))
        batch.add_column(sa.Column("check_reason", sa.String(200), nullable=False, server_default=""))
    with op.batch_alter_table("tag") as batch:
        batch.alter_column("template", existing_type=sa.Text, server_default=None)
        batch.alter_column("check_reason", existing_type=sa.String(200), server_default=None)
    op.create_table(
        "tag_synonym",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("tag_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tag_synonym")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_tag_synonym_tag_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_tag_synonym_tag_id"), "tag_synonym", ["tag_id"])


def _comments() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("question_id", sa.Integer, nullable=False),
        sa.Column("answer_id", sa.Integer),
        sa.Column("author_id", sa.Integer),
        *_authored(),
        sa.Column("key", sa.String(40)),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("changed_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("is_hidden", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_comment_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_comment_answer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_comment_author_id")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_comment_author_id")),
        sa.UniqueConstraint("mask", "key", name=op.f("uq_comment_mask")),
        sa.UniqueConstraint("origin", name=op.f("uq_comment_origin")),
        sa.CheckConstraint(ONE_HAND, name=op.f("ck_comment_one_hand")),
    )
    op.create_index("ix_comment_question_id", "comment", ["question_id", "id"])
    op.create_index(op.f("ix_comment_answer_id"), "comment", ["answer_id"])


def _revisions() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("question_id", sa.Integer),
        sa.Column("answer_id", sa.Integer),
        sa.Column("comment_id", sa.Integer),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("title", sa.String(150), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("written_by_id", sa.Integer),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        *(
            sa.ForeignKeyConstraint(
                [f"{post}_id"], [f"{post}.id"], name=op.f(f"fk_revision_{post}_id"), ondelete="CASCADE"
            )
            for post in ("question", "answer", "comment")
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_revision_written_by_id")),
    )
    op.create_index("ix_revision_post", "revision", ["question_id", "answer_id", "comment_id", "number"])
    for name in ("answer_id", "comment_id", "written_by_id"):
        op.create_index(op.f(f"ix_revision_{name}"), "revision", [name])


def _verdicts() -> None:
    op.create_table(
        "verdict",
        sa.Column("answer_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("answer_id", "person_id", "kind", name=op.f("pk_verdict")),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_verdict_answer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_verdict_person_id")),
    )
    op.create_index(op.f("ix_verdict_person_id"), "verdict", ["person_id"])


def downgrade() -> None:
    """Go back. Posts without a name have no place in the old tables and are removed."""
    for table in ("verdict", "revision", "comment", "tag_synonym"):
        op.drop_table(table)
    op.execute(
        "UPDATE question SET accepted_answer_id = NULL, state = 'answered', solved_at = NULL"
        " WHERE accepted_answer_id IN (SELECT id FROM answer WHERE author_id IS NULL)"
    )
    op.execute("DELETE FROM answer WHERE author_id IS NULL")
    op.execute("DELETE FROM question WHERE author_id IS NULL")
    op.execute("DELETE FROM picture WHERE owner_id IS NULL")
    _as_answers_were()
    _as_questions_were()


def _as_answers_were() -> None:
    with op.batch_alter_table("picture") as batch:
        batch.alter_column("owner_id", existing_type=sa.Integer, nullable=False)
    with op.batch_alter_table("tag") as batch:
        for name in ("template", "check_since", "check_reason"):
            batch.drop_column(name)
    with op.batch_alter_table("answer") as batch:
        batch.drop_constraint(op.f("ck_answer_one_hand"), type_="check")
        for name in ("origin", "mask"):
            batch.drop_constraint(op.f(f"uq_answer_{name}"), type_="unique")
        for name in ("mask", "salt", "origin", "is_hidden"):
            batch.drop_column(name)
        batch.alter_column("author_id", existing_type=sa.Integer, nullable=False)


def _as_questions_were() -> None:
    for name in (
        "ix_question_mask",
        *(op.f(f"ix_question_{n}") for n in ("addressee_id", "asked_tag_id", "duplicate_of_id")),
    ):
        op.drop_index(name, "question")
    with op.batch_alter_table("question") as batch:
        batch.drop_constraint(op.f("ck_question_one_hand"), type_="check")
        for name in ("origin", "mask"):
            batch.drop_constraint(op.f(f"uq_question_{name}"), type_="unique")
        for name in ("addressee_id", "asked_tag_id", "duplicate_of_id"):
            batch.drop_constraint(op.f(f"fk_question_{name}"), type_="foreignkey")
        for name in (
            "mask",
            "salt",
            "origin",
            "accepted_by_peer",
            "reopened_at",
            "active_at",
            "addressee_id",
            "asked_tag_id",
            "is_easy",
            "info_wanted_at",
            "duplicate_of_id",
            "duplicate_article",
            "is_locked",
        ):
            batch.drop_column(name)
        batch.alter_column("author_id", existing_type=sa.Integer, nullable=False)
