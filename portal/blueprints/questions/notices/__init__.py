"""Who is told what of the board, in which words. Nobody is told of their own acts."""

from portal.blueprints.questions.notices import answers

__all__ = ["answers"]
