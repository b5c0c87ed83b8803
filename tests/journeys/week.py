"""A week that has been lived: what the story leaves behind, for those who look at pages and do not walk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from io import BytesIO

from PIL import Image

from portal.blueprints.checkins.rules.faces import Face
from portal.blueprints.checkins.service import checking_in, joys
from portal.blueprints.events.models.evenings import Kind
from portal.blueprints.events.queries import finding
from portal.blueprints.events.rules.recurrence import Frequency
from portal.blueprints.events.service import crew, evenings, proposals, recaps, series, signups
from portal.blueprints.events.service.proposals import ProposalWish
from portal.blueprints.events.service.recaps import PictureWish
from portal.blueprints.events.service.wishes import EveningWish, SeriesWish, Words
from portal.blueprints.games.rules.shelf import Entry
from portal.blueprints.games.rules.tables import Wish
from portal.blueprints.games.service import evenings as table_games
from portal.blueprints.games.service import plans, shelves
from portal.blueprints.people.models import Person
from portal.blueprints.questions.service import answering, asking, claims, marks, pictures, solving
from portal.blueprints.urgent.service import following, incidents
from portal.core import clock, images
from tests.factories.events import make_evening, make_sign_up
from tests.journeys.desk import ARTICLE, KARI, ODDNY, OLA, OTHERS, PER
from tests.journeys.films import watch_films

TITLE = "Skrivaren på akuttmottaket svarar ikkje etter oppdatering"
BODY = """Han tek imot jobbar, men **ingenting** kjem ut.

| Skrivar | Stad | Feil |
|---|---|---|
| AKM-PRT-014-ein-veldig-lang-namnestreng-utan-mellomrom | Akuttmottaket | 0x0000011b |

![skjermbilete](/bilete/{token})
"""
ANSWER = f"""Start køtenesta på nytt, sjå {ARTICLE}:

```powershell
Stop-Service -Name Spooler -Force; Remove-Item "$env:SystemRoot\\System32\\spool\\PRINTERS\\*.*"; Start-Service Spooler
```

> Hugs å seie frå til avdelinga først.
"""


def live_through(people: Mapping[str, Person]) -> None:
    """Let everything of the story have happened."""
    _ask_and_answer(people)
    _be_hit(people)
    _meet(people)
    _breathe(people)


def _ask_and_answer(people: Mapping[str, Person]) -> None:
    kari, ola = people[KARI.username], people[OLA.username]
    token = pictures.add_picture(kari, _picture()).token
    solved = asking.ask(kari, title=TITLE, body=BODY.format(token=token), tags=("utskrift",))
    answer = answering.answer(ola, solved.id, body=ANSWER)
    marks.thank(kari, solved.id, answer.id)
    solving.accept(kari, solved.id, answer.id)
    looked_at = asking.ask(ola, title="Citrix hoppar ut midt i ein telefon", tags=("palogging",))
    claims.claim(people[PER.username], looked_at.id)
    for number in range(3):
        asking.ask(people[OTHERS[number].username], title=f"Korleis byter eg tonar i modell {number}?")


def _be_hit(people: Mapping[str, Person]) -> None:
    """Let one big incident be over and one be on, with its banner on every page."""
    ola = people[OLA.username]
    over = incidents.open_afresh(ola, headline="Alle skrivarane på huset stod", tag="utskrift")
    incidents.close(ola, over.id, words="Ein kabel.")
    opened = incidents.open_afresh(ola, headline="Citrix hoppar ut for alle på sengepostane", words="Frå klokka ti.")
    incidents.say(ola, opened.id, words="Vi ser på det saman med drifta.", next_word_in=30)
    following.follow(people[PER.username], opened.id)


def _picture() -> images.CleanImage:
    file = BytesIO()
    Image.new("RGB", (640, 240), "#dfe8e6").save(file, "PNG")
    return images.clean(file.getvalue(), max_bytes=10**6, max_pixels=10**6, max_edge=2400)


def _meet(people: Mapping[str, Person]) -> None:
    oddny = people[ODDNY.username]
    games = SeriesWish(
        words=Words(title="Brettspelkveld", details="Ta med eit spel, eller kom som du er.", place=""),
        kind=Kind.BOARD_GAMES,
        frequency=Frequency.WEEKLY,
        weekday=2,
        starts_on=clock.today(),
        starts=time(17),
        minutes=180,
        needs_room=True,
        seats=8,
    )
    first, *_ = finding.planned_of_series(series.make(oddny, games).id, after=clock.now())
    for username in (KARI.username, OLA.username):
        signups.sign_up(people[username], first.id)
    _play(people, first.id)
    starts_at = clock.at_wall(clock.today() + timedelta(days=11), time(18))
    tasting = EveningWish(
        words=Words(title="Vinsmaking", details="", place="Vinkjellaren"),
        kind=Kind.OTHER,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        capacity=6,
        needs_room=True,
        seats=14,
    )
    full = evenings.plan(oddny, tasting)
    for cast in (*OTHERS, OLA, KARI):
        signups.sign_up(people[cast.username], full.id, note="Eg et ikkje fisk." if cast is OLA else None)
    _propose(people)
    _look_back(people)
    watch_films(people)


def _propose(people: Mapping[str, Person]) -> None:
    """Propose an evening, and have others say that they would come."""
    wish = ProposalWish(title="Kubb i parken", why="Det er så fint ute.\nEg tek med kaffi.", timing="Ein torsdag i mai")
    made = proposals.propose(people[KARI.username], wish)
    proposals.choose_would_come(people[PER.username], made.id, wanted=True)
    waits = proposals.propose(people[OLA.username], ProposalWish(title="Skøyter", is_named=False))
    proposals.let_rest(people[ODDNY.username], waits.id, word="Så fin tanke! Vi ventar på is.")


def _look_back(people: Mapping[str, Person]) -> None:
    """Leave an evening that is over with words and a picture, and one that is being handed over."""
    oddny, kari = people[ODDNY.username], people[KARI.username]
    over = make_evening(clock.now() - timedelta(days=2), organiser_id=oddny.id)
    make_sign_up(over, kari)
    recaps.write(oddny, over.id, text="Seks kom, og tre lærte noko nytt.")
    shared = PictureWish(image=_picture(), alt="Eit brett og seks hender", everybody_agreed=True)
    recaps.add_picture(kari, over.id, shared)
    crew.help_out(kari, finding.planned_between(clock.now(), clock.now() + timedelta(days=60))[0].id)


def _play(people: Mapping[str, Person], evening_id: int) -> None:
    """Bring a game, wish for it, and have the tables laid."""
    kari, oddny = people[KARI.username], people[ODDNY.username]
    game = shelves.add(kari, Entry(name="Kystruta", players_min=2, players_max=5, players_best=4, minutes=60))
    shelves.teach(kari, game.title, can=True)
    table_games.bring(kari, evening_id, game.id)
    table_games.wish(people[OLA.username], evening_id, {game.id: Wish.LOVE}, teaches={})
    plans.ask(oddny, evening_id, table_pins={game.id: True})


def _breathe(people: Mapping[str, Person]) -> None:
    kari, ola, per = (people[cast.username] for cast in (KARI, OLA, PER))
    checking_in.check_in(kari, face=Face.TIRED, words="Lang kø i dag.", reader_id=None)
    checking_in.check_in(ola, face=Face.HEAVY, words="Ein vond samtale.", reader_id=kari.id)
    joys.post_joy(per, text="Ein lege ringde tilbake berre for å seie takk", to_id=kari.id)
    joys.post_joy(kari, text="Alle skrivarane verkar", to_id=None)
