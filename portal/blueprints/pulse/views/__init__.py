"""The pages of the pulse: answering in one tap, the weeks as words, and how it is made. There is no page further in."""

from portal.blueprints.pulse.views import annotations, answering, pages, parts
from portal.blueprints.pulse.views.blueprint import bp

__all__ = ["annotations", "answering", "bp", "pages", "parts"]
