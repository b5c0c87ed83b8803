"""Check-ins, of which the database knows nothing but whose they are."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.blueprints.checkins.rules import audiences, faces
from portal.blueprints.checkins.rules.faces import Said
from portal.blueprints.people.models import Person
from portal.core import rotation, sealing
from portal.core.db import Base, Timestamped
from portal.core.errors import NotFound
from portal.core.i18n import N_


class CheckIn(Timestamped, Base):
    """How somebody was, sealed: face and words together. The id is chance, so that counting up finds nobody's."""

    __tablename__ = "checkin"
    __table_args__ = (
        CheckConstraint("(reader_id IS NULL) = (shared_until IS NULL)", name="shared_for_a_time"),
        CheckConstraint("reader_id <> author_id", name="reader_is_somebody_else"),
        Index("ix_checkin_author_id", "author_id", "created_at", "id"),
        Index("ix_checkin_reader_id", "reader_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    shared_until: Mapped[datetime | None]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    author: Mapped[Person] = relationship(foreign_keys=author_id)
    reader: Mapped[Person | None] = relationship(foreign_keys=reader_id)

    @staticmethod
    def new_id() -> str:
        """Make an id by chance."""
        return secrets.token_urlsafe(16)

    def is_open_to(self, person_id: int) -> bool:
        """Tell whether somebody may read it."""
        return audiences.may_read(person_id=person_id, author_id=self.author_id, reader_id=self.reader_id)

    def opened_by(self, person_id: int) -> Said:
        """Give what was said to somebody who may read it; for all others it is not there. The only way to the words."""
        if not self.is_open_to(person_id):
            raise NotFound(N_("We cannot find that check-in."))
        return faces.read(sealing.open_sealed(self.sealed, context=self.place))

    def seal(self, said: Said, *, reader_id: int | None, until: datetime | None) -> None:
        """Write it for its author, and for one reader until a moment or for none."""
        self.reader_id, self.shared_until = reader_id, until
        self.sealed = sealing.seal(faces.written(said), context=self.place)

    def close(self) -> None:
        """End a reader's access without opening it, when the key is gone: what nobody can open stays so."""
        self.reader_id = self.shared_until = None

    @property
    def place(self) -> str:
        """Name the place that it is sealed for."""
        return audiences.place(self.id, author_id=self.author_id, reader_id=self.reader_id)


rotation.register(CheckIn.sealed, context=lambda row: row.place)
