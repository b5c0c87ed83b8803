"""The groups that people choose about, and the words of each notice."""

from __future__ import annotations

from portal.blueprints.notifications import service as notifications
from portal.core.i18n import N_

notifications.notice_group("events", N_("Evenings: reminders, and news while you wait for a place"))
notifications.notice_group("events_calendar", N_("Evenings: what your calendar invitation tells as well"), mail="never")
notifications.notice_group(
    "events_offers", N_("Evenings: a place is free for you – by mail it always comes"), mail="never"
)
notifications.notice_group("events_rooms", N_("Evenings you organise or help with: trouble with the room"))
notifications.notice_group(
    "events_rooms_well", N_("Evenings you organise or help with: the room is confirmed"), mail="never"
)

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
