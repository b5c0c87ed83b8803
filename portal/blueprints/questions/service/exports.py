"""Giving the whole board out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.blueprints.questions.models.pictures import Picture
from portal.blueprints.questions.models.posts import Answer, Comment, Post, Question
from portal.core.db import db

CHUNK = 100


def write(path: Path) -> int:
    """Write everything into a zip file; give the number of questions. Nothing half-written stays under its name."""
    partial = path.with_name(f"{path.name}.part")
    count = 0
    with ZipFile(partial, "w", ZIP_DEFLATED) as archive:
        with archive.open("questions.jsonl", "w", force_zip64=True) as lines:
            for thread in threads():
                lines.write(json.dumps(thread, ensure_ascii=False).encode() + b"\n")
                count += 1
        for token, mime, content in _pictures():
            archive.writestr(f"bilete/{token}.{mime.partition('/')[2]}", content)
    partial.replace(path)
    return count


def threads() -> Iterator[dict[str, Any]]:
    """Give every question with all that belongs to it, what was taken out of sight as well."""
    last = 0
    whole = (selectinload(Question.answers).joinedload(Answer.author), selectinload(Question.tags))
    while True:
        after = select(Question).options(*whole, joinedload(Question.author)).where(Question.id > last)
        chunk = db.session.scalars(after.order_by(Question.id).limit(CHUNK)).all()
        if not chunk:
            return
        comments = _comments([question.id for question in chunk])
        yield from (_thread(question, comments.get(question.id, [])) for question in chunk)
        last = chunk[-1].id


def _comments(question_ids: list[int]) -> dict[int, list[Comment]]:
    found: dict[int, list[Comment]] = {}
    rows = select(Comment).options(joinedload(Comment.author)).where(Comment.question_id.in_(question_ids))
    for comment in db.session.scalars(rows.order_by(Comment.id)):
        found.setdefault(comment.question_id, []).append(comment)
    return found


def _thread(question: Question, comments: list[Comment]) -> dict[str, Any]:
    return post(question) | {
        "title": question.title,
        "state": question.state,
        "tags": [tag.slug for tag in question.tags],
        "accepted": question.accepted_answer_id,
        "solved_at": question.solved_at.isoformat() if question.solved_at else None,
        "duplicate_of": question.duplicate_of_id,
        "duplicate_article": question.duplicate_article,
        "answers": [
            post(answer) | {"comments": [post(each) for each in comments if each.answer_id == answer.id]}
            for answer in question.answers
        ],
        "comments": [post(each) for each in comments if each.answer_id is None],
    }


def post(written: Post) -> dict[str, Any]:
    """Give what every post has. One without a name has none here, and no mask."""
    return {
        "id": written.id,
        "author": written.author.username if written.author else None,
        "body": written.body,
        "written_at": written.created_at.isoformat(),
        "changed_at": written.changed_at.isoformat() if written.changed_at else None,
        "is_hidden": written.is_hidden,
        "origin": written.origin,
    }


def _pictures() -> Iterator[tuple[str, str, bytes]]:
    tokens = db.session.scalars(select(Picture.token).where(Picture.question_id.is_not(None))).all()
    for token in tokens:
        row = db.session.execute(select(Picture.mime, Picture.content).where(Picture.token == token)).one_or_none()
        if row:
            yield token, row.mime, row.content
