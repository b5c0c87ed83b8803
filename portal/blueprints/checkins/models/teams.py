"""What was said to a team under one's name, and the signs that answered it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.checkins.rules import faces, teams
from portal.blueprints.checkins.rules.faces import Said
from portal.blueprints.checkins.rules.teams import Sign
from portal.blueprints.people.models import Person
from portal.core import rotation, sealing
from portal.core.db import Base, Timestamped


class TeamCheckIn(Timestamped, Base):
    """A check-in for one's team, or for the whole desk where one is in no team. Gone after its time."""

    __tablename__ = "team_checkin"
    __table_args__ = (Index("ix_team_checkin_created_at", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # A team that is no more takes its wall with it: what was said to ten is not said to fifty.
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    is_hidden: Mapped[bool] = mapped_column(default=False)

    author: Mapped[Person] = relationship()

    def is_seen_by(self, person: Person) -> bool:
        """Tell whether somebody sees it."""
        return teams.may_see(
            team_id=self.team_id, author_id=self.author_id, viewer_id=person.id, viewer_team_id=person.team_id
        )

    def opened(self) -> Said:
        """Give what was said; queries ask first who is asking."""
        return faces.read(sealing.open_sealed(self.sealed, context=self.place))

    def seal(self, said: Said) -> None:
        """Write it."""
        self.sealed = sealing.seal(faces.written(said), context=self.place)

    @property
    def place(self) -> str:
        """Name the place that it is sealed for."""
        return teams.place(self.id, author_id=self.author_id)


class TeamSign(Base):
    """A heart, or «I am here», from one colleague: seen by the two, and counted by nobody."""

    __tablename__ = "team_sign"

    checkin_id: Mapped[str] = mapped_column(ForeignKey("team_checkin.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    sign: Mapped[Sign] = mapped_column(String(5))

    person: Mapped[Person] = relationship()


rotation.register(TeamCheckIn.sealed, context=lambda row: row.place)
