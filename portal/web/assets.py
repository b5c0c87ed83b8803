"""Built assets: hashed names, served compressed and kept by browsers for good."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

from portal.core.errors import NotFound
from portal.core.i18n import N_
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
    app.session_interface = Sessions()
    app.add_url_rule("/static/<string(maxlength=200):name>", "static", _file)
    app.add_url_rule("/robots.txt", "robots", _robots)
    app.add_url_rule("/favicon.ico", "favicon", _favicon)


@public
def _file(name: str) -> ResponseReturnValue:
    for encoding, ending in (("br", ".br"), ("gzip", ".gz"), ("", "")):
        if encoding and not request.accept_encodings.quality(encoding):
            continue
        content = _built().get(name + ending)
        if content is not None:
            return _kept(content, name, encoding)
    raise NotFound(N_("We cannot find that page"))


@cache
def _built() -> dict[str, bytes]:
    """Read the built files once; all of them together are smaller than one photograph.

    Only names that are there are remembered: anybody may ask for any number of others.
    """
    return {path.name: path.read_bytes() for path in FOLDER.glob("*") if path.is_file()}


def _kept(content: bytes, name: str, encoding: str) -> Response:
    answer = Response(content, mimetype=TYPES.get(Path(name).suffix, "application/octet-stream"))
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Vary"] = "Accept-Encoding"
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    return answer


class Sessions(SecureCookieSessionInterface):
    """Sessions in signed cookies. Built files are the same for everybody: no session, so that caches may keep them."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Give the session of a page."""
        return None if request.path.startswith("/static/") else super().open_session(app, request)


@public
def _robots() -> ResponseReturnValue:
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain", headers={"Cache-Control": "max-age=86400"})


@public
def _favicon() -> ResponseReturnValue:
    return _file(manifest().get("mark.svg", "mark.svg"))
