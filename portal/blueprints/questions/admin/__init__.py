"""The pages of those who look after the board."""

from portal.blueprints.questions.admin import flags
from portal.blueprints.questions.admin.blueprint import bp_admin

__all__ = ["bp_admin", "flags"]
