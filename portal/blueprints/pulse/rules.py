"""The pulse: rules."""

from __future__ import annotations

DESK = 0  # the cell of everybody; in a cohort: somebody without a team, who is counted in the desk only
