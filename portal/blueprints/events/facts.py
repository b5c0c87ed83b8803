"""What happens to evenings and to those who come. Ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class EveningFact:
    """What every fact about an evening carries."""

    evening_id: int


@dataclass(frozen=True, kw_only=True)
class EveningPlanned(EveningFact):
    """An evening was made."""


@dataclass(frozen=True, kw_only=True)
class EveningMoved(EveningFact):
    """An evening got another time."""

    by_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class EveningReworded(EveningFact):
    """The title, the text or the place of an evening changed, not its time."""


@dataclass(frozen=True, kw_only=True)
class EveningRoomChanged(EveningFact):
    """An evening got a room, lost it, or got another one."""


@dataclass(frozen=True, kw_only=True)
class EveningCancelled(EveningFact):
    """An evening will not be."""

    by_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class EveningRestored(EveningFact):
    """An evening that was called off will be after all."""

    by_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class SignedUp(EveningFact):
    """Somebody got a seat by signing up."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class PutOnWaitList(EveningFact):
    """Somebody signed up and waits for a seat."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class MovedUp(EveningFact):
    """Somebody who waited got a seat."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class GaveUp(EveningFact):
    """Somebody left. `sequence` numbers the cancellation of their invitation; none when they never got one.

    Nothing of this is stored: leaving leaves no trace.
    """

    person_id: int
    sequence: int | None


@dataclass(frozen=True, kw_only=True)
class EveningIsTomorrow(EveningFact):
    """The day before an evening has come."""


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A colleague proposed an evening."""

    proposal_id: int


@dataclass(frozen=True, kw_only=True)
class ProposalMade:
    """An evening has come of a proposal."""

    proposal_id: int
    evening_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class ProposalRests:
    """A proposal was left to rest, with a word to its proposer."""

    proposal_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class EveningIsSoon(EveningFact):
    """An evening begins within some hours. Told again and again until it does."""


@dataclass(frozen=True, kw_only=True)
class SeatOffered(EveningFact):
    """Somebody who waited is offered a seat, which is kept for them for a while."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class SeatTaken(EveningFact):
    """Somebody said yes to the seat they were offered."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class OfferLapsed(EveningFact):
    """Nobody answered, and the seat goes on to the next. Nothing of this is stored."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class EveningDecided(EveningFact):
    """So many have signed up that an evening will be."""


@dataclass(frozen=True, kw_only=True)
class EveningIsOver(EveningFact):
    """The day after an evening has come."""


@dataclass(frozen=True, kw_only=True)
class EveningThanked(EveningFact):
    """Somebody who was there said thanks. Who it was is for leaving them out, and for nothing else."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class PictureTakenDown(EveningFact):
    """A picture was taken down. By whom is for not telling them of their own act, and for nothing else."""

    owner_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class HelpOffered(EveningFact):
    """Somebody helps with an evening."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class HelpTakenBack(EveningFact):
    """Somebody cannot help after all."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class HandoverAsked(EveningFact):
    """An organiser has asked another to take an evening over."""

    from_id: int
    to_id: int


@dataclass(frozen=True, kw_only=True)
class HandoverAnswered(EveningFact):
    """The one who was asked has said yes or no."""

    from_id: int
    to_id: int
    is_taken: bool
