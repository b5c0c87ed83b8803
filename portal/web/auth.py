"""The door to flask-login: who is signed in, and what each route says of who may call it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
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


class SignedIn(Viewer, Protocol):
    """What flask-login wants of a person besides being a viewer."""

    def get_id(self) -> str:
        """Give what the session remembers: the id and the epoch that ends old sessions."""


def install(app: Flask) -> None:
    """Connect flask-login to the app."""
    logins.session_protection = None  # binds sessions to the address, which moves with phones and proxies
    logins.init_app(app)


def loads_people(loader: Callable[[str], SignedIn | None]) -> None:
    """Say how a person is found from what the session remembers; None ends the session."""

    def load(remembered: str) -> SignedIn | None:
        return None if _is_too_old() else loader(remembered)

    logins.user_loader(load)


def _is_too_old() -> bool:
    lifetime: timedelta = current_app.permanent_session_lifetime
    return clock.now().timestamp() - session.get("since", 0) > lifetime.total_seconds()


def viewer() -> Any:
    """Give the person who is signed in; only behind @signed_in or @may."""
    return current_user._get_current_object()


def find_viewer() -> Any:
    """Give the person who is signed in, or None."""
    return viewer() if current_user.is_authenticated else None


def start_session(person: SignedIn) -> None:
    """Sign a person in with a session that holds nothing from before."""
    session.clear()
    session["since"] = clock.now().timestamp()
    session.permanent = True
    login_user(cast(Any, person))


def end_session() -> None:
    """Sign out."""
    logout_user()
    session.clear()


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
