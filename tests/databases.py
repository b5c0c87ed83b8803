"""The databases that tests run on: empty ones, and copies of one that was migrated once."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


class Databases:
    """Gives databases on the engine that the tests run with: files, or databases of one PostgreSQL server.

    To start a server or to migrate takes seconds, and some hundred tests want a database of their own.
    """

    def __init__(self, server_url: str | None, folder: Path, *, migrate: Callable[[str], None]) -> None:
        self._server_url, self._folder, self._migrate = server_url, folder, migrate
        self._original = ""

    @contextmanager
    def empty(self, file: Path) -> Iterator[str]:
        """Give an empty database; on SQLite it is the file."""
        if self._server_url is None:
            yield f"sqlite:///{file}"
            return
        with self._named() as name:
            self._run(f"CREATE DATABASE {name}")
            yield self._url(name)

    @contextmanager
    def migrated(self, file: Path) -> Iterator[str]:
        """Give a database at the head revision; on SQLite it is the file."""
        original = self._original or self._make_original()
        if self._server_url is None:
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(original, file)
            yield f"sqlite:///{file}"
            return
        with self._named() as name:
            self._run(f"CREATE DATABASE {name} TEMPLATE {original}")
            yield self._url(name)

    def _make_original(self) -> str:
        if self._server_url is None:
            file = self._folder / "original.sqlite"
            self._migrate(f"sqlite:///{file}")
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it stands in the one file then
            self._original = str(file)
        else:
            self._run("CREATE DATABASE original")
            self._migrate(self._url("original"))
            self._original = "original"
        return self._original

    @contextmanager
    def _named(self) -> Iterator[str]:
        name = f"own_{secrets.token_hex(6)}"
        try:
            yield name
        finally:
            self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _url(self, name: str) -> str:
        assert self._server_url
        return make_url(self._server_url).set(database=name).render_as_string(hide_password=False)

    def _run(self, command: str) -> None:
        assert self._server_url
        engine = create_engine(self._server_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(command))
        engine.dispose()
