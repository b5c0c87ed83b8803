"""The browsers of the desk, in a process of their own: python -m bench.ring_browsers PORT DESK.

Each holds a real stream and does what the scripts of the portal do: at its own topic it fetches the strip with its own
cookie and looks whether a card rings there; at the topic of a call that it shows it is silent at once and fetches then.
What is to be done comes as lines of JSON on standard input, and what came of it goes back on standard output.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.ring_desk import Desk
from bench.ring_lines import Answer, Line, Lost, Stream, field_of, open_line, open_stream, written

STRIP, RAISE = "/hjelp/stripe", "/hjelp"
CALL = re.compile(r"/hjelp/rop/(\d+)")
CARD = re.compile(r'data-call="(\d+)"[^>]*data-rings')
LATER = 1.0  # seconds, as in ring.js
AT_ONCE = 50  # streams that are opened at the same moment
PATIENCE = 10.0  # seconds until what has not come is taken for lost
HOPELESS = 4  # calls that reach nobody, before the rest is spared
REST = 0.15  # seconds between two calls, for all that they have set off to come to an end


class Watch:
    """What so many browsers notice after a press, in seconds since it."""

    def __init__(self) -> None:
        self.began = 0.0
        self.moments: dict[str, dict[int, float]] = {}
        self._news = asyncio.Event()

    def note(self, what: str, person_id: int, moment: float) -> None:
        """Remember the first time that somebody notices something; what came before the press is of another."""
        if self.began and moment > self.began:
            self.moments.setdefault(what, {}).setdefault(person_id, moment - self.began)
            self._news.set()

    async def until(self, what: str, persons: set[int], seconds: float = PATIENCE) -> set[int]:
        """Wait until all of them have noticed it; give those who have not when the patience ends."""
        until = time.monotonic() + seconds
        while missing := persons - self.moments.get(what, {}).keys():
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), until - time.monotonic())
            except TimeoutError:
                return missing
        return set()


class Browser:
    """One person's screen."""

    def __init__(self, person_id: int, cookie: str, port: int) -> None:
        self.person_id, self.cookie, self.port = person_id, cookie, port
        self.watch: Watch | None = None
        self.stream: Stream | None = None
        self.ringing: set[int] = set()  # the calls whose cards ring on its strip
        self.strip = ""
        self._sounding: set[int] = set()
        self._lines: list[Line] = []
        self._looking: asyncio.Task[None] | None = None
        self._later: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        """Open the stream of a page that has just come."""
        path = f"/live?since={time.time() * 1000:.0f}"
        self.stream = await open_stream(self.port, path, self.cookie, self.hear)

    def close(self) -> None:
        """Close the page."""
        if self._later:
            self._later.cancel()
        for connection in (self.stream, *self._lines):
            if connection:
                connection.close()
        self._lines.clear()

    def hear(self, topic: str, moment: float) -> None:
        """Do what the scripts do at a topic."""
        if topic == f"ring-{self.person_id}":
            self._note("event", moment)
            self._look()
        elif topic.startswith("call-") and int(topic[5:]) in self.ringing:
            if int(topic[5:]) in self._sounding:
                self._sounding.discard(int(topic[5:]))
                self._note("silent", moment)
            self._look_later()
        elif topic in {"up", "poll"}:
            self._look()

    def _note(self, what: str, moment: float) -> None:
        if self.watch:
            self.watch.note(what, self.person_id, moment)

    def _look_later(self) -> None:
        # Nobody waits for it, and those whose ring has ended are told so by their own name, too.
        if self._later:
            self._later.cancel()
        self._later = asyncio.get_running_loop().call_later(LATER * random.uniform(0.5, 1.5), self._look)

    def _look(self) -> None:
        if self._later:
            self._later.cancel()
        # A later look takes the place of one that is under way: what that would have shown is old.
        if self._looking and not self._looking.done():
            self._looking.cancel()
        self._looking = asyncio.ensure_future(self._fetch())

    async def _fetch(self) -> None:
        answer = await self.get(STRIP, {"HX-Request": "true", "X-By-Itself": "1"})
        if answer.status == 200:
            self._show(answer)
        else:
            faults.append(f"{STRIP} answered {answer.status}")

    def _show(self, answer: Answer) -> None:
        self.strip = answer.text
        ringing = {int(number) for number in CARD.findall(self.strip)}
        if ringing - self.ringing:
            self._note("card", answer.came_at)
        if self.ringing - ringing:
            self._note("gone", answer.came_at)
        if self._sounding - ringing:  # no card, no sound: the look was quicker than the word
            self._note("silent", answer.came_at)
        self._sounding = (self._sounding & ringing) | (ringing - self.ringing)
        self.ringing = ringing

    @property
    def is_at_rest(self) -> bool:
        """Tell whether nothing is under way and nothing rings."""
        return not self.ringing and (self._looking is None or self._looking.done())

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """Fetch over a line that is kept; like a browser, once more when it was closed meanwhile."""
        request = written("GET", path, port=self.port, cookie=self.cookie, headers=headers)
        for _attempt in range(2):
            line = await self._line()
            try:
                answer = await line.ask(request)
            except Lost:
                continue
            except asyncio.CancelledError:
                line.close()  # what is asked for cannot be taken back in any other way
                raise
            self._keep(line, answer)
            return answer
        raise Lost

    async def press(self, path: str, form: dict[str, str], watch: Watch | None = None) -> Answer:
        """Send a form over a line that is open already; the watch begins as it is sent."""
        line = await self._line()
        request = written("POST", path, port=self.port, cookie=self.cookie, form=form)
        if watch:
            watch.began = time.perf_counter()
        answer = await line.ask(request)
        self._keep(line, answer)
        if answer.status != 303:
            raise RuntimeError(f"{path} answered {answer.status}: {_words(answer)}")
        return answer

    def _keep(self, line: Line, answer: Answer) -> None:
        self._lines.append(line)
        if cookie := answer.headers.get("set-cookie", ""):
            self.cookie = cookie.split(";")[0]

    async def _line(self) -> Line:
        while self._lines:
            line = self._lines.pop()
            if line.is_fresh:
                return line
            line.close()
        return await open_line(self.port)


