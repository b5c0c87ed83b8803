"""portal reseal: after a new key has been put first in PORTAL_SEALING_KEYS."""

from __future__ import annotations

import click

from portal import create_app
from portal.core import rotation
from portal.core.db import empty_journal, transaction
from portal.core.rotation import Resealed


@click.command()
def reseal() -> None:
    """Seal what older keys have sealed again with the newest. May be stopped, and begun again, while the portal runs.

    Keep the older keys in the ring all the same: those who write without a name are recognised by them. A key that has
    come into wrong hands seals nothing new, and what it did seal is here no longer; backups from before still hold it.
    """
    with create_app().app_context():
        result = reseal_all()
        empty_journal()
        click.echo(f"{result.done} texts have the newest key now.")
        if result.unreadable:
            raise click.ClickException(f"{result.unreadable} texts stay as they are: no key of the ring opens them.")


def reseal_all(portion: int = rotation.PORTION) -> Resealed:
    """Go over everything, each portion in a transaction of its own."""
    steps, total = rotation.portions(portion), Resealed()
    while True:
        with transaction():
            step = next(steps, None)
        if step is None:
            return total
        total += step
