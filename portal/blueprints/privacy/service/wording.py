"""How what is held is put into words: the names of values, and those values that are codes of the portal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time

from portal.core.i18n import N_

Moment = date | datetime | time
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(r"\d\d:\d\d(:\d\d)?")
# Numbers that lead to a row: for other programs, and no reading for people.
SILENT = frozenset({"id", "question_id"})

LABELS: Mapping[str, str] = {
    "about": N_("About"),
    "act": N_("What was done"),
    "address": N_("Address"),
    "agreed": N_("Agreed upon"),
    "amount_in_ore": N_("Amount in øre"),
    "answer": N_("Answer"),
    "answers": N_("Answers"),
    "asked_by_answers": N_("Asked because of earlier answers"),
    "asked_by_me": N_("Asked for by you"),
    "asked_on": N_("Asked on"),
    "asked_to_take_over": N_("You were asked to take over"),
    "at": N_("When"),
    "availability": N_("What you say of yourself"),
    "body": N_("Text"),
    "call": N_("Call"),
    "choices": N_("What you chose"),
    "came": N_("Calls you came to"),
    "can_teach": N_("Games you can teach"),
    "changed_at": N_("Changed"),
    "comes_with_a_group": N_("Comes with a group"),
    "comments": N_("Comments"),
    "contrast": N_("Contrast"),
    "count": N_("How many"),
    "created_at": N_("Made"),
    "diary": N_("The diary"),
    "diets": N_("What do you not eat?"),
    "easy_until": N_("Takes it easy until"),
    "edited": N_("What you have edited"),
    "email": N_("E-mail"),
    "ended_at": N_("Ended"),
    "ending": N_("How it ended"),
    "ends_at": N_("Ends"),
    "ends_on": N_("Ends on"),
    "evening": N_("Evening"),
    "everybody_agreed": N_("You said that everybody agreed"),
    "extension": N_("Phone number or extension"),
    "face": N_("Face"),
    "film": N_("Film"),
    "flagged_as": N_("Reason"),
    "follows": N_("Questions you follow"),
    "from": N_("From"),
    "game": N_("Game"),
    "games": N_("Board games"),
    "guests": N_("Number of guests"),
    "has_come": N_("The payment has come"),
    "has_password": N_("Has a password"),
    "headline": N_("Title"),
    "helps_with": N_("Helps with"),
    "hidden": N_("Out of sight"),
    "hotkeys": N_("Single keys as shortcuts"),
    "in_the_picture": N_("What is to be seen?"),
    "incidents_followed": N_("Big incidents you follow along"),
    "incidents_opened": N_("Big incidents you opened"),
    "is_active": N_("The account is open"),
    "is_bought_by_you": N_("Bought by you"),
    "is_first": N_("Comes first next time"),
    "is_kept_until_next_time": N_("Keep it for next time"),
    "is_paused": N_("Has a break"),
    "is_proposed_by_you": N_("Proposed by you"),
    "is_ticked_by_you": N_("Ticked by you"),
    "joined": N_("Calls you helped in too"),
    "kept_until": N_("Kept until"),
    "kind": N_("Kind"),
    "knows": N_("What you like to be asked about"),
    "language": N_("Language of the game"),
    "last_on": N_("The last week with company"),
    "learning": N_("What you want to learn"),
    "links_made_at": N_("One-time links made"),
    "locale": N_("Language"),
    "looks_for_company_in": N_("Looks for company in round"),
    "loudness": N_("How loud?"),
    "made_at": N_("Made"),
    "mail": N_("By mail"),
    "minutes": N_("Lasts, in minutes"),
    "name": N_("Name"),
    "note": N_("Note"),
    "notes": N_("Note"),
    "notifies": N_("Shows a notice of the browser"),
    "number": N_("Number"),
    "off_until": N_("Away until"),
    "opened_at": N_("Opened"),
    "organises": N_("Organises"),
    "other": N_("Something else"),
    "paused_until": N_("Break until"),
    "phone": N_("Phone"),
    "place": N_("Place"),
    "players_best": N_("Best with"),
    "players_max": N_("Most players"),
    "players_min": N_("Fewest players"),
    "post": N_("Post"),
    "proposed": N_("What you proposed"),
    "proposed_at": N_("Proposed on"),
    "query": N_("Search"),
    "question": N_("Question"),
    "questions": N_("Questions"),
    "quiet_hours": N_("Quiet hours"),
    "quiet_until": N_("Quiet until"),
    "raised_at": N_("When"),
    "read": N_("Read"),
    "reason": N_("Reason"),
    "reminder": N_("Reminder"),
    "rhythm": N_("How often?"),
    "rings_now": N_("Calls your screen rings for now"),
    "roles": N_("Roles"),
    "room": N_("Room"),
    "round": N_("Round"),
    "rules_url": N_("Address of the rules"),
    "says": N_("Your mark"),
    "says_paid": N_("You said that it is paid"),
    "seats": N_("Seats"),
    "seen_at": N_("When a page was open"),
    "sent_at": N_("Sent"),
    "shared_with": N_("Shared with"),
    "shifts": N_("Shifts and leave"),
    "shown_as": N_("How do colleagues see you?"),
    "sign": N_("Sign"),
    "signed_up_at": N_("Signed up"),
    "since": N_("Since"),
    "slot": N_("Place in the plan of pairs"),
    "solutions": N_("What solved it?"),
    "sound": N_("Which sound?"),
    "standing": N_("What you say of yourself"),
    "starts_at": N_("Starts"),
    "state": N_("State"),
    "suits": N_("When would it suit you?"),
    "tags": N_("Subjects"),
    "talk_by": N_("How you like to be spoken with"),
    "team": N_("Team"),
    "text": N_("Text"),
    "thanked_at": N_("When"),
    "thanked_for": N_("Evening"),
    "thanked_for_answers_to": N_("Answers you have thanked for"),
    "theme": N_("Appearance"),
    "title": N_("Title"),
    "to": N_("To"),
    "told_at": N_("When"),
    "topics_are_open": N_("Others may follow your subjects"),
    "topics_of": N_("Colleagues whose subjects you follow"),
    "until": N_("Until"),
    "username": N_("User name"),
    "was_asked": N_("Questions put to you"),
    "weekday": N_("Weekday"),
    "weekdays": N_("Weekdays"),
    "what": N_("What"),
    "when": N_("When"),
    "who": N_("Who"),
    "why": N_("Why would it be nice?"),
    "wish": N_("Your wish"),
    "with_name": N_("Under your name"),
    "without_name": N_("Without a name"),
    "wonders_too": N_("What you wonder about too"),
    "words": N_("Words"),
    "works_until": N_("At work until"),
    "would_come_to": N_("Would come to"),
    "written": N_("Text"),
    "written_at": N_("Written"),
}
"""The names of values: for each that a slice gives along."""

OWN_LABELS: Mapping[str, str] = {
    "people.about": N_("What you like to be asked about"),
    "rooms.name": N_("What do you call it?"),
}
"""Names that mean something else in one part of the house."""

_WEEKDAYS = {
    "0": N_("Monday"),
    "1": N_("Tuesday"),
    "2": N_("Wednesday"),
    "3": N_("Thursday"),
    "4": N_("Friday"),
    "5": N_("Saturday"),
    "6": N_("Sunday"),
}
_FACES = {"heavy": N_("Heavy"), "tired": N_("Tired"), "okay": N_("Okay"), "good": N_("Good"), "great": N_("Great")}

CODES: Mapping[str, Mapping[str, str]] = {
    "checkins.diary": {"sealed": N_("Sealed. You take it along from the diary itself, once you have opened it.")},
    "checkins.face": _FACES,
    "checkins.sign": {"heart": N_("A heart"), "here": N_("I am here")},
    "checkins.weekday": _WEEKDAYS,
    "coffee.rhythm": {"weekly": N_("Every week"), "monthly": N_("Once a month")},
    "coffee.weekday": _WEEKDAYS,
    "events.kind": {"board_games": N_("Board games"), "cinema": N_("Cinema"), "other": N_("Something else")},
    "events.reminder": {
        "day_before": N_("The day before"),
        "three_hours": N_("Three hours before"),
        "never": N_("Not at all"),
    },
    "events.shown_as": {
        "name": N_("With my name"),
        "someone": N_("As a colleague, without my name"),
        "hidden": N_("Not at all, only my seat is counted"),
    },
    "events.state": {
        "in": N_("Has a seat"),
        "offered": N_("A seat is kept"),
        "waiting": N_("On the waiting list"),
        "open": N_("Open"),
        "made": N_("Became an evening"),
        "resting": N_("Rests for now"),
    },
    "games.wish": {"love": N_("I'd love to"), "like": N_("Gladly"), "rather_not": N_("Rather not")},
    "meals.diets": {
        "vegetarian": N_("Vegetarian"),
        "vegan": N_("Vegan"),
        "halal": N_("Halal"),
        "no_pork": N_("Without pork"),
        "no_gluten": N_("Without gluten"),
        "no_lactose": N_("Without lactose"),
        "no_milk": N_("Without milk"),
        "no_egg": N_("Without egg"),
        "no_nuts": N_("Without nuts"),
        "no_fish": N_("Without fish"),
        "no_shellfish": N_("Without shellfish"),
    },
    "notifications.ends_on": _WEEKDAYS,
    "notifications.mail": {
        "at_once": N_("At once"),
        "hourly": N_("Every hour, together"),
        "daily": N_("Once a day, in the morning"),
        "weekly": N_("Once a week, on Monday morning"),
        "never": N_("Never"),
    },
    "notifications.state": {
        "waiting": N_("Not sent yet"),
        "sent": N_("Sent"),
        "failed": N_("Refused"),
        "dropped": N_("Not needed any more"),
    },
    "notifications.weekdays": _WEEKDAYS,
    "people.contrast": {"high": N_("High")},
    "people.locale": {"nn": "Nynorsk", "nb": "Bokmål", "en": "English"},
    "people.roles": {
        "colleague": N_("Colleague"),
        "peer_supporter": N_("Peer supporter"),
        "organiser": N_("Organiser"),
        "administrator": N_("Administrator"),
    },
    "people.theme": {"auto": N_("Auto"), "light": N_("Light"), "dark": N_("Dark")},
    "pulse.answer": dict(zip("12345", _FACES.values(), strict=True)),
    "questions.flagged_as": {
        "patient": N_("It tells of a patient"),
        "unkind": N_("It is unkind"),
        "duplicate": N_("Asked before"),
        "misplaced": N_("It belongs somewhere else"),
        "other": N_("Something else"),
    },
    "questions.says": {
        "works": N_("Yes, it works"),
        "outdated": N_("It is out of date"),
        "dangerous": N_("It is dangerous"),
    },
    "rooms.state": {
        "wished": N_("A room is wished for"),
        "held": N_("A room is wished for"),
        "sent": N_("A room is wished for"),
        "confirmed": N_("Room confirmed"),
        "declined": N_("Room declined"),
        "unknown": N_("A room is wished for"),
        "released": N_("Room given back"),
    },
    "shifts.availability": {"available": N_("Available"), "on_call": N_("On a call"), "away": N_("Away")},
    "shifts.kind": {"work": N_("Shift"), "leave": N_("On leave")},
    "talks.answer": {
        "now": N_("Yes, now"),
        "today": N_("Yes, later today"),
        "tomorrow": N_("Yes, tomorrow"),
        "no": N_("Not this time"),
    },
    "talks.state": {"asked": N_("No answer yet"), "agreed": N_("Agreed upon"), "passed": N_("Not this time")},
    "talks.suits": {"now": N_("Now"), "today": N_("Today"), "week": N_("This week")},
    "urgent.ending": {
        "solved": N_("Solved"),
        "cancelled": N_("Taken back"),
        "nobody": N_("Nobody could come"),
        "joined": N_("It was a big incident"),
    },
    "urgent.sound": {
        "glass": N_("Glass bells"),
        "wood": N_("Wooden bars"),
        "water": N_("Drops of water"),
        "none": N_("No sound"),
    },
    "urgent.talk_by": {"teams": N_("Teams"), "phone": N_("Phone")},
}
"""What the codes of the portal say, by slice and name of the value; what somebody wrote is none of them."""


def label(part: str, name: str) -> str:
    """Give the message id for the name of a value."""
    return OWN_LABELS.get(f"{part}.{name}") or LABELS.get(name, name.replace("_", " "))


def find_code(part: str, name: str, value: object) -> str | None:
    """Find the message id for a value that is a code of the portal."""
    return CODES.get(f"{part}.{name}", {}).get(str(value))


def find_moment(value: object) -> Moment | None:
    """Find the moment, day or time of day that a value says."""
    said = value if isinstance(value, str) else ""
    try:
        if MOMENT.fullmatch(said):
            return datetime.fromisoformat(said)
        if DAY.fullmatch(said):
            return date.fromisoformat(said)
        return time.fromisoformat(said) if TIME.fullmatch(said) else None
    except ValueError:  # somebody's own words that look like one
        return None
