"""Headers, cookies and bounds that every answer and every request gets."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, ValidationError

from portal.config import Settings

csrf = CSRFProtect()

LARGEST_ID = 2**31 - 1
# Texts of a form; pictures are counted apart. A megabyte is far too long for any field, and is answered with the field
# and the text in it; what is larger, with a page that says so.
FORM_BYTES = 2 * 1024 * 1024

POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "htmx",
}
TEMPLATE = "; ".join(f"{name} {value}" for name, value in POLICY.items())

HEADERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
HEADERS_OF_PAGES = {  # what is not a page has no use for them, and the first visit pays for each
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class Id(IntegerConverter):
    """An id in an address: one that no integer column could hold is not found, and never reaches the database."""

    def to_python(self, value: str) -> int:
        """Read the number."""
        if len(value) > len(str(LARGEST_ID)) or int(value) > LARGEST_ID:
            raise ValidationError
        return super().to_python(value)


def configure(app: Flask, settings: Settings) -> None:
    """Set cookies, bounds and who is trusted, from the settings."""
    app.url_map.converters["int"] = Id
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-tunet" if settings.is_https else "tunet",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=settings.upload_megabytes * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        MAX_FORM_PARTS=200,
        TRUSTED_HOSTS=list(settings.hosts),
        WTF_CSRF_TIME_LIMIT=settings.session_hours * 3600,
        WTF_CSRF_SSL_STRICT=settings.is_https,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]


def install(app: Flask) -> None:
    """Guard every change with CSRF, and give every answer its headers."""
    app.before_request(_bound_forms)  # before anything reads the form
    app.before_request(_drop_nul)
    csrf.init_app(app)
    app.after_request(_add_headers)


def _bound_forms() -> None:
    # Only a form with pictures may be large; Werkzeug bounds the texts inside it by MAX_FORM_MEMORY_SIZE.
    if request.mimetype != "multipart/form-data":
        request.max_content_length = FORM_BYTES


def _drop_nul() -> None:
    # PostgreSQL takes no text with a NUL in it. Nobody types one into an address; into a form it comes along with what
    # is copied from elsewhere, and leaves nothing behind that anybody misses.
    if any("\0" in words for words in (request.path, *request.args.values())):
        raise BadRequest
    if any("\0" in words for words in request.form.values()):
        sent = request.form.items(multi=True)
        request.form = ImmutableMultiDict((name, words.replace("\0", "")) for name, words in sent)


def nonce() -> str:
    """Give the nonce of this answer."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _add_headers(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if answer.mimetype == "text/html":
        for name, value in HEADERS_OF_PAGES.items():
            answer.headers.setdefault(name, value)
        answer.headers["Content-Security-Policy"] = TEMPLATE.format(nonce=nonce())
    else:
        answer.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
    if "Cache-Control" not in answer.headers:
        # What one person sees must not be shown to the next one at the same machine.
        answer.headers["Cache-Control"] = "no-store" if request.endpoint else "no-cache"
    if request.is_secure:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"
    return answer
