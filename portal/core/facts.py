"""Facts: what happened, told in process and in the same transaction to those who listen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Listener = TypeVar("Listener", bound=Callable[[Any], None])

_listeners: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def on(*kinds: type) -> Callable[[Listener], Listener]:
    """Listen to facts of these kinds. The lower slice never learns who listens."""

    def register(listener: Listener) -> Listener:
        for kind in kinds:
            if listener not in _listeners[kind]:
                _listeners[kind].append(listener)
        return listener

    return register


def record(fact: object) -> None:
    """Tell a fact to everybody who listens, now; what they write is committed or undone together with the cause."""
    for listener in _listeners[type(fact)]:
        listener(fact)
