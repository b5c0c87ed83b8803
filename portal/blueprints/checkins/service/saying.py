"""One check-in, and who may see it: the diary, a colleague, the team, or the team without a name; and moving it."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.blueprints.checkins.rules.audiences import Audience
from portal.blueprints.checkins.rules.faces import WORDS_LONGEST, Face, Said
from portal.blueprints.checkins.service import checking_in, diary, keeping, nameless, teams
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import N_
from portal.core.vault import Key
from portal.core.viewer import Viewer


class NoDiary(Conflict):
    """Something is for its author alone, and they have no diary yet."""

    def __init__(self) -> None:
        super().__init__(N_("Make your diary first."))


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be said, and who may see it."""

    audience: Audience
    face: Face = field(repr=False)
    words: str = field(default="", repr=False)
    reader_id: int | None = None
    key: str | None = None  # of the showing of the form: sent twice it is one
    accepts: bool = False


def say(viewer: Viewer, wish: Wish) -> None:
    """Keep how the viewer is, for those they chose."""
    match wish.audience:
        case Audience.ME:
            _say_to_diary(viewer, wish)
        case Audience.ONE:
            _must_be_chosen(wish.reader_id)
            checking_in.check_in(
                viewer, reader_id=wish.reader_id, key=wish.key, face=wish.face, words=wish.words, accepts=wish.accepts
            )
        case Audience.TEAM:
            teams.say(viewer, key=wish.key, face=wish.face, words=wish.words, accepts=wish.accepts)
        case Audience.NAMELESS:
            nameless.say(viewer, face=wish.face, words=wish.words, accepts=wish.accepts)


def move_shared(viewer: Viewer, checkin_id: str, *, audience: Audience, reader_id: int | None = None) -> None:
    """Choose again who may see what was for oneself or for one colleague. A former reader's access ends at once."""
    match audience:
        case Audience.ONE:
            _must_be_chosen(reader_id)
            checking_in.choose_reader(viewer, checkin_id, reader_id=reader_id)
        case Audience.ME if not diary.has_diary(viewer.id):
            checking_in.choose_reader(viewer, checkin_id, reader_id=None)
        case Audience.ME:
            checking_in.move_to_diary(viewer, checkin_id)
        case Audience.TEAM:
            said = checking_in.opened_own(viewer, checkin_id)
            teams.say(viewer, face=said.face, words=said.words, accepts=True)
            checking_in.delete(viewer, checkin_id)
        case Audience.NAMELESS:
            _refuse_to_unname()


def move_from_team(viewer: Viewer, checkin_id: str, *, audience: Audience, reader_id: int | None = None) -> None:
    """Take something off the team's wall, and keep it for oneself or for one colleague."""
    if audience == Audience.TEAM:
        return
    if audience == Audience.NAMELESS:
        _refuse_to_unname()
    if audience == Audience.ONE:
        _must_be_chosen(reader_id)
    said = teams.opened_own(viewer, checkin_id)
    if audience == Audience.ME and diary.has_diary(viewer.id):
        diary.write(viewer.id, said, moment=teams.moment_of(viewer, checkin_id))
    else:  # who has no diary yet has it sealed by the server until they make one
        chosen = reader_id if audience == Audience.ONE else None
        checking_in.check_in(viewer, face=said.face, words=said.words, reader_id=chosen, accepts=True)
    teams.delete(viewer, checkin_id)


def share_from_diary(
    viewer: Viewer,
    opening: Key,
    entry_id: str,
    *,
    audience: Audience,
    reader_id: int | None = None,
    key: str | None = None,
) -> None:
    """Let one colleague or the team see what an entry of the opened diary says. They get a copy; the diary keeps it."""
    if audience not in (Audience.ONE, Audience.TEAM):
        raise Invalid(N_("Choose who may see this."), field="audience")
    said = diary.opened_own(viewer, opening, entry_id)
    say(
        viewer,
        Wish(audience=audience, face=said.face, words=said.words, reader_id=reader_id, key=key, accepts=True),
    )


def _say_to_diary(viewer: Viewer, wish: Wish) -> None:
    if not diary.has_diary(viewer.id):
        raise NoDiary
    words = keeping.checked(wish.words, longest=WORDS_LONGEST, field="words", accepts=wish.accepts)
    keeping.bound_presses(viewer)
    diary.write(viewer.id, Said(face=wish.face, words=words), key=wish.key)


def _must_be_chosen(reader_id: int | None) -> None:
    if reader_id is None:
        raise Invalid(keeping.CHOOSE_A_COLLEAGUE, field="reader")


def _refuse_to_unname() -> None:
    # Whoever has read it with the name would know it again among the notes without.
    raise Conflict(N_("What has had your name on it cannot lose it again. Delete it, and write it anew if you like."))
