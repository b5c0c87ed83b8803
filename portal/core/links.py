"""Addresses of pages, without a request: mails and calendar files are written where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portal.core.settings import current_settings

PathOf = Callable[[str, Mapping[str, int | str]], str]
_path_of: PathOf | None = None


def install(path_of: PathOf) -> None:
    """Say who knows the paths; the web toolkit does while the app is put together."""
    global _path_of
    _path_of = path_of


def path(endpoint: str, values: Mapping[str, int | str]) -> str:
    """Give the path of a page, such as /sporsmal/17."""
    if _path_of is None:
        raise RuntimeError("links.install() has not been called")
    return _path_of(endpoint, values)


def absolute(endpoint: str, values: Mapping[str, int | str]) -> str:
    """Give the whole address. The host is the one of the settings, never the one that a request claims."""
    return current_settings().base_url.rstrip("/") + path(endpoint, values)
