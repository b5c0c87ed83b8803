"""Who has a caller on the line, or helps somebody who has, is not asked how they are just then."""

from portal.blueprints.checkins.service import prompts
from portal.blueprints.urgent.queries import desk

prompts.spare(desk.busy)
