"""Make the pictures of the README from the demo desk, in a real browser."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from bench.pages import a_question  # noqa: E402
from bench.running import Running, demo  # noqa: E402
from bench.weight import CHROMIUM, FLAGS  # noqa: E402
from scripts import help_pictures  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"


def take(
    browser: Browser, running: Running, name: str, path: str, *, width: int, height: int, scheme: str = "light"
) -> None:
    """Take one picture."""
    base = f"http://127.0.0.1:{running.port}"
    phone = width < 600
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        device_scale_factor=2 if phone else 1,  # type: ignore[arg-type]
    )
    key, _, value = running.cookie.partition("=")
    context.add_cookies([{"name": key, "value": value, "url": base}])
    page = context.new_page()
    page.goto(base + path)
    page.wait_for_timeout(400)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take(browser, running, "front", "/", width=1280, height=900)
        question = a_question(running)
        take(browser, running, "question", question, width=1000, height=1000)
        take(browser, running, "question-phone", question, width=390, height=844)
        take(browser, running, "board", "/sporsmal", width=1000, height=1000)
        take(browser, running, "board-phone", "/sporsmal", width=390, height=844, scheme="dark")
        take(browser, running, "ask", "/sporsmal/nytt?title=Skrivaren", width=1000, height=900)
        take(browser, running, "ask-phone", "/sporsmal/nytt?title=Skrivaren", width=390, height=844)
        take(browser, running, "evening-phone", "/kveldar/1", width=390, height=844, scheme="dark")
        help_pictures.take_all(browser, running, FOLDER)
        browser.close()


if __name__ == "__main__":
    main()
