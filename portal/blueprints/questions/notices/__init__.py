"""Who is told what of the board, in which words. Nobody is told of their own acts."""

from portal.blueprints.questions.notices import answers, comments, lifecycle, order, subjects, to_whom

__all__ = ["answers", "comments", "lifecycle", "order", "subjects", "to_whom"]
