"""What is wrong with a game or with a list of games, in words: message ids."""

from __future__ import annotations

from collections.abc import Mapping

from portal.blueprints.games.rules.shelf import Fault
from portal.core.i18n import N_

FAULTS: Mapping[Fault, str] = {
    Fault.ARCHIVE: N_("this is a workbook or a packed file: save it as CSV (UTF-8)"),
    Fault.NOT_TEXT: N_("this is not text: save it as CSV (UTF-8)"),
    Fault.TOO_BIG: N_("it is too big: 4 MB at most"),
    Fault.TOO_MANY: N_("there are more than 2000 games in it"),
    Fault.EMPTY: N_("no game is in it"),
    Fault.NOT_CSV: N_("this is not a table: a quotation mark may be missing"),
    Fault.NOT_XML: N_("the file is broken here: fetch it from BoardGameGeek once more"),
    Fault.DECLARES: N_("the file declares things of its own (DOCTYPE), which a collection never does"),
    Fault.NOT_A_COLLECTION: N_(
        "this is no collection. BoardGameGeek may have asked for patience: wait a minute and fetch it again"
    ),
    Fault.NO_NAME_COLUMN: N_("no column is called name"),
    Fault.NO_PLAYERS_COLUMN: N_("no column says how many can play: call one players, or two of them min and max"),
    Fault.TWO_COLUMNS: N_("two columns say the same"),
    Fault.CELLS: N_("there are more or fewer cells than columns"),
    Fault.NAME: N_("the game has no name"),
    Fault.PLAYERS: N_("it does not say how many can play, such as 2–4, or the numbers are the wrong way round"),
    Fault.BEST: N_("the best number of players is not among those who can play"),
    Fault.MINUTES: N_("the minutes must be a whole number from 1 to 1440"),
    Fault.LONG: N_("something in it is too long: a name has 120 letters at most, a note 500"),
    Fault.ADDRESS: N_("the address of the rules must begin with https:// or http://"),
    Fault.PATIENT: N_("something in it looks like a national identity number"),
}
