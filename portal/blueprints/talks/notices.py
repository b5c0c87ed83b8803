"""Who is told what of talks. No notice names anybody: who it is stands on a page that only the two can open.

The asker's page and the other one's have addresses of their own, so that no two notices, and no two mails that were
sent of them, can be laid beside each other afterwards.
"""

from __future__ import annotations

from portal.blueprints.notifications import service as notifications
from portal.blueprints.talks.facts import (
    Answered,
    AskedAgainNoMore,
    AskedNoMore,
    BuddyAgreed,
    BuddyAsked,
    BuddyGone,
    CalledOff,
    ColleagueAsked,
    DayHasPassed,
    LetBe,
    PassedOn,
    PeerTold,
    TalkForgotten,
    TimeToAskAgain,
)
from portal.core.facts import on
from portal.core.i18n import N_

ASKED, WANTED, YES, PASSED = "talks.asked", "talks.wanted", "talks.yes", "talks.passed"
BUDDY_ASKED, BUDDY_YES, BUDDY_GONE = "talks.buddy_asked", "talks.buddy_yes", "talks.buddy_gone"
CALLED_OFF, AGAIN = "talks.called_off", "talks.again"
OWN_PAGE, OTHERS_PAGE = "talks.own", "talks.asked"  # of the asker, and of the one who is asked

notifications.notice_group("talks", N_("Talks"))
notifications.notice_kind(ASKED, group="talks", text=N_("A colleague would like a talk with you"), icon="coffee")
notifications.notice_kind(
    WANTED, group="talks", text=N_("A colleague would like a talk with a peer supporter. Do you have time?"), icon="ear"
)
notifications.notice_kind(YES, group="talks", text=N_("Somebody has time for a talk with you"), icon="coffee")
notifications.notice_kind(
    PASSED, group="talks", text=N_("The talk does not suit this time. There are others"), icon="coffee"
)
notifications.notice_kind(
    CALLED_OFF,
    group="talks",
    text=N_("The talk you said yes to is not needed any more. It was good that you said yes"),
    icon="coffee",
)
notifications.notice_kind(BUDDY_ASKED, group="talks", text=N_("A colleague asks you to be their buddy"), icon="users")
notifications.notice_kind(BUDDY_YES, group="talks", text=N_("You have a buddy"), icon="users")
notifications.notice_kind(
    BUDDY_GONE, group="talks", text=N_("You have no buddy just now. You can ask somebody"), icon="users"
)
notifications.notice_group("again", N_("Asked again after a hard call"), mail="never")
notifications.notice_kind(AGAIN, group="again", text=N_("You wished to be asked again: how are you now?"), icon="leaf")


@on(ColleagueAsked)
def tell_the_colleague(fact: ColleagueAsked) -> None:
    """Tell the one who was chosen."""
    _tell(fact.person_id, ASKED, OTHERS_PAGE, fact.talk_id)


@on(PeerTold)
def tell_the_peer(fact: PeerTold) -> None:
    """Ask a peer supporter whether they have time."""
    _tell(fact.person_id, WANTED, OTHERS_PAGE, fact.talk_id, thread=f"{fact.talk_id}-{fact.person_id}")


@on(LetBe)
def let_the_peer_be(fact: LetBe) -> None:
    """Take back what one peer supporter was told."""
    notifications.take_back(kind=WANTED, thread=f"{fact.talk_id}-{fact.person_id}")


@on(Answered)
def tell_the_asker(fact: Answered) -> None:
    """Tell the asker that somebody has said yes."""
    _tell(fact.asker_id, YES, OWN_PAGE, fact.talk_id)


@on(PassedOn)
def tell_of_others(fact: PassedOn) -> None:
    """Tell the asker that others can be asked; what was told of a yes before is no longer so."""
    notifications.take_back_page(endpoint=OWN_PAGE, values={"talk_id": fact.talk_id})
    _tell(fact.asker_id, PASSED, OWN_PAGE, fact.talk_id)


@on(AskedNoMore)
def take_questions_back(fact: AskedNoMore) -> None:
    """Leave nothing with those who need not answer any more."""
    notifications.take_back_page(endpoint=OTHERS_PAGE, values={"talk_id": fact.talk_id})


@on(TalkForgotten)
def take_everything_back(fact: TalkForgotten) -> None:
    """Leave no trace with anybody."""
    for page in (OWN_PAGE, OTHERS_PAGE):
        notifications.take_back_page(endpoint=page, values={"talk_id": fact.talk_id})


@on(CalledOff)
def tell_who_was_there(fact: CalledOff) -> None:
    """Let nobody wait for a talk that does not come. It leads to no talk, and is about none."""
    notifications.tell(fact.person_id, kind=CALLED_OFF, params={}, endpoint="talks.index", values={})


@on(DayHasPassed)
def let_the_word_go(fact: DayHasPassed) -> None:
    """Leave no line, after a day, that there had been a talk at all."""
    notifications.take_back_old(kind=CALLED_OFF, before=fact.before)


def _tell(person_id: int, kind: str, page: str, talk_id: str, *, thread: str | None = None) -> None:
    notifications.tell(
        person_id, kind=kind, params={}, endpoint=page, values={"talk_id": talk_id}, thread=thread or talk_id
    )


@on(BuddyAsked)
def ask_the_buddy(fact: BuddyAsked) -> None:
    """Ask somebody to be a buddy."""
    _tell_of_buddies(fact.person_id, BUDDY_ASKED, fact.bond_id)


@on(BuddyAgreed)
def tell_of_the_buddy(fact: BuddyAgreed) -> None:
    """Tell that somebody said yes."""
    notifications.take_back(kind=BUDDY_ASKED, thread=fact.bond_id)
    _tell_of_buddies(fact.person_id, BUDDY_YES, fact.bond_id)


@on(BuddyGone)
def take_buddies_back(fact: BuddyGone) -> None:
    """Leave nothing of two who are no buddies any more; who is without one by it hears so."""
    for kind in (BUDDY_ASKED, BUDDY_YES):
        notifications.take_back(kind=kind, thread=fact.bond_id)
    if fact.person_id:
        _tell_of_buddies(fact.person_id, BUDDY_GONE, fact.bond_id)


def _tell_of_buddies(person_id: int, kind: str, bond_id: str) -> None:
    notifications.tell(person_id, kind=kind, params={}, endpoint="talks.buddies", values={}, thread=bond_id)


@on(TimeToAskAgain)
def ask_again(fact: TimeToAskAgain) -> None:
    """Put one gentle line in the person's own inbox."""
    notifications.tell(fact.person_id, kind=AGAIN, params={}, endpoint="talks.after", values={}, thread=_own(fact))


@on(AskedAgainNoMore)
def ask_no_more(fact: AskedAgainNoMore) -> None:
    """Take the line away from somebody who wants to be asked no more."""
    notifications.take_back(kind=AGAIN, thread=_own(fact))


def _own(fact: TimeToAskAgain | AskedAgainNoMore) -> str:
    return f"person-{fact.person_id}"
