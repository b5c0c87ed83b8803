"""Invitations and their end (RFC 5546), for one person each: nobody reads from it who else comes.

To the calendar of its receiver it is a meeting of two, the portal and them. When they leave, that meeting is over: the
cancellation says so by its status as well, which some programs need in order to take the entry away.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr

from icalendar import Alarm, Event, vCalAddress, vText

from portal.blueprints.events.ical import entries, files, texts
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.rules import reminders
from portal.blueprints.events.rules.reminders import Reminder
from portal.blueprints.people.models import Person
from portal.core import clock
from portal.core.settings import current_settings

REQUEST, CANCEL = "REQUEST", "CANCEL"


def invitation(
    evening: Evening, person: Person, *, sequence: int, reminder: Reminder = reminders.FIRST_CHOICE
) -> bytes:
    """Write the invitation for one person: the same UID each time, so that calendars update and never double."""
    made = entries.entry(evening, person.locale, sequence=sequence, stamp=clock.now())
    made.add("status", "CONFIRMED")
    made.add("transp", "OPAQUE")
    made.add("x-microsoft-cdo-busystatus", "BUSY")
    made.add("x-microsoft-disallow-counter", "TRUE")  # nobody reads proposals of another time
    _address(made, person)
    lead = reminders.lead(reminder)
    if lead is not None:
        made.add_component(_alarm(evening, lead))
    return files.message(made, method=REQUEST)


def cancellation(evening: Evening, person: Person, *, sequence: int) -> bytes:
    """Write what takes the evening out of one person's calendar again."""
    made = entries.entry(evening, person.locale, sequence=sequence, stamp=clock.now())
    made.add("status", "CANCELLED")
    made.add("transp", "TRANSPARENT")
    made.add("x-microsoft-cdo-busystatus", "FREE")
    _address(made, person)
    return files.message(made, method=CANCEL)


def _address(made: Event, person: Person) -> None:
    name, address = parseaddr(current_settings().mail_from)
    organiser = vCalAddress(f"mailto:{address}")
    organiser.params["CN"] = vText(texts.parameter(name))
    made.add("organizer", organiser)
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params["CN"] = vText(texts.parameter(person.name))
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    # They have said yes in the portal; nobody is asked to say it again.
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    made.add("attendee", attendee)


def _alarm(evening: Evening, lead: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", texts.one_line(evening.title))
    alarm.add("trigger", -lead)
    return alarm
