"""The tables of the board."""

from portal.blueprints.questions.models import (
    claims,
    drafts,
    finding,
    flags,
    history,
    marks,
    nameless,
    pictures,
    posts,
    skills,
    tags,
    transfers,
)

__all__ = [
    "claims",
    "drafts",
    "finding",
    "flags",
    "history",
    "marks",
    "nameless",
    "pictures",
    "posts",
    "skills",
    "tags",
    "transfers",
]
