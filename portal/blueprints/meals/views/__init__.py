"""The pages of meals, and their parts of the pages of evenings."""

from portal.blueprints.meals.views import dining, organising, parts
from portal.blueprints.meals.views.blueprint import bp

__all__ = ["bp", "dining", "organising", "parts"]
