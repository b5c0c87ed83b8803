"""A PostgreSQL server of the tests' own: made, started on a socket in a temporary folder, stopped, thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def folder_of_programs() -> Path:
    """Find initdb and pg_ctl; Debian keeps them out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    raise RuntimeError("PostgreSQL is not installed: run make test as root once, or apt-get install postgresql")


@contextmanager
def running() -> Iterator[str]:
    """Run a server and give the SQLAlchemy URL of an empty database in it."""
    programs = folder_of_programs()
    folder = Path(tempfile.mkdtemp(prefix="tunet-pg-", dir="/tmp"))
    owner = _owner(folder)
    where = folder / "server"
    try:
        _run(
            programs / "initdb",
            "-D",
            where,
            "-U",
            "tunet",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
            owner=owner,
        )
        fast = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        options = f"-c max_connections=300 -c listen_addresses='' -c unix_socket_directories={folder} {fast}"
        _run(programs / "pg_ctl", "-D", where, "-l", folder / "log", "-o", options, "-w", "start", owner=owner)
        _run(programs / "createdb", "-h", folder, "-U", "tunet", "tunet", owner=owner)
        yield f"postgresql+psycopg://tunet@/tunet?host={folder}"
    finally:
        if (where / "postmaster.pid").exists():
            _run(programs / "pg_ctl", "-D", where, "-m", "immediate", "stop", owner=owner)
        shutil.rmtree(folder, ignore_errors=True)


def _owner(folder: Path) -> str | None:
    # The server refuses to run as root; Debian's package brings a user for it.
    if os.getuid() != 0:
        return None
    person = pwd.getpwnam("postgres")
    os.chown(folder, person.pw_uid, person.pw_gid)
    return person.pw_name


def _run(program: Path, *words: object, owner: str | None) -> None:
    command = [str(program), *map(str, words)]
    done = subprocess.run(
        command, user=owner, cwd="/tmp", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise RuntimeError(f"{program.name} failed: {done.stdout.decode(errors='replace')[-2000:]}")
