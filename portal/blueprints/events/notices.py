"""Who is told what of the evenings, in which words. What a calendar invitation tells as well needs no mail besides."""

from __future__ import annotations

from collections.abc import Iterable

from portal.blueprints.events.facts import (
    EveningCancelled,
    EveningDecided,
    EveningIsOver,
    EveningIsSoon,
    EveningIsTomorrow,
    EveningMoved,
    EveningRestored,
    EveningThanked,
    HandoverAnswered,
    HandoverAsked,
    HelpOffered,
    HelpTakenBack,
    MovedUp,
    OfferLapsed,
    PictureTakenDown,
    ProposalMade,
    ProposalRests,
    Proposed,
    SeatOffered,
)
from portal.blueprints.events.models.evenings import Evening, Reason
from portal.blueprints.events.models.proposals import Proposal
from portal.blueprints.events.models.signups import SignUp
from portal.blueprints.events.queries import attendance, calendars, crew, finding, proposals
from portal.blueprints.events.rules import reminders
from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.events.service import answers
from portal.blueprints.notifications import service as notifications
from portal.blueprints.people import queries as people
from portal.blueprints.people.models import Person
from portal.blueprints.rooms.facts import (
    BookingConfirmed,
    BookingDeclined,
    BookingFact,
    BookingMovedOutside,
    BookingUnanswered,
    BookingVanished,
)
from portal.core import i18n
from portal.core.facts import on
from portal.core.i18n import N_

notifications.notice_group("events", N_("Evenings: reminders, and news while you wait for a place"))
notifications.notice_group("events_calendar", N_("Evenings: what your calendar invitation tells as well"), mail="never")
notifications.notice_group(
    "events_offers", N_("Evenings: a place is free for you – by mail it always comes"), mail="never"
)
notifications.notice_group("events_rooms", N_("Evenings you organise: trouble with the room"))
notifications.notice_group("events_rooms_well", N_("Evenings you organise: the room is confirmed"), mail="never")

notifications.notice_group("events_crew", N_("Evenings you organise or help with: who does what"))
notifications.notice_group("events_after", N_("Evenings you have been to: thanks, and pictures"), mail="never")
notifications.notice_group("events_proposals", N_("Evenings you have proposed, or would come to"))
notifications.notice_group("events_proposed", N_("Evenings that colleagues propose, for organisers"), mail="never")

