"""The pages of the board."""

from portal.blueprints.questions.views import ask, hands, listing, pictures, presses, thread
from portal.blueprints.questions.views.blueprint import bp

__all__ = ["ask", "bp", "hands", "listing", "pictures", "presses", "thread"]
