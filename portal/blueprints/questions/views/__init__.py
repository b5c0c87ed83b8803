"""The pages of the board."""

from portal.blueprints.questions.views import ask, drafts, hands, listing, pictures, presses, skills, tag_care, thread
from portal.blueprints.questions.views.blueprint import bp

__all__ = ["ask", "bp", "drafts", "hands", "listing", "pictures", "presses", "skills", "tag_care", "thread"]
