"""After an evening: words about it, pictures that everybody in them agreed to, taking them down, and thanks."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, update

from portal.blueprints.events.facts import EveningThanked, PictureTakenDown
from portal.blueprints.events.models.evenings import Evening
from portal.blueprints.events.models.recaps import ALT, RECAP, EveningThanks, Recap, RecapPicture
from portal.blueprints.events.queries import finding, recaps
from portal.blueprints.events.service import wishes
from portal.core import clock, live, privacy
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.facts import record
from portal.core.i18n import N_
from portal.core.images import CleanImage
from portal.core.viewer import Viewer

MOST_PICTURES = 40
PICTURES_STAY = timedelta(days=365)
THANKS_STAY = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class PictureWish:
    """A picture as somebody shares it: what is to be seen in it, and that everybody in it has said yes."""

    image: CleanImage
    alt: str
    everybody_agreed: bool
    accepts: bool = False


def write(viewer: Viewer, evening_id: int, *, text: str, accepts: bool = False) -> None:
    """Write a few words about an evening, or take them away by leaving nothing."""
    evening = _lock_begun(evening_id)
    if not recaps.part_in(viewer, evening_id).may_write:
        raise NotAllowed(N_("Organisers and those who helped write about an evening."))
    written = wishes.checked_text(text.strip(), RECAP, field="words", accepts=accepts)
    known = db.session.get(Recap, evening_id)
    if not written:
        if known:
            db.session.delete(known)
    elif known:
        known.text, known.author_id = written, viewer.id
    else:
        db.session.add(Recap(evening_id=evening_id, text=written, author_id=viewer.id))
    live.publish(f"evening-{evening.id}")


def add_picture(viewer: Viewer, evening_id: int, wish: PictureWish) -> RecapPicture:
    """Show a picture to those who are signed in, once its owner has said that everybody in it agreed."""
    evening = _lock_begun(evening_id)
    if not recaps.part_in(viewer, evening_id).may_add_pictures:
        raise NotAllowed(N_("Those who were there share pictures of an evening."))
    if not wish.everybody_agreed:
        raise Invalid(N_("Ask everybody in the picture first, and say that they agreed."), field="agreed")
    alt = wishes.checked_text(" ".join(wish.alt.split()), ALT, field="alt", accepts=wish.accepts)
    if not alt:
        raise Invalid(N_("Say in a few words what is to be seen."), field="alt")
    if recaps.count_pictures(evening_id) >= MOST_PICTURES:
        raise Conflict(N_("There are forty pictures already. Take one down first."))
    image = wish.image
    picture = RecapPicture(
        token=secrets.token_urlsafe(16),
        evening_id=evening_id,
        owner_id=viewer.id,
        agreed_at=clock.now(),
        alt=alt,
        mime=image.mime,
        width=image.width,
        height=image.height,
        content=image.content,
    )
    db.session.add(picture)
    db.session.flush()
    live.publish(f"evening-{evening.id}")
    return picture


def take_down(viewer: Viewer, evening_id: int, token: str) -> None:
    """Delete a picture at once, whoever asks, for no reason at all. Who it was is written down nowhere."""
    evening = finding.get_evening(evening_id)
    picture = recaps.find_picture(evening_id, token)
    if picture is None:
        return  # another one in the picture was quicker
    owner_id = picture.owner_id
    db.session.delete(picture)
    db.session.flush()
    record(PictureTakenDown(evening_id=evening_id, owner_id=owner_id, by_id=viewer.id))
    live.publish(f"evening-{evening.id}")


def thank(viewer: Viewer, evening_id: int) -> None:
    """Say thanks to those who made an evening, without a name. Twice is once."""
    evening = _lock_begun(evening_id)
    part = recaps.part_in(viewer, evening_id)
    if not part.was_there:
        raise NotAllowed(N_("Those who were there say thanks."))
    if part.has_thanked:
        return
    db.session.add(EveningThanks(evening_id=evening.id, person_id=viewer.id))
    db.session.flush()
    record(EveningThanked(evening_id=evening.id, person_id=viewer.id))


def forget_old() -> None:
    """Delete the pictures of last year, and forget who said thanks."""
    moment = clock.now()
    for picture in recaps.old_pictures(moment - PICTURES_STAY):
        db.session.delete(picture)
    db.session.execute(delete(EveningThanks).where(EveningThanks.created_at < moment - THANKS_STAY))


def _lock_begun(evening_id: int) -> Evening:
    evening = finding.lock_evening(evening_id)
    if evening.is_cancelled:
        raise Conflict(N_("This evening is called off."))
    if not evening.has_begun(clock.now()):
        raise Conflict(N_("It has not begun yet."))
    return evening


def erase_words(person_id: int) -> None:
    """Take a person's name from what they have written about evenings; the words belong to the evening."""
    db.session.execute(update(Recap).where(Recap.author_id == person_id).values(author_id=None))


def erase_pictures(person_id: int) -> None:
    """Delete every picture that a person has shared."""
    db.session.execute(delete(RecapPicture).where(RecapPicture.owner_id == person_id))


def erase_thanks(person_id: int) -> None:
    """Forget for which evenings a person has said thanks."""
    db.session.execute(delete(EveningThanks).where(EveningThanks.person_id == person_id))


privacy.register(
    "events",
    what=N_("What you have written about evenings that are over"),
    seen_by=N_("All colleagues, with your name"),
    kept=N_("With the evening; without your name once your account is erased."),
    tables=("recap",),
    stays=N_("The words stay with the evening, without your name."),
    export=recaps.export_recaps,
    erase=erase_words,
)
privacy.register(
    "events",
    what=N_("Pictures of evenings that you have shared, and that you said that everybody in them agreed"),
    seen_by=N_("All colleagues who are signed in. Anybody can take a picture down at once; it is deleted."),
    kept=N_("One year, or until somebody takes it down or your account is erased."),
    tables=("recap_picture",),
    export=recaps.export_pictures,
    files=recaps.export_files,
    erase=erase_pictures,
)
privacy.register(
    "events",
    what=N_("For which evenings you have said thanks"),
    seen_by=N_("Only you. Those who made the evening hear that somebody says thanks, not who."),
    kept=N_("A month."),
    tables=("evening_thanks",),
    export=recaps.export_thanks,
    erase=erase_thanks,
)
