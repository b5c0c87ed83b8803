"""The pages of the board."""

from portal.blueprints.questions.views import ask, listing, pictures, presses, thread
from portal.blueprints.questions.views.blueprint import bp

__all__ = ["ask", "bp", "listing", "pictures", "presses", "thread"]
