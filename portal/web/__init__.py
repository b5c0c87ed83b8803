"""The shared web toolkit: what every page and every form stands on."""

from __future__ import annotations

from flask import Flask

from portal.core import links
from portal.web import assets, auth, bounds, compression, errors, i18n, requests, security, templating, transactions


def install(app: Flask) -> None:
    """Put the toolkit into the app; the order of the first three is the order of a request."""
    requests.install(app)
    transactions.install(app)
    security.install(app)
    auth.install(app)
    bounds.install(app)  # behind the check of the token
    i18n.install(app)
    errors.install(app)
    templating.install(app)
    assets.install(app)
    compression.install(app)
    links.install(lambda endpoint, values: app.url_map.bind("").build(endpoint, dict(values)))
