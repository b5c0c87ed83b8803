"""Lists of colleagues to choose one from."""

from __future__ import annotations

from typing import Any

from wtforms.fields.choices import SelectChoice


def person_id(value: Any) -> int | None:
    """Read a colleague from a list, where nothing is nobody."""
    return int(value) if value not in (None, "", "None") else None


def people(colleagues: dict[int, str]) -> list[SelectChoice]:
    """Write colleagues as choices of a list."""
    return [SelectChoice(str(chosen), name) for chosen, name in colleagues.items()]
