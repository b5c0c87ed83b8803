"""Who is told what of the board, in which words. Nobody is told of their own acts."""

from portal.blueprints.questions.notices import answers, lifecycle, to_whom

__all__ = ["answers", "lifecycle", "to_whom"]
