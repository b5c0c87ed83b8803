"""Persons and the one-time links that let them in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Dialect, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from portal.blueprints.people import rules
from portal.blueprints.people.rules import Role
from portal.core import clock
from portal.core.db import Base, Timestamped


class Roles(TypeDecorator[frozenset[Role]]):
    """A set of roles in one column, «,colleague,organiser,», so that a viewer is loaded with one query."""

    impl = String(120)
    cache_ok = True

    def process_bind_param(self, value: Iterable[Role] | None, _dialect: Dialect) -> str:
        """Write the roles in a fixed order."""
        return "".join(f",{role}" for role in sorted(set(value or ()) | {Role.COLLEAGUE})) + ","

    def process_result_value(self, value: str | None, _dialect: Dialect) -> frozenset[Role]:
        """Read the roles."""
        return frozenset(Role(name) for name in (value or "").split(",") if name)


class Team(Base):
    """A team of the desk."""

    __tablename__ = "team"
    __table_args__ = {"sqlite_autoincrement": True}  # a number names a line of the pulse for ever: never used twice

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)


class Person(Timestamped, Base):
    """A colleague."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(120), index=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)  # lower case
    title: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    about: Mapped[str] = mapped_column(String(500), default="")
    roles: Mapped[frozenset[Role]] = mapped_column(Roles(), default=frozenset)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=1)  # raised to end every session at once
    locale: Mapped[str] = mapped_column(String(2), default="nn")
    theme: Mapped[str] = mapped_column(String(5), default="auto")
    contrast: Mapped[str] = mapped_column(String(4), default="")
    hotkeys: Mapped[bool] = mapped_column(default=False)

    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """Give what the session remembers."""
        return f"{self.id}.{self.epoch}"

    def may(self, permission: str) -> bool:
        """Tell whether the person holds a permission."""
        return self.is_active and rules.is_allowed(self.roles, permission)

    @property
    def initials(self) -> str:
        """Give the two letters of the avatar."""
        return rules.initials(self.name)

    @property
    def color_name(self) -> str:
        """Give the colour of the avatar."""
        return rules.color(self.id)

    @property
    def first_name(self) -> str:
        """Give the name one calls the person by."""
        return self.name.split()[0] if self.name.split() else self.name

    def end_sessions(self) -> None:
        """Make every session that exists worthless."""
        self.epoch += 1

    @property
    def is_erased(self) -> bool:
        """Tell whether only the number is left."""
        return not self.name

    def empty(self) -> None:
        """Keep the number and nothing else. It stays taken: no link, log or backup may ever point at somebody new."""
        nobody = f"erased-{self.id}"
        self.username, self.email, self.name = nobody, f"{nobody}@erased.invalid", ""
        self.title = self.phone = self.about = self.contrast = ""
        self.password_hash, self.roles, self.is_active = None, frozenset(), False
        self.locale, self.theme, self.hotkeys = "nn", "auto", False
        self.created_at, self.team_id = clock.now(), None
        self.end_sessions()

    def deactivate(self) -> None:
        """Close the account and its sessions; what the person wrote stays under the name."""
        self.is_active = False
        self.end_sessions()


@dataclass(frozen=True, kw_only=True)
class Face:
    """What a line of a list shows of a person, without loading the person."""

    id: int
    name: str

    @property
    def initials(self) -> str:
        """Give the two letters of the avatar."""
        return rules.initials(self.name)

    @property
    def color_name(self) -> str:
        """Give the colour of the avatar."""
        return rules.color(self.id)


class EndedSession(Base):
    """A session that was ended before its hours were over. Kept until then, and without whose it was."""

    __tablename__ = "ended_session"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)

    @staticmethod
    def mark_of(name: str) -> str:
        """Give what is stored of a session's name."""
        return hashlib.sha256(name.encode()).hexdigest()


class OneTimeLink(Timestamped, Base):
    """A link that lets one person choose a password once. Only a digest of its secret is kept."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined")

    @staticmethod
    def digest_of(secret: str) -> str:
        """Give what is stored of a secret."""
        return hashlib.sha256(secret.encode()).hexdigest()

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the link still lets somebody in."""
        return self.used_at is None and moment < self.expires_at and self.person.is_active
