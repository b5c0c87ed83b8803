"""Atom feeds (RFC 4287) for feed readers, which cannot sign in: a secret of 256 bits opens what its owner may read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue

from portal.blueprints.people.models import Person
from portal.blueprints.questions.models.posts import Post, Question
from portal.blueprints.questions.queries import feeds, rows, searching
from portal.blueprints.questions.queries.rows import Label
from portal.core import i18n, links, markdown, throttle
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.core.settings import current_settings
from portal.web.auth import public

bp_feeds = Blueprint("questions_feeds", __name__, url_prefix="/straum/<int:person_id>/<string(length=64):secret>")

FETCHES_PER_HOUR = 600  # twenty feeds, every two minutes
MISSES_PER_HOUR = 60
SINCE = 2026  # the year in which the ids were given their shape: it never changes
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IMAGE = re.compile(r"<img\b[^>]*>")
_ALT = re.compile(r'alt="([^"]*)"')
_OWN = re.compile(r'(\shref=")/(?!/)')


@dataclass(frozen=True, kw_only=True)
class About:
    """What a feed is: the part of its id that never changes, its name, and the page that shows the same."""

    key: str
    title: str  # a message id, whose name is put in
    name: str = ""
    endpoint: str = "questions.index"
    values: dict[str, Any] | None = None


@bp_feeds.get("/alle.atom")
@public
def everything(person_id: int, secret: str) -> ResponseReturnValue:
    """Give the newest questions."""
    reader = _subscriber(person_id, secret)
    return _answer(reader, About(key="all", title=N_("New questions")), feeds.everything(reader))


@bp_feeds.get("/ventar.atom")
@public
def unanswered(person_id: int, secret: str) -> ResponseReturnValue:
    """Give the newest that wait for an answer."""
    reader = _subscriber(person_id, secret)
    return _answer(reader, About(key="unanswered", title=N_("Questions that wait")), feeds.unanswered(reader))


@bp_feeds.get("/folgjer.atom")
@public
def followed(person_id: int, secret: str) -> ResponseReturnValue:
    """Give the newest of what the reader follows."""
    reader = _subscriber(person_id, secret)
    about = About(key=f"person/{reader.id}/followed", title=N_("What you follow"), endpoint="questions.followed")
    return _answer(reader, about, feeds.followed(reader))


@bp_feeds.get("/emne/<slug>.atom")
@public
def tag(person_id: int, secret: str, slug: str) -> ResponseReturnValue:
    """Give the newest about a tag."""
    reader = _subscriber(person_id, secret)
    found = searching.find_tag(slug)
    if found is None:
        raise NotFound(N_("We cannot find that tag."))
    about = About(
        key=f"tag/{found.id}",
        title=N_("New questions about %(name)s"),
        name=found.name(reader.locale),
        endpoint="questions.about_tag",
        values={"slug": found.slug},
    )
    return _answer(reader, about, feeds.about_tag(found.id))


@bp_feeds.get("/filter/<int:filter_id>.atom")
@public
def filtered(person_id: int, secret: str, filter_id: int) -> ResponseReturnValue:
    """Give the newest that one of the reader's filters lets through."""
    reader = _subscriber(person_id, secret)
    name, posts = feeds.filtered(reader, filter_id)
    about = About(key=f"person/{reader.id}/filter/{filter_id}", title=N_("Questions: %(name)s"), name=name)
    return _answer(reader, about, posts)


@bp_feeds.get("/sporsmal/<int:question_id>.atom")
@public
def thread(person_id: int, secret: str, question_id: int) -> ResponseReturnValue:
    """Give a question and its newest answers."""
    reader = _subscriber(person_id, secret)
    posts = feeds.thread(reader, question_id)
    about = About(
        key=f"question/{question_id}/thread",
        title=N_("Answers to «%(name)s»"),
        name=_question_of(posts[-1]).title,
        endpoint="questions.thread",
        values={"question_id": question_id},
    )
    return _answer(reader, about, posts)


def _subscriber(person_id: int, secret: str) -> Person:
    hour = timedelta(hours=1)
    try:
        reader = feeds.get_subscriber(person_id, secret)
    except NotFound:
        throttle.hit_here("questions.feed_miss", request.remote_addr or "", limit=MISSES_PER_HOUR, per=hour)
        raise
    throttle.hit_here("questions.feed", str(reader.id), limit=FETCHES_PER_HOUR, per=hour)
    return reader


def _answer(reader: Person, about: About, posts: Sequence[Post]) -> ResponseReturnValue:
    feed = _feed(reader, about)
    labels = rows.labels_of([post.id for post in posts if isinstance(post, Question)])
    for post in posts:
        feed.add_entry(_entry(reader, post, labels.get(post.id, ())), order="append")
    key = feeds.find_key(reader.id)
    updated = max((_updated(post) for post in posts), default=key.created_at if key else reader.created_at)
    feed.updated(updated)
    written: bytes = feed.atom_str()
    answer = make_response(written)
    answer.mimetype = "application/atom+xml"
    answer.headers["Cache-Control"] = "private, no-cache"  # kept by its reader, and asked about each time
    answer.last_modified = updated
    answer.set_etag(hashlib.sha256(written).hexdigest()[:32])
    return answer.make_conditional(request)


def _feed(reader: Person, about: About) -> FeedGenerator:
    feed = FeedGenerator()
    feed.id(_id(about.key))
    feed.title(_fit("Tunet: " + i18n.text(about.title, reader.locale, **({"name": about.name} if about.name else {}))))
    feed.author(name="Tunet")
    feed.generator("Tunet")
    feed.language(reader.locale)
    feed.link(href=links.absolute(about.endpoint, about.values or {}), rel="alternate", type="text/html")
    address = links.absolute(request.endpoint or "", request.view_args or {})
    feed.link(href=address, rel="self", type="application/atom+xml")
    return feed


def _entry(reader: Person, post: Post, labels: Sequence[Label]) -> FeedEntry:
    question = _question_of(post)
    name = post.author.name if post.author else i18n.text(N_("A colleague, no name"), reader.locale)
    is_question = post is question
    title = question.title if is_question else i18n.text(N_("Answer from %(name)s"), reader.locale, name=name)
    entry = FeedEntry()
    entry.id(_id(f"{post.__tablename__}/{post.id}"))
    entry.title(_fit(title))
    entry.author(name=_fit(name))
    entry.published(post.created_at)
    entry.updated(_updated(post))
    place = "" if is_question else f"#svar-{post.id}"
    entry.link(href=links.absolute("questions.thread", {"question_id": question.id}) + place, rel="alternate")
    entry.content(_html(post.body, reader.locale), type="html")
    for label in labels:
        entry.category(term=label.slug, label=_fit(label.name(reader.locale)))
    return entry


def _question_of(post: Post) -> Question:
    return post if isinstance(post, Question) else post.question


def _updated(post: Post) -> Any:
    return post.changed_at or post.created_at


def _id(key: str) -> str:
    return f"tag:{urlsplit(current_settings().base_url).hostname},{SINCE}:{key}"


def _html(text: str, locale: str) -> str:
    """Give safe HTML that stands on its own: whole addresses, and words for pictures, which need a sign-in."""
    html = str(markdown.to_html(text, code_label=i18n.text(N_("Code"), locale)))
    html = _IMAGE.sub(lambda image: f"[{found[1]}]" if (found := _ALT.search(image[0])) else "", html)
    return _fit(_OWN.sub(rf"\g<1>{current_settings().base_url.rstrip('/')}/", html))


def _fit(text: str) -> str:
    """Leave out the signs that XML has no place for."""
    return _UNFIT.sub("", text)
