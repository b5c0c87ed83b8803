"""Who wants to hear of new evenings."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.events.models.evenings import Kind
from portal.blueprints.people.models import Person
from portal.core.db import Base


class EveningFollow(Base):
    """Somebody wants a mail when there is a new evening of a kind."""

    __tablename__ = "evening_follow"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(String(20), primary_key=True)

    person: Mapped[Person] = relationship()
