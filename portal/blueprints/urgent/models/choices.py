"""How a person wants to be rung, and to be spoken with."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.blueprints.urgent.rules.calls import TalkBy
from portal.core.db import Base


class RingChoice(Base):
    """What one has chosen; who has chosen nothing has the first of each."""

    __tablename__ = "ring_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    sound: Mapped[str] = mapped_column(String(20), default="")  # a name that the script knows; «none» is silent
    loudness: Mapped[int] = mapped_column(default=60)  # of a hundred
    notifies: Mapped[bool] = mapped_column(default=False)  # the browser shows a notice of its own
    talk_by: Mapped[TalkBy] = mapped_column(String(10), default=TalkBy.TEAMS)
    extension: Mapped[str] = mapped_column(String(20), default="")  # where the phone rings, if not as in the profile
