"""Mail at once, hourly, daily or weekly per kind; several quiet times a week, and until a moment; what a mail told."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HAS_TIME = sa.text("mail_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("notice", sa.Column("page", sa.String(24), nullable=False, server_default=""))
    op.add_column("notice", sa.Column("way", sa.String(10), nullable=False, server_default="none"))
    op.add_column("notice", sa.Column("mail_at", MOMENT))
    op.add_column("notice", sa.Column("veils", sa.Text, nullable=False, server_default=""))
    _name_the_pages()
    op.create_index(op.f("ix_notice_page"), "notice", ["page"])
    op.create_index(op.f("ix_notice_mail_at"), "notice", ["mail_at"], sqlite_where=HAS_TIME, postgresql_where=HAS_TIME)
    told = _let_mails_wait_on_their_notices()
    op.drop_column("notice", "is_bundled")
    op.drop_index(op.f("ix_mail_notice_id"), "mail")
    with op.batch_alter_table("mail") as batch:
        batch.drop_constraint(op.f("fk_mail_notice_id"), type_="foreignkey")
        batch.drop_column("notice_id")
    _lines(told)
    _choices()
    _quiet()


def _name_the_pages() -> None:
    notice = sa.table("notice", sa.column("id"), sa.column("endpoint"), sa.column("values", sa.JSON), sa.column("page"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(notice.c.id, notice.c.endpoint, notice.c["values"])).all():
        page = f"{row.endpoint} {sorted(row[2].items())}"
        name = hashlib.sha256(page.encode()).hexdigest()[:24]
        connection.execute(sa.update(notice).where(notice.c.id == row.id).values(page=name))


def _let_mails_wait_on_their_notices() -> list[dict[str, Any]]:
    """Move what waited in mails to the notices, where it waits from now on; give what the sent mails have told."""
    op.add_column("mail", sa.Column("page", sa.String(24)))
    connection, now = op.get_bind(), {"now": datetime.now(UTC)}
    later = sa.text("UPDATE notice SET way = :way, mail_at = :now WHERE id = :id AND read_at IS NULL").bindparams(
        sa.bindparam("now", type_=MOMENT)
    )
    for (notice_id,) in connection.execute(sa.text("SELECT id FROM notice WHERE is_bundled")).all():
        connection.execute(later, {**now, "way": "together", "id": notice_id})
    bundles = "SELECT id, params FROM mail WHERE kind = 'digest' AND state = 'waiting'"
    for mail_id, params in connection.execute(sa.text(bundles)).all():
        for notice_id in (json.loads(params) if isinstance(params, str) else params).get("notices", []):
            connection.execute(later, {**now, "way": "together", "id": notice_id})
        _let_go(mail_id)
    alone = "SELECT id, notice_id FROM mail WHERE notice_id IS NOT NULL AND state = 'waiting'"
    for mail_id, notice_id in connection.execute(sa.text(alone)).all():
        connection.execute(later, {**now, "way": "alone", "id": notice_id})
        _let_go(mail_id)
    op.execute("DELETE FROM job WHERE name = 'notifications.digest'")
    op.execute(
        "UPDATE notice SET way = 'alone' WHERE read_at IS NULL AND way = 'none'"
        " AND id IN (SELECT notice_id FROM mail WHERE state = 'failed')"
    )
    op.execute(
        "UPDATE mail SET kind = 'notice', page = (SELECT page FROM notice WHERE notice.id = mail.notice_id)"
        " WHERE notice_id IS NOT NULL"
    )
    told = "SELECT mail.id, notice.id, notice.count FROM mail JOIN notice ON notice.id = notice_id WHERE state = 'sent'"
    names = ("mail_id", "notice_id", "count")
    return [dict(zip(names, row, strict=True)) for row in connection.execute(sa.text(told)).all()]


def _let_go(mail_id: int) -> None:
    connection = op.get_bind()
    connection.execute(sa.text("DELETE FROM job WHERE key = :key"), {"key": f"mail-{mail_id}"})
    connection.execute(sa.text("DELETE FROM mail WHERE id = :id"), {"id": mail_id})


def _lines(told: list[dict[str, Any]]) -> None:
    lines = op.create_table(
        "mail_line",
        sa.Column("mail_id", sa.Integer, nullable=False),
        sa.Column("notice_id", sa.Integer, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("mail_id", "notice_id", name=op.f("pk_mail_line")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_mail_line_mail_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_mail_line_notice_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_mail_line_notice_id"), "mail_line", ["notice_id"])
    op.bulk_insert(lines, told)


def _choices() -> None:
    op.create_table(
        "notice_choice",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("scope", sa.String(10), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("delivery", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "scope", "name", name=op.f("pk_notice_choice")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_choice_person_id"), ondelete="CASCADE"
        ),
    )
    op.execute(
        "INSERT INTO notice_choice (person_id, scope, name, delivery)"
        " SELECT person_id, 'group', group_name, delivery FROM notice_preference"
    )
    op.drop_table("notice_preference")


def _quiet() -> None:
    op.create_table(
        "quiet_span",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("weekdays", sa.Integer, nullable=False),
        sa.Column("starts", sa.Time, nullable=False),
        sa.Column("ends", sa.Time, nullable=False),
        sa.Column("ends_on", sa.Integer),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiet_span")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_quiet_span_person_id"), ondelete="CASCADE"),
        sa.CheckConstraint("weekdays > 0 AND weekdays < 128", name=op.f("ck_quiet_span_weekdays")),
        sa.CheckConstraint("ends_on >= 0 AND ends_on < 7", name=op.f("ck_quiet_span_ends_on")),
    )
    op.create_index(op.f("ix_quiet_span_person_id"), "quiet_span", ["person_id"])
    op.execute(
        "INSERT INTO quiet_span (person_id, weekdays, starts, ends)"
        " SELECT person_id, weekdays, starts, ends FROM quiet_hours"
    )
    op.drop_table("quiet_hours")
    op.create_table(
        "quiet_until",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_quiet_until")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_quiet_until_person_id"), ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("quiet_until")
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
    op.execute(
        "INSERT INTO quiet_hours (person_id, weekdays, starts, ends) SELECT person_id, weekdays, starts, ends"
        " FROM quiet_span WHERE id IN (SELECT min(id) FROM quiet_span GROUP BY person_id)"
    )
    op.drop_table("quiet_span")
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
    op.execute(
        "INSERT INTO notice_preference (person_id, group_name, delivery) SELECT person_id, name,"
        " CASE WHEN delivery IN ('hourly', 'weekly') THEN 'daily' ELSE delivery END"
        " FROM notice_choice WHERE scope = 'group'"
    )
    op.drop_table("notice_choice")
    op.drop_table("mail_line")
    with op.batch_alter_table("mail") as batch:
        batch.add_column(sa.Column("notice_id", sa.Integer))
        batch.create_foreign_key(op.f("fk_mail_notice_id"), "notice", ["notice_id"], ["id"], ondelete="CASCADE")
        batch.drop_column("page")
    op.create_index(op.f("ix_mail_notice_id"), "mail", ["notice_id"])
    op.drop_index(op.f("ix_notice_mail_at"), "notice")
    op.drop_index(op.f("ix_notice_page"), "notice")
    op.add_column("notice", sa.Column("is_bundled", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE notice SET is_bundled = (way = 'together' AND mail_at IS NOT NULL)")
    for name in ("veils", "mail_at", "way", "page"):
        op.drop_column("notice", name)