for kind, group, words, icon in (
    ("events.helper", "events_crew", N_("%(who)s helps with «%(title)s», %(day)s"), "hand"),
    ("events.helper_left", "events_crew", N_("%(who)s cannot help with «%(title)s», %(day)s, after all"), "hand"),
    ("events.handover", "events_crew", N_("%(who)s asks you to take over «%(title)s», %(day)s"), "users"),
    ("events.taken_over", "events_crew", N_("%(who)s takes over «%(title)s», %(day)s"), "users"),
    (
        "events.not_taken_over",
        "events_crew",
        N_("%(who)s cannot take over «%(title)s», %(day)s, this time"),
        "users",
    ),
    ("events.over", "events_after", N_("Thanks for coming to «%(title)s». Have a look at how it was."), "heart"),
    ("events.thanked", "events_after", N_("Those who came say thanks for «%(title)s», %(day)s"), "heart"),
    (
        "events.picture_down",
        "events_after",
        N_("A picture you shared from «%(title)s» is taken down. Nobody asks why."),
        "photo",
    ),
    ("events.proposed", "events_proposed", N_("A colleague would like: «%(title)s»"), "heart"),
    (
        "events.proposal_made",
        "events_proposals",
        N_("What you proposed is on the list: «%(title)s», %(day)s at %(time)s"),
        "together",
    ),
    (
        "events.wished_for",
        "events_proposals",
        N_("What you would come to is on the list: «%(title)s», %(day)s at %(time)s"),
        "together",
    ),
    (
        "events.proposal_rests",
        "events_proposals",
        N_("%(who)s has written to you about your proposal «%(title)s»"),
        "messages",
    ),
    (
        "events.offered",
        "events_offers",
        N_("A place at «%(title)s», %(day)s, is yours if you want it. It is kept until %(until)s."),
        "bell",
    ),
    (
        "events.offer_lapsed",
        "events",
        N_("The place at «%(title)s», %(day)s, has gone on to the next. One press puts you back in line."),
        "history",
    ),
    ("events.decided", "events_calendar", N_("It is on: «%(title)s», %(day)s at %(time)s"), "circle-check"),
    (
        "events.too_few",
        "events_calendar",
        N_("«%(title)s» on %(day)s does not happen this time: too few could come"),
        "x",
    ),
    (
        "events.line_too_few",
        "events",
        N_("«%(title)s» on %(day)s, which you wait for, does not happen this time: too few could come"),
        "x",
    ),
    (
        "events.called_off_by_itself",
        "events",
        N_("«%(title)s» on %(day)s, which you organise, called itself off: fewer than it takes had signed up"),
        "x",
    ),
    ("events.moved_up", "events_calendar", N_("There is a place for you at «%(title)s», %(day)s"), "together"),
    ("events.moved", "events_calendar", N_("«%(title)s» has a new time: %(day)s at %(time)s"), "calendar"),
    ("events.cancelled", "events_calendar", N_("«%(title)s» on %(day)s is called off"), "x"),
    ("events.line_moved", "events", N_("«%(title)s», which you wait for, is now %(day)s at %(time)s"), "calendar"),
    ("events.line_cancelled", "events", N_("«%(title)s» on %(day)s, which you wait for, is called off"), "x"),
    (
        "events.restored",
        "events_calendar",
        N_("«%(title)s» on %(day)s is on after all, and you have a place"),
        "together",
    ),
    ("events.line_restored", "events", N_("«%(title)s» on %(day)s, which you wait for, is on after all"), "together"),
    ("events.reminder", "events", N_("Tomorrow at %(time)s: «%(title)s»"), "bell"),
    ("events.reminder_soon", "events", N_("In a few hours, at %(time)s: «%(title)s»"), "bell"),
    ("events.room_confirmed", "events_rooms_well", N_("The room for «%(title)s», %(day)s, is confirmed"), "door"),
    (
        "events.room_declined",
        "events_rooms",
        N_("No room has said yes to «%(title)s», %(day)s. We keep trying."),
        "door",
    ),
    ("events.room_unanswered", "events_rooms", N_("The room for «%(title)s», %(day)s, has not answered"), "door"),
    (
        "events.room_moved",
        "events_rooms",
        N_("Somebody moved the room meeting for «%(title)s», %(day)s, in the calendar"),
        "door",
    ),
    (
        "events.room_vanished",
        "events_rooms",
        N_("Somebody removed the room meeting for «%(title)s», %(day)s, from the calendar"),
        "door",
    ),
):
    notifications.notice_kind(kind, group=group, text=words, icon=icon)

ROOM_NEWS: dict[type[BookingFact], str] = {
    BookingConfirmed: "events.room_confirmed",
    BookingDeclined: "events.room_declined",
    BookingUnanswered: "events.room_unanswered",
    BookingMovedOutside: "events.room_moved",
    BookingVanished: "events.room_vanished",
}


@on(MovedUp)
def tell_the_lucky_one(fact: MovedUp) -> None:
    """Tell somebody who waited that there is a place."""
    evening = finding.get_evening(fact.evening_id)
    _tell(evening, [people.get_person(fact.person_id)], kind="events.moved_up")


@on(EveningMoved)
def tell_of_new_time(fact: EveningMoved) -> None:
    """Tell everybody who signed up; those who wait by mail as well, since they have no invitation."""
    _tell_all(fact.evening_id, kind="events.moved", in_line="events.line_moved", actor_id=fact.by_id)


@on(EveningCancelled)
def tell_of_cancellation(fact: EveningCancelled) -> None:
    """Tell everybody who signed up, and nobody else; where nobody called it off, the organiser too."""
    evening = finding.get_evening(fact.evening_id)
    if evening.reason != Reason.TOO_FEW:
        _tell_all(fact.evening_id, kind="events.cancelled", in_line="events.line_cancelled", actor_id=fact.by_id)
        return
    _tell_all(fact.evening_id, kind="events.too_few", in_line="events.line_too_few", actor_id=None)
    if evening.organiser:
        _tell(evening, [evening.organiser], kind="events.called_off_by_itself")


