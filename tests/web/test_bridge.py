"""The bridge between the server's loop and Flask."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from flask import Flask, Response, request, stream_with_context

from portal.web.bridge import LONGEST_WHOLE, Bridge

GET: dict[str, Any] = {
    "type": "http",
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/",
    "query_string": b"",
    "headers": [(b"host", b"127.0.0.1")],
    "server": ("127.0.0.1", 8000),
    "client": ("127.0.0.1", 50000),
}
left: ContextVar[str] = ContextVar("left", default="nothing")


class Big(Iterator[bytes]):
    """An answer in three pieces that wants to be closed."""

    def __init__(self) -> None:
        self.pieces = [b"a" * LONGEST_WHOLE, b"b", b""]
        self.is_closed = False

    def __next__(self) -> bytes:
        if not self.pieces:
            raise StopIteration
        return self.pieces.pop(0)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.config["big"] = Big()

    @app.route("/", methods=["GET", "POST", "HEAD"])
    def echo() -> str:
        return "|".join([request.method, request.get_data(as_text=True), request.headers.get("X-Name", "")])

    @app.get("/straum")
    def flow() -> Response:
        def pieces() -> Iterator[str]:
            yield request.path
            yield threading.current_thread().name

        return Response(stream_with_context(pieces()))

    @app.get("/stor")
    def big() -> Response:
        return Response(app.config["big"], headers={"Content-Length": str(LONGEST_WHOLE + 1)})

    @app.get("/tom")
    def empty() -> tuple[str, int]:
        return "", 204

    @app.get("/spor")
    def trace() -> str:
        found = left.get()
        left.set("something")
        return found

    @app.get("/æ")
    def path() -> str:
        return f"{request.path} {request.args['q']} {request.remote_addr} {request.cookies['b']}"

    return app


def ask(app: Callable[..., Any], *bodies: dict[str, Any], times: int = 1, **scope: Any) -> list[dict[str, Any]]:
    """Send a request across and give the messages that come back."""
    told: list[dict[str, Any]] = []
    waiting = list(bodies)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        told.append(message)

    async def run() -> None:
        bridge = Bridge(app, threads=1)
        for _ in range(times):
            await bridge({**GET, **scope}, receive, send)

    asyncio.run(run())
    return told


def body_of(told: list[dict[str, Any]]) -> bytes:
    return b"".join(message.get("body", b"") for message in told)


def test_a_page_crosses_in_one_go(app: Flask) -> None:
    head, body = ask(app)
    assert (head["type"], head["status"]) == ("http.response.start", 200)
    assert (b"content-length", b"5") in head["headers"]
    assert body == {"type": "http.response.body", "body": b"GET||"}


def test_an_answer_without_a_body_has_an_end(app: Flask) -> None:
    head, body = ask(app, path="/tom")
    assert (head["status"], body) == (204, {"type": "http.response.body", "body": b""})


def test_what_is_asked_for_without_its_body_keeps_its_length(app: Flask) -> None:
    head, body = ask(app, method="HEAD")
    assert (b"content-length", b"6") in head["headers"]
    assert body["body"] == b""


def test_an_answer_without_a_length_comes_piece_by_piece_from_one_thread(app: Flask) -> None:
    told = ask(app, path="/straum")
    assert [message.get("body") for message in told] == [None, b"/straum", b"web_0", b""]
    assert [message.get("more_body", False) for message in told] == [False, True, True, False]


def test_what_is_too_long_is_not_gathered_and_is_closed(app: Flask) -> None:
    told = ask(app, path="/stor")
    assert [len(message.get("body", b"")) for message in told[1:]] == [LONGEST_WHOLE, 1, 0, 0]
    assert app.config["big"].is_closed


def test_a_body_is_read_as_it_comes(app: Flask) -> None:
    bodies = [{"type": "http.request", "body": each, "more_body": each != b"c"} for each in (b"a", b"", b"b", b"c")]
    told = ask(app, *bodies, method="POST", headers=[(b"content-length", b"3")])
    assert body_of(told) == b"POST|abc|"


def test_a_sender_who_goes_away_is_no_endless_wait(app: Flask) -> None:
    told = ask(
        app,
        {"type": "http.request", "body": b"a", "more_body": True},
        method="POST",
        headers=[(b"content-length", b"3")],
    )
    assert told[0]["status"] == 400


def test_paths_cookies_and_addresses_arrive(app: Flask) -> None:
    told = ask(app, path="/æ", query_string=b"q=%C3%B8", headers=[(b"cookie", b"a=1"), (b"cookie", b"b=2")])
    assert body_of(told).decode() == "/æ ø 127.0.0.1 2"


def test_a_name_with_an_underscore_takes_no_other_headers_place(app: Flask) -> None:
    assert body_of(ask(app, headers=[(b"x_name", b"false")])) == b"GET||"
    assert body_of(ask(app, headers=[(b"x-name", b"true"), (b"x_name", b"false")])) == b"GET||true"


def test_nothing_is_left_behind_for_the_next_in_the_same_thread(app: Flask) -> None:
    assert body_of(ask(app, path="/spor", times=2)) == b"nothingnothing"


def test_what_the_application_raises_reaches_the_server() -> None:
    def broken(_environ: object, _start: object) -> list[bytes]:
        raise LookupError("broken")

    with pytest.raises(LookupError, match="broken"):
        ask(broken)
