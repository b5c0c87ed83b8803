"""The `portal` command: everything that is done to an installation from a shell."""

from __future__ import annotations

import os
import sys

import click

from portal.blueprints.knowledge.cli import import_articles
from portal.blueprints.people.cli import admin_link, import_people
from portal.blueprints.questions.cli import export_questions, import_questions
from portal.blueprints.shifts.cli import import_rota
from portal.cli.database import backup, migrate, reindex
from portal.cli.demo import demo
from portal.cli.doctor import doctor
from portal.cli.keys import reseal
from portal.cli.refusing import refuse_mail
from portal.cli.running import serve, worker
from portal.config import InvalidSettings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def portal() -> None:
    """Tunet: the common yard of a service desk."""


for command in (
    *(serve, worker, refuse_mail, demo, doctor, migrate, backup, reindex, reseal, admin_link),
    *(import_people, import_articles, import_questions, export_questions, import_rota),
):
    portal.add_command(command)


def main() -> None:
    """Run the command; settings that are wrong are told in one plain message."""
    os.umask(0o077)  # database, keys and mails are for the owner of the process alone
    try:
        portal()
    except InvalidSettings as error:
        sys.exit(str(error))