@on(EveningDecided)
def tell_that_enough_come(fact: EveningDecided) -> None:
    """Tell those who have a seat; who never answered hears nothing."""
    evening, coming = finding.get_evening(fact.evening_id), attendance.with_people(fact.evening_id)
    _tell(evening, _persons(sign_up for sign_up in coming if sign_up.is_in), kind="events.decided")


@on(SeatOffered)
def ask_who_is_next(fact: SeatOffered) -> None:
    """Ask somebody who waited whether they want the seat: in the inbox, and by a mail with a yes and a no in it."""
    evening, mine = finding.get_evening(fact.evening_id), attendance.get_sign_up(fact.person_id, fact.evening_id)
    if mine.offered_until:
        until = i18n.format_moment(mine.offered_until, mine.person.locale)
        _tell(evening, [mine.person], kind="events.offered", until=until)
        answers.ask(evening, mine, until=mine.offered_until)


@on(OfferLapsed)
def tell_that_it_went_on(fact: OfferLapsed) -> None:
    """Tell somebody who did not answer that the seat went on; the way back into the line is one press."""
    evening = finding.get_evening(fact.evening_id)
    _tell(evening, [people.get_person(fact.person_id)], kind="events.offer_lapsed")


@on(EveningRestored)
def tell_that_it_is_on(fact: EveningRestored) -> None:
    """Tell everybody who had signed up; those who wait by mail as well, since they have no invitation."""
    _tell_all(fact.evening_id, kind="events.restored", in_line="events.line_restored", actor_id=fact.by_id)


@on(EveningIsTomorrow)
def remind(fact: EveningIsTomorrow) -> None:
    """Remind those who have a seat and want it the day before, once for each day the evening was given."""
    evening = finding.get_evening(fact.evening_id)
    key = f"evening-{evening.id}-{evening.starts_at:%Y%m%d}"
    _tell(evening, _persons(_to_remind(evening, Reminder.DAY_BEFORE)), kind="events.reminder", key=key)


@on(EveningIsSoon)
def remind_soon(fact: EveningIsSoon) -> None:
    """Remind those who have a seat and want it some hours before, once for each time the evening was given."""
    evening = finding.get_evening(fact.evening_id)
    wanted = _to_remind(evening, Reminder.THREE_HOURS)
    in_time = [sign_up for sign_up in wanted if reminders.came_in_time(sign_up.created_at, evening.starts_at)]
    key = f"evening-{evening.id}-{evening.starts_at:%Y%m%d%H%M}"
    _tell(evening, _persons(in_time), kind="events.reminder_soon", key=key)


def _to_remind(evening: Evening, wanted: Reminder) -> list[SignUp]:
    coming = [sign_up for sign_up in attendance.with_people(evening.id) if sign_up.is_in]
    chosen = calendars.reminders_of([sign_up.person_id for sign_up in coming])
    return [sign_up for sign_up in coming if chosen[sign_up.person_id] is wanted]


@on(BookingConfirmed, BookingDeclined, BookingUnanswered, BookingMovedOutside, BookingVanished)
def tell_organiser(fact: BookingFact) -> None:
    """Tell the organiser what became of the room."""
    evening = finding.find_by_purpose(fact.purpose)
    if evening and evening.organiser and not evening.is_cancelled:
        _tell(evening, [evening.organiser], kind=ROOM_NEWS[type(fact)])


def _tell_all(evening_id: int, *, kind: str, in_line: str, actor_id: int | None) -> None:
    evening, coming = finding.get_evening(evening_id), attendance.with_people(evening_id)
    seated = [sign_up for sign_up in coming if sign_up.is_in]
    waiting = [sign_up for sign_up in coming if not sign_up.is_in]
    _tell(evening, _persons(seated), kind=kind, actor_id=actor_id)
    _tell(evening, _persons(waiting), kind=in_line, actor_id=actor_id)


def _persons(sign_ups: Iterable[SignUp]) -> list[Person]:
    return [sign_up.person for sign_up in sign_ups]


def _tell(
    evening: Evening,
    persons: Iterable[Person],
    *,
    kind: str,
    actor_id: int | None = None,
    key: str | None = None,
    **more: str,
) -> None:
    """Tell people in as many goes as they read languages: the day stands in the notice in the reader's words."""
    by_locale: dict[str, list[int]] = {}
    for person in persons:
        by_locale.setdefault(person.locale, []).append(person.id)
    for locale, person_ids in by_locale.items():
        notifications.tell_many(
            person_ids,
            kind=kind,
            params={
                "title": evening.title,
                "day": i18n.format_day(evening.starts_at, locale),
                "time": i18n.format_time(evening.starts_at, locale),
                **more,
            },
            endpoint="events.evening",
            values={"evening_id": evening.id},
            actor_id=actor_id,
            key=key,
        )


