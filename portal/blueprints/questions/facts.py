"""What happens on the board. Ids only: who is told looks the words up, with the rights of the reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Somebody asked."""

    question_id: int
    author_id: int | None  # none: without a name
    by_id: int  # who is not told of their own act; never stored


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Somebody answered."""

    question_id: int
    answer_id: int
    author_id: int | None
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Thanked:
    """Somebody thanked for an answer."""

    answer_id: int
    question_id: int
    by_id: int
    is_nameless: bool = False  # by somebody who writes in the thread without a name


@dataclass(frozen=True, kw_only=True)
class Solved:
    """The asker said which answer solved it."""

    question_id: int
    answer_id: int
    by_id: int
    is_nameless: bool = False  # by an asker without a name


@dataclass(frozen=True, kw_only=True)
class Changed:
    """The words, the tags or the state of a question or of one of its answers changed."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """A question was taken out of sight."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class Returned:
    """A question that was out of sight is there again."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class Merged:
    """A question was found to have been asked before; what stood in it went to the other one."""

    question_id: int
    target_id: int
    by_id: int  # who is not told of their own act; never stored


@dataclass(frozen=True, kw_only=True)
class Carried:
    """Posts were taken to another thread."""

    transfer_id: int
    target_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Flagged:
    """Somebody asked those who keep order to look at a post."""

    flag_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Somebody looked at a flag."""

    flag_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Redacted:
    """Words were taken out of a thread and out of all that it was before."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class Commented:
    """Somebody commented on a question, or on one of its answers."""

    question_id: int
    answer_id: int | None
    comment_id: int
    author_id: int | None
    by_id: int
    is_call: bool = False  # for the asker to tell more, which they hear of apart
    is_told_apart: bool = False  # another slice tells of it in words of its own


@dataclass(frozen=True, kw_only=True)
class Mentioned:
    """A post mentions colleagues whom it did not mention before."""

    question_id: int
    answer_id: int | None  # where it stands in the thread
    person_ids: tuple[int, ...]
    author_id: int | None
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Marked:
    """Somebody warned of an answer: it is out of date, or dangerous."""

    question_id: int
    answer_id: int
    kind: str
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Mended:
    """An answer was changed that somebody had warned of."""

    question_id: int
    answer_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class MoreWanted:
    """Somebody needs to know more before they can answer."""

    question_id: int
    author_id: int | None  # none: without a name
    by_id: int


@dataclass(frozen=True, kw_only=True)
class AcceptedByPeer:
    """A peer supporter said what solved it, because the asker was silent."""

    question_id: int
    answer_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Doubted:
    """Somebody tried what solved it, and it did not help them."""

    question_id: int
    answer_id: int
    author_id: int | None
    by_id: int


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """The owner of a claim asked a colleague to take it over."""

    question_id: int
    person_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class HandoverAnswered:
    """The colleague took it over, or said no; the person is who had asked."""

    question_id: int
    person_id: int
    by_id: int
    is_taken: bool


@dataclass(frozen=True, kw_only=True)
class OwnerLeft:
    """The owner of a claim let it go; the person looks on."""

    question_id: int
    person_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class WaitedForExperts:
    """An easy question was left to those who want to learn, and nobody has taken it."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """What solved a question did not hold after all."""

    question_id: int
    answer_id: int  # what had solved it
    by_id: int
    is_nameless: bool  # by an asker without a name
