"""What others plug in here: ways out of the house, and kinds of notices with their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Delivery(StrEnum):
    """When a person wants notices by mail. The inbox gets them always."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Way(StrEnum):
    """How a notice leaves the house."""

    NONE = "none"
    ALONE = "alone"  # a mail about its page
    TOGETHER = "together"  # in one mail with whatever else waits


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A mail before it is put into words. `told` is what it tells of: ids of notices, and how far each had come."""

    mail_id: int
    message_id: str
    template: str
    name: str
    address: str
    locale: str
    params: Mapping[str, Any]
    told: Mapping[int, int] = field(default_factory=dict)
    root_id: str = ""
    calendar: bytes | None = None
    calendar_method: str | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail in the words of its receiver, ready to be carried."""

    message_id: str
    name: str
    address: str
    subject: str
    text: str
    html: str
    locale: str
    root_id: str = ""  # the mails about one page refer to it
    choices: str = ""  # where its receiver chooses whether such mails come; news have it, invitations do not
    calendar: bytes | None = None
    calendar_method: str | None = None


class Channel(Protocol):
    """A way out of the house."""

    def deliver(self, letter: Letter) -> None:
        """Hand over a letter once. Refused: never this one. Any other exception: perhaps, so again later."""

    def greet(self) -> None:
        """Try whether the way is open, without sending anything; raises when it is not."""


class Refused(Exception):
    """The other side will never take this letter: the address or the content is refused, not us."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of notices that a person chooses for together."""

    name: str
    label: str
    delivery: Delivery


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of notice and its words (message ids). `several` is used from the second unread one of a thread on.

    The label stands where people choose; without one the words do, with dots for what is not known.
    """

    name: str
    group: str
    text: str
    several: str
    icon: str
    label: str = ""

    @property
    def names_the_actor(self) -> bool:
        """Tell whether the words say who did it; if not, it is not stored either."""
        return "%(who)s" in self.text

    def words(self, count: int) -> str:
        """Choose the message id for so many unread ones."""
        return self.several if count > 1 and self.several else self.text


class KnownKinds:
    """The kinds of notices that the slices told of while the portal was put together; only read afterwards."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._kinds: dict[str, Kind] = {}

    def add_group(self, group: Group) -> None:
        """Take in a group, or say again what is known of it."""
        self._groups[group.name] = group

    def add(self, kind: Kind) -> None:
        """Take in a kind; its group may come before or after it."""
        self._kinds[kind.name] = kind

    def get(self, name: str) -> Kind:
        """Give a kind."""
        if name not in self._kinds:
            raise LookupError(f"no notice is called {name}")
        return self._kinds[name]

    def find(self, name: str) -> Kind | None:
        """Give a kind, unless the slice that knew it is gone."""
        return self._kinds.get(name)

    def kinds(self, group: str) -> Sequence[Kind]:
        """Give the kinds of a group."""
        return [kind for kind in self._kinds.values() if kind.group == group]

    def get_group(self, name: str) -> Group:
        """Give a group."""
        if name not in self._groups:
            raise LookupError(f"no group of notices is called {name}")
        return self._groups[name]

    def groups(self) -> Sequence[Group]:
        """Give the groups in which there is something to hear of."""
        used = {kind.group for kind in self._kinds.values()}
        return [group for group in self._groups.values() if group.name in used]


known = KnownKinds()
