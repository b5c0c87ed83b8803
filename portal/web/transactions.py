"""@commits: one request, one transaction. Raising undoes everything."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, request
from flask.typing import ResponseReturnValue

from portal.core import db

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask) -> None:
    """Let SQLite take its write lock at the first query of a request that means to write."""
    app.before_request(lambda: db.expect_writes(request.method not in SAFE))


def commits(view: View) -> View:
    """Commit what the view did when it returns. Stands innermost on every unsafe route."""

    @wraps(view)
    def committed(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method in SAFE:
            return view(*args, **kwargs)
        with db.transaction():
            return view(*args, **kwargs)

    committed.commits = True  # type: ignore[attr-defined]
    return cast(View, committed)
