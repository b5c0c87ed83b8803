"""Choosing how one's screen rings, and how one likes to be spoken with."""

from __future__ import annotations

import re

from portal.blueprints.urgent.models.choices import RingChoice
from portal.blueprints.urgent.queries import calls as reading
from portal.blueprints.urgent.rules.calls import TalkBy
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.viewer import Viewer

NUMBER = re.compile(r"\+?[0-9][0-9 ]{1,18}")
SOUND = re.compile(r"[a-z]{0,20}")  # the script knows the names; one that it does not know is its first
LOUDEST = 100


def choose(
    viewer: Viewer, *, sound: str, loudness: int, notifies: bool, talk_by: TalkBy | str, extension: str
) -> RingChoice:
    """Keep what the viewer has chosen."""
    extension = " ".join(extension.split())
    if extension and not NUMBER.fullmatch(extension):
        raise Invalid(N_("Write a number as one dials it."), field="extension")
    if not SOUND.fullmatch(sound):
        raise Invalid(N_("Choose one of the sounds."), field="sound")
    choice = db.session.merge(reading.choice_of(viewer.id))
    choice.sound, choice.loudness, choice.notifies = sound, max(0, min(LOUDEST, loudness)), notifies
    choice.talk_by, choice.extension = TalkBy(talk_by), extension
    db.session.flush()
    return choice