@on(HelpOffered, HelpTakenBack)
def tell_of_help(fact: HelpOffered | HelpTakenBack) -> None:
    """Tell the organiser who helps, and who cannot after all."""
    evening = finding.get_evening(fact.evening_id)
    if evening.organiser:
        kind = "events.helper" if isinstance(fact, HelpOffered) else "events.helper_left"
        _tell(evening, [evening.organiser], kind=kind, actor_id=fact.person_id)


@on(HandoverAsked)
def ask_to_take_over(fact: HandoverAsked) -> None:
    """Tell the one who is asked."""
    evening, asked = finding.get_evening(fact.evening_id), people.get_person(fact.to_id)
    _tell(evening, [asked], kind="events.handover", actor_id=fact.from_id)


@on(HandoverAnswered)
def tell_of_answer(fact: HandoverAnswered) -> None:
    """Tell the one who asked."""
    evening, asker = finding.get_evening(fact.evening_id), people.get_person(fact.from_id)
    kind = "events.taken_over" if fact.is_taken else "events.not_taken_over"
    _tell(evening, [asker], kind=kind, actor_id=fact.to_id)


@on(EveningIsOver)
def say_thanks_for_coming(fact: EveningIsOver) -> None:
    """Tell those who came that there may be pictures; never those who did not come."""
    evening = finding.get_evening(fact.evening_id)
    coming = [sign_up for sign_up in attendance.with_people(evening.id) if sign_up.is_in]
    _tell(evening, _persons(coming), kind="events.over", key=f"evening-{evening.id}")


@on(EveningThanked)
def tell_those_who_made_it(fact: EveningThanked) -> None:
    """Tell the organiser and those who helped that somebody says thanks; not who, and not how many."""
    evening = finding.get_evening(fact.evening_id)
    _tell(evening, crew.who_made(evening), kind="events.thanked", actor_id=fact.person_id)


@on(PictureTakenDown)
def tell_of_picture(fact: PictureTakenDown) -> None:
    """Tell whoever shared a picture that it is gone; not by whom."""
    evening, owner = finding.get_evening(fact.evening_id), people.get_person(fact.owner_id)
    _tell(evening, [owner], kind="events.picture_down", actor_id=fact.by_id)


@on(Proposed)
def tell_organisers(fact: Proposed) -> None:
    """Tell the organisers of a proposal; never whose it is."""
    proposal = proposals.find_proposal(fact.proposal_id)
    if proposal:
        told = [person.id for person in people.who_may("events.organise") if person.id != proposal.proposer_id]
        _tell_of_proposal(proposal, told, kind="events.proposed")


@on(ProposalMade)
def tell_of_what_came_of_it(fact: ProposalMade) -> None:
    """Tell the proposer and those who would come that there is an evening now."""
    proposal, evening = proposals.find_proposal(fact.proposal_id), finding.get_evening(fact.evening_id)
    if proposal:
        key, by_id = f"proposal-{proposal.id}", fact.by_id
        would_come = people.people(proposals.who_would_come(proposal.id))
        _tell(evening, [proposal.proposer], kind="events.proposal_made", key=key, actor_id=by_id)
        _tell(evening, would_come, kind="events.wished_for", key=key, actor_id=by_id)


@on(ProposalRests)
def tell_of_rest(fact: ProposalRests) -> None:
    """Tell the proposer that there is a word for them."""
    proposal = proposals.find_proposal(fact.proposal_id)
    if proposal:
        _tell_of_proposal(proposal, [proposal.proposer_id], kind="events.proposal_rests", actor_id=fact.by_id)


def _tell_of_proposal(proposal: Proposal, person_ids: Iterable[int], *, kind: str, actor_id: int | None = None) -> None:
    notifications.tell_many(
        person_ids,
        kind=kind,
        params={"title": proposal.title},
        endpoint="events.proposal",
        values={"proposal_id": proposal.id},
        actor_id=actor_id,
    )
