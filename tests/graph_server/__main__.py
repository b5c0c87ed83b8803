"""Start the test Graph server as a process of its own: python -m tests.graph_server --port N --state FILE."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.graph_server.server import GraphServer


def main() -> None:
    """Serve until the process ends."""
    parser = argparse.ArgumentParser(description="A test Graph server on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, default=None)
    arguments = parser.parse_args()
    server = GraphServer(port=arguments.port, state=arguments.state)
    print(server.base, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
