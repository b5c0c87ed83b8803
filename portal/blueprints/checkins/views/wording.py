"""What is said when something has been kept."""

from __future__ import annotations

from collections.abc import Mapping

from portal.blueprints.checkins.rules.audiences import Audience
from portal.core.i18n import N_
from portal.web.fragments import flash

KEPT = {
    Audience.ME: N_("Saved. Only you see it."),
    Audience.TEAM: N_("Saved. It hangs on the team's wall, under your name."),
    Audience.NAMELESS: N_(
        "Saved. It is mixed with the others' when the week's round closes. Nobody sees that you answered."
    ),
}


def say_who_reads(audience: Audience, reader_id: int | None, colleagues: Mapping[int, str]) -> None:
    """Say who can read what was just kept."""
    if audience == Audience.ONE and reader_id:
        name = colleagues[reader_id]
        flash(N_("Saved. %(name)s is told that you have shared something, and can read it."), name=name)
    else:
        flash(KEPT[audience])
