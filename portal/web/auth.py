"""The door to flask-login: who is signed in, and what each route says of who may call it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from portal.core import clock
from portal.core.errors import NotAllowed
from portal.core.i18n import N_
from portal.core.viewer import Viewer

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
logins = LoginManager()
BY_ITSELF = "X-By-Itself"  # said by what a page fetches without anybody touching it (by-itself.js)
RELOADS_ITSELF = "av-seg-sjolv"  # stands in the address to which a page without scripts leads back by itself
NOTED_EVERY = timedelta(minutes=1)
EndSession = Callable[..., None]
_enders: list[EndSession] = []


class SignedIn(Viewer, Protocol):
    """What flask-login wants of a person besides being a viewer."""

    def get_id(self) -> str:
        """Give what the session remembers: the id and the epoch that ends old sessions."""


def install(app: Flask) -> None:
    """Connect flask-login to the app."""
    logins.session_protection = None  # binds sessions to the address, which moves with phones and proxies
    logins.init_app(app)


def loads_people(loader: Callable[[str, str], SignedIn | None]) -> None:
    """Say how a person is found from what the session remembers and its own name; None ends the session."""

    def load(remembered: str) -> SignedIn | None:
        person = None if _is_over() else loader(remembered, session.get("id", ""))
        if person:
            _note_activity()
        return person

    logins.user_loader(load)


def ends_sessions(ender: EndSession) -> None:
    """Say how a session is ended for every copy of its cookie: ender(person_id, name, until=…)."""
    _enders[:] = [ender]


def _moment() -> float:
    return clock.now().timestamp()


def _is_over() -> bool:
    lifetime: timedelta = current_app.permanent_session_lifetime
    rest = timedelta(minutes=current_app.config["SETTINGS"].idle_minutes)
    is_too_old = _moment() - session.get("since", 0) > lifetime.total_seconds()
    return is_too_old or _moment() - session.get("seen", 0) > rest.total_seconds()


def _note_activity() -> None:
    # In the cookie: a row per living session would be written on every page. A copy rests, or not, by itself.
    is_by_itself = request.headers.get(BY_ITSELF) or request.args.get(RELOADS_ITSELF)
    if not is_by_itself and _moment() - session["seen"] > NOTED_EVERY.total_seconds():
        session["seen"] = _moment()


def viewer() -> Any:
    """Give the person who is signed in; only behind @signed_in or @may."""
    return current_user._get_current_object()


def find_viewer() -> Any:
    """Give the person who is signed in, or None."""
    return viewer() if current_user.is_authenticated else None


def start_session(person: SignedIn) -> None:
    """Sign a person in with a session that holds nothing from before; the one before is over."""
    _end_for_good()
    session.clear()
    session.update(id=secrets.token_urlsafe(16), since=_moment(), seen=_moment())
    session.permanent = True
    login_user(cast(Any, person))


def is_fresh(within: timedelta) -> bool:
    """Tell whether whoever sits here has signed in a moment ago."""
    return _moment() - session.get("since", 0) <= within.total_seconds()


def end_session() -> None:
    """Sign out, and whoever holds a copy of the cookie too."""
    _end_for_good()
    logout_user()
    session.clear()


def _end_for_good() -> None:
    person = find_viewer()
    if person:
        until = datetime.fromtimestamp(session["since"], UTC) + current_app.permanent_session_lifetime
        for end in _enders:
            end(person.id, session["id"], until=until)


def public(view: View) -> View:
    """Let anybody call the route, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Let everybody who is signed in call the route."""
    return _guarded(view, access="signed_in", permission=None)


def may(permission: str) -> Callable[[View], View]:
    """Let those who hold a permission call the route."""

    def guard(view: View) -> View:
        return _guarded(view, access=permission, permission=permission)

    return guard


def _guarded(view: View, *, access: str, permission: str | None) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return send_to_sign_in()
        if permission and not current_user.may(permission):
            raise NotAllowed(N_("This is not open to you."))
        return view(*args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]
    return cast(View, guarded)


def send_to_sign_in() -> ResponseReturnValue:
    """Send somebody to the sign-in page, and back to where they were going."""
    back = request.full_path.rstrip("?") if request.method == "GET" else "/"
    if request.headers.get("HX-Request"):
        # A fragment must not swallow the sign-in page: the whole page goes there.
        return "", 401, {"HX-Redirect": url_for("people.sign_in")}
    return redirect(url_for("people.sign_in", next=back if back != "/" else None), 303)


def safe_path(path: str | None) -> str:
    """Give a path of our own to go on to; anything that could lead elsewhere becomes the front page."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable() or "\\" in path:
        return "/"
    return path
