"""Telling the asker that a call has rung in vain. Its words stand nowhere but on its page."""

from __future__ import annotations

from portal.blueprints.notifications import service as notifications
from portal.blueprints.urgent.facts import NobodyCame
from portal.blueprints.urgent.service import ending
from portal.core.facts import on
from portal.core.i18n import N_

notifications.notice_group("urgent", N_("Help now"))
notifications.notice_kind(
    "urgent.nobody_came",
    group="urgent",
    text=N_("Nobody could help just now. You can keep your call as a question."),
    icon="headset",
)


@on(NobodyCame)
def tell_asker(fact: NobodyCame) -> None:
    """Tell who asked, once."""
    notifications.tell(
        fact.asker_id,
        kind="urgent.nobody_came",
        params={},
        endpoint=ending.PAGE,
        values={"call_id": fact.call_id},
        key=str(fact.call_id),
    )
