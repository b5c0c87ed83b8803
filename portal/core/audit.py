"""The audit log: who did what, kept and never changed. Ids and names of acts only, no texts that people wrote."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Timestamped, db


class AuditEntry(Timestamped, Base):
    """One act. There is no foreign key to the person: the log outlives them."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    viewer_id: Mapped[int | None] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(120), default="")
    ids: Mapped[dict[str, Any]] = mapped_column(JSON)


def note(viewer_id: int | None, act: str, *, subject: str = "", **ids: int | str) -> None:
    """Write down an act such as «people.deactivate», in the transaction that does it."""
    db.session.add(AuditEntry(viewer_id=viewer_id, act=act, subject=subject, ids=ids))


def entries(limit: int = 100) -> list[AuditEntry]:
    """Give the newest acts."""
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)))


def entries_of(viewer_id: int) -> list[AuditEntry]:
    """Give what one person has done, the oldest first."""
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.viewer_id == viewer_id).order_by(AuditEntry.id)))
