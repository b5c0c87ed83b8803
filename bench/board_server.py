"""Serve a folder, or another database, as a demo for measuring: bench.board_server PORT FOLDER DATABASE (or "")."""

from __future__ import annotations

import os
import sys

from portal import create_app
from portal.blueprints.questions.service import posting
from portal.config import read
from portal.serve import serve
from portal.web import bounds


def main() -> None:
    """Serve until told to stop. Nobody is held back for posting often: that is what is measured."""
    port, folder, database = sys.argv[1:]
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        del os.environ[name]
    os.environ.update(PORTAL_DEMO="1", PORTAL_FOLDER=folder, PORTAL_BASE_URL=f"http://127.0.0.1:{port}")
    if database:
        os.environ["PORTAL_DATABASE"] = database
    posting.POSTS_PER_HOUR = bounds.PRESSES_PER_MINUTE = bounds.LOOK_UPS_PER_MINUTE = sys.maxsize
    serve(create_app(read()), host="127.0.0.1", port=int(port))


if __name__ == "__main__":
    main()
