"""What is wrong with a rota, in words: message ids."""

from __future__ import annotations

from collections.abc import Mapping

from portal.blueprints.shifts.rules import Fault
from portal.core.i18n import N_

FAULTS: Mapping[Fault, str] = {
    Fault.ARCHIVE: N_("this is a workbook or a packed file: save it as CSV (UTF-8), or as iCalendar"),
    Fault.NOT_TEXT: N_("this is not text: save it as CSV (UTF-8), or as iCalendar"),
    Fault.TOO_BIG: N_("it is too big: 5 MB at most, and no line of endless length"),
    Fault.TOO_MANY: N_("there is too much in it: cut it into several files"),
    Fault.EMPTY: N_("no shift and no leave is in it, at least none of these two weeks or later"),
    Fault.NOT_CSV: N_("this is not a table: a quotation mark may be missing"),
    Fault.NO_PERSON_COLUMN: N_("no column says who: call one of them user name or e-mail"),
    Fault.NO_TIME_COLUMN: N_("no columns say when: date, from and to are needed, or from and to as whole moments"),
    Fault.TWO_COLUMNS: N_("two columns say the same"),
    Fault.CELLS: N_("there are more or fewer cells than columns"),
    Fault.NO_PERSON: N_("it does not say who"),
    Fault.DAY: N_("the day must be written as 2026-11-26 or 26.11.2026"),
    Fault.TIME: N_("the time must be written as 07:30"),
    Fault.NO_LENGTH: N_("it begins and ends at the same time"),
    Fault.BACKWARDS: N_("it ends before it begins"),
    Fault.LONG_SHIFT: N_("the shift is longer than a day"),
    Fault.LONG_LEAVE: N_("the leave is longer than two years"),
    Fault.FAR: N_("it is more than 400 days ahead: is the year right?"),
    Fault.KIND: N_("we do not know that word: write shift or leave"),
    Fault.NOT_ICAL: N_("this is not a calendar that we can read"),
    Fault.EVENT: N_("this event cannot be read"),
    Fault.ZONE: N_("we do not know its time zone"),
    Fault.REPEATS: N_("it repeats in a way that we cannot read: days, weeks, months or years in plain steps are fine"),
}
