"""Telling those who are mentioned: once, when it is first written. Tags can be mentioned too; they are links."""

from __future__ import annotations

from collections.abc import Iterator

from portal.blueprints.questions.facts import Mentioned
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.blueprints.questions.models.tags import Tag, TagSynonym
from portal.blueprints.questions.queries import tags
from portal.blueprints.references import queries as references
from portal.blueprints.references import service as names
from portal.core import links
from portal.core.facts import record
from portal.core.viewer import Viewer


def tell(viewer: Viewer, question: Question, post: Post, *, before: str = "") -> None:
    """Tell whom a post mentions now and did not before; one that is out of sight tells nobody."""
    if post.is_hidden or question.is_hidden:
        return
    mentioned = references.mentioned(words(post)) - references.mentioned(before)
    if not mentioned.person_ids:
        return
    record(
        Mentioned(
            question_id=question.id,
            answer_id=_place(post),
            person_ids=tuple(sorted(mentioned.person_ids)),
            author_id=post.author_id,
            by_id=viewer.id,
        )
    )


def words(post: Post) -> str:
    """Give all that a post says."""
    return f"{post.title}\n\n{post.body}" if isinstance(post, Question) else post.body


def _place(post: Post) -> int | None:
    if isinstance(post, Comment):
        return post.answer_id
    return post.id if isinstance(post, Answer) else None


def _tags() -> Iterator[names.Known]:
    synonyms = tags.synonyms_by_tag()
    for tag in tags.tags():
        for word in (tag.slug, *synonyms.get(tag.id, ())):
            yield word, tag.slug, tag.name_nn


names.mentionable(
    "tag",
    names=_tags,
    url=lambda slug: links.path("questions.about_tag", {"slug": slug}),
    of={Tag: ("slug", "name_nn"), TagSynonym: ("name", "tag_id")},
)
