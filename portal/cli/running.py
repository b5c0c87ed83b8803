"""portal serve and portal worker."""

from __future__ import annotations

import click

from portal import create_app
from portal.cli.database import must_be_migrated
from portal.config import read
from portal.serve import serve as run_server
from portal.web.requests import log_to_stderr
from portal.worker import work_until_told


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, help="Web processes; more than one needs PostgreSQL.")
@click.option("--without-worker", is_flag=True, help="Leave outgoing work to «portal worker».")
def serve(host: str, port: int, workers: int, without_worker: bool) -> None:
    """Serve the portal; with one process, outgoing work is done inside it."""
    settings = read()
    if settings.demo:
        raise click.ClickException(
            "Demo mode lets anybody in as anybody. Use «portal demo», which stays on this machine."
        )
    if workers > 1 and settings.is_sqlite:
        raise click.ClickException(
            "Several processes need PostgreSQL: set PORTAL_DATABASE. SQLite serves one process well."
        )
    app = create_app(settings)
    must_be_migrated(app)
    click.echo(f"Tunet listens on http://{host}:{port}", err=True)
    run_server(app, host=host, port=port, processes=workers, worker_inside=not without_worker)


@click.command()
def worker() -> None:
    """Do outgoing work in a process of its own; any number may run."""
    log_to_stderr()
    app = create_app()
    must_be_migrated(app)
    work_until_told(app)
