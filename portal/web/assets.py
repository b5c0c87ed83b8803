"""Built assets: hashed names, served compressed and kept by browsers for good."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory
from flask.typing import ResponseReturnValue

from portal.web.auth import public

FOLDER = Path(__file__).parent.parent / "static" / "dist"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
}


@cache
def manifest() -> dict[str, str]:
    """Give logical → hashed names; empty before the assets are built, so that unit tests need no Node."""
    path = FOLDER / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


def asset(name: str) -> str:
    """Give the address of a built file."""
    return f"/static/{manifest().get(name, name)}"


def install(app: Flask) -> None:
    """Serve the built files."""
    app.add_url_rule("/static/<name>", "static", _file)
    app.add_url_rule("/robots.txt", "robots", _robots)
    app.add_url_rule("/favicon.ico", "favicon", _favicon)


@public
def _file(name: str) -> ResponseReturnValue:
    for encoding, ending in (("br", ".br"), ("gzip", ".gz")):
        if request.accept_encodings.quality(encoding) > 0 and (FOLDER / f"{name}{ending}").is_file():
            answer = send_from_directory(FOLDER, name + ending, mimetype=TYPES.get(Path(name).suffix))
            answer.headers["Content-Encoding"] = encoding
            return _kept(answer)
    return _kept(send_from_directory(FOLDER, name, mimetype=TYPES.get(Path(name).suffix)))


def _kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.vary.add("Accept-Encoding")
    return answer


@public
def _robots() -> ResponseReturnValue:
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain", headers={"Cache-Control": "max-age=86400"})


@public
def _favicon() -> ResponseReturnValue:
    return _file(manifest().get("mark.svg", "mark.svg"))
