"""The gentle question: in one's own inbox, for that day, and never again because it was not answered."""

from __future__ import annotations

from portal.blueprints.checkins.facts import Asked, NoLongerAsked
from portal.blueprints.notifications import service as notifications
from portal.core.facts import on
from portal.core.i18n import N_

PROMPT = "checkins.prompt"

notifications.notice_group("prompts", N_("The gentle question, once a week"), mail="never")
notifications.notice_kind(
    PROMPT, group="prompts", text=N_("How are you today? Answer if you like, and choose who sees it."), icon="leaf"
)


@on(Asked)
def ask(fact: Asked) -> None:
    """Put the question into their inbox."""
    notifications.tell(
        fact.person_id, kind=PROMPT, params={}, endpoint="checkins.index", values={}, thread=str(fact.person_id)
    )


@on(NoLongerAsked)
def fade(fact: NoLongerAsked) -> None:
    """Take it away: a question of yesterday would be a reminder."""
    notifications.take_back(kind=PROMPT, thread=str(fact.person_id))
