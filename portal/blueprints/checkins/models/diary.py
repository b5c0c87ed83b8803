"""The diary: its lock, and entries of which the database knows nothing but whose they are."""

from __future__ import annotations

import hmac
import secrets

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.blueprints.checkins.rules import diary as rules
from portal.blueprints.checkins.rules.diary import Entry
from portal.core import rotation, sealing, vault
from portal.core.db import Base
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.core.vault import Key, Vault


class Diary(Base):
    """The lock of a person's diary. Nothing in it opens anything without the passphrase or the recovery code."""

    __tablename__ = "diary"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    mark: Mapped[str] = mapped_column(String(64))  # that the server set this key: see must_be_untouched
    by_passphrase: Mapped[bytes] = mapped_column(LargeBinary)
    by_code: Mapped[bytes] = mapped_column(LargeBinary)
    is_code_kept: Mapped[bool] = mapped_column(default=False)

    @property
    def vault(self) -> Vault:
        """Give the lock as the vault knows it."""
        return Vault(public_key=self.public_key, by_passphrase=self.by_passphrase, by_code=self.by_code)

    def lock(self, lock: Vault) -> None:
        """Set the lock, and mark its key as the server's own doing."""
        self.public_key, self.by_passphrase, self.by_code = lock.public_key, lock.by_passphrase, lock.by_code
        self.mark_key()

    def mark_key(self) -> None:
        """Mark the key that seals, with the newest key of the server."""
        self.mark = self._marks[0]

    def renew_mark(self) -> bool:
        """Mark with the newest key what an older one has marked; what none has marked stays as it is."""
        is_older = any(hmac.compare_digest(self.mark, mark) for mark in self._marks[1:])
        if is_older:
            self.mark_key()
        return is_older

    def must_be_untouched(self) -> None:
        """Refuse to seal with a key that somebody has put into the database: it would be theirs to open."""
        if not any(hmac.compare_digest(self.mark, mark) for mark in self._marks):
            raise Conflict(N_("Open your diary once before you write more in it: its lock is not as it was made."))

    @property
    def _marks(self) -> list[str]:
        return sealing.marks(self.public_key.hex(), context=rules.lock_of(self.person_id))


class DiaryEntry(Base):
    """One entry: when, face and words sealed together. The rows lie in the order of their ids, which are chance."""

    __tablename__ = "diary_entry"
    __table_args__ = {"sqlite_with_rowid": False}  # the row numbers of SQLite would tell what came before what

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    @staticmethod
    def new_id() -> str:
        """Make an id by chance."""
        return secrets.token_urlsafe(16)

    def seal(self, entry: Entry, *, public_key: bytes) -> None:
        """Write it so that the owner's key alone opens it."""
        self.sealed = vault.seal(rules.written(entry), public_key=public_key, context=self._place)

    def opened(self, key: Key) -> Entry:
        """Give what was said, with the owner's key; the only way to the words."""
        return rules.read(key.open_sealed(self.sealed, context=self._place))

    @property
    def _place(self) -> str:
        return rules.place(self.id, person_id=self.person_id)


rotation.register_mark(Diary.mark, renew=Diary.renew_mark)
