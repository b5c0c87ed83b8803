"""portal refuse-mail: the door at which replies to the portal's mails are refused, kindly."""

from __future__ import annotations

import asyncio
import signal

import click

from portal import create_app
from portal.blueprints.notifications import jobs
from portal.cli.database import must_be_migrated
from portal.web.requests import log_to_stderr


@click.command("refuse-mail")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8025, show_default=True, help="Port to listen on.")
def refuse_mail(host: str, port: int) -> None:
    """Refuse replies by mail, and say where to answer instead.

    Speaks SMTP. Route the address of PORTAL_MAIL_FROM here, from inside the house only; nothing of a letter is kept.
    """
    log_to_stderr()
    app = create_app()
    must_be_migrated(app)

    async def keep() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await jobs.keep_door(app.app_context, host=host, port=port, stop=stop, opened=_say(host))

    asyncio.run(keep())


def _say(host: str) -> jobs.Opened:
    return lambda port: click.echo(f"Replies by mail are refused at {host}:{port}", err=True)
