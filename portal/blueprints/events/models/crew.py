"""Those who make an evening happen beside its organiser, and an evening that is on its way to another organiser."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.people.models import Person
from portal.core.db import Base, Timestamped


class EveningHelp(Timestamped, Base):
    """Somebody helps with an evening, and is shown by name; taking it back deletes the row."""

    __tablename__ = "evening_helper"

    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)

    person: Mapped[Person] = relationship()


class Handover(Timestamped, Base):
    """An organiser has asked another to take an evening over. Nobody is given work without a yes."""

    __tablename__ = "evening_handover"

    evening_id: Mapped[int] = mapped_column(ForeignKey("evening.id", ondelete="CASCADE"), primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    whole_series: Mapped[bool] = mapped_column(default=False)

    giver: Mapped[Person] = relationship(foreign_keys=[from_id])
    taker: Mapped[Person] = relationship(foreign_keys=[to_id])
