"""portal demo: the whole portal on one's own machine, with a made-up desk."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

import click

from portal import create_app
from portal.cli.database import bring_up_to_date
from portal.config import read
from portal.demo import seed
from portal.serve import serve

KNOWLEDGE = Path(__file__).parents[3] / "shared" / "data" / "kb_nb" / "articles.jsonl"
REFUSAL = (
    "Demo mode lets anybody in as anybody, without a password. It therefore listens on this machine only "
    "(127.0.0.1 or ::1), never on a network. For real use: portal serve."
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option("--port", default=8000, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
def demo(host: str, port: int, folder: Path) -> None:
    """Show the portal with a believable desk, on this machine only."""
    if not is_loopback(host):
        raise click.ClickException(REFUSAL)
    # The server reads its settings from the environment; what is set there for real use has no place in a demo.
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        del os.environ[name]
    base_url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    os.environ.update(PORTAL_DEMO="1", PORTAL_FOLDER=str(folder.absolute()), PORTAL_BASE_URL=base_url)
    app = create_app(read())
    bring_up_to_date(app)
    if seed.is_empty(app):
        seed.fill(
            app, knowledge=KNOWLEDGE if KNOWLEDGE.exists() else None, say=lambda words: click.echo(words, err=True)
        )
    click.echo(f"\n  Tunet is at {base_url}\n  Mails are written to {folder / 'mail'}\n", err=True)
    serve(app, host=host, port=port)


def is_loopback(host: str) -> bool:
    """Tell whether an address stays on this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
