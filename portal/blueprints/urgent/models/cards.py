"""What was sent to the Teams channel: the key alone, so that the same is not sent twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class TeamsCard(Base):
    """A card has left us, or is leaving: written down before, so that a crash in between sends none a second time."""

    __tablename__ = "teams_card"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)  # «call-17-2»: of its second round
    began_at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[str] = mapped_column(String(10), default="")