faults: list[str] = []


def _words(answer: Answer) -> str:
    """Give what a page says, without its marks."""
    main = answer.text.partition("<main")[2].partition("</main>")[0] or answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())[:300]


@dataclass
class Figures:
    """What a series of calls gave: seconds of each browser and each call, and how many never came."""

    calls: int = 0
    lost: int = 0
    missing: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def take(self, name: str, watch: Watch, what: str, persons: set[int]) -> None:
        """Add what some of the browsers have noticed."""
        noticed = watch.moments.get(what, {})
        self.seconds.setdefault(name, []).extend(noticed[each] for each in persons if each in noticed)
        missing = persons - noticed.keys()
        self.lost += len(missing)
        self.missing += [f"{name}: person {each}, call {self.calls + 1}" for each in sorted(missing)]


class Room:
    """All the browsers."""

    def __init__(self, desk: Desk, port: int) -> None:
        self.desk = desk
        self.browsers = {person_id: Browser(person_id, cookie, port) for person_id, cookie in desk.cookies.items()}

    async def open(self, _wish: dict[str, Any]) -> dict[str, Any]:
        """Open everybody's stream."""
        gate, began = asyncio.Semaphore(AT_ONCE), time.perf_counter()

        async def enter(browser: Browser) -> None:
            async with gate:
                await browser.open()

        await asyncio.gather(*map(enter, self.browsers.values()))
        return {"seconds": time.perf_counter() - began}

    async def close(self, _wish: dict[str, Any]) -> dict[str, Any]:
        """Close everybody's page."""
        for browser in self.browsers.values():
            browser.close()
        await asyncio.sleep(0)  # a connection is let go of in the next turn of the loop
        return {}

    async def look(self, _wish: dict[str, Any]) -> dict[str, Any]:
        """Tell how it stands."""
        streams = [browser.stream for browser in self.browsers.values() if browser.stream]
        return {"open": sum(not stream.is_lost for stream in streams), "faults": faults[:5], "fault_count": len(faults)}

    async def ring(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Let one after the other raise a hand, and one of those who are rung come."""
        figures, tag = Figures(), wish["tag"]
        circle = self.desk.knows[tag] if tag else list(self.browsers)
        askers = [each for each in self.browsers if each not in circle] if tag else circle
        patience = wish.get("patience", PATIENCE)
        for number in range(wish["calls"]):
            asker = self.browsers[askers[number % len(askers)]]
            rung = set(circle) - {asker.person_id}
            await Trial(self, figures, tag, asker, rung, patience).run(circle[(number + 1) % len(circle)])
            figures.calls += 1
            if figures.lost > HOPELESS * len(circle):
                break  # each further call would wait for nothing until the patience ends
        return {
            "calls": figures.calls,
            "lost": figures.lost,
            "missing": figures.missing[:5],
            "seconds": figures.seconds,
        }

    def watched_by(self, watch: Watch | None) -> None:
        """Let everybody's screen be watched."""
        for browser in self.browsers.values():
            browser.watch = watch

    async def rest(self, patience: float) -> None:
        """Wait until nothing is under way any more."""
        until = time.monotonic() + patience
        while not all(each.is_at_rest for each in self.browsers.values()) and time.monotonic() < until:
            await asyncio.sleep(0.02)
        for each in self.browsers.values():
            each.ringing.clear()
        await asyncio.sleep(REST)


@dataclass
class Trial:
    """One call from its press to its end."""

    room: Room
    figures: Figures
    tag: str
    asker: Browser
    rung: set[int]
    patience: float

    async def run(self, helper_id: int) -> None:
        """Raise, come, end."""
        path = await self.raise_hand()
        helper = self.room.browsers[helper_id]
        if path and int(path.rpartition("/")[2]) in helper.ringing:
            await self.come(path, helper)
        if path:
            await self.end(path)
        await self.room.rest(self.patience)

    async def raise_hand(self) -> str:
        """Press, and wait until it rings everywhere."""
        page = (await self.asker.get(RAISE)).text
        form = {"csrf_token": field_of(page, "csrf_token"), "key": field_of(page, "key")}
        watch = Watch()
        self.room.watched_by(watch)
        answer = await self.asker.press(RAISE, {**form, "line": "Skrivaren står fast", "tag": self.tag}, watch)
        watch.note("answer", self.asker.person_id, answer.came_at)
        await watch.until("card", self.rung, self.patience)
        self.room.watched_by(None)
        self.figures.take("press to event", watch, "event", self.rung)
        self.figures.take("press to card", watch, "card", self.rung)
        self.figures.take("press to answer", watch, "answer", {self.asker.person_id})
        found = CALL.search(answer.headers.get("location", ""))
        return found[0] if found else ""

    async def come(self, path: str, helper: Browser) -> None:
        """Let one of them come, and wait until the others are silent and have nothing on the strip."""
        others = {each for each in self.rung if self.room.browsers[each].ringing} - {helper.person_id}
        watch = Watch()
        self.room.watched_by(watch)
        await helper.press(f"{path}/hjelpar", {"csrf_token": field_of(helper.strip, "csrf_token")}, watch)
        await watch.until("silent", others, self.patience)
        await watch.until("gone", others, self.patience)
        self.room.watched_by(None)
        self.figures.take("claim to silence", watch, "silent", others)
        self.figures.take("claim to gone", watch, "gone", others)

    async def end(self, path: str) -> None:
        """Take the hand down."""
        page = (await self.asker.get(path)).text
        await self.asker.press(f"{path}/slutt", {"csrf_token": field_of(page, "csrf_token")})


async def serve(port: int, desk: Desk, lines: Iterable[str]) -> None:
    """Do what is wished, one wish after the other, until there are no more."""
    room = Room(desk, port)
    wishes = iter(lines)
    while wish := await asyncio.to_thread(next, wishes, ""):
        asked = json.loads(wish)
        try:
            came = await getattr(room, asked["do"])(asked)
        except (RuntimeError, OSError, TimeoutError) as error:
            came = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(came), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Desk.read(Path(sys.argv[2])), sys.stdin))
